package org.resnet4j.cuda.cublas;

/** What cuBLAS's functions return. Source: {@code cublasStatus_t}. Thread-safe. */
public enum CublasStatus implements CublasConstant {
  SUCCESS(0),
  NOT_INITIALIZED(1),
  ALLOC_FAILED(3),
  INVALID_VALUE(7),
  ARCH_MISMATCH(8),
  MAPPING_ERROR(11),
  EXECUTION_FAILED(13),
  INTERNAL_ERROR(14),
  NOT_SUPPORTED(15),
  LICENSE_ERROR(16);

  private final int value;

  CublasStatus(int value) {
    this.value = value;
  }

  @Override
  public int value() {
    return value;
  }

  @Override
  public String cName() {
    return "CUBLAS_STATUS_" + name();
  }

  /** The C name of any value. */
  static String nameOf(int value) {
    for (CublasStatus status : values()) {
      if (status.value == value) {
        return status.cName();
      }
    }
    return "unknown status";
  }
}
