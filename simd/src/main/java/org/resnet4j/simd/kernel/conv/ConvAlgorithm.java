package org.resnet4j.simd.kernel.conv;

/** The ways to compute a convolution, named as cuDNN names its own. */
public enum ConvAlgorithm {
  /**
   * Copies each output pixel's inputs into a row of a matrix, then calls a matrix product. Any
   * convolution.
   */
  IM2COL_GEMM,
  /**
   * A matrix product that reads its inputs in place. Any convolution; wasteful below 16 input
   * channels.
   */
  IMPLICIT_GEMM,
  /**
   * One level of Strassen's algorithm: 8/7 times fewer multiplications, 7/4 times the weights. 1x1,
   * one group, channels in multiples of 32.
   */
  STRASSEN_GEMM,
  /**
   * Winograd's F(2x2, 3x3): 2.25 times fewer multiplications, 16/9 times the weights. 3x3, one
   * group or groups of whole blocks of 16 channels. At stride 2, where the two phases of the input
   * are filters of one and two taps: 1.44 times fewer.
   */
  WINOGRAD_2X2,
  /**
   * Winograd's F(4x2, 3x3): 3 times fewer multiplications, 24/9 times the weights. 3x3, stride 1,
   * one group or groups of whole blocks of 16 channels.
   */
  WINOGRAD_4X2,
  /**
   * Winograd's F(4x4, 3x3): 4 times fewer multiplications, 4 times the weights. 3x3, stride 1, one
   * group or groups of whole blocks of 16 channels.
   */
  WINOGRAD_4X4,
  /**
   * A matrix product that reads pixel-interleaved input in place. One group, few input channels and
   * at most 256 terms: the first convolution of a network.
   */
  DIRECT_STEM,
  /**
   * Multiplies a permuted vector of channels with a vector of weights. Convolutions with 1, 2, 4 or
   * 8 channels per group, as many in as out, that fill whole blocks of channels; windows of at most
   * 7x7 and 256 terms.
   */
  GROUPED;
}
