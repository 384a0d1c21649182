package org.resnet4j.simd.kernel.grouped;

import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.ConvAlgorithms;
import org.resnet4j.simd.kernel.conv.BoundConv;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvChecks;
import org.resnet4j.simd.kernel.conv.ConvKernel;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Floor;
import org.resnet4j.simd.kernel.layout.Tiny;
import org.resnet4j.simd.kernel.layout.Workspace;
import org.resnet4j.simd.kernel.tile.Tiling;
import org.resnet4j.simd.machine.CacheLine;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * Grouped convolution with 1 (depthwise), 2, 4 or 8 channels per group, by {@link GroupedKernel}: a
 * multiply-add per weight and no other, where {@code ImplicitGemm} would compute blocks of 16x16
 * channels that are mostly zeros.
 *
 * <p>Reads activations in place; the halo of {@code x} is the padding. An infinite or NaN input
 * spoils the outputs of its own group only.
 *
 * <p>Rounding: one chain over kernel rows, channels of the group and kernel columns in this order;
 * then bias and residual, each rounded once.
 *
 * @param shape the convolution
 * @param width vector width of the kernels
 * @param floor see {@link Floor}
 * @param weights packed, {@code [vector of outputs][R][C/groups][S][lane]}
 * @param bias {@code [K]}
 */
public record Grouped(
    ConvShape shape, VectorWidth width, float[] floor, float[] weights, float[] bias)
    implements ConvKernel {
  /** A row of weights must fit the registers beside the sums. */
  private static final int MAX_KERNEL = 7;

  /** Whether the algorithm can compute a convolution. */
  public static boolean applies(ConvShape shape) {
    int group = shape.inChannelsPerGroup();
    return group == shape.outChannelsPerGroup()
        && shape.inChannels() % BlockedLayout.BLOCK == 0
        && (group == 1 || group == 2 || group == 4 || group == 8)
        && shape.kernel() <= MAX_KERNEL
        && group * shape.taps() <= Tiling.CHUNK;
  }

  /** See {@link ConvAlgorithms#pack}. */
  public static Grouped pack(
      ConvShape shape, VectorWidth width, float[] weight, float @Nullable [] bias, boolean relu) {
    if (!applies(shape)) {
      throw new IllegalArgumentException("GROUPED cannot compute " + shape);
    }
    return new Grouped(
        shape,
        width,
        Floor.of(relu),
        pack(shape, width, weight),
        ConvChecks.paddedBias(shape, bias));
  }

  private static float[] pack(ConvShape shape, VectorWidth width, float[] weight) {
    int lanes = width.lanes();
    int group = shape.inChannelsPerGroup();
    int taps = shape.kernel();
    float[] packed = new float[CacheLine.FIRST + weight.length];
    int from = 0;
    for (int k = 0; k < shape.outChannels(); k++) {
      int vector = k / lanes * group * shape.taps();
      for (int j = 0; j < group; j++) {
        for (int r = 0; r < taps; r++) {
          int to = CacheLine.FIRST + (vector + (r * group + j) * taps) * lanes + k % lanes;
          for (int s = 0; s < taps; s++, to += lanes) {
            packed[to] = Tiny.dropped(weight[from++]);
          }
        }
      }
    }
    return packed;
  }

  @Override
  public ConvAlgorithm algorithm() {
    return ConvAlgorithm.GROUPED;
  }

  @Override
  public long weightFloats() {
    return CacheLine.floats(weights);
  }

  @Override
  public int inputHalo() {
    return shape.padding();
  }

  @Override
  public BoundConv bind(
      BlockedLayout x, BlockedLayout y, @Nullable BlockedLayout residual, Workspace workspace) {
    ConvChecks.checkLayouts(shape, x, y, residual, inputHalo());
    return new GroupedCall(this, x, y, residual, workspace.parallel());
  }
}
