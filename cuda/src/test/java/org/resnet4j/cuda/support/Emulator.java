package org.resnet4j.cuda.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.resnet4j.cuda.driver.NewDriver;

/**
 * The C emulator of NVIDIA's libraries under {@code src/test/native}: compiled once per change,
 * loaded once per JVM. Sources named {@code fakecudnn*}, {@code fakecublas*}, {@code fakecublaslt*}
 * and {@code fakenvrtc*} make those libraries, {@code fakepart.c} what only has to be there, all
 * others {@code libcuda.so.1}. Without a C compiler the calling test is aborted, or fails if {@code
 * -Demulator.required=true}.
 */
@SuppressWarnings("restricted")
public final class Emulator {
  private static final int TEXT_BYTES = 1 << 23;
  private static final String JCUDA = "libJCudaDriver-12.6.0-linux-x86_64.so";
  private static final Path MODULE =
      Files.isDirectory(Path.of("src/test/native")) ? Path.of("") : Path.of("cuda");
  private static final Path SOURCES = MODULE.resolve("src/test/native").toAbsolutePath();
  private static final Path FOLDER = MODULE.resolve("target/emulator").toAbsolutePath();

  /** The files of both cuBLAS, each of which finds its cuBLASLt in its own folder. */
  public static final List<String> CUBLAS =
      List.of("libcublas.so.12", "libcublasLt.so.12", "libcublas.so.13", "libcublasLt.so.13");

  /** What {@code libcudnn.so.9} consists of. */
  public static final List<String> CUDNN_PARTS =
      Stream.of(
              "graph", "ops", "cnn", "heuristic", "engines_precompiled", "engines_runtime_compiled")
          .map(part -> "libcudnn_" + part + ".so.9")
          .toList();

  private static boolean loaded;

  private Emulator() {}

  /** Compiles if needed, loads {@code libcuda.so.1} (before any class of JCuda) and resets it. */
  public static synchronized void load() {
    if (!loaded) {
      build();
      System.load(library("libcuda.so.1").toString());
      loaded = true;
    }
    reset();
  }

  /** Compiles without loading: for JVMs that a test starts. */
  public static synchronized void build() {
    try {
      if (!compilerFound()) {
        missingCompiler();
      }
      Files.createDirectories(FOLDER);
      Path stubs = writeStubs();
      List<Path> cuda =
          new ArrayList<>(files("", ".c", "fakecudnn", "fakecublas", "fakenvrtc", "fakepart"));
      cuda.add(stubs);
      link("libcuda.so.1", cuda, List.of("-lpthread", "-lm"));
      List<String> needsCuda = List.of("-L" + FOLDER, "-l:libcuda.so.1", "-lm");
      link("libcudnn.so.9", files("fakecudnn", ".c"), needsCuda);
      for (String part : CUDNN_PARTS) {
        link(part, files("fakepart", ".c"), List.of());
      }
      for (int[] version : new int[][] {{12, 9}, {13, 0}}) {
        String major = "-DMAJOR=" + version[0];
        String minor = "-DMINOR=" + version[1];
        link("libnvrtc.so." + version[0], files("fakenvrtc", ".c"), List.of(major, minor));
        String builtins = "libnvrtc-builtins.so." + version[0] + "." + version[1];
        link(builtins, files("fakepart", ".c"), List.of());
      }
      for (String version : List.of("12", "13")) {
        String lt = "libcublasLt.so." + version;
        link(lt, files("fakecublaslt", ".c"), needsCuda);
        List<String> needsLt = new ArrayList<>(needsCuda);
        needsLt.addAll(List.of("-l:" + lt, "-Wl,-rpath,$ORIGIN"));
        link("libcublas.so." + version, files("fakecublas", ".c", "fakecublaslt"), needsLt);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where a library lies, for example {@code libcudnn.so.9}. */
  public static Path library(String soname) {
    return FOLDER.resolve(soname);
  }

  /** Of all libraries. */
  public static Path folder() {
    return FOLDER;
  }

  /** Everything as at the start: nothing allocated, no counts, faults or options, 1 GiB. */
  public static void reset() {
    call("fakeReset", FunctionDescriptor.ofVoid());
    NewDriver.forget();
  }

  /** The {@code nth} call of {@code function} from now, 1-based, returns {@code code}. */
  public static void fail(String function, int nth, int code) {
    try (Arena arena = Arena.ofConfined()) {
      call(
          "fakeFail",
          FunctionDescriptor.ofVoid(
              ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
          arena.allocateFrom(function),
          nth,
          code);
    }
  }

  /** Calls of {@code function} since the reset. */
  public static long calls(String function) {
    try (Arena arena = Arena.ofConfined()) {
      return (long)
          call(
              "fakeCalls",
              FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
              arena.allocateFrom(function));
    }
  }

  /** All calls since the reset. */
  public static long calls() {
    return (long)
        call(
            "fakeCalls",
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
            MemorySegment.NULL);
  }

  /** What is alive, one line each. */
  public static List<String> leaks() {
    return text("fakeLeaks", ValueLayout.JAVA_INT);
  }

  /** The functions called since the reset, oldest first; of very many the last. */
  public static List<String> trace() {
    return text("fakeTrace", ValueLayout.JAVA_LONG);
  }

  /** Device memory in bytes. */
  public static void capacity(long bytes) {
    call("fakeCapacity", FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG), bytes);
  }

  /** A switch such as {@code devices} or {@code driver.version}. */
  public static void option(String name, int value) {
    try (Arena arena = Arena.ofConfined()) {
      call(
          "fakeOption",
          FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
          arena.allocateFrom(name),
          value);
    }
  }

  /**
   * Device memory as the emulator sees it, without bounds: a test can write where a wrong kernel
   * would. Throws if the range is not inside one allocation.
   */
  public static MemorySegment memory(long address, long bytes) {
    MemorySegment memory =
        (MemorySegment)
            call(
                "fake_memory",
                FunctionDescriptor.of(
                    ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG),
                address,
                bytes);
    if (memory.address() == 0) {
      throw new IndexOutOfBoundsException(bytes + " bytes at 0x" + Long.toHexString(address));
    }
    return memory.reinterpret(Long.MAX_VALUE);
  }

  private static List<String> text(String function, ValueLayout result) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(TEXT_BYTES);
      call(
          function,
          FunctionDescriptor.of(result, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG),
          text,
          (long) TEXT_BYTES);
      return text.getString(0).lines().toList();
    }
  }

  private static Object call(String function, FunctionDescriptor type, Object... arguments) {
    MethodHandle handle =
        Linker.nativeLinker()
            .downcallHandle(SymbolLookup.loaderLookup().findOrThrow(function), type);
    try {
      return handle.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new AssertionError(function, e);
    }
  }

  private static boolean compilerFound() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "gcc")));
  }

  private static void missingCompiler() {
    String message = "NO EMULATOR: gcc is not on the PATH, so nothing of the GPU backend is tested";
    System.err.println(message);
    if (Boolean.getBoolean("emulator.required")) {
      Assertions.fail(message);
    }
    Assumptions.abort(message);
  }

  private static List<Path> files(String prefix, String suffix, String... butNot)
      throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .filter(file -> file.toString().endsWith(suffix))
          .filter(
              file -> Arrays.stream(butNot).noneMatch(file.getFileName().toString()::startsWith))
          .sorted()
          .toList();
    }
  }

  /**
   * Every driver symbol that JCuda's library imports, as a weak function that says "not supported":
   * a call of one that the emulator lacks would otherwise end the process.
   */
  private static Path writeStubs() throws IOException {
    Path stubs = FOLDER.resolve(JCUDA + ".stubs.c");
    if (Files.exists(stubs)) {
      return stubs;
    }
    Path jcuda = FOLDER.resolve(JCUDA);
    try (InputStream in = ClassLoader.getSystemResourceAsStream("lib/" + JCUDA)) {
      Files.copy(in, jcuda, StandardCopyOption.REPLACE_EXISTING);
    }
    String body =
        new TreeSet<>(execute(List.of("nm", "-D", "--undefined-only", jcuda.toString())))
            .stream()
                .map(line -> line.strip().replaceFirst("^U ", "").replaceFirst("@.*", ""))
                .filter(name -> name.matches("cu[A-Z]\\w*"))
                .map(name ->
                    ("__attribute__((weak)) int %1$s(void) {"
                            + " int code = fake_enter(\"%1$s\"); return code ? code : 801; }%n")
                        .formatted(name))
                .collect(Collectors.joining());
    if (body.isEmpty()) {
      throw new AssertionError("JCuda's library imports nothing from the driver");
    }
    Files.writeString(
        stubs, "/* Generated: what the emulator lacks. */\n#include \"fake.h\"\n" + body);
    return stubs;
  }

  private static void link(String soname, List<Path> sources, List<String> libraries)
      throws IOException {
    Path output = library(soname);
    if (sources.isEmpty() || isFresh(output, sources)) {
      return;
    }
    // Moved into place whole, as another JVM may be loading the name.
    Path unfinished = Files.createTempFile(FOLDER, soname, ".tmp");
    List<String> command =
        new ArrayList<>(
            List.of(
                "gcc",
                "-std=c11",
                "-O3",
                "-march=native",
                "-g",
                "-fPIC",
                "-fno-semantic-interposition",
                "-shared",
                "-Wall",
                "-Wextra"));
    command.addAll(
        List.of("-Werror", "-I" + SOURCES, "-Wl,-soname," + soname, "-o", unfinished.toString()));
    sources.forEach(source -> command.add(source.toString()));
    command.addAll(libraries);
    execute(command);
    Files.move(unfinished, output, StandardCopyOption.REPLACE_EXISTING);
  }

  private static boolean isFresh(Path output, List<Path> sources) throws IOException {
    if (!Files.exists(output)) {
      return false;
    }
    List<Path> inputs = new ArrayList<>(sources);
    inputs.addAll(files("", ".h"));
    for (Path input : inputs) {
      if (Files.getLastModifiedTime(input).compareTo(Files.getLastModifiedTime(output)) >= 0) {
        return false;
      }
    }
    return true;
  }

  /** Lines of output; a failing command is an assertion error with what it said. */
  private static List<String> execute(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new AssertionError(String.join(" ", command) + "\n" + output);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return output.lines().toList();
  }
}
