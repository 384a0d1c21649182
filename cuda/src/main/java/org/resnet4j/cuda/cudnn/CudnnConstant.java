package org.resnet4j.cuda.cudnn;

/** A constant of cuDNN's C headers. Thread-safe. */
public interface CudnnConstant {
  /** Its value in C. */
  int value();

  /** Its name in C, such as {@code CUDNN_DATA_FLOAT}. */
  String cName();
}
