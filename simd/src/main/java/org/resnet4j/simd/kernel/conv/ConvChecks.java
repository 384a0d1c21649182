package org.resnet4j.simd.kernel.conv;

import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Tiny;

/** What all convolution kernels share. */
public final class ConvChecks {
  private ConvChecks() {}

  /** The bias, or zeros, padded to whole channel blocks; see {@link Tiny}. */
  public static float[] paddedBias(ConvShape shape, float @Nullable [] bias) {
    int padded = BlockedLayout.blocksFor(shape.outChannels()) * BlockedLayout.BLOCK;
    return bias == null ? new float[padded] : Tiny.dropped(bias, padded);
  }

  /** Checks the arrays' lengths against a shape. */
  public static void checkParameters(ConvShape shape, float[] weight, float @Nullable [] bias) {
    if (weight.length != shape.weights()) {
      throw new IllegalArgumentException(
          "weight has " + weight.length + " values, expected " + shape.weights());
    }
    if (bias != null && bias.length != shape.outChannels()) {
      throw new IllegalArgumentException(
          "bias has " + bias.length + " values, expected " + shape.outChannels());
    }
  }

  /** Checks layouts against a shape, for a kernel that reads the kernels' blocks. */
  public static void checkLayouts(
      ConvShape shape,
      BlockedLayout x,
      BlockedLayout y,
      @Nullable BlockedLayout residual,
      int halo) {
    checkLayouts(shape, x, y, residual, halo, BlockedLayout.BLOCK);
  }

  /** Checks layouts against a shape, for a kernel that reads blocks of {@code block} channels. */
  public static void checkLayouts(
      ConvShape shape,
      BlockedLayout x,
      BlockedLayout y,
      @Nullable BlockedLayout residual,
      int halo,
      int block) {
    checkLayouts(shape, x, y, residual, halo, block, BlockedLayout.BLOCK);
  }

  /** The same for a kernel that writes blocks of {@code written} channels. */
  public static void checkLayouts(
      ConvShape shape,
      BlockedLayout x,
      BlockedLayout y,
      @Nullable BlockedLayout residual,
      int halo,
      int block,
      int written) {
    check("input", x, shape.inChannels(), shape.height(), shape.width(), block);
    check("output", y, shape.outChannels(), shape.outHeight(), shape.outWidth(), written);
    if (residual != null) {
      check(
          "residual", residual, shape.outChannels(), shape.outHeight(), shape.outWidth(), written);
    }
    if (x.halo() < halo) {
      throw new IllegalArgumentException("input halo is " + x.halo() + ", needed " + halo);
    }
  }

  private static void check(
      String what, BlockedLayout layout, int channels, int height, int width, int block) {
    if (layout.channels() != channels
        || layout.height() != height
        || layout.width() != width
        || layout.block() != block) {
      throw new IllegalArgumentException(
          what
              + " is "
              + layout
              + ", expected "
              + channels
              + " channels, "
              + height
              + "x"
              + width
              + ", block "
              + block);
    }
  }
}
