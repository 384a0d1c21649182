package org.resnet4j.simd.kernel.direct;

import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.ConvAlgorithms;
import org.resnet4j.simd.kernel.conv.BoundConv;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvChecks;
import org.resnet4j.simd.kernel.conv.ConvKernel;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.gemm.Gemm;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Tiny;
import org.resnet4j.simd.kernel.layout.Workspace;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * Convolution by an explicit matrix: each output pixel's inputs are copied into a row ({@code
 * im2col}), then {@link Gemm} multiplies with the weights. Any convolution; best where few input
 * channels would leave most of a block empty.
 *
 * <p>Rounding: k runs over channels, kernel rows and kernel columns in this order, in partial sums
 * as {@link Gemm} forms them; bias and residual are added afterwards, each rounded once.
 *
 * <p>Source: Chellapilla et al. 2006; Caffe's {@code im2col}.
 *
 * @param shape the convolution
 * @param width vector width of the kernels
 * @param weight OIHW; see {@link Tiny}
 * @param bias padded to whole blocks
 * @param relu whether negative results become 0
 */
public record Im2colGemm(
    ConvShape shape, VectorWidth width, float[] weight, float[] bias, boolean relu)
    implements ConvKernel {
  /** See {@link ConvAlgorithms#pack}. */
  public static Im2colGemm pack(
      ConvShape shape, VectorWidth width, float[] weight, float @Nullable [] bias, boolean relu) {
    return new Im2colGemm(
        shape,
        width,
        Tiny.dropped(weight, weight.length),
        ConvChecks.paddedBias(shape, bias),
        relu);
  }

  @Override
  public ConvAlgorithm algorithm() {
    return ConvAlgorithm.IM2COL_GEMM;
  }

  @Override
  public long weightFloats() {
    return weight.length;
  }

  @Override
  public int inputHalo() {
    return shape.padding();
  }

  @Override
  public BoundConv bind(
      BlockedLayout x, BlockedLayout y, @Nullable BlockedLayout residual, Workspace workspace) {
    ConvChecks.checkLayouts(shape, x, y, residual, inputHalo());
    return new Im2colGemmCall(this, x, y, residual, workspace.parallel());
  }
}
