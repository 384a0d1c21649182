package org.resnet4j.cuda.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The emulator's C twins of the kernels, with the rest of the emulator left out. */
@SuppressWarnings("restricted") // calling C is the purpose
class KernelTwinTest {
  private static final int INVALID_VALUE = 1;
  private static final int ILLEGAL_ADDRESS = 700;

  /** Host memory that was allowed is device memory here, and a stream's work is kept for later. */
  private static final String EMULATOR =
      """
      #include "fake.h"
      #include <string.h>
      static uint64_t begins[8], ends[8];
      static int blocks;
      static void (*queued)(void *);
      static char argument[512];
      void allow(uint64_t address, uint64_t bytes) {
        begins[blocks] = address;
        ends[blocks++] = address + bytes;
      }
      void free_all(void) { blocks = 0; }
      void forget(void) { blocks = 0; queued = 0; }
      void run_queue(void) { if (queued) queued(argument); }
      void *fake_memory(uint64_t address, size_t bytes) {
        for (int i = 0; i < blocks; i++) {
          if (address >= begins[i] && address + bytes <= ends[i]) return (void *) address;
        }
        return NULL;
      }
      int fake_enqueue(void *stream, void (*work)(void *), const void *from, size_t bytes) {
        (void) stream;
        if (bytes > sizeof argument) return 1;
        memcpy(argument, from, bytes);
        queued = work;
        return 0;
      }
      """;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final MethodHandle LAUNCH =
      Linker.nativeLinker()
          .downcallHandle(FunctionDescriptor.of(INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));

  @TempDir private static Path folder;
  private static MethodHandle find;
  private static MethodHandle allow;
  private static MethodHandle forget;
  private static MethodHandle free;
  private static MethodHandle runQueue;

  @BeforeAll
  static void compile() throws IOException, InterruptedException {
    Path sources = Path.of("src/test/native").toAbsolutePath();
    Path stub = Files.writeString(folder.resolve("stub.c"), EMULATOR);
    Path library = folder.resolve("libtwins.so");
    List<String> command =
        List.of(
            "cc",
            "-std=c11",
            "-O1",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-shared",
            "-fPIC",
            "-I" + sources,
            sources.resolve("fakekernels.c").toString(),
            stub.toString(),
            "-o",
            library.toString());
    Process compiler;
    try {
      compiler =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("cc.log").toFile())
              .start();
    } catch (IOException e) {
      if (Boolean.getBoolean("emulator.required")) {
        throw e;
      }
      Assumptions.abort("NO C COMPILER: the twins of the GPU kernels are not tested: " + e);
      return;
    }
    assertThat(compiler.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(compiler.exitValue()).as(Files.readString(folder.resolve("cc.log"))).isZero();
    SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
    find =
        handle(
            symbols,
            "fake_find_kernel",
            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    allow = handle(symbols, "allow", FunctionDescriptor.ofVoid(LONG, LONG));
    forget = handle(symbols, "forget", FunctionDescriptor.ofVoid());
    free = handle(symbols, "free_all", FunctionDescriptor.ofVoid());
    runQueue = handle(symbols, "run_queue", FunctionDescriptor.ofVoid());
  }

  private static MethodHandle handle(SymbolLookup symbols, String name, FunctionDescriptor type) {
    return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), type);
  }

  static Stream<KernelCase> cases() {
    return Arrays.stream(ElementType.values()).flatMap(type -> KernelCase.all(type).stream());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void computesWhatThePtxDoes(KernelCase test) throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      List<MemorySegment> buffers = allowed(test, arena);
      KernelCall call = call(test, buffers);
      assertThat(launch(call, test.type(), call.grid())).isZero();
      byte[] waiting = buffers.get(test.target()).toArray(ValueLayout.JAVA_BYTE);
      assertThat(waiting).isEqualTo(test.buffers().get(test.target()));
      runQueue.invokeExact();
      byte[] target = buffers.get(test.target()).toArray(ValueLayout.JAVA_BYTE);
      assertThat(Numbers.decode(test.targetType(), target))
          .containsExactly(Numbers.kept(test.targetType(), test.expected()));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void refusesABufferThatIsAByteTooShort(KernelCase test) throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      List<MemorySegment> buffers = allowed(test, arena);
      KernelCall call = call(test, buffers);
      for (MemorySegment shortened : buffers) {
        if (!call.arguments().contains(shortened.address())) {
          continue;
        }
        forget.invokeExact();
        for (MemorySegment buffer : buffers) {
          long bytes = buffer.byteSize() - (buffer == shortened ? 1 : 0);
          allow.invokeExact(buffer.address(), bytes);
        }
        assertThat(launch(call, test.type(), call.grid())).isEqualTo(ILLEGAL_ADDRESS);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aBufferFreedBeforeTheWorkRanIsNotTouched(KernelCase test) throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      List<MemorySegment> buffers = allowed(test, arena);
      KernelCall call = call(test, buffers);
      assertThat(launch(call, test.type(), call.grid())).isZero();
      MemorySegment target = buffers.get(test.target());
      free.invokeExact();
      runQueue.invokeExact();
      assertThat(target.toArray(ValueLayout.JAVA_BYTE))
          .isEqualTo(test.buffers().get(test.target()));
    }
  }

  @Test
  void aGridLeavesOutWhatItDoesNotCoverAndMustBePossible() throws Throwable {
    KernelCase test =
        KernelCase.all(ElementType.F32).stream()
            .filter(one -> one.name().equals("logits 300 3 3"))
            .findFirst()
            .orElseThrow();
    try (Arena arena = Arena.ofConfined()) {
      List<MemorySegment> buffers = allowed(test, arena);
      KernelCall call = call(test, buffers);
      assertThat(launch(call, test.type(), new Grid(0, 1, 1, 1))).isEqualTo(INVALID_VALUE);
      assertThat(launch(call, test.type(), new Grid(1, 65536, 1, 1))).isEqualTo(INVALID_VALUE);
      assertThat(launch(call, test.type(), new Grid(1, 1, 64, 32))).isEqualTo(INVALID_VALUE);
      assertThat(launch(call, test.type(), new Grid(2, 1, 4, 64))).isZero();
      runQueue.invokeExact();
      byte[] target = buffers.get(test.target()).toArray(ValueLayout.JAVA_BYTE);
      int covered = 128 * 3 * Float.BYTES;
      byte[] before = test.buffers().get(test.target());
      assertThat(Arrays.copyOfRange(target, covered, target.length))
          .isEqualTo(Arrays.copyOfRange(before, covered, before.length));
      assertThat(Numbers.decode(ElementType.F32, Arrays.copyOf(target, covered)))
          .containsExactly(Arrays.copyOf(test.expected(), 128 * 3));
    }
  }

  @Test
  void everyKernelHasATwinAndEveryTwinAKernel() throws Throwable {
    List<String> entries = new ArrayList<>();
    for (Kernel kernel : Kernel.values()) {
      for (ElementType type : ElementType.values()) {
        entries.add(kernel.entry(type));
        assertThat(twin(kernel.entry(type))).isNotEqualTo(MemorySegment.NULL);
      }
    }
    assertThat(twin("resnet4j_input_f64")).isEqualTo(MemorySegment.NULL);
    String source = Files.readString(Path.of("src/test/native/fakekernels.c"));
    List<String> kernels =
        Pattern.compile("ENTRIES\\((\\w+)\\)[,}]")
            .matcher(source)
            .results()
            .map(found -> found.group(1))
            .toList();
    assertThat(kernels)
        .containsExactlyElementsOf(
            Stream.of(Kernel.values()).map(one -> one.resource().replace(".ptx", "")).toList());
    assertThat(entries).hasSize(3 * kernels.size());
  }

  private static List<MemorySegment> allowed(KernelCase test, Arena arena) throws Throwable {
    forget.invokeExact();
    List<MemorySegment> buffers = new ArrayList<>();
    for (byte[] bytes : test.buffers()) {
      MemorySegment buffer = arena.allocate(bytes.length, 256);
      buffer.copyFrom(MemorySegment.ofArray(bytes));
      allow.invokeExact(buffer.address(), buffer.byteSize());
      buffers.add(buffer);
    }
    return buffers;
  }

  private static KernelCall call(KernelCase test, List<MemorySegment> buffers) {
    return test.call().apply(buffers.stream().map(MemorySegment::address).toList());
  }

  private static MemorySegment twin(String entry) throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      return (MemorySegment) find.invokeExact(arena.allocateFrom(entry));
    }
  }

  private static int launch(KernelCall call, ElementType type, Grid shape) throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      List<Number> arguments = call.arguments();
      MemorySegment values = arena.allocate(LONG, arguments.size());
      MemorySegment pointers = arena.allocate(LONG, arguments.size());
      for (int i = 0; i < arguments.size(); i++) {
        long at = i * LONG.byteSize();
        switch (arguments.get(i)) {
          case Long address -> values.set(LONG, at, address);
          case Integer count -> values.set(INT, at, count);
          case Float number -> values.set(ValueLayout.JAVA_FLOAT, at, number);
          default -> throw new AssertionError(arguments.get(i));
        }
        pointers.setAtIndex(LONG, i, values.address() + at);
      }
      MemorySegment launch = arena.allocate(32, 8);
      int[] sizes = {shape.gridX(), shape.gridY(), 1, shape.blockX(), shape.blockY(), 1};
      MemorySegment.copy(sizes, 0, launch, INT, 0, sizes.length);
      launch.set(LONG, 24, pointers.address());
      MemorySegment twin = twin(call.kernel().entry(type));
      return (int) LAUNCH.invokeExact(twin, launch, MemorySegment.NULL);
    }
  }
}
