package org.resnet4j.cuda.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.cuda.library.LibraryFinder;
import org.resnet4j.cuda.support.Emulator;
import org.resnet4j.cuda.support.Gpus;

/** Every way in which a device cannot be used, as far as it shows before the device is opened. */
class CudaProbeTest {
  private static final Path CUDNN = Emulator.library("libcudnn.so.9");
  private static final Path CUBLAS = Emulator.library("libcublas.so.12");

  @TempDir Path folder;

  @BeforeEach
  void load() {
    Emulator.load();
  }

  private static void blocked(
      LibraryFinder finder,
      int device,
      Class<? extends Obstacle> kind,
      String reason,
      String remedy) {
    CudaProbe probe = CudaProbe.of(finder, device);
    assertThat(probe).isInstanceOf(CudaProbe.Blocked.class);
    Obstacle obstacle = ((CudaProbe.Blocked) probe).obstacle();
    assertThat(obstacle).isInstanceOf(kind);
    assertThat(obstacle.reason()).contains(reason);
    assertThat(obstacle.remedy()).contains(remedy);
  }

  @Test
  void ready() {
    Emulator.option("devices", 2);
    CudaProbe probe = CudaProbe.of(Gpus.libraries(), 1);
    assertThat(probe).isInstanceOf(CudaProbe.Ready.class);
    DeviceFacts facts = ((CudaProbe.Ready) probe).facts();
    assertThat(facts.device().ordinal()).isEqualTo(1);
    assertThat(facts.text())
        .isEqualTo(
            "Emulated GPU 1, compute capability 9.0, driver for CUDA 12.6, cuDNN 9.10.2, cuBLAS"
                + " 12.9.1");
    assertThat(Emulator.leaks()).isEmpty();
    assertThat(Emulator.calls("cuDevicePrimaryCtxRetain")).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "driver.version, 11080, 'supports CUDA 11.8, needed is 12.0', a newer NVIDIA driver",
    "devices, 0, CUDA_ERROR_NO_DEVICE, nvidia-smi lists a GPU",
  })
  void noDriver(String option, int value, String reason, String remedy) {
    Emulator.option(option, value);
    blocked(Gpus.libraries(), 0, Obstacle.Driver.class, reason, remedy);
  }

  @Test
  void theDriverDoesNotStart() {
    Emulator.fail("cuInit", 1, 803);
    blocked(
        Gpus.libraries(),
        0,
        Obstacle.Driver.class,
        "cuInit(): CUDA_ERROR_SYSTEM_DRIVER_MISMATCH (803)",
        "restart");
  }

  @Test
  void aDeviceCannotBeAsked() {
    Emulator.fail("cuDeviceGetName", 1, 999);
    blocked(
        Gpus.libraries(),
        0,
        Obstacle.Failure.class,
        "device 0 does not start: cuDeviceGetName(): CUDA_ERROR_UNKNOWN (999)",
        "dmesg");
  }

  @Test
  void unknownDevice() {
    blocked(
        Gpus.libraries(),
        1,
        Obstacle.UnknownDevice.class,
        "there is no device 1; the driver sees 1: 0 (Emulated GPU 0)",
        "CUDA_VISIBLE_DEVICES");
  }

  @Test
  void oldDevice() {
    Emulator.option("compute.major", 7);
    blocked(Gpus.libraries(), 0, Obstacle.OldDevice.class, "7.0, needed is 7.5", "Turing");
    Emulator.option("compute.minor", 5);
    assertThat(CudaProbe.of(Gpus.libraries(), 0)).isInstanceOf(CudaProbe.Ready.class);
  }

  @ParameterizedTest
  @CsvSource({
    "cudnn.version, 8907, 'has version 8.9.7, needed is 9', install cuDNN 9",
    "cudnn.version, 100000, 'has version 10.0.0, needed is 9', install cuDNN 9",
    "cudnn.cuda13, 1, 'was built for CUDA 13, the driver supports 12.6', a newer driver",
  })
  void wrongCudnn(String option, int value, String reason, String remedy) {
    Emulator.option(option, value);
    blocked(Gpus.libraries(), 0, Obstacle.Library.class, reason, remedy);
  }

  @Test
  void noCudnn() {
    blocked(
        Gpus.libraries(folder, CUBLAS),
        0,
        Obstacle.Library.class,
        "cuDNN 9 not found: no usable libcudnn.so.9 in " + folder + " (named by RESNET4J_CUDNN)",
        "let RESNET4J_CUDNN name the file libcudnn.so.9 or its folder");
  }

  @Test
  void noCublas() throws IOException {
    blocked(
        Gpus.libraries(CUDNN, folder),
        0,
        Obstacle.Library.class,
        "cuBLAS not found: no usable libcublas.so.12 in " + folder,
        "let RESNET4J_CUBLAS name");
    Files.createFile(folder.resolve("libcublas.so.13"));
    blocked(
        Gpus.libraries(CUDNN, folder),
        0,
        Obstacle.Library.class,
        "libcublas.so.13 has another major version",
        "let RESNET4J_CUBLAS name");
  }

  /** A newer driver serves it, and cuDNN would load the older cuBLAS beside a newer one. */
  @Test
  void cublasIsOfCudnnsCudaVersion() throws IOException {
    Emulator.option("driver.version", 13000);
    for (String name : Emulator.CUBLAS) {
      Files.copy(Emulator.library(name), folder.resolve(name));
    }
    assertThat(cublas()).endsWith("libcublas.so.12");
    Emulator.option("cudnn.cuda13", 1);
    assertThat(cublas()).endsWith("libcublas.so.13");
  }

  private String cublas() {
    CudaProbe probe = CudaProbe.of(Gpus.libraries(CUDNN, folder), 0);
    assertThat(probe).isInstanceOf(CudaProbe.Ready.class);
    return ((CudaProbe.Ready) probe).facts().cublas().location();
  }
}
