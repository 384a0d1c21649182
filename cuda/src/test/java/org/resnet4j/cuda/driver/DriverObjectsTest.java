package org.resnet4j.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.function.Consumer;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.resnet4j.cuda.support.Emulator;

/** Memory, streams, events, graphs and kernels on the emulated device. */
class DriverObjectsTest {
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

  private void onGpu(Consumer<Arena> work) {
    gpu.run(() -> {
      try (Arena arena = Arena.ofConfined()) {
        work.accept(arena);
      }
    });
  }

  @Test
  void devicesAreDescribed() {
    Emulator.option("devices", 2);
    assertThat(Devices.list())
        .containsExactly(
            new Device(0, "Emulated GPU 0", 9, 0, 132, 1L << 30),
            new Device(1, "Emulated GPU 1", 9, 0, 132, 1L << 30));
    assertThat(gpu.device().computeCapability()).isEqualTo("9.0");
  }

  @Test
  void copiesKeepBytesAndOffsets() {
    onGpu(arena -> {
      try (DeviceMemory memory = DeviceMemory.allocate(gpu, 100)) {
        assertThat(memory.address() % 256).isZero();
        memory.copyFrom(arena.allocateFrom(ValueLayout.JAVA_BYTE, (byte) 1, (byte) 2), 98);
        MemorySegment back = arena.allocate(4);
        memory.copyTo(back, 96);
        assertThat(back.toArray(ValueLayout.JAVA_BYTE))
            .containsExactly((byte) 0xCB, (byte) 0xCB, (byte) 1, (byte) 2);
      }
    });
  }

  @Test
  void copiesOutsideAreRefusedInJavaAndByTheDriver() {
    onGpu(arena -> {
      try (DeviceMemory memory = DeviceMemory.allocate(gpu, 100);
          Stream stream = Stream.create(gpu)) {
        MemorySegment host = arena.allocate(101);
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
            .isThrownBy(() -> memory.copyFrom(host, 0));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
            .isThrownBy(() -> memory.copyTo(host.asSlice(0, 1), 100));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
            .isThrownBy(() -> memory.copyToAsync(host.asSlice(0, 1), -1, stream));
        assertThatIllegalArgumentException()
            .isThrownBy(() -> memory.copyFrom(MemorySegment.ofArray(new byte[4]), 0));
        failsWith(1, () -> gpu.api().memcpyHtoD(memory.address(), host, 101));
        failsWith(1, () -> gpu.api().memcpyDtoH(host, memory.address() + 1, 100));
      }
    });
  }

  @Test
  void freedMemoryIsGone() {
    onGpu(arena -> {
      DeviceMemory memory = DeviceMemory.allocate(gpu, 8);
      long address = memory.address();
      memory.close();
      memory.close();
      assertThat(Emulator.calls("cuMemFree_v2")).isOne();
      assertThatIllegalStateException()
          .isThrownBy(memory::address)
          .withMessage("device memory of 8 bytes is closed");
      failsWith(1, () -> gpu.api().memFree(address));
      failsWith(1, () -> gpu.api().memcpyDtoH(arena.allocate(8), address, 8));
    });
  }

  @Test
  void workOnFreedMemoryShowsAtTheWait() {
    try (GpuThread second = GpuThread.open(0)) {
      second.run(() -> {
        try (Arena arena = Arena.ofConfined();
            Stream stream = Stream.create(second)) {
          DeviceMemory memory = DeviceMemory.allocate(second, 8);
          MemorySegment host = arena.allocate(8);
          Graph graph = stream.capture(() -> memory.copyToAsync(host, 0, stream));
          memory.close();
          graph.launch(stream);
          failsWith(700, stream::synchronize);
          graph.close();
        }
      });
    }
  }

  @Test
  void writingPastTheEndShowsWhenFreeing() {
    onGpu(_ -> {
      DeviceMemory memory = DeviceMemory.allocate(gpu, 10);
      Emulator.memory(memory.address(), 10).set(ValueLayout.JAVA_BYTE, 10, (byte) 0);
      assertThatExceptionOfType(IndexOutOfBoundsException.class)
          .isThrownBy(() -> Emulator.memory(memory.address(), 11));
      failsWith(700, memory::close);
    });
  }

  @Test
  void whatTheEmulatorLacksSaysSo() {
    assertThat(JCudaDriver.cuProfilerStop()).isEqualTo(CUresult.CUDA_ERROR_NOT_SUPPORTED);
    assertThat(Emulator.calls("cuProfilerStop")).isOne();
  }

  @Test
  void memoryRunsOutAtTheCapacity() {
    Emulator.capacity(1000);
    onGpu(_ -> {
      try (DeviceMemory all = DeviceMemory.allocate(gpu, 1000)) {
        assertThat(all.bytes()).isEqualTo(1000);
        assertThat(DeviceMemory.freeBytes(gpu)).isZero();
        assertThatExceptionOfType(CudaException.class)
            .isThrownBy(() -> DeviceMemory.allocate(gpu, 1))
            .withMessage("cuMemAlloc_v2(bytes 1): CUDA_ERROR_OUT_OF_MEMORY (2)");
      }
      assertThatIllegalArgumentException().isThrownBy(() -> DeviceMemory.allocate(gpu, 0));
      assertThatIllegalArgumentException().isThrownBy(() -> PinnedMemory.allocate(gpu, 1L << 31));
    });
  }

  @Test
  void queuedWorkIsVisibleOnlyAfterTheWait() {
    onGpu(_ -> {
      try (DeviceMemory memory = DeviceMemory.allocate(gpu, 4);
          PinnedMemory host = PinnedMemory.allocate(gpu, 4);
          Stream stream = Stream.create(gpu)) {
        memory.fillAsync((byte) 7, stream);
        memory.copyToAsync(host.segment(), 0, stream);
        assertThat(host.segment().get(ValueLayout.JAVA_INT, 0)).isEqualTo(0xCBCBCBCB);
        stream.synchronize();
        assertThat(host.segment().get(ValueLayout.JAVA_INT, 0)).isEqualTo(0x07070707);
      }
    });
  }

  @Test
  void pinnedMemoryCannotBeReadAfterClose() {
    PinnedMemory memory = gpu.call(() -> PinnedMemory.allocate(gpu, 16));
    memory.segment().fill((byte) 1);
    assertThat(memory.bytes()).isEqualTo(16);
    assertThatIllegalStateException().isThrownBy(memory::close);
    gpu.run(memory::close);
    gpu.run(memory::close);
    assertThatIllegalStateException()
        .isThrownBy(() -> memory.segment().get(ValueLayout.JAVA_BYTE, 0));
  }

  @Test
  void aStreamWaitsForAnotherStreamsEvent() {
    onGpu(_ -> {
      try (DeviceMemory memory = DeviceMemory.allocate(gpu, 1);
          PinnedMemory host = PinnedMemory.allocate(gpu, 1);
          Event filled = Event.create(gpu);
          Event unused = Event.create(gpu);
          Stream first = Stream.create(gpu);
          Stream second = Stream.create(gpu)) {
        memory.fillAsync((byte) 5, first);
        filled.record(first);
        failsWith(600, () -> filled.millisSince(filled));
        failsWith(400, () -> filled.millisSince(unused));
        second.waitFor(filled);
        memory.copyToAsync(host.segment(), 0, second);
        second.synchronize();
        assertThat(host.segment().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 5);
        assertThat(filled.millisSince(filled)).isZero();
      }
    });
  }

  @Test
  void aGraphRunsAtEachLaunchWithTheArgumentsOfItsCapture() {
    onGpu(arena -> {
      try (DeviceMemory memory = DeviceMemory.allocate(gpu, 12);
          CudaModule module = CudaModule.load(gpu, Scenario.PTX);
          Stream stream = Stream.create(gpu)) {
        memory.copyFrom(arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 2, 3), 0);
        KernelFunction scale = module.function("fake_scale");
        KernelArguments arguments =
            KernelArguments.builder().address(memory.address()).float32(3).int32(2).build(arena);
        try (Graph graph =
            stream.capture(
                () -> scale.launch(stream, new LaunchShape(1, 1, 1, 32, 1, 1), arguments))) {
          arguments.set(0, 0);
          graph.launch(stream);
          graph.launch(stream);
          stream.synchronize();
        }
        MemorySegment result = arena.allocate(12, 4);
        memory.copyTo(result, 0);
        assertThat(result.toArray(ValueLayout.JAVA_FLOAT)).containsExactly(9, 18, 3);
        failsWith(700, () -> scale.launch(stream, new LaunchShape(1, 1, 1, 32, 1, 1), arguments));
      }
    });
  }

  @Test
  void whatACaptureForbidsFailsAndSpoilsIt() {
    onGpu(arena -> {
      try (DeviceMemory memory = DeviceMemory.allocate(gpu, 8);
          Event event = Event.create(gpu);
          Stream other = Stream.create(gpu);
          Stream stream = Stream.create(gpu)) {
        MemorySegment host = arena.allocate(8);
        Map<String, Runnable> forbidden =
            Map.of(
                "alloc", () -> DeviceMemory.allocate(gpu, 8),
                "pinned", () -> PinnedMemory.allocate(gpu, 8),
                "free", () -> gpu.api().memFree(memory.address()),
                "wait", stream::synchronize,
                "other", other::synchronize,
                "event", event::synchronize,
                "copy in", () -> memory.copyFrom(host, 0),
                "copy out", () -> memory.copyTo(host, 0));
        forbidden.forEach((name, call) -> {
          stream.beginCapture();
          assertThatExceptionOfType(CudaException.class)
              .as(name)
              .isThrownBy(call::run)
              .returns(900, CudaException::code);
          failsWith(901, () -> memory.fillAsync((byte) 0, stream));
          failsWith(901, stream::endCapture);
        });
        memory.fillAsync((byte) 0, stream);
        stream.synchronize();
      }
    });
  }

  @Test
  void aCaptureWhoseWorkThrowsEnds() {
    onGpu(_ -> {
      try (Stream stream = Stream.create(gpu)) {
        assertThatIllegalArgumentException()
            .isThrownBy(() ->
                stream.capture(() -> {
                  throw new IllegalArgumentException("mine");
                }))
            .withMessage("mine");
        stream.synchronize();
      }
    });
  }

  @Test
  void modulesAndEntriesAreChecked() {
    onGpu(arena -> {
      failsWith(218, () -> CudaModule.load(gpu, "no PTX"));
      CudaModule module = CudaModule.load(gpu, Scenario.PTX);
      failsWith(500, () -> module.function("fake_scal"));
      KernelFunction scale = module.function("fake_scale");
      assertThat(scale.entry()).isEqualTo("fake_scale");
      module.close();
      try (Stream stream = Stream.create(gpu)) {
        assertThatIllegalStateException()
            .isThrownBy(() ->
                scale.launch(
                    stream,
                    new LaunchShape(1, 1, 1, 1, 1, 1),
                    KernelArguments.builder().build(arena)));
      }
    });
    assertThatIllegalArgumentException().isThrownBy(() -> new LaunchShape(1, 1, 1, 0, 1, 1));
  }

  @Test
  void argumentIndicesAreChecked() {
    try (Arena arena = Arena.ofConfined()) {
      KernelArguments arguments = KernelArguments.builder().int64(1).build(arena);
      assertThat(arguments.count()).isOne();
      assertThatExceptionOfType(IndexOutOfBoundsException.class)
          .isThrownBy(() -> arguments.set(1, 0));
    }
  }

  @Test
  void anotherThreadIsToldWhereToGo() {
    Stream stream = gpu.call(() -> Stream.create(gpu));
    assertThatIllegalStateException()
        .isThrownBy(stream::synchronize)
        .withMessageContaining("belongs to thread resnet4j-gpu-0, called from Thread[");
    assertThatIllegalStateException().isThrownBy(stream::close);
    gpu.run(stream::close);
  }

  private static void failsWith(int code, Runnable call) {
    assertThatExceptionOfType(CudaException.class)
        .isThrownBy(call::run)
        .returns(code, CudaException::code);
  }
}
