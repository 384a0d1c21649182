package org.resnet4j.simd.kernel.layout;

/**
 * Numbers that count as zero because computing with them costs more than they are worth.
 *
 * <p>A processor that multiplies or adds denormal floats (below 2<sup>-126</sup>) may take a
 * hundred cycles for each, and Java cannot tell it to take them for zeros. A network's input, its
 * packed weights and biases, and the results of its ReLUs are therefore zero where their magnitude
 * is below {@link #LIMIT}. The limit is far above the denormals since a product of two small floats
 * is smaller than both: with activations of 2<sup>-100</sup> and more, weights have to be below
 * 2<sup>-26</sup> for a product to be denormal. Beside activations near 1 what is dropped is
 * 2<sup>-76</sup> of a float's own rounding.
 */
public final class Tiny {
  /** The least magnitude that counts, 7.9e-31. */
  public static final float LIMIT = 0x1p-100f;

  private Tiny() {}

  /** {@code value}, or 0 where its magnitude is below {@link #LIMIT}. NaN stays NaN. */
  public static float dropped(float value) {
    return Math.abs(value) < LIMIT ? 0f : value;
  }

  /** A ReLU: {@code value}, or 0 where it is below {@link #LIMIT}. NaN stays NaN. */
  public static float relu(float value) {
    return value < LIMIT ? 0f : value;
  }

  /** A copy of {@code length} floats, zeros behind the end of {@code values}. */
  public static float[] dropped(float[] values, int length) {
    float[] copy = new float[length];
    for (int i = 0; i < Math.min(values.length, length); i++) {
      copy[i] = dropped(values[i]);
    }
    return copy;
  }
}
