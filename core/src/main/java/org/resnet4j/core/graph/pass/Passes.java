package org.resnet4j.core.graph.pass;

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

  /** Makes each {@code Relu} part of the convolution before it. */
  public static Pass fuseRelu() {
    return new FuseRelu();
  }

  /**
   * Fold, then fuse residuals, then ReLUs. On a network of this family it leaves {@code Input,
   * Conv, MaxPool, GlobalAvgPool, Linear}, which is what the fast backends compile.
   */
  public static Pass inference() {
    return foldBatchNorm().then(fuseResidual()).then(fuseRelu());
  }
}
