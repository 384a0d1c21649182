package org.resnet4j.golden;

import org.jspecify.annotations.Nullable;

/**
 * What a stage's value must be: all of it, or samples.
 *
 * @param stage where
 * @param values expected, in float64; the array itself, to be read only
 * @param positions of the values in the whole stage [N, C, H, W], row-major; null if {@code values}
 *     is the whole. To be read only
 * @param errors what rounding costs here
 */
public record Tap(
    Stage stage, double[] values, long @Nullable [] positions, RoundingErrors errors) {
  /**
   * Checks that there are values.
   *
   * @throws IllegalArgumentException if there is none, or values and positions differ in number
   */
  public Tap {
    if (values.length == 0 || (positions != null && positions.length != values.length)) {
      throw new IllegalArgumentException(
          stage.label() + ": needs values, and a position for each unless they are the whole");
    }
  }

  /** The position in the whole stage of value {@code i}. */
  long position(int i) {
    return positions == null ? i : positions[i];
  }
}
