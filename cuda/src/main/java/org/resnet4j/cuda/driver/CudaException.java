package org.resnet4j.cuda.driver;

import org.resnet4j.core.backend.DeviceFailedException;

/** A call of the driver, cuDNN or cuBLAS that returned an error code. Immutable and thread-safe. */
public final class CudaException extends DeviceFailedException {
  private static final long serialVersionUID = 1L;

  /** {@code CUDA_ERROR_OUT_OF_MEMORY}. */
  private static final int OUT_OF_MEMORY = 2;

  private final String function;
  private final int code;

  /**
   * @param function the C function, for example {@code cuMemAlloc_v2}
   * @param code what it returned
   * @param name the code's name, for example {@code CUDA_ERROR_OUT_OF_MEMORY}
   * @param arguments what it was called with, for example {@code bytes 1024}; may be empty
   * @param detail what else the library says of this failure; may be empty
   */
  public CudaException(String function, int code, String name, String arguments, String detail) {
    super(
        "%s(%s): %s (%s)%s"
            .formatted(function, arguments, name, code, detail.isEmpty() ? "" : ": " + detail));
    this.function = function;
    this.code = code;
  }

  @Override
  public String remedy() {
    return isLibrarys()
        ? "look what resnet4j doctor says of cuDNN, cuBLAS and NVRTC; to see why, set"
            + " CUDNN_LOGLEVEL_DBG=3 and CUDNN_LOGDEST_DBG=stderr"
        : DriverErrors.remedy(code);
  }

  /** Whether cuDNN or cuBLAS failed, not the driver. */
  public boolean isLibrarys() {
    return function.startsWith("cudnn") || function.startsWith("cublas");
  }

  /** Whether the driver lacks memory, on the device or page-locked on the host. */
  public boolean isOutOfMemory() {
    return !isLibrarys() && code == OUT_OF_MEMORY;
  }

  /** The C function that failed. */
  public String function() {
    return function;
  }

  /**
   * The code that it returned: a {@code CUresult}, {@code cudnnStatus_t} or {@code cublasStatus_t}.
   */
  public int code() {
    return code;
  }
}
