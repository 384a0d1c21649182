package org.resnet4j.bench.jmh;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.resnet4j.bench.measure.Engine;
import org.resnet4j.bench.peer.PeerJars;

/** OpenBLAS, called through {@code java.lang.foreign} and held to one thread. */
@SuppressWarnings("restricted") // the JVM is started with --enable-native-access
final class OpenBlas {
  static final String NAME = "openblas";

  /** Says where the library lies: the benchmarks' forks read this property. */
  static final String PROPERTY = "resnet4j.openblas";

  private static final String LIBRARY = "libopenblas.so.0";

  /** What the library needs, each after what it needs itself. */
  private static final List<String> NEEDED = List.of("libquadmath.so.0", "libgfortran.so.5");

  private static final String PLATFORM = "linux-x86_64";
  private static final int ROW_MAJOR = 101;
  private static final int NO_TRANSPOSE = 111;
  private static final long ALIGNMENT = 64;

  private final SymbolLookup library;
  private final MethodHandle sgemm;

  private OpenBlas(SymbolLookup library) {
    this.library = library;
    sgemm =
        function(
            "cblas_sgemm",
            FunctionDescriptor.ofVoid(
                JAVA_INT, // order
                JAVA_INT, // transpose A
                JAVA_INT, // transpose B
                JAVA_INT, // m
                JAVA_INT, // n
                JAVA_INT, // k
                JAVA_FLOAT, // alpha
                ADDRESS, // A
                JAVA_INT,
                ADDRESS, // B
                JAVA_INT,
                JAVA_FLOAT, // beta
                ADDRESS, // C
                JAVA_INT));
  }

  /**
   * The library's file, fetched when first asked for.
   *
   * @throws IOException if it cannot be fetched, or there is none for this platform
   */
  static Path fetch() throws IOException {
    if (!System.getProperty("os.name").equals("Linux")
        || !System.getProperty("os.arch").equals("amd64")) {
      throw new IOException("fetched for " + PLATFORM + " only; name a file with --openblas");
    }
    Path folder = PeerJars.ofLauncher().folder(NAME);
    try (Stream<Path> jars = Files.list(folder)) {
      Path jar =
          jars.filter(file -> file.toString().endsWith(PLATFORM + ".jar"))
              .findFirst()
              .orElseThrow(() -> new FileNotFoundException(folder + ": no jar for " + PLATFORM));
      for (String needed : NEEDED) {
        extract(jar, needed, folder);
      }
      return extract(jar, LIBRARY, folder);
    }
  }

  /** A file under its final name is complete. */
  private static Path extract(Path jar, String name, Path folder) throws IOException {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      Path partial = Files.createTempFile(folder, name, ".partial");
      try (JarFile libraries = new JarFile(jar.toFile())) {
        ZipEntry entry = libraries.getEntry("org/bytedeco/openblas/" + PLATFORM + "/" + name);
        if (entry == null) {
          throw new FileNotFoundException(jar + ": without " + name);
        }
        try (InputStream in = libraries.getInputStream(entry)) {
          Files.copy(in, partial, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(partial);
      }
    }
    return file;
  }

  /**
   * Loads a library, for as long as the process runs.
   *
   * @throws IllegalArgumentException if it cannot be loaded
   * @throws IllegalStateException if it lacks a function, or uses more than one thread
   */
  static OpenBlas load(Path file) {
    // The run path of what is loaded does not count for what that needs in its turn.
    for (String needed : NEEDED) {
      Path sibling = file.resolveSibling(needed);
      if (Files.exists(sibling)) {
        SymbolLookup.libraryLookup(sibling, Arena.global());
      }
    }
    OpenBlas blas = new OpenBlas(SymbolLookup.libraryLookup(file, Arena.global()));
    MethodHandle set =
        blas.function("openblas_set_num_threads", FunctionDescriptor.ofVoid(JAVA_INT));
    MethodHandle get = blas.function("openblas_get_num_threads", FunctionDescriptor.of(JAVA_INT));
    try {
      set.invokeExact(1);
      int threads = (int) get.invokeExact();
      if (threads != 1) {
        throw new IllegalStateException(file + ": uses " + threads + " threads");
      }
    } catch (Throwable e) {
      throw failed("openblas_set_num_threads", e);
    }
    return blas;
  }

  /** The processor whose kernels it has chosen. */
  String core() {
    MethodHandle name = function("openblas_get_corename", FunctionDescriptor.of(ADDRESS));
    try {
      MemorySegment text = (MemorySegment) name.invokeExact();
      return text.reinterpret(Long.MAX_VALUE).getString(0);
    } catch (Throwable e) {
      throw failed("openblas_get_corename", e);
    }
  }

  /** A product in memory of its own, aligned as the library likes it. */
  Engine gemm(GemmProblem problem) {
    return new Product(problem);
  }

  private MethodHandle function(String name, FunctionDescriptor descriptor) {
    MemorySegment address =
        library.find(name).orElseThrow(() -> new IllegalStateException("OpenBLAS lacks " + name));
    return Linker.nativeLinker().downcallHandle(address, descriptor);
  }

  private static IllegalStateException failed(String function, Throwable e) {
    return new IllegalStateException(function + ": " + e, e);
  }

  /** One product. */
  private final class Product implements Engine {
    private final GemmProblem problem;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment a;
    private final MemorySegment b;
    private final MemorySegment c;

    Product(GemmProblem problem) {
      this.problem = problem;
      a = copy(problem.a());
      b = copy(problem.b());
      c = copy(new float[problem.m() * problem.n()]);
    }

    private MemorySegment copy(float[] values) {
      MemorySegment segment = arena.allocate((long) values.length * Float.BYTES, ALIGNMENT);
      return segment.copyFrom(MemorySegment.ofArray(values));
    }

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public void run() {
      int m = problem.m();
      int n = problem.n();
      int k = problem.k();
      try {
        sgemm.invokeExact(ROW_MAJOR, NO_TRANSPOSE, NO_TRANSPOSE, m, n, k, 1f, a, k, b, n, 0f, c, n);
      } catch (Throwable e) {
        throw failed("cblas_sgemm", e);
      }
    }

    @Override
    public float[] answer() {
      return c.toArray(JAVA_FLOAT);
    }

    @Override
    public void close() {
      arena.close();
    }
  }
}
