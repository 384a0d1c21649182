package org.resnet4j.cuda.cudnn;

/**
 * Kinds of {@link BackendDescriptor}. Source: {@code cudnnBackendDescriptorType_t}. Thread-safe.
 */
enum DescriptorType implements CudnnConstant {
  /** What an {@link #OPERATION_POINTWISE_DESCRIPTOR} computes. */
  POINTWISE_DESCRIPTOR(0),
  /** Padding, strides, dilations. */
  CONVOLUTION_DESCRIPTOR(1),
  /** One implementation. */
  ENGINE_DESCRIPTOR(2),
  /** An implementation with its settings. */
  ENGINECFG_DESCRIPTOR(3),
  /** What lists configurations, best first. */
  ENGINEHEUR_DESCRIPTOR(4),
  /** What runs. */
  EXECUTION_PLAN_DESCRIPTOR(5),
  /** A convolution of tensors. */
  OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR(10),
  /** Arithmetic on each element of tensors. */
  OPERATION_POINTWISE_DESCRIPTOR(13),
  /** Operations that belong together. */
  OPERATIONGRAPH_DESCRIPTOR(15),
  /** Addresses for one run. */
  VARIANT_PACK_DESCRIPTOR(16),
  /** Dimensions, strides, type. */
  TENSOR_DESCRIPTOR(17);

  private final int value;

  DescriptorType(int value) {
    this.value = value;
  }

  @Override
  public int value() {
    return value;
  }

  @Override
  public String cName() {
    return "CUDNN_BACKEND_" + name();
  }
}
