package org.resnet4j.cuda.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Uses every function of {@link DriverApi} once or more, as a backend would. */
final class Scenario {
  static final String PTX =
      """
      .version 7.0
      .target sm_75
      .address_size 64
      .visible .entry fake_scale(.param .u64 x, .param .f32 factor, .param .u32 count) { ret; }
      """;
  private static final int COUNT = 1000;
  private static final LaunchShape SHAPE = new LaunchShape(4, 1, 1, 256, 1, 1);
  private static final long BYTES = 4L * COUNT;

  private Scenario() {}

  /** From opening the device to giving it back; the result is 8 times the input. */
  static float run() {
    try (GpuThread gpu = GpuThread.open(0)) {
      return gpu.call(() -> Devices.list().size() * work(gpu));
    }
  }

  static float work(GpuThread gpu) {
    try (Arena arena = Arena.ofConfined();
        DeviceMemory x = DeviceMemory.allocate(gpu, BYTES);
        DeviceMemory y = DeviceMemory.allocate(gpu, BYTES);
        PinnedMemory host = PinnedMemory.allocate(gpu, BYTES);
        CudaModule module = CudaModule.load(gpu, PTX);
        Event start = Event.create(gpu);
        Event end = Event.create(gpu);
        Stream other = Stream.create(gpu);
        Stream stream = Stream.create(gpu)) {
      if (DeviceMemory.freeBytes(gpu) < BYTES) {
        throw new AssertionError("no room");
      }
      MemorySegment source = arena.allocate(BYTES, 8);
      source.setAtIndex(ValueLayout.JAVA_FLOAT, COUNT - 1L, 1.5f);
      x.copyFrom(source, 0);
      y.fillAsync((byte) 0, other);
      start.record(other);
      stream.waitFor(start);
      KernelFunction scale = module.function("fake_scale");
      KernelArguments arguments =
          KernelArguments.builder().address(y.address()).float32(2).int32(COUNT).build(arena);
      host.segment().copyFrom(source);
      try (Graph graph =
          stream.capture(() -> {
            x.copyFromAsync(host.segment(), 0, stream);
            y.copyFromAsync(x, 0, 0, BYTES, stream);
            scale.launch(stream, SHAPE, arguments);
            y.copyToAsync(host.segment(), 0, stream);
          })) {
        graph.launch(stream);
        graph.launch(stream);
        graph.launch(stream);
        end.record(stream);
        end.synchronize();
        stream.synchronize();
        if (end.millisSince(start) < 0) {
          throw new AssertionError("time runs backwards");
        }
      }
      y.copyTo(source, 0);
      return source.getAtIndex(ValueLayout.JAVA_FLOAT, COUNT - 1L);
    }
  }
}
