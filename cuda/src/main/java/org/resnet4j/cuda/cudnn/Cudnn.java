package org.resnet4j.cuda.cudnn;

import static org.resnet4j.cuda.cudnn.CudnnFunctions.*;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.DriverStatus;
import org.resnet4j.cuda.library.LibraryFinder;
import org.resnet4j.cuda.library.LibraryQuery;
import org.resnet4j.cuda.library.LibraryStatus;
import org.resnet4j.cuda.library.MissingFunctionException;
import org.resnet4j.cuda.library.NativeCalls;
import org.resnet4j.cuda.library.NativeFunction;
import org.resnet4j.cuda.library.SharedLibrary;

/**
 * cuDNN 9: found, opened, and fit for the driver. Immutable; different threads may use different
 * cuDNN handles. Source: NVIDIA, cuDNN API reference.
 */
public final class Cudnn {
  private static final long MINIMUM_VERSION = 90_000;
  private static final long VERSION_LIMIT = 100_000;
  private static final int TEXT_BYTES = 1024;

  private static final LibraryQuery QUERY =
      new LibraryQuery(
          "cuDNN 9",
          List.of("libcudnn.so.9"),
          "RESNET4J_CUDNN",
          "install cuDNN 9 for the driver's CUDA version (for example the pip package"
              + " nvidia-cudnn-cu12 or nvidia-cudnn-cu13)");

  private final NativeCalls calls;
  private final String location;
  private final Supplier<CudnnParts> parts;

  private Cudnn(NativeCalls calls, String location) {
    this.calls = calls;
    this.location = location;
    this.parts = memoized(() -> withVersions(CudnnParts.open(location)));
  }

  /**
   * Finds, opens and checks the library. Never throws because there is none. The library asks the
   * loader for cuBLAS by soname when it first needs it, and gets what this process has loaded under
   * that name.
   *
   * @param driverVersion CUDA version that the driver supports, for example 12060
   * @param named file or folder that the user named, or null
   */
  public static LibraryStatus<Cudnn> load(
      LibraryFinder finder, int driverVersion, @Nullable Path named) {
    return switch (finder.find(QUERY, named)) {
      case LibraryStatus.Missing<SharedLibrary>(String reason, String remedy) ->
          new LibraryStatus.Missing<>(reason, remedy);
      case LibraryStatus.Usable<SharedLibrary>(SharedLibrary library) ->
          bind(library, driverVersion);
    };
  }

  private static LibraryStatus<Cudnn> bind(SharedLibrary library, int driverVersion) {
    Cudnn cudnn;
    try {
      cudnn =
          new Cudnn(NativeCalls.bind(library.symbols(), ALL, Cudnn::meaning), library.location());
    } catch (MissingFunctionException e) {
      return new LibraryStatus.Missing<>(
          library.location() + " is not cuDNN 9: " + e.getMessage(), QUERY.remedy());
    }
    long version = cudnn.getVersion();
    if (version < MINIMUM_VERSION || version >= VERSION_LIMIT) {
      return new LibraryStatus.Missing<>(
          "%s has version %s, needed is 9".formatted(library.location(), versionText(version)),
          QUERY.remedy());
    }
    long cuda = cudnn.getCudartVersion() / 1000;
    if (cuda > driverVersion / 1000) {
      return new LibraryStatus.Missing<>(
          "%s was built for CUDA %s, the driver supports %s"
              .formatted(library.location(), cuda, DriverStatus.versionText(driverVersion)),
          QUERY.remedy() + ", or a newer driver");
    }
    return new LibraryStatus.Usable<>(cudnn);
  }

  /** Versions before 9 were 1000 times the major, those since are 10000 times. */
  private static String versionText(long version) {
    long unit = version < 10_000 ? 1000 : 10_000;
    return version / unit + "." + version % unit / 100 + "." + version % 100;
  }

  /** The file, or the bare soname if the loader knew where. */
  public String location() {
    return location;
  }

  /**
   * The libraries that it consists of, opened by the first call. Some of them are large, so that is
   * left until a device is opened or examined.
   */
  public CudnnParts parts() {
    return parts.get();
  }

  /** What they themselves say of their versions. */
  private CudnnParts withVersions(CudnnParts opened) {
    List<String> problems = new ArrayList<>(opened.problems());
    for (NativeFunction check : VERSION_CHECKS) {
      try {
        calls.call(check);
      } catch (CudaException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    return new CudnnParts(opened.folder(), opened.files(), problems);
  }

  private static <T> Supplier<T> memoized(Supplier<T> supplier) {
    AtomicReference<@Nullable T> value = new AtomicReference<>();
    return () -> {
      synchronized (value) {
        T known = value.get();
        if (known == null) {
          known = supplier.get();
          value.set(known);
        }
        return known;
      }
    };
  }

  /** For example {@code 9.10.2}. */
  public String versionText() {
    return versionText(getVersion());
  }

  private long getVersion() {
    return calls.size(GET_VERSION);
  }

  /** The version of CUDA that cuDNN was built for, for example 12090. */
  public long getCudartVersion() {
    return calls.size(GET_CUDART_VERSION);
  }

  LegacyApi legacy() {
    return new LegacyApi(calls);
  }

  GraphApi graph() {
    return new GraphApi(calls);
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

  /** Of a status that came with a later version than this binding knows, the library's own name. */
  private static NativeCalls.Meaning meaning(NativeCalls calls, int status) {
    String name = CudnnStatus.nameOf(status);
    return new NativeCalls.Meaning(
        name.isEmpty() ? calls.text(GET_ERROR_STRING, status) : name, lastError(calls));
  }

  private static String lastError(NativeCalls calls) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment message = arena.allocate(TEXT_BYTES);
      calls.run(GET_LAST_ERROR_STRING, message, (long) TEXT_BYTES);
      return message.getString(0).strip();
    }
  }
}
