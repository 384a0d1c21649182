package org.resnet4j.cuda.device;

import org.resnet4j.cuda.cudnn.CudnnStatus;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.DriverErrors;

/** What users can do about a call that failed while a device was opened. Stateless. */
public final class Remedies {
  private static final String MEMORY = DriverErrors.remedy(2);
  private static final int CUBLAS_ALLOC_FAILED = 3;

  private Remedies() {}

  /** In one sentence without a full stop. */
  static String of(CudaException failure) {
    String function = failure.function();
    if (function.startsWith("cudnn")) {
      return cudnn(failure.code());
    }
    if (function.startsWith("cublas")) {
      return cublas(failure.code());
    }
    return DriverErrors.remedy(failure.code());
  }

  private static String cudnn(int code) {
    return switch (CudnnStatus.of(code)) {
      case SUBLIBRARY_LOADING_FAILED, NOT_SUPPORTED_SUBLIBRARY_UNAVAILABLE ->
          "install all of cuDNN's libraries (libcudnn_graph, libcudnn_ops, libcudnn_cnn and the"
              + " engines) in the folder of libcudnn.so.9, and cuBLAS and NVRTC of the same CUDA"
              + " version in a folder of LD_LIBRARY_PATH";
      case SUBLIBRARY_VERSION_MISMATCH ->
          "keep one version of cuDNN: the loader finds parts of another in LD_LIBRARY_PATH or the"
              + " system's folders";
      case NOT_SUPPORTED_INCOMPATIBLE_CUDA_DRIVER, NOT_SUPPORTED_INCOMPATIBLE_CUDART ->
          "install a newer NVIDIA driver, or the cuDNN that was built for the driver's CUDA"
              + " version";
      case NOT_SUPPORTED_ARCH_MISMATCH -> "install a cuDNN that supports this device's generation";
      case INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED, NOT_INITIALIZED ->
          MEMORY + "; if there is enough, check that nvidia-smi works";
      case null, default -> "set CUDNN_LOGLEVEL_DBG=3 and CUDNN_LOGDEST_DBG=stderr to see why";
    };
  }

  private static String cublas(int code) {
    return code == CUBLAS_ALLOC_FAILED
        ? MEMORY
        : "check that libcublasLt of the same version lies beside libcublas, and that nvidia-smi"
            + " works";
  }
}
