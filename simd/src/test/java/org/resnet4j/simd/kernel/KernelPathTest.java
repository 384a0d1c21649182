package org.resnet4j.simd.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.simd.kernel.tile.TileKernels;
import org.resnet4j.simd.machine.CpuFeatures;
import org.resnet4j.simd.machine.KernelPath;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.support.ForkedJvm;

/**
 * Each start-up path in JVMs that take it: right answers, the same bits, and never slow vectors.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KernelPathTest {
  /** Generous: the machine may be busy; vectors without their instructions are 20 times slower. */
  private static final double NOT_SLOWER = 0.67;

  private static final double TOLERANCE = 1e-5;
  private static final String DEFAULT = "-Xmixed";

  /** Without the Vector API's module, where kernels are machine code. */
  private static final String ALONE = "--enable-native-access=ALL-UNNAMED";

  /** A JVM starts and compiles for most of its time, which leaves a second core idle. */
  private static final int JVMS_AT_ONCE = 2;

  private final ExecutorService executor = Executors.newFixedThreadPool(JVMS_AT_ONCE);

  /** What the JVMs print, by option. */
  private final Map<String, Future<List<String>>> printed = new HashMap<>();

  /** The reference's logits, by network. */
  private final Map<String, float[]> expected = new HashMap<>();

  /** The first JVM's logits, by network and whether it has FMA. */
  private final Map<String, String> first = new HashMap<>();

  static Stream<Arguments> jvms() {
    String fma = "-bit vectors, FMA";
    String two = "-bit vectors, multiply and add (no FMA)";
    String noC2 = "CPU, scalar code: this JVM runs without its C2 compiler";
    String noVectors = "CPU, scalar code: this JVM runs without vectors";
    return Stream.of(
        Arguments.of(DEFAULT, fma, "none"),
        Arguments.of(ALONE, fma, "without the module jdk.incubator.vector"),
        Arguments.of("-XX:UseAVX=0", "CPU, 128" + two, "no AVX: -XX:UseAVX=0"),
        Arguments.of("-XX:UseAVX=1", "CPU, 128" + fma, "none"),
        Arguments.of("-XX:UseAVX=2", "CPU, 256" + fma, "none"),
        Arguments.of("-XX:MaxVectorSize=8", noVectors, "-XX:MaxVectorSize=8"),
        Arguments.of("-XX:MaxVectorSize=16", "CPU, 128" + fma, "none"),
        Arguments.of("-XX:MaxVectorSize=32", "CPU, 256" + fma, "none"),
        Arguments.of("-XX:-UseFMA", two, "no FMA: -XX:-UseFMA"),
        Arguments.of("-XX:-EnableVectorSupport", noVectors, "-XX:-EnableVectorSupport"),
        Arguments.of("-XX:TieredStopAtLevel=1", noC2, "no C2: -XX:TieredStopAtLevel=1"),
        Arguments.of("-XX:CompilationMode=quick-only", noC2, "no C2: -XX:CompilationMode"),
        Arguments.of("-Xint", noC2, "compiles nothing: -Xint"));
  }

  @BeforeAll
  void startJvms() {
    try (Backend reference = Backends.open("reference", new BackendOptions(1))) {
      for (int groups = 1; groups <= 2; groups++) {
        expected.put(
            "logits" + groups, KernelPathProbe.logits(reference, KernelPathProbe.network(groups)));
      }
    }
    jvms()
        .map(arguments -> (String) arguments.get()[0])
        .forEach(option -> printed.put(option, executor.submit(() -> fork(option))));
  }

  private List<String> fork(String option) throws Exception {
    List<String> options = List.of("-XX:+UnlockExperimentalVMOptions", option);
    return option.equals(ALONE)
        ? ForkedJvm.runWithoutVectors(
            KernelPathProbe.class, List.of(option, "-Xlog:class+load:stdout"))
        : ForkedJvm.run(KernelPathProbe.class, options);
  }

  @AfterAll
  void stopJvms() {
    executor.shutdownNow();
  }

  /** Right whatever the processor; which path a flag leads to is known for x86 with AVX2. */
  @ParameterizedTest
  @MethodSource("jvms")
  void isRightAndNotSlowerThanScalar(String option, String device, String obstacle)
      throws Exception {
    Assumptions.assumeTrue(
        !option.equals(ALONE) || TileKernels.areMachineCode(VectorWidth.preferred()),
        "no machine code");
    Map<String, String> values = new HashMap<>();
    for (String line : printed.get(option).get()) {
      String[] parts = line.split("=", 2);
      values.put(parts[0], parts[parts.length - 1]);
    }
    assertThat(values).containsEntry("fault", "none");
    if (option.equals(ALONE)) {
      // But for tiles, with which the speed is compared, none is in plain loops.
      assertThat(printed.get(option).get())
          .anyMatch(line -> line.contains("simd.kernel.grouped.MachineGrouped "))
          .anyMatch(line -> line.contains("simd.kernel.strassen.MachineSums "))
          .anyMatch(line -> line.contains("simd.kernel.winograd.MachineTransforms "))
          .noneMatch(line -> line.matches(".*simd\\.kernel\\..*\\.Scalar(?!Tile)\\w+ .*"));
    }
    for (String key : List.of("logits1", "logits2")) {
      String logits = values.get(key);
      assertThat(logits).isEqualTo(first.computeIfAbsent(key + values.get("fma"), _ -> logits));
      agree(parse(logits), expected.get(key));
    }
    double speed = Double.parseDouble(values.get("speed"));
    if (option.equals(DEFAULT)) {
      System.out.printf(
          "R34: self-test %.0f ms of processor time in a new JVM, %.1f once classes are loaded%n",
          Double.parseDouble(values.get("first")), Double.parseDouble(values.get("again")));
      System.out.printf("R35: vectors %.1f times as fast as plain loops%n", speed);
    }
    if (!values.get("path").equals("SCALAR")) {
      assertThat(speed).as("%s", values).isGreaterThan(NOT_SLOWER);
    }
    if (values.get("path").equals("FMA")) {
      assertThat(values).containsEntry("bytes", "0"); // SSE alone has no maximum
    }
    Assumptions.assumeTrue(
        System.getProperty("os.arch").equals("amd64")
            && CpuFeatures.current().vectorBits() >= VectorWidth.BITS_256.bits()
            && KernelPath.current() == KernelPath.FMA,
        "not an AVX2 machine");
    assertThat(values.get("device")).contains(device);
    assertThat(values.get("obstacle")).contains(obstacle);
  }

  private static float[] parse(String logits) {
    String[] parts = logits.substring(1, logits.length() - 1).split(", ");
    float[] values = new float[parts.length];
    for (int i = 0; i < parts.length; i++) {
      values[i] = Float.parseFloat(parts[i]);
    }
    return values;
  }

  private static void agree(float[] actual, float[] expected) {
    double error = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      error = Math.max(error, Math.abs(actual[i] - expected[i]));
      norm = Math.max(norm, Math.abs(expected[i]));
    }
    assertThat(norm).isPositive();
    assertThat(error / norm).isLessThanOrEqualTo(TOLERANCE);
  }

  @Test
  void withoutTheModuleItSaysWhatIsMissingAndNothingElseBreaks() throws Exception {
    assertThat(ForkedJvm.runWithoutVectors(NoModuleProbe.class, List.of()))
        .hasSize(3)
        .satisfies(lines ->
            assertThat(lines.getFirst())
                .startsWith(
                    "backend 'simd' is not available: the JVM was started without the module"
                        + " jdk.incubator.vector; without it: ")
                .endsWith("; add --add-modules jdk.incubator.vector to the java command"))
        .endsWith("requirements [] []", "reference ready");
  }
}
