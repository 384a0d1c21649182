package org.resnet4j.core.graph;

/**
 * What a fused convolution does after accumulating: {@code y = relu(conv + bias + residual)}, in
 * this order. It is what a GEMM tile can do before its only store and what {@code
 * cudnnConvolutionBiasActivationForward} computes.
 *
 * @param residual whether the node's second input is added
 * @param relu whether negative values become 0
 */
public record Epilogue(boolean residual, boolean relu) {
  /** Store the sums as they are. */
  public static final Epilogue NONE = new Epilogue(false, false);

  /** This epilogue with a residual. */
  public Epilogue withResidual() {
    return new Epilogue(true, relu);
  }

  /** This epilogue with a ReLU. */
  public Epilogue withRelu() {
    return new Epilogue(residual, true);
  }
}
