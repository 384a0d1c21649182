package org.resnet4j.cuda.cudnn;

/** Algorithms of the legacy convolution. Source: {@code cudnnConvolutionFwdAlgo_t}. Thread-safe. */
public enum ForwardAlgorithm implements CudnnConstant {
  /** No workspace. */
  IMPLICIT_GEMM(0),
  /** Offsets computed ahead; the only one for a fused call with {@link ActivationMode#IDENTITY}. */
  IMPLICIT_PRECOMP_GEMM(1),
  /** Explicit im2col. */
  GEMM(2),
  /** Declared by cuDNN, not implemented. */
  DIRECT(3),
  /** By Fourier transform. */
  FFT(4),
  /** By Fourier transform of tiles. */
  FFT_TILING(5),
  /** Winograd in one kernel. */
  WINOGRAD(6),
  /** Winograd in several kernels. */
  WINOGRAD_NONFUSED(7);

  private final int value;

  ForwardAlgorithm(int value) {
    this.value = value;
  }

  @Override
  public int value() {
    return value;
  }

  @Override
  public String cName() {
    return "CUDNN_CONVOLUTION_FWD_ALGO_" + name();
  }
}
