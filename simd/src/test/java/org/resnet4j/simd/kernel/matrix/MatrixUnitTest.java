package org.resnet4j.simd.kernel.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.core.backend.Requirement;
import org.resnet4j.simd.support.ForkedJvm;

class MatrixUnitTest {
  private static final Set<String> WITH_UNIT =
      Set.of("fpu", "avx512f", "avx512_bf16", "amx_tile", "amx_bf16", "amx_int8");

  @Test
  void isFoundByTheProcessorsFlags() {
    assertThat(MatrixUnit.of("Linux amd64", WITH_UNIT)).isInstanceOf(Requirement.Met.class);
  }

  @Test
  void saysWhatIsMissing() {
    assertWithout(
        MatrixUnit.of("Linux amd64", Set.of("fpu", "avx512f", "avx512_bf16")),
        "this processor has no matrix units for bfloat16 (amx_bf16)");
    assertWithout(MatrixUnit.of("Linux amd64", Set.of()), "no matrix units");
    assertWithout(MatrixUnit.of("Mac OS X aarch64", WITH_UNIT), "this is Mac OS X aarch64");
    assertWithout(MatrixUnit.of("Windows 11 amd64", WITH_UNIT), "this is Windows 11 amd64");
  }

  private static void assertWithout(Requirement requirement, String reason) {
    assertThat(requirement)
        .isInstanceOfSatisfying(
            Requirement.Without.class,
            found -> {
              assertThat(found.reason()).contains(reason);
              assertThat(found.remedy()).contains("fp32");
            });
  }

  @Test
  void aSwitchTurnsItOff(@TempDir Path folder) throws IOException, InterruptedException {
    assertThat(probe(folder, "-D" + MatrixUnit.SWITCH + "=false"))
        .contains("machine code is switched off");
  }

  @Test
  void nativeAccessMayBeForbidden(@TempDir Path folder) throws IOException, InterruptedException {
    MatrixUnits.require();
    assertThat(probe(folder, "--illegal-native-access=deny"))
        .contains("this JVM does not let resnet4j call machine code")
        .contains("--enable-native-access=ALL-UNNAMED");
  }

  @Test
  void isFoundInAnotherProcess(@TempDir Path folder) throws IOException, InterruptedException {
    MatrixUnits.require();
    assertThat(probe(folder, "--enable-native-access=ALL-UNNAMED")).contains("AMX matrix units");
  }

  private static String probe(Path folder, String option) throws IOException, InterruptedException {
    return String.join("\n", ForkedJvm.run(folder, MatrixUnitProbe.class, List.of(option)));
  }
}
