package org.resnet4j.simd.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each start-up path in JVMs that take it: right answers, the same bits, and never slow vectors.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KernelPathTest {
  /** Generous: the machine may be busy; vectors without their instructions are 20 times slower. */
  private static final double NOT_SLOWER = 1.5;

  @TempDir Path folder;

  /** Hashes of the first JVM's logits, by network and whether it has FMA. */
  private final Map<String, String> hashes = new HashMap<>();

  @ParameterizedTest
  @CsvSource({
    "true, true, 512, FMA",
    "true, true, 128, FMA",
    "false, true, 512, MULTIPLY_ADD",
    "true, false, 512, SCALAR",
    "false, false, 512, SCALAR",
    "true, true, 64, SCALAR",
    "false, true, 0, SCALAR",
  })
  void followsFromTheFeatures(boolean fma, boolean compiler, int bits, KernelPath path) {
    assertThat(KernelPath.of(new CpuFeatures(fma, compiler, bits))).isEqualTo(path);
  }

  @Test
  void isChosenOnce() {
    assertThat(KernelPath.current()).isEqualTo(KernelPath.of(CpuFeatures.current()));
  }

  static Stream<Arguments> jvms() {
    String fma = "-bit vectors, FMA";
    String two = "-bit vectors, multiply and add (no FMA)";
    String noC2 = "CPU, scalar code: this JVM runs without its C2 compiler";
    String noVectors = "CPU, scalar code: this JVM runs without vectors";
    return Stream.of(
        Arguments.of("-XX:UseAVX=0", "CPU, 128" + two),
        Arguments.of("-XX:UseAVX=1", "CPU, 128" + fma),
        Arguments.of("-XX:UseAVX=2", "CPU, 256" + fma),
        Arguments.of("-XX:UseAVX=3", fma),
        Arguments.of("-XX:MaxVectorSize=8", noVectors),
        Arguments.of("-XX:MaxVectorSize=16", "CPU, 128" + fma),
        Arguments.of("-XX:MaxVectorSize=32", "CPU, 256" + fma),
        Arguments.of("-XX:MaxVectorSize=64", fma),
        Arguments.of("-XX:-UseFMA", two),
        Arguments.of("-XX:TieredStopAtLevel=1", noC2),
        Arguments.of("-XX:CompilationMode=quick-only", noC2),
        Arguments.of("-Xint", noC2),
        Arguments.of("-Xmixed", fma));
  }

  /** Right whatever the processor; which path a flag leads to is known for x86 with AVX2. */
  @ParameterizedTest
  @MethodSource("jvms")
  void isRightAndNotSlowerThanScalar(String option, String device) throws Exception {
    Map<String, String> printed = new HashMap<>();
    for (String line : ForkedJvm.run(folder, KernelPathProbe.class, List.of(option))) {
      String[] parts = line.split("=", 2);
      printed.put(parts[0], parts[parts.length - 1]);
    }
    for (String key : List.of("logits1", "logits2")) {
      String hash = hashes.computeIfAbsent(key + printed.get("fma"), _ -> printed.get(key));
      assertThat(printed).containsEntry(key, hash);
    }
    if (!printed.get("path").equals("SCALAR")) {
      assertThat(Double.parseDouble(printed.get("ratio"))).as("%s", printed).isLessThan(NOT_SLOWER);
    }
    if (printed.get("path").equals("FMA")) {
      assertThat(printed).containsEntry("bytes", "0"); // SSE alone has no maximum
    }
    Assumptions.assumeTrue(
        System.getProperty("os.arch").equals("amd64")
            && CpuFeatures.current().vectorBits() >= VectorWidth.BITS_256.bits()
            && KernelPath.current() == KernelPath.FMA,
        "not an AVX2 machine");
    assertThat(printed.get("device")).contains(device);
  }
}
