package org.resnet4j.cuda.conv;

import java.util.Arrays;
import java.util.List;

/**
 * The ways to compute a {@link ConvProblem}, in the order in which they are tried. That a method
 * applies does not mean that the device's libraries have it: cuDNN says so when it is asked.
 */
public enum ConvMethod {
  /**
   * One operation graph of convolution, residual, bias and ReLU. Channels per group in multiples of
   * 16 bytes. Source: cuDNN's graph API.
   */
  GRAPH_FUSED,
  /** {@code cublasLtMatmul} with bias, residual and ReLU. 1x1, stride 1, one group; scores, too. */
  GEMM_FUSED,
  /**
   * All in one call; without a ReLU only by {@code IMPLICIT_PRECOMP_GEMM}. Any convolution. Source:
   * {@code cudnnConvolutionBiasActivationForward}.
   */
  LEGACY_FUSED,
  /** {@code cublasGemmEx}, then the epilogue kernel. 1x1, stride 1, one group; scores, too. */
  GEMM_THEN_EPILOGUE,
  /** {@code cudnnConvolutionForward}, then the epilogue kernel. Any convolution. */
  LEGACY_THEN_EPILOGUE,
  /**
   * Our own kernel, in float32. Any convolution: cuDNN has none for some, such as those of one
   * channel a group in 16 bits and NHWC. Slow.
   */
  OWN_KERNEL;

  /** The methods worth trying, the last of which always does. */
  public static List<ConvMethod> candidates(ConvProblem problem) {
    return Arrays.stream(values()).filter(method -> method.applies(problem)).toList();
  }

  private boolean applies(ConvProblem problem) {
    return switch (this) {
      case GRAPH_FUSED -> problem.isAligned() && !problem.scores();
      case GEMM_FUSED, GEMM_THEN_EPILOGUE -> problem.isGemm();
      case LEGACY_FUSED, LEGACY_THEN_EPILOGUE, OWN_KERNEL -> !problem.scores();
    };
  }

  /**
   * Whether the method computes a problem by no algorithm of cuDNN's but {@code
   * IMPLICIT_PRECOMP_GEMM}, the only one that takes {@code CUDNN_ACTIVATION_IDENTITY}.
   */
  boolean needsPrecomputedGemm(ConvProblem problem) {
    return this == LEGACY_FUSED && !problem.relu();
  }
}
