package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoctorCommandTest {
  @Test
  void tellsPeopleWhatThereIsAndWhatIsMissing() {
    assertThat(Run.of("doctor").succeeded().out())
        .contains(Runtime.version().toString())
        .contains("module jdk.incubator.vector found")
        .contains("simd       ready: CPU, ")
        .contains("-bit vectors, ")
        .contains("cuda       not available: the GPU backend is not part of this version\n")
        .contains("use --backend simd")
        .contains("reference  ready: ");
  }

  @Test
  void writesTheSameAsJson() {
    Map<String, Object> report = Json.object(Run.of("doctor", "--json").succeeded().out());
    assertThat(report)
        .containsKeys("java", "vendor", "jvm", "warning", "os", "cpu", "memoryBytes")
        .containsEntry("processors", (long) Runtime.getRuntime().availableProcessors())
        .containsEntry("maxHeapBytes", Runtime.getRuntime().maxMemory())
        .containsEntry("vectorModule", true);
    List<?> backends = (List<?>) report.get("backends");
    assertThat(backends).hasSize(3);
    assertThat(((Map<?, ?>) backends.getFirst()).keySet().toString())
        .isEqualTo("[name, available, reason, remedy]");
    assertThat(((Map<?, ?>) backends.getLast()).keySet().toString())
        .isEqualTo("[name, available, device]");
  }

  @ParameterizedTest
  @CsvSource({
    "25, true",
    "25.0.1+8, true",
    "25.0.2+10-LTS, true",
    "25.0.3+9-LTS, false",
    "25.0.10, false",
    "26, false",
  })
  void warnsOfJdksThatCorruptArrays(String version, boolean warns) {
    assertThat(Machine.warning(Runtime.Version.parse(version)).isPresent()).isEqualTo(warns);
  }
}
