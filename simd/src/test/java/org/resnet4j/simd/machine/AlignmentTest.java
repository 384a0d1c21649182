package org.resnet4j.simd.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.simd.support.ForkedJvm;

/** With which collectors the arrays of a plan begin on cache lines, by {@link CacheLine#FIRST}. */
@DisabledOnOs(OS.WINDOWS) // whose C library the probe does not find
class AlignmentTest {
  /** Options, and the least length in floats from which on it holds. */
  @ParameterizedTest
  @CsvSource({
    "-XX:+UseSerialGC -XX:ObjectAlignmentInBytes=64, 1",
    "-XX:+UseParallelGC -XX:ObjectAlignmentInBytes=64, 1",
    "-XX:+UseG1GC -XX:ObjectAlignmentInBytes=64, 1",
    "-XX:+UseG1GC -XX:G1HeapRegionSize=1m, 200_000",
    "-XX:+UseZGC, 100_000",
  })
  void holds(String options, int least) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(options.split(" ")));
    all.addAll(List.of("-Xmx1g", "--enable-native-access=ALL-UNNAMED"));
    String[] lengths = {
      Integer.toString(least + 15), Integer.toString(2 * least + 100), Integer.toString(1_000_001)
    };
    List<String> lines = ForkedJvm.run(AlignmentProbe.class, all, lengths);
    assertThat(lines.subList(lines.size() - lengths.length, lines.size()))
        .containsExactly(
            lengths[0] + " 20 of 20", lengths[1] + " 20 of 20", lengths[2] + " 20 of 20");
  }

  /** Else the launcher would not need its option, nor this test its probe. */
  @Test
  void doesNotHoldForTheSerialCollectorAlone() throws IOException, InterruptedException {
    List<String> options = List.of("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED");
    assertThat(ForkedJvm.run(AlignmentProbe.class, options, "100001").getLast())
        .isNotEqualTo("100001 20 of 20");
  }
}
