package org.resnet4j.cuda.cublas;

/** A constant of cuBLAS's C headers. Thread-safe. */
interface CublasConstant {
  /** Its value in C. */
  int value();

  /** Its name in C, such as {@code CUBLAS_OP_N}. */
  String cName();
}
