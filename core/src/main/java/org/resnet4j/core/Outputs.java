package org.resnet4j.core;

import java.util.Arrays;

/**
 * A picture's outputs themselves.
 *
 * @param count how many there are
 */
record Outputs(int count) implements PictureRunner.Result<float[]> {
  @Override
  public float[] of(float[] outputs, int offset, Classification.Timing timing) {
    return Arrays.copyOfRange(outputs, offset, offset + count);
  }
}
