package org.resnet4j.cuda.kernels;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.Locale;

/** How a tensor's numbers are stored on the device. Kernels compute in float32. Thread-safe. */
public enum ElementType {
  /** IEEE binary32. */
  F32(Float.BYTES),
  /** IEEE binary16; stores round to nearest even and overflow to infinity. */
  F16(Short.BYTES),
  /** The upper half of a binary32; stores round to nearest even, NaN stays NaN. */
  BF16(Short.BYTES);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one number. */
  public int bytes() {
    return bytes;
  }

  /** As many numbers as one instruction moves at once. */
  public int lanes() {
    return PtxAccess.VECTOR_BYTES / bytes;
  }

  /** The last part of entry names, such as {@code f16}. */
  public String suffix() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Stores a number as kernels do, in native byte order.
   *
   * @param index in numbers
   * @throws IndexOutOfBoundsException if it is not inside {@code target}
   */
  public void set(MemorySegment target, long index, float number) {
    switch (this) {
      case F32 -> target.set(JAVA_FLOAT_UNALIGNED, index * bytes, number);
      case F16 -> target.set(JAVA_SHORT_UNALIGNED, index * bytes, Float.floatToFloat16(number));
      case BF16 -> target.set(JAVA_SHORT_UNALIGNED, index * bytes, bfloat16(number));
    }
  }

  /**
   * A number that a kernel or {@link #set} has stored.
   *
   * @param index in numbers
   * @throws IndexOutOfBoundsException if it is not inside {@code source}
   */
  public float get(MemorySegment source, long index) {
    return switch (this) {
      case F32 -> source.get(JAVA_FLOAT_UNALIGNED, index * bytes);
      case F16 -> Float.float16ToFloat(source.get(JAVA_SHORT_UNALIGNED, index * bytes));
      case BF16 -> Float.intBitsToFloat(source.get(JAVA_SHORT_UNALIGNED, index * bytes) << 16);
    };
  }

  private static short bfloat16(float number) {
    int bits = Float.floatToRawIntBits(number);
    int upper = bits >>> 16;
    // The sum could carry a NaN into infinity; its quiet bit is set instead.
    return (short) (Float.isNaN(number) ? upper | 0x40 : (bits + 0x7FFF + (upper & 1)) >>> 16);
  }
}
