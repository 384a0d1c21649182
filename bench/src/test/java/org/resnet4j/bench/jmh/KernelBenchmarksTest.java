package org.resnet4j.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.util.ListStatistics;
import org.openjdk.jmh.util.Statistics;
import org.resnet4j.bench.measure.ConvEngine;
import org.resnet4j.bench.measure.Engine;
import org.resnet4j.bench.measure.WrongAnswerException;
import org.resnet4j.bench.peer.PeerJars;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;

/** Without JMH's runner and without OpenBLAS, which are there when kernels are measured. */
class KernelBenchmarksTest {
  private static final String SMALL = "16>16@8x8 k3 s1 p1 g1 ";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    return KernelBenchmarks.run(args, print(out), print(err));
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  /** An engine that adds something to the last value. */
  private record Wrong(Engine engine) implements Engine {
    @Override
    public String name() {
      return engine.name();
    }

    @Override
    public void run() {
      engine.run();
    }

    @Override
    public float[] answer() {
      float[] answer = engine.answer();
      answer[answer.length - 1] += 1;
      return answer;
    }

    @Override
    public void close() {
      engine.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        SMALL + "IM2COL_GEMM",
        SMALL + "IMPLICIT_GEMM",
        SMALL + "WINOGRAD_2X2",
        SMALL + "WINOGRAD_4X2",
        SMALL + "WINOGRAD_4X4",
        "3>16@15x15 k7 s2 p3 g1 DIRECT_STEM",
        "32>32@8x8 k3 s2 p1 g8 GROUPED",
        "64>10@1x1 k1 s1 p0 g1 IMPLICIT_GEMM",
      })
  void aConvolutionByEachAlgorithm(String conv) throws WrongAnswerException {
    ConvBenchmark benchmark = new ConvBenchmark();
    benchmark.conv = conv;
    benchmark.open();
    benchmark.run();
  }

  @ParameterizedTest
  @EnumSource(
      value = ConvAlgorithm.class,
      names = {"IMPLICIT_GEMM", "WINOGRAD_4X4"})
  void aWrongConvolutionIsNotTimed(ConvAlgorithm algorithm) {
    ConvCase of = ConvCase.parse(SMALL + algorithm);
    Engine wrong = new Wrong(ConvEngine.of(of.shape(), algorithm));
    assertThatThrownBy(() -> ConvBenchmark.check(of.shape(), wrong))
        .isInstanceOf(WrongAnswerException.class)
        .hasMessageContaining(algorithm.name());
  }

  @Test
  void aProduct() throws WrongAnswerException {
    GemmBenchmark benchmark = new GemmBenchmark();
    benchmark.gemm = "m5 n7 k300 resnet4j";
    benchmark.open();
    benchmark.run();
    benchmark.close();
  }

  @Test
  void aWrongProductIsNotTimed() {
    GemmProblem problem = GemmProblem.of(GemmCase.parse("m50 n70 k30 resnet4j"));
    assertThatThrownBy(() -> problem.check(new Wrong(new JavaGemm(problem))))
        .isInstanceOf(WrongAnswerException.class)
        .hasMessageStartingWith("m50 n70 k30: resnet4j and double precision disagree");
  }

  @Test
  void anEngineThatIsNotThere() {
    GemmBenchmark benchmark = new GemmBenchmark();
    benchmark.gemm = "m5 n7 k3 mkl";
    assertThatThrownBy(benchmark::open).hasMessage("m5 n7 k3 mkl: no such engine");
    benchmark.gemm = "m5 n7 k3 openblas";
    assertThatThrownBy(benchmark::open).hasMessageStartingWith(OpenBlas.PROPERTY + ": not set");
  }

  @Test
  void theConvolutionsAreTheGraphs() {
    List<ConvCase> cases = KernelCases.convolutions();
    assertThat(cases)
        .doesNotHaveDuplicates()
        .allSatisfy(one -> assertThat(ConvCase.parse(one.parameter())).isEqualTo(one))
        .extracting(ConvCase::parameter)
        .contains(
            "3>64@224x224 k7 s2 p3 g1 DIRECT_STEM",
            "64>64@56x56 k3 s1 p1 g1 IMPLICIT_GEMM",
            "64>64@56x56 k3 s1 p1 g1 WINOGRAD_4X4",
            "256>512@56x56 k1 s2 p0 g1 IMPLICIT_GEMM",
            "128>128@56x56 k3 s1 p1 g32 GROUPED",
            "512>1000@1x1 k1 s1 p0 g1 IMPLICIT_GEMM",
            "2048>1000@1x1 k1 s1 p0 g1 IMPLICIT_GEMM");
  }

  @Test
  void theProductsAreTheGraphs() {
    List<GemmCase> cases = KernelCases.gemms();
    assertThat(cases)
        .doesNotHaveDuplicates()
        .allSatisfy(one -> assertThat(GemmCase.parse(one.parameter())).isEqualTo(one))
        .extracting(GemmCase::parameter)
        .contains(
            "m3136 n256 k64 resnet4j",
            "m784 n512 k256 openblas",
            "m1 n1000 k2048 resnet4j",
            "m2048 n2048 k2048 openblas");
    assertThat(new HashSet<>(cases.stream().map(GemmCase::problem).toList()))
        .hasSize(cases.size() / 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "64>64@56x56", "m5 n7 k3", "64>64@56x56 k3 s1 p1 g1 FFT"})
  void whatIsNoParameter(String parameter) {
    assertThatThrownBy(() -> ConvCase.parse(parameter))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> GemmCase.parse(parameter))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theFilterChooses() {
    assertThat(run("--list", "--filter=64>64@56x56 k3")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "conv 64>64@56x56 k3 s1 p1 g1 IM2COL_GEMM",
            "conv 64>64@56x56 k3 s1 p1 g1 IMPLICIT_GEMM",
            "conv 64>64@56x56 k3 s1 p1 g1 WINOGRAD_2X2",
            "conv 64>64@56x56 k3 s1 p1 g1 WINOGRAD_4X2",
            "conv 64>64@56x56 k3 s1 p1 g1 WINOGRAD_4X4");
  }

  @Test
  void wrongUsage() {
    assertThat(run("--filter=nothing")).isEqualTo(2);
    assertThat(run("--filter=m512.*openblas", "--openblas=" + Path.of("pom.xml"))).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("--filter nothing: nothing to time")
        .contains("--openblas pom.xml: ");
    assertThat(out.size()).isZero();
  }

  @Test
  void theTable() {
    ConvCase conv = ConvCase.parse("64>64@56x56 k3 s1 p1 g1 WINOGRAD_4X4");
    GemmCase gemm = GemmCase.parse("m512 n512 k512 resnet4j");
    Statistics micros = new ListStatistics(new double[] {2000, 1000, 4000});
    KernelResults results =
        new KernelResults(List.of(conv, gemm), Map.of(conv.line(), micros), 231.211);
    results.print(print(out));
    assertThat(results.missing()).isTrue();
    assertThat(out.toString(StandardCharsets.UTF_8).lines().map(line -> line.split(" {2,}")))
        .contains(
            new String[] {
              "conv 64>64@56x56 k3 s1 p1 g1",
              "*",
              "WINOGRAD_4X4",
              "2000.0",
              "1000.0",
              "4000.0",
              "115.6",
              "50.0 %"
            },
            new String[] {"gemm m512 n512 k512", "resnet4j", "failed"});
  }

  @Test
  void openBlasHasAVersionAndAPom() throws Exception {
    assertThat(PeerJars.version(OpenBlas.NAME)).matches("\\d+\\.\\d+\\.\\d+-\\d+\\.\\d+\\.\\d+");
    assertThat(Path.of("src/main/peers", OpenBlas.NAME, "pom.xml")).isRegularFile();
  }
}
