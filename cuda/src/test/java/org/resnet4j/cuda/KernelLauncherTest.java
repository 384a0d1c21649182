package org.resnet4j.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.DeviceMemory;
import org.resnet4j.cuda.driver.GpuThread;
import org.resnet4j.cuda.driver.Graph;
import org.resnet4j.cuda.driver.Stream;
import org.resnet4j.cuda.kernels.ElementType;
import org.resnet4j.cuda.kernels.KernelCall;

/** Own kernels from their PTX through JCuda to the emulated device and back. */
class KernelLauncherTest {
  private static final int IMAGES = 2;
  private static final int PIXELS = 9;
  private static final int CHANNELS = 3;
  private static final int PADDED = 8;

  private GpuThread gpu;

  @BeforeEach
  void open() {
    Emulator.load();
    gpu = GpuThread.open(0);
  }

  @AfterEach
  void close() {
    gpu.close();
    assertThat(Emulator.leaks()).isEmpty();
  }

  /**
   * NCHW to padded NHWC in T, the mean of each channel, and back to float32: one graph, replayed.
   */
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
            MemorySegment values = arena.allocate(ValueLayout.JAVA_FLOAT, IMAGES * 27L);
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
  void anArgumentThatReachesBeyondItsMemoryIsAnError() {
    gpu.run(() -> {
      try (Arena arena = Arena.ofConfined();
          KernelLauncher kernels = new KernelLauncher(gpu, ElementType.F32);
          Stream stream = Stream.create(gpu);
          DeviceMemory memory = floats(7)) {
        var call =
            kernels.prepare(
                new KernelCall.Epilogue(
                    memory.address(), memory.address(), 0, memory.address(), 2, 4, true),
                arena);
        assertThatExceptionOfType(CudaException.class)
            .isThrownBy(() -> {
              call.launch(stream);
              stream.synchronize();
            })
            .satisfies(e -> assertThat(e.code()).isEqualTo(700));
      }
    });
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
}
