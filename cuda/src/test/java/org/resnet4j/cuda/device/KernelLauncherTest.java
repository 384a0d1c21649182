package org.resnet4j.cuda.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.DeviceMemory;
import org.resnet4j.cuda.driver.GpuThread;
import org.resnet4j.cuda.driver.Graph;
import org.resnet4j.cuda.driver.LaunchShape;
import org.resnet4j.cuda.driver.Stream;
import org.resnet4j.cuda.kernels.ElementType;
import org.resnet4j.cuda.kernels.Kernel;
import org.resnet4j.cuda.kernels.KernelCall;
import org.resnet4j.cuda.kernels.KernelCase;
import org.resnet4j.cuda.kernels.Numbers;
import org.resnet4j.cuda.support.Emulator;

/** Own kernels from their PTX through JCuda to their C twins on the emulated device, and back. */
class KernelLauncherTest {
  private static final int INVALID_VALUE = 1;
  private static final int ILLEGAL_ADDRESS = 700;
  private static final int IMAGES = 2;
  private static final int PIXELS = 9;
  private static final int CHANNELS = 3;
  private static final int PADDED = 8;

  private GpuThread gpu;

  /** Once, so that without an emulator nothing is left to clean up after each test. */
  @BeforeAll
  static void load() {
    Emulator.load();
  }

  @BeforeEach
  void open() {
    Emulator.reset();
    gpu = GpuThread.open(0);
  }

  @AfterEach
  void close() {
    gpu.close();
    assertThat(Emulator.leaks()).isEmpty();
  }

  static java.util.stream.Stream<KernelCase> cases() {
    return Arrays.stream(ElementType.values()).flatMap(type -> KernelCase.all(type).stream());
  }

  /** Nothing changes before the wait, and no buffer but the target's. */
  @ParameterizedTest
  @MethodSource("cases")
  void computesWhatItSays(KernelCase test) {
    gpu.run(() -> {
      try (OnDevice device = new OnDevice(test)) {
        device.prepared().launch(device.stream);
        for (int i = 0; i < device.buffers.size(); i++) {
          assertThat(device.contents(i)).isEqualTo(test.buffers().get(i));
        }
        device.stream.synchronize();
        assertThat(Numbers.decode(test.targetType(), device.contents(test.target())))
            .containsExactly(Numbers.kept(test.targetType(), test.expected()));
        for (int i = 0; i < device.buffers.size(); i++) {
          if (i != test.target()) {
            assertThat(device.contents(i)).isEqualTo(test.buffers().get(i));
          }
        }
      }
    });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aBufferThatIsAByteTooShortIsRefused(KernelCase test) {
    gpu.run(() -> {
      try (OnDevice device = new OnDevice(test)) {
        int refused = 0;
        for (int i = 0; i < device.buffers.size(); i++) {
          if (device.call().arguments().contains(device.buffers.get(i).address())) {
            device.replace(i, test.buffers().get(i).length - 1);
            KernelLauncher.Prepared prepared = device.prepared();
            failsWith(ILLEGAL_ADDRESS, () -> prepared.launch(device.stream));
            device.replace(i, test.buffers().get(i).length);
            refused++;
          }
        }
        assertThat(refused).isGreaterThanOrEqualTo(2);
      }
    });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aBufferThatIsFreedBeforeTheWorkRunsShowsAtTheWait(KernelCase test) {
    gpu.run(() -> {
      try (OnDevice device = new OnDevice(test)) {
        KernelLauncher.Prepared prepared = device.prepared();
        try (Graph graph = device.stream.capture(() -> prepared.launch(device.stream))) {
          device.buffers.get(test.target()).close();
          graph.launch(device.stream);
          failsWith(ILLEGAL_ADDRESS, device.stream::synchronize);
        }
      }
    });
  }

  @Test
  void aGridLeavesOutWhatItDoesNotCoverAndMustBePossible() {
    KernelCase test =
        KernelCase.all(ElementType.F32).stream()
            .filter(one -> one.name().equals("logits 300 3 3"))
            .findFirst()
            .orElseThrow();
    gpu.run(() -> {
      try (OnDevice device = new OnDevice(test)) {
        failsWith(INVALID_VALUE, () -> device.launch(new LaunchShape(1, 65536, 1, 1, 1, 1)));
        failsWith(INVALID_VALUE, () -> device.launch(new LaunchShape(1, 1, 1, 64, 32, 1)));
        failsWith(INVALID_VALUE, () -> device.launch(new LaunchShape(1, 1, 1, 1, 1, 65)));
        device.launch(new LaunchShape(2, 1, 1, 4, 64, 1));
        device.stream.synchronize();
        byte[] target = device.contents(test.target());
        byte[] before = test.buffers().get(test.target());
        int covered = 128 * 3 * Float.BYTES;
        assertThat(Arrays.copyOfRange(target, covered, target.length))
            .isEqualTo(Arrays.copyOfRange(before, covered, before.length));
        assertThat(Numbers.decode(ElementType.F32, Arrays.copyOf(target, covered)))
            .containsExactly(Arrays.copyOf(test.expected(), 128 * 3));
      }
    });
  }

  /** That every kernel has a twin is shown by running it. */
  @Test
  void everyTwinHasAKernel() throws IOException {
    String source = Files.readString(Path.of("src/test/native/fakekernels.c"));
    List<String> twins =
        Pattern.compile(" ((?:VECTOR_)?ENTRIES\\((?!kernel\\b)\\w+)\\)[,}]")
            .matcher(source)
            .results()
            .map(found -> found.group(1) + ".ptx")
            .toList();
    assertThat(twins)
        .containsExactlyElementsOf(
            Arrays.stream(Kernel.values())
                .map(kernel ->
                    (kernel.hasVectors() ? "VECTOR_ENTRIES(" : "ENTRIES(") + kernel.resource())
                .toList());
  }

  /** NCHW to padded NHWC, the mean of each channel, and back to float32: one graph, replayed. */
  @ParameterizedTest
  @EnumSource
  void kernelsFollowEachOtherInAGraph(ElementType type) {
    gpu.run(() -> {
      try (Arena arena = Arena.ofConfined();
          KernelLauncher kernels = new KernelLauncher(gpu, type);
          Stream stream = Stream.create(gpu);
          DeviceMemory source = floats(IMAGES * CHANNELS * PIXELS);
          DeviceMemory image = floats(IMAGES * PIXELS * PADDED);
          DeviceMemory means = floats(IMAGES * PADDED);
          DeviceMemory bias = floats(PADDED);
          DeviceMemory logits = floats(IMAGES * PADDED)) {
        bias.copyFrom(arena.allocateFrom(ValueLayout.JAVA_FLOAT, 0, 1, 2, 3, 4, 5, 6, 7), 0);
        var input =
            kernels.prepare(
                new KernelCall.Input(
                    source.address(), image.address(), IMAGES, PIXELS, CHANNELS, PADDED),
                arena);
        var mean =
            kernels.prepare(
                new KernelCall.AveragePool(
                    image.address(), means.address(), IMAGES, PIXELS, PADDED),
                arena);
        var scores =
            kernels.prepare(
                new KernelCall.Logits(
                    means.address(), bias.address(), logits.address(), IMAGES, PADDED, PADDED),
                arena);
        try (Graph graph =
            stream.capture(() -> {
              input.launch(stream);
              mean.launch(stream);
              scores.launch(stream);
            })) {
          for (int run = 1; run <= 2; run++) {
            MemorySegment values =
                arena.allocate(ValueLayout.JAVA_FLOAT, (long) IMAGES * CHANNELS * PIXELS);
            for (int i = 0; i < IMAGES * CHANNELS * PIXELS; i++) {
              // The mean of a plane is its number times run: exact in every type.
              int offset = i % PIXELS - PIXELS / 2;
              values.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) run * (i / PIXELS) + offset);
            }
            source.copyFrom(values, 0);
            graph.launch(stream);
            stream.synchronize();
            MemorySegment result = arena.allocate(ValueLayout.JAVA_FLOAT, IMAGES * (long) PADDED);
            logits.copyTo(result, 0);
            for (int i = 0; i < IMAGES * PADDED; i++) {
              int channel = i % PADDED;
              int plane = i / PADDED * CHANNELS + channel;
              float expected = channel + (channel < CHANNELS ? (float) run * plane : 0);
              assertThat(result.getAtIndex(ValueLayout.JAVA_FLOAT, i)).isEqualTo(expected);
            }
          }
        }
      }
    });
  }

  private DeviceMemory floats(int count) {
    return DeviceMemory.allocate(gpu, (long) count * Float.BYTES);
  }

  @Test
  void aModuleIsLoadedOnceAndEveryOneIsUnloadedEvenIfOneFails() {
    gpu.run(() -> {
      try (Arena arena = Arena.ofConfined();
          DeviceMemory memory = floats(64)) {
        KernelLauncher kernels = new KernelLauncher(gpu, ElementType.F16);
        long at = memory.address();
        kernels.prepare(new KernelCall.AveragePool(at, at + 64, 1, 2, 4), arena);
        kernels.prepare(new KernelCall.AveragePool(at, at + 64, 2, 2, 4), arena);
        kernels.prepare(new KernelCall.Epilogue(at, at + 64, 0, at, 2, 4, true), arena);
        assertThat(Emulator.calls("cuModuleLoadData")).isEqualTo(2);
        Emulator.fail("cuModuleUnload", 1, 1);
        assertThatExceptionOfType(CudaException.class)
            .isThrownBy(kernels::close)
            .satisfies(e -> assertThat(e.function()).isEqualTo("cuModuleUnload"));
        assertThat(Emulator.calls("cuModuleUnload")).isEqualTo(2);
        kernels.close();
        assertThat(Emulator.calls("cuModuleUnload")).isEqualTo(2);
      }
    });
    gpu.close();
    assertThat(Emulator.leaks()).singleElement().asString().contains("odule");
    Emulator.reset();
  }

  private static void failsWith(int code, Runnable work) {
    assertThatExceptionOfType(CudaException.class)
        .isThrownBy(work::run)
        .returns(code, CudaException::code);
  }

  /** A case whose buffers lie on the device. */
  private final class OnDevice implements AutoCloseable {
    private final KernelCase test;
    private final Arena arena = Arena.ofConfined();
    private final Stream stream = Stream.create(gpu);
    private final KernelLauncher kernels;
    private final List<DeviceMemory> buffers = new ArrayList<>();

    OnDevice(KernelCase test) {
      this.test = test;
      this.kernels = new KernelLauncher(gpu, test.type());
      for (byte[] bytes : test.buffers()) {
        buffers.add(filled(bytes, bytes.length));
      }
    }

    private DeviceMemory filled(byte[] bytes, int length) {
      DeviceMemory memory = DeviceMemory.allocate(gpu, length);
      memory.copyFrom(
          arena.allocate(length).copyFrom(MemorySegment.ofArray(bytes).asSlice(0, length)), 0);
      return memory;
    }

    /** Another buffer, with the first {@code length} bytes of the case's. */
    void replace(int index, int length) {
      buffers.get(index).close();
      buffers.set(index, filled(test.buffers().get(index), length));
    }

    KernelCall call() {
      return test.call().apply(buffers.stream().map(DeviceMemory::address).toList());
    }

    KernelLauncher.Prepared prepared() {
      return kernels.prepare(call(), arena);
    }

    void launch(LaunchShape shape) {
      KernelLauncher.Prepared prepared = prepared();
      prepared.function().launch(stream, shape, prepared.arguments());
    }

    byte[] contents(int index) {
      MemorySegment host = arena.allocate(buffers.get(index).bytes());
      buffers.get(index).copyTo(host, 0);
      return host.toArray(ValueLayout.JAVA_BYTE);
    }

    @Override
    public void close() {
      buffers.forEach(DeviceMemory::close);
      kernels.close();
      stream.close();
      arena.close();
    }
  }
}
