package org.resnet4j.cuda.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.core.backend.Requirement;
import org.resnet4j.core.backend.Requirement.Met;
import org.resnet4j.core.backend.Requirement.Unmet;
import org.resnet4j.cuda.support.Emulator;
import org.resnet4j.cuda.support.Gpus;

/** What {@code doctor} lists. */
class DiagnosisTest {
  private static final String DEVICE =
      "%s, compute capability 9.0, 1.0 of 1.1 GB free, computes in [FP32, TF32, FP16, BF16]";
  private static final Met CUDNN = new Met("cuDNN", "9.10.2, " + Emulator.library("libcudnn.so.9"));
  private static final Met PARTS = new Met("its parts", "7 files in " + Emulator.folder());
  private static final Met NVRTC =
      new Met("NVRTC", "12.9, " + Emulator.folder().resolve("libnvrtc.so.12"));
  private static final Met CUBLAS =
      new Met("cuBLAS", "12.9.1, " + Emulator.library("libcublas.so.12"));

  @BeforeEach
  void load() {
    Emulator.load();
  }

  private static List<Requirement> diagnose() {
    return Diagnosis.of(Gpus.libraries());
  }

  @Test
  void nothingIsMissing() {
    Emulator.option("devices", 2);
    assertThat(diagnose())
        .containsExactly(
            new Met("driver", "for CUDA 12.6"),
            CUDNN,
            PARTS,
            NVRTC,
            CUBLAS,
            new Met("device 0", DEVICE.formatted("Emulated GPU 0")),
            new Met("device 1", DEVICE.formatted("Emulated GPU 1")));
    assertThat(Emulator.leaks()).isEmpty();
  }

  @Test
  void withoutADriverLibrariesAreStillLookedFor() {
    Emulator.option("devices", 0);
    List<Requirement> requirements = diagnose();
    assertThat(requirements).hasSize(5).endsWith(CUDNN, PARTS, NVRTC, CUBLAS);
    assertThat(requirements.getFirst())
        .isInstanceOfSatisfying(
            Unmet.class,
            driver -> {
              assertThat(driver.name()).isEqualTo("driver");
              assertThat(driver.reason()).contains("CUDA_ERROR_NO_DEVICE (100)");
              assertThat(driver.remedy()).contains("nvidia-smi");
            });
  }

  @Test
  void allMissingLibrariesAreListed(@TempDir Path folder) {
    List<Requirement> requirements = Diagnosis.of(Gpus.libraries(folder, folder));
    assertThat(requirements)
        .extracting(Requirement::name)
        .containsExactly("driver", "cuDNN", "NVRTC", "cuBLAS", "device 0");
    assertThat(List.of(requirements.get(1), requirements.get(3))).allMatch(Unmet.class::isInstance);
    assertThat(requirements.getLast())
        .isEqualTo(
            new Met(
                "device 0",
                "Emulated GPU 0, compute capability 9.0; not opened, since libraries are"
                    + " missing"));
    assertThat(Emulator.calls("cuDevicePrimaryCtxRetain")).isZero();
  }

  @Test
  void eachDeviceIsTried() {
    Emulator.option("devices", 2);
    Emulator.fail("cudnnCreate", 1, 1008);
    List<Requirement> requirements = diagnose();
    assertThat(requirements).hasSize(7).element(6).isInstanceOf(Met.class);
    assertThat(requirements.get(5))
        .isInstanceOfSatisfying(
            Unmet.class,
            device -> {
              assertThat(device.name()).isEqualTo("device 0");
              assertThat(device.reason())
                  .contains("cudnnCreate(): CUDNN_STATUS_SUBLIBRARY_LOADING_FAILED (1008)");
              assertThat(device.remedy()).contains("libcudnn_graph");
            });
    assertThat(Emulator.leaks()).isEmpty();
  }

  @Test
  void partsOfAnotherVersion() {
    Emulator.option("cudnn.otherVersion", 1);
    assertThat(diagnose())
        .contains(
            new Unmet(
                "its parts",
                "cudnnGraphVersionCheck(): CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH (1002);"
                    + " cudnnOpsVersionCheck(): CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH (1002);"
                    + " cudnnCnnVersionCheck(): CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH (1002)",
                "keep one whole cuDNN, and no other in LD_LIBRARY_PATH or the system's folders"));
  }

  @Test
  void anOldDevice() {
    Emulator.option("compute.major", 6);
    Emulator.option("compute.minor", 1);
    assertThat(diagnose().getLast())
        .isEqualTo(
            new Unmet(
                "device 0",
                "device 0 (Emulated GPU 0) has compute capability 6.1, needed is 7.5",
                "choose a device of the Turing generation or later, if there is one"));
  }

  @Test
  void devicesThatCannotBeListed() {
    Emulator.fail("cuDeviceTotalMem_v2", 1, 999);
    assertThat(diagnose().getLast())
        .isEqualTo(
            new Unmet(
                "CUDA",
                "cuDeviceTotalMem_v2(): CUDA_ERROR_UNKNOWN (999)",
                "check that nvidia-smi works, and look for NVRM messages in dmesg"));
  }
}
