package org.resnet4j.core.weights.content;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.resnet4j.core.weights.DType;

/** Turns little-endian elements at any address into floats or doubles. */
public final class Decoder {
  public static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  public static final ValueLayout.OfDouble F64 =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort I16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Decoder() {}

  /**
   * {@code into[at + i] = (float) from[i]} for all {@code i < count}. F16 and BF16 are exact, F64
   * is rounded to nearest even.
   */
  public static void floats(DType dtype, MemorySegment from, float[] into, int at, int count) {
    switch (dtype) {
      case F32 -> MemorySegment.copy(from, F32, 0, into, at, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = Float.float16ToFloat(from.get(I16, 2L * i));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = Float.intBitsToFloat(from.get(I16, 2L * i) << 16);
        }
      }
      case F64 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = (float) from.get(F64, 8L * i);
        }
      }
      default -> throw new IllegalArgumentException("not convertible to float32: " + dtype);
    }
  }

  /** {@code into[at + i] = from[i]} for all {@code i < count}, always exact. */
  public static void doubles(DType dtype, MemorySegment from, double[] into, int at, int count) {
    if (dtype == DType.F64) {
      MemorySegment.copy(from, F64, 0, into, at, count);
      return;
    }
    float[] floats = new float[count];
    floats(dtype, from, floats, 0, count);
    for (int i = 0; i < count; i++) {
      into[at + i] = floats[i];
    }
  }
}
