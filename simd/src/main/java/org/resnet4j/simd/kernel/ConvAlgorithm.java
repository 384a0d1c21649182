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
  IMPLICIT_GEMM;

  /** Input channels up to which padding them to a block costs more than copying. */
  private static final int NARROW = 4;

  /**
   * The algorithm for a convolution, by its shape alone: the choice is part of what makes results
   * reproducible.
   */
  public static ConvAlgorithm choose(ConvShape shape) {
    return shape.groups() == 1 && shape.inChannels() <= NARROW ? IM2COL_GEMM : IMPLICIT_GEMM;
  }
}
