package org.resnet4j.cuda.cudnn;

/**
 * How an attribute's elements are stored. Source: {@code cudnnBackendAttributeType_t}. Thread-safe.
 */
enum AttributeType implements CudnnConstant {
  /** A {@link CudnnHandle}, 8 bytes. */
  HANDLE(0),
  /** {@link DataType}, 4 bytes. */
  DATA_TYPE(1),
  /** One byte. */
  BOOLEAN(2),
  /** 8 bytes. */
  INT64(3),
  /** 4 bytes. */
  FLOAT(4),
  /** 8 bytes. */
  DOUBLE(5),
  /** A device address, 8 bytes. */
  VOID_PTR(6),
  /** {@link ConvolutionMode}, 4 bytes. */
  CONVOLUTION_MODE(7),
  /** {@link HeuristicMode}, 4 bytes. */
  HEUR_MODE(8),
  /** {@link NumericalNote}, 4 bytes. */
  NUMERICAL_NOTE(11),
  /** {@link PointwiseMode}, 4 bytes. */
  POINTWISE_MODE(14),
  /** A {@link BackendDescriptor}, 8 bytes. */
  BACKEND_DESCRIPTOR(15),
  /** {@link BehaviorNote}, 4 bytes. */
  BEHAVIOR_NOTE(19);

  private final int value;

  AttributeType(int value) {
    this.value = value;
  }

  @Override
  public int value() {
    return value;
  }

  @Override
  public String cName() {
    return "CUDNN_TYPE_" + name();
  }
}
