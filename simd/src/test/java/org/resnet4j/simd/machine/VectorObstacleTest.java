package org.resnet4j.simd.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The causes that no JVM of {@code KernelPathTest} has, and their order. */
class VectorObstacleTest {
  private static final CpuFeatures SOUND = new CpuFeatures(true, true, 512);

  private static JvmFlags flags(Map<String, String> values, String argument) {
    return new JvmFlags(
        name -> Optional.ofNullable(values.get(name)), "mixed mode", "25", List.of(argument));
  }

  @Test
  void aSoundJvmHasNone() {
    Map<String, String> values =
        Map.of("UseCompiler", "true", "TieredStopAtLevel", "4", "UseAVX", "3", "UseFMA", "true");
    assertThat(VectorObstacle.of(flags(values, "-Xmx1g"), SOUND)).isEmpty();
    assertThat(VectorObstacle.of(flags(Map.of(), ""), SOUND)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "UseCompiler, false, -XX:-UseCompiler",
    "TieredStopAtLevel, 3, -XX:TieredStopAtLevel=3",
    "CompilationMode, quick-only, -XX:CompilationMode=quick-only",
    "UseAVX, 0, -XX:UseAVX=0",
  })
  void namesTheOption(String flag, String value, String option) {
    assertThat(VectorObstacle.of(flags(Map.of(flag, value), ""), SOUND).orElseThrow().cause())
        .contains(option);
  }

  @ParameterizedTest
  @CsvSource({"-agentlib:jdwp=transport=dt_socket", "-Xrunjdwp:server=y", "-Xdebug"})
  void aDebuggerCounts(String argument) {
    assertThat(VectorObstacle.of(flags(Map.of(), argument), SOUND).orElseThrow().cause())
        .isEqualTo("a debugger's agent is loaded");
  }

  @Test
  void soDoNarrowVectorsGraalAndNoFma() {
    assertThat(
            VectorObstacle.of(
                    flags(Map.of("MaxVectorSize", "8"), ""), new CpuFeatures(true, true, 64))
                .orElseThrow()
                .cause())
        .contains("no vectors of 128 bits: -XX:MaxVectorSize=8");
    assertThat(
            VectorObstacle.of(flags(Map.of(), ""), new CpuFeatures(false, true, 512))
                .orElseThrow()
                .cause())
        .contains("-XX:-UseFMA");
    JvmFlags graal = new JvmFlags(_ -> Optional.empty(), "", "25+jvmci-b01", List.of());
    assertThat(VectorObstacle.of(graal, SOUND).orElseThrow().cause()).contains("Graal");
  }
}
