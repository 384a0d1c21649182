package org.resnet4j.core.graph.pass;

import org.resnet4j.core.graph.Op;

/** The passes, and the sequence every backend expects. */
public final class Passes {
  private Passes() {}

  /**
   * Multiplies each {@code BatchNorm} into the weights and bias of the convolution before it:
   * {@code w' = w * s}, {@code b' = beta + (b - mean) * s} with {@code s = gamma / sqrt(variance +
   * epsilon)}, computed in double and rounded once. Source: Jacob et al., arXiv 1712.05877, section
   * 3.2.
   */
  public static Pass foldBatchNorm() {
    return new FoldBatchNorm();
  }

  /** Makes each {@code Add} the residual of the convolution that computes one of its operands. */
  public static Pass fuseResidual() {
    return new FuseResidual();
  }

  /** Makes each {@code Relu} part of the convolution or linear layer before it. */
  public static Pass fuseRelu() {
    return new FuseRelu();
  }

  /**
   * Makes each operator of a kind a depthwise convolution of single pixels: a {@code BatchNorm} one
   * that multiplies and adds a bias, an {@code Add} or {@code Relu} one of ones with that epilogue.
   * For what has no convolution to be a part of, as in networks that normalise before they
   * convolve.
   */
  static Pass loneAsConv(Class<? extends Op> kind) {
    return new LoneAsConv(kind);
  }

  /**
   * Fold, then fuse residuals, then ReLUs; what has no convolution to be part of becomes one. It
   * leaves {@code Input, Conv, MaxPool, GlobalAvgPool, Linear} of every graph, which is what the
   * fast backends compile.
   */
  public static Pass inference() {
    return foldBatchNorm()
        .then(loneAsConv(Op.BatchNorm.class))
        .then(fuseResidual())
        .then(loneAsConv(Op.Add.class))
        .then(fuseRelu())
        .then(loneAsConv(Op.Relu.class));
  }
}
