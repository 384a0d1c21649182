package org.resnet4j.simd.kernel.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.backend.Requirement;
import org.resnet4j.simd.machinecode.MachineCode;
import org.resnet4j.simd.support.ForkedJvm;

class MatrixUnitTest {
  private static final Set<String> WITH_UNIT =
      Set.of("fpu", "avx512f", "avx512_bf16", "amx_tile", "amx_bf16", "amx_int8");

  private static final Set<String> VECTORS = Set.of("fpu", "avx512f", "avx512_bf16");

  @Test
  void isFoundByTheProcessorsFlags() {
    assertThat(MatrixUnit.of("Linux amd64", WITH_UNIT, "").kind()).isEqualTo(UnitKind.AMX);
    assertThat(MatrixUnit.of("Linux amd64", VECTORS, "").kind()).isEqualTo(UnitKind.AVX512);
    assertThat(MatrixUnit.of("Linux amd64", WITH_UNIT, "avx512").kind()).isEqualTo(UnitKind.AVX512);
  }

  @Test
  void saysWhatIsMissing() {
    assertNone("Linux amd64", Set.of("fpu", "avx512f"), "", "does not multiply bfloat16");
    assertNone("Linux amd64", Set.of(), "avx512", "does not multiply bfloat16");
    assertNone("Mac OS X aarch64", WITH_UNIT, "", "this is Mac OS X aarch64");
    assertNone("Windows 11 amd64", WITH_UNIT, "", "this is Windows 11 amd64");
    assertNone("Linux amd64", WITH_UNIT, "false", "switched off: -Dresnet4j.machinecode=false");
  }

  /** Who misspells what forbids machine code does not want it. */
  @Test
  void aSettingThatIsNoneTurnsItOff() {
    for (String odd : List.of("False", "no", "0", "off", "AVX512", "amx", " true")) {
      assertNone("Linux amd64", WITH_UNIT, odd, "-Dresnet4j.machinecode is '" + odd + "'");
    }
    assertThat(MatrixUnit.of("Linux amd64", WITH_UNIT, "true").kind()).isEqualTo(UnitKind.AMX);
  }

  @Test
  void saysThatVectorsAreNoGainWhereThereAreTiles() {
    assertThat(MatrixUnit.of("Linux amd64", WITH_UNIT, "avx512").requirement())
        .isEqualTo(
            new Requirement.Met(
                "bfloat16", "AVX-512 BF16 vectors, slower than float32 on this processor"));
    assertThat(MatrixUnit.of("Linux amd64", VECTORS, "").requirement())
        .isEqualTo(new Requirement.Met("bfloat16", "AVX-512 BF16 vectors"));
  }

  private static void assertNone(
      String platform, Set<String> flags, String allowed, String reason) {
    MatrixUnit.Found found = MatrixUnit.of(platform, flags, allowed);
    assertThat(found.kind()).isNull();
    assertThat(found.requirement())
        .isInstanceOfSatisfying(
            Requirement.Without.class,
            without -> {
              assertThat(without.reason()).contains(reason);
              assertThat(without.remedy()).isNotBlank();
            });
  }

  @Test
  void aSwitchTurnsItOff() throws IOException, InterruptedException {
    assertThat(probe("-D" + MachineCode.SWITCH + "=false"))
        .contains("machine code is switched off");
  }

  @Test
  void nativeAccessMayBeForbidden() throws IOException, InterruptedException {
    MatrixUnits.require();
    assertThat(probe("--illegal-native-access=deny"))
        .contains("this JVM does not let resnet4j call machine code")
        .contains("--enable-native-access=ALL-UNNAMED");
  }

  @Test
  void isFoundInAnotherProcess() throws IOException, InterruptedException {
    MatrixUnits.require();
    assertThat(probe("--enable-native-access=ALL-UNNAMED")).contains(MatrixUnit.kind().text());
  }

  @Test
  void vectorsMayBeChosenInsteadOfTiles() throws IOException, InterruptedException {
    MatrixUnits.require();
    assertThat(probe("-D" + MachineCode.SWITCH + "=avx512"))
        .contains("AVX-512 BF16 vectors")
        .contains("wrong: Optional.empty");
  }

  private static String probe(String option) throws IOException, InterruptedException {
    return String.join("\n", ForkedJvm.run(MatrixUnitProbe.class, List.of(option)));
  }
}
