package org.resnet4j.cuda.cudnn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.resnet4j.cuda.driver.DeviceMemory;
import org.resnet4j.cuda.driver.GpuThread;

/** Numbers on the device, in any type; frees what it made. */
final class Tensors implements AutoCloseable {
  private final GpuThread gpu;
  private final DataType type;
  private final List<DeviceMemory> memories = new ArrayList<>();

  Tensors(GpuThread gpu, DataType type) {
    this.gpu = gpu;
    this.type = type;
  }

  DeviceMemory of(float... values) {
    DeviceMemory memory = empty(values.length);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(memory.bytes(), 8);
      for (int i = 0; i < values.length; i++) {
        if (type == DataType.FLOAT) {
          host.setAtIndex(ValueLayout.JAVA_FLOAT, i, values[i]);
        } else {
          host.setAtIndex(ValueLayout.JAVA_SHORT, i, narrow(values[i]));
        }
      }
      memory.copyFrom(host, 0);
    }
    return memory;
  }

  DeviceMemory empty(int count) {
    return bytes((long) count * (type == DataType.FLOAT ? 4 : 2));
  }

  DeviceMemory bytes(long bytes) {
    DeviceMemory memory = DeviceMemory.allocate(gpu, bytes);
    memories.add(memory);
    return memory;
  }

  float[] read(DeviceMemory memory) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(memory.bytes(), 8);
      memory.copyTo(host, 0);
      float[] values = new float[(int) (memory.bytes() / (type == DataType.FLOAT ? 4 : 2))];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            type == DataType.FLOAT
                ? host.getAtIndex(ValueLayout.JAVA_FLOAT, i)
                : widen(host.getAtIndex(ValueLayout.JAVA_SHORT, i));
      }
      return values;
    }
  }

  /** As stored and read again. */
  float rounded(float value) {
    return type == DataType.FLOAT ? value : widen(narrow(value));
  }

  private short narrow(float value) {
    if (type == DataType.HALF) {
      return Float.floatToFloat16(value);
    }
    int bits = Float.floatToRawIntBits(value);
    return (short) ((bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16);
  }

  private float widen(short bits) {
    return type == DataType.HALF ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
  }

  @Override
  public void close() {
    memories.forEach(DeviceMemory::close);
  }
}
