package org.resnet4j.simd.kernel.layout;

import java.util.Arrays;

/**
 * What a kernel raises its results to: an array of 16 times what results become that are too low,
 * then 16 times the number below which they are. For a ReLU 0 and {@link Tiny#LIMIT}, for none
 * negative infinity twice.
 */
public final class Floor {
  /** Where the numbers begin below which results are replaced. */
  public static final int LIMIT_AT = BlockedLayout.BLOCK;

  private Floor() {}

  /** A new one, with a ReLU or without. */
  public static float[] of(boolean relu) {
    float[] floor = new float[2 * BlockedLayout.BLOCK];
    Arrays.fill(floor, 0, BlockedLayout.BLOCK, relu ? 0f : Float.NEGATIVE_INFINITY);
    Arrays.fill(floor, LIMIT_AT, floor.length, relu ? Tiny.LIMIT : Float.NEGATIVE_INFINITY);
    return floor;
  }
}
