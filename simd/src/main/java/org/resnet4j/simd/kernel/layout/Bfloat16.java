package org.resnet4j.simd.kernel.layout;

/**
 * bfloat16: the upper half of a float, in a {@code short}. Numbers of a magnitude below
 * 2<sup>-100</sup> become zero on the way in, as {@link Tiny} says.
 */
public final class Bfloat16 {
  /** Bytes of one. */
  public static final int BYTES = Short.BYTES;

  /** Added before the lower half is cut off: with the last bit that stays, half a unit of it. */
  public static final int ALMOST_HALF = 0x7FFF;

  /** Keeps a NaN one when only its lower half says so. */
  public static final int QUIET = 0x40;

  private Bfloat16() {}

  /** The nearest, the even one of two; beyond the largest infinity. NaN stays NaN. */
  public static short round(float value) {
    if (Float.isNaN(value)) {
      return (short) ((Float.floatToRawIntBits(value) >>> Short.SIZE) | QUIET);
    }
    int bits = Float.floatToRawIntBits(Tiny.dropped(value));
    int odd = (bits >>> Short.SIZE) & 1;
    return (short) ((bits + ALMOST_HALF + odd) >>> Short.SIZE);
  }

  /** Its value, exactly. */
  public static float value(short bits) {
    return Float.intBitsToFloat(bits << Short.SIZE);
  }
}
