package org.resnet4j.cuda.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * A kernel's arguments in C's form: one segment with a pointer to each value, then the values, each
 * in eight bytes. Built once, launched often; {@link #set(int, long)} changes an address between
 * launches. Not thread-safe; the memory is the arena's.
 */
public final class KernelArguments {
  private final MemorySegment segment;
  private final int count;

  private KernelArguments(List<Long> bits, Arena arena) {
    this.count = bits.size();
    this.segment = arena.allocate(Math.max(1, 2L * count) * Long.BYTES, Long.BYTES);
    for (int i = 0; i < count; i++) {
      segment.setAtIndex(
          ValueLayout.JAVA_LONG, i, segment.address() + (long) (count + i) * Long.BYTES);
      set(i, bits.get(i));
    }
  }

  /** Starts a list, in the order of the kernel's parameters. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Replaces argument {@code index}: a device address, a 64-bit integer, or the low half for a
   * narrower one.
   *
   * @throws IndexOutOfBoundsException if there is no such argument
   */
  public void set(int index, long value) {
    if (index < 0 || index >= count) {
      throw new IndexOutOfBoundsException("argument " + index + " of " + count);
    }
    segment.setAtIndex(ValueLayout.JAVA_LONG, count + index, value);
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  MemorySegment pointers() {
    return segment;
  }

  /** Collects values; not thread-safe. */
  public static final class Builder {
    private final List<Long> bits = new ArrayList<>();

    private Builder() {}

    /** A {@code .u64} parameter that is a device address. */
    public Builder address(long value) {
      return add(value);
    }

    /** A {@code .u64} or {@code .s64} parameter. */
    public Builder int64(long value) {
      return add(value);
    }

    /** A {@code .u32} or {@code .s32} parameter. */
    public Builder int32(int value) {
      return add(Integer.toUnsignedLong(value));
    }

    /** A {@code .f32} parameter. */
    public Builder float32(float value) {
      return add(Integer.toUnsignedLong(Float.floatToRawIntBits(value)));
    }

    /** The list, in memory of {@code arena}, which must be usable by the device's thread. */
    public KernelArguments build(Arena arena) {
      return new KernelArguments(bits, arena);
    }

    private Builder add(long value) {
      bits.add(value);
      return this;
    }
  }
}
