package org.resnet4j.cuda.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.Device;
import org.resnet4j.cuda.support.Gpus;

/** What users are told. */
class ObstacleTest {
  private static final Device TURING = Gpus.device(1, 7, 5);

  private static void check(Obstacle obstacle, String reason, String remedy) {
    assertThat(obstacle.reason()).isEqualTo(reason);
    assertThat(obstacle.remedy()).isEqualTo(remedy);
  }

  @Test
  void devices() {
    check(
        new Obstacle.UnknownDevice(4, List.of(Gpus.device(0, 9, 0), TURING)),
        "there is no device 4; the driver sees 2: 0 (Some GPU), 1 (Some GPU)",
        "choose one of these, and check CUDA_VISIBLE_DEVICES, which hides and renumbers them");
    check(
        new Obstacle.OldDevice(Gpus.device(2, 7, 0)),
        "device 2 (Some GPU) has compute capability 7.0, needed is 7.5",
        "choose a device of the Turing generation or later, if there is one");
    check(
        new Obstacle.UnsupportedPrecision(TURING, Precision.BF16),
        "device 1 (Some GPU) has compute capability 7.5, BF16 needs 8.0",
        "choose one of [FP32, FP16], or a newer device");
  }

  @ParameterizedTest
  @CsvSource({
    "6, 1, false, []",
    "7, 0, false, []",
    "7, 5, true, '[FP32, FP16]'",
    "8, 0, true, '[FP32, TF32, FP16, BF16]'",
    "8, 9, true, '[FP32, TF32, FP16, BF16]'",
    "12, 0, true, '[FP32, TF32, FP16, BF16]'",
  })
  void capabilities(int major, int minor, boolean served, String precisions) {
    Device device = Gpus.device(0, major, minor);
    assertThat(Capabilities.MINIMUM.isIn(device)).isEqualTo(served);
    assertThat(Capabilities.precisions(device)).hasToString(precisions);
  }

  @ParameterizedTest
  @CsvSource({
    "cudnnCreate, 1008, libcudnn_graph",
    "cudnnCreate, 3009, libcudnn_graph",
    "cudnnCreate, 1002, one version of cuDNN",
    "cudnnCreate, 3005, newer NVIDIA driver",
    "cudnnCreate, 3006, newer NVIDIA driver",
    "cudnnCreate, 3007, this device's generation",
    "cudnnCreate, 4004, free memory",
    "cudnnCreate, 1001, free memory",
    "cudnnCreate, 4000, CUDNN_LOGLEVEL_DBG",
    "cudnnCreate, 77, CUDNN_LOGLEVEL_DBG",
    "cublasCreate_v2, 3, free memory",
    "cublasCreate_v2, 1, libcublasLt",
    "cuDevicePrimaryCtxRetain, 2, free memory",
    "cuDevicePrimaryCtxRetain, 46, exclusively",
    "cuDevicePrimaryCtxRetain, 100, CUDA_VISIBLE_DEVICES",
    "cuDevicePrimaryCtxRetain, 802, nvidia-fabricmanager",
    "cuDevicePrimaryCtxRetain, 999, dmesg",
  })
  void failures(String function, int code, String remedy) {
    CudaException cause = new CudaException(function, code, "NAME", "", "");
    Obstacle failure = new Obstacle.Failure(3, cause);
    assertThat(failure.reason())
        .isEqualTo("device 3 does not start: " + function + "(): NAME (" + code + ")");
    assertThat(failure.remedy()).contains(remedy);
  }
}
