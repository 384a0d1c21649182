package org.resnet4j.simd.kernel;

/** The ways to compute a convolution, named as cuDNN names its own. */
public enum ConvAlgorithm {
  /**
   * Copies each output pixel's inputs into a row of a matrix, then calls {@link Gemm}. Any
   * convolution.
   */
  IM2COL_GEMM,
  /**
   * A matrix product that reads its inputs in place. Any convolution; wasteful below 16 input
   * channels.
   */
  IMPLICIT_GEMM,
  /**
   * Winograd's F(2x2, 3x3): 2.25 times fewer multiplications, 16/9 times the weights. 3x3, stride
   * 1, one group.
   */
  WINOGRAD_2X2,
  /**
   * Winograd's F(4x4, 3x3): 4 times fewer multiplications, 4 times the weights. 3x3, stride 1, one
   * group.
   */
  WINOGRAD_4X4;

  /** Input channels up to which padding them to a block costs more than copying. */
  private static final int NARROW = 4;

  /**
   * The algorithm for a convolution, by its shape alone: the choice is part of what makes results
   * reproducible.
   */
  public static ConvAlgorithm choose(ConvShape shape) {
    if (shape.groups() == 1 && shape.inChannels() <= NARROW) {
      return IM2COL_GEMM;
    }
    return Winograd.applies(shape) ? CostModel.cheapest(shape) : IMPLICIT_GEMM;
  }
}
