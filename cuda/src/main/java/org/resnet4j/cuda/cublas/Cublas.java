package org.resnet4j.cuda.cublas;

import static org.resnet4j.cuda.cublas.CublasFunctions.*;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.cuda.library.LibraryFinder;
import org.resnet4j.cuda.library.LibraryQuery;
import org.resnet4j.cuda.library.LibraryStatus;
import org.resnet4j.cuda.library.MissingFunctionException;
import org.resnet4j.cuda.library.NativeCalls;
import org.resnet4j.cuda.library.SharedLibrary;

/**
 * The functions of cuBLAS 12 or 13, one method each. A {@code long} is a handle, a device address
 * or a size in bytes; a status other than success is a {@link
 * org.resnet4j.cuda.driver.CudaException}. Immutable; different threads may use different cuBLAS
 * handles. Source: NVIDIA, cuBLAS reference.
 */
public final class Cublas {
  private static final int DEFAULT_ALGORITHM = -1;

  private final NativeCalls calls;
  private final String location;

  private Cublas(NativeCalls calls, String location) {
    this.calls = calls;
    this.location = location;
  }

  /**
   * Finds and opens the newest library that the driver can serve. Never throws because there is
   * none.
   *
   * @param driverVersion CUDA version that the driver supports, for example 12060
   * @param named file or folder that the user named, or null
   */
  public static LibraryStatus<Cublas> load(
      LibraryFinder finder, int driverVersion, @Nullable Path named) {
    LibraryQuery query = query(driverVersion);
    return switch (finder.find(query, named)) {
      case LibraryStatus.Missing<SharedLibrary>(String reason, String remedy) ->
          new LibraryStatus.Missing<>(reason, remedy);
      case LibraryStatus.Usable<SharedLibrary>(SharedLibrary library) -> {
        try {
          NativeCalls calls = NativeCalls.bind(library.symbols(), ALL, Cublas::meaning);
          yield new LibraryStatus.Usable<>(new Cublas(calls, library.location()));
        } catch (MissingFunctionException e) {
          yield new LibraryStatus.Missing<>(
              library.location() + " is not cuBLAS 12 or 13: " + e.getMessage(), query.remedy());
        }
      }
    };
  }

  private static LibraryQuery query(int driverVersion) {
    boolean older = driverVersion < 13_000;
    return new LibraryQuery(
        "cuBLAS",
        older ? List.of("libcublas.so.12") : List.of("libcublas.so.13", "libcublas.so.12"),
        "RESNET4J_CUBLAS",
        "install cuBLAS for the driver's CUDA version (for example the pip package "
            + (older ? "nvidia-cublas-cu12)" : "nvidia-cublas)"));
  }

  private static NativeCalls.Meaning meaning(NativeCalls calls, int status) {
    return new NativeCalls.Meaning(CublasStatus.nameOf(status), "");
  }

  /** The file, or the bare soname if the loader knew where. */
  public String location() {
    return location;
  }

  /** For example {@code 12.9.1}. */
  public String versionText() {
    return getProperty(0) + "." + getProperty(1) + "." + getProperty(2);
  }

  /** Products with what follows them. */
  LtApi lt() {
    return new LtApi(calls);
  }

  /**
   * A number that the library was built with.
   *
   * @param type 0 for the major version, 1 for the minor, 2 for the patch level; source: {@code
   *     libraryPropertyType}
   */
  private int getProperty(int type) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
      calls.call(GET_PROPERTY, type, value);
      return value.get(ValueLayout.JAVA_INT, 0);
    }
  }

  long create() {
    return calls.written(CREATE);
  }

  void destroy(long handle) {
    calls.call(DESTROY, handle);
  }

  void setStream(long handle, long stream) {
    calls.call(SET_STREAM, handle, stream);
  }

  void setMathMode(long handle, MathMode mode) {
    calls.call(SET_MATH_MODE, handle, mode.value());
  }

  void setWorkspace(long handle, long workspace, long bytes) {
    calls.call(SET_WORKSPACE, handle, workspace, bytes);
  }

  void gemmEx(
      long handle, Gemm gemm, MemorySegment alpha, long a, long b, MemorySegment beta, long c) {
    calls.call(
        GEMM_EX,
        handle,
        gemm.operationA().value(),
        gemm.operationB().value(),
        gemm.m(),
        gemm.n(),
        gemm.k(),
        alpha,
        a,
        gemm.inputType().value(),
        gemm.lda(),
        b,
        gemm.inputType().value(),
        gemm.ldb(),
        beta,
        c,
        gemm.outputType().value(),
        gemm.ldc(),
        gemm.computeType().value(),
        DEFAULT_ALGORITHM);
  }
}
