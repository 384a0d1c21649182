package org.resnet4j.cuda.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.resnet4j.cuda.conv.ConvMethod.GEMM_FUSED;
import static org.resnet4j.cuda.conv.ConvMethod.GEMM_THEN_EPILOGUE;
import static org.resnet4j.cuda.conv.ConvMethod.GRAPH_FUSED;
import static org.resnet4j.cuda.conv.ConvMethod.LEGACY_FUSED;
import static org.resnet4j.cuda.conv.ConvMethod.LEGACY_THEN_EPILOGUE;
import static org.resnet4j.cuda.conv.ConvMethod.OWN_KERNEL;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.model.StridePlacement;
import org.resnet4j.cuda.kernels.ElementType;
import org.resnet4j.cuda.lowering.CudaCompiler;
import org.resnet4j.cuda.lowering.CudaStep;
import org.resnet4j.cuda.lowering.CudaStep.ConvStep;
import org.resnet4j.cuda.lowering.Lowering;
import org.resnet4j.cuda.support.Networks;

class ConvMethodTest {
  private static final List<ConvMethod> ANY =
      List.of(LEGACY_FUSED, LEGACY_THEN_EPILOGUE, OWN_KERNEL);
  private static final List<ConvMethod> ALIGNED =
      List.of(GRAPH_FUSED, LEGACY_FUSED, LEGACY_THEN_EPILOGUE, OWN_KERNEL);
  private static final List<ConvMethod> POINTWISE =
      List.of(
          GRAPH_FUSED,
          GEMM_FUSED,
          LEGACY_FUSED,
          GEMM_THEN_EPILOGUE,
          LEGACY_THEN_EPILOGUE,
          OWN_KERNEL);

  /** Without that of the last linear layer. */
  private static Map<ConvProblem, Integer> problems(Lowering lowering) {
    Map<ConvProblem, Integer> problems = new LinkedHashMap<>();
    for (CudaStep step : lowering.steps()) {
      if (step instanceof ConvStep conv && !conv.problem().scores()) {
        problems.merge(conv.problem(), 1, Integer::sum);
      }
    }
    return problems;
  }

  private static int layers(Map<ConvProblem, Integer> problems, List<ConvMethod> candidates) {
    return problems.entrySet().stream()
        .filter(entry -> ConvMethod.candidates(entry.getKey()).equals(candidates))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  /**
   * In every precision.
   *
   * @param layers convolutions
   * @param distinct problems
   * @param pointwise layers that are matrix products
   * @param narrow grouped layers of 4 channels per group: aligned for 4 bytes, not for 2
   */
  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "resnet18,         V1_5,  20, 15,  0, 0",
    "resnet34,         V1_5,  36, 15,  0, 0",
    "resnet50,         V1_5,  53, 24, 33, 0",
    "resnet50,         V1,    53, 21, 30, 0",
    "resnet101,        V1_5, 104, 24, 67, 0",
    "resnet101,        V1,   104, 21, 64, 0",
    "resnet152,        V1_5, 155, 24, 101, 0",
    "resnet152,        V1,   155, 21, 98, 0",
    "resnext50_32x4d,  V1_5,  53, 24, 33, 3",
    "resnext50_32x4d,  V1,    53, 21, 30, 3",
    "resnext101_32x8d, V1_5, 104, 24, 67, 0",
    "resnext101_64x4d, V1_5, 104, 24, 67, 3",
    "wide_resnet50_2,  V1_5,  53, 24, 33, 0",
    "wide_resnet101_2, V1_5, 104, 24, 67, 0",
  })
  void ofTheTenNetworks(
      String name, StridePlacement placement, int layers, int distinct, int pointwise, int narrow) {
    ResNetSpec spec = ResNets.named(name).withStridePlacement(placement);
    for (Precision precision : Precision.values()) {
      Map<ConvProblem, Integer> problems =
          problems(CudaCompiler.lower(Networks.fused(spec, 224, 224), precision));
      int unaligned =
          switch (precision) {
            case FP32, TF32 -> 0;
            case FP16, BF16 -> narrow;
          };
      assertThat(problems).as("%s", precision).hasSize(distinct);
      assertThat(layers(problems, POINTWISE)).as("%s", precision).isEqualTo(pointwise);
      assertThat(layers(problems, ANY)).as("%s", precision).isEqualTo(unaligned);
      assertThat(layers(problems, ALIGNED))
          .as("%s", precision)
          .isEqualTo(layers - pointwise - unaligned);
    }
  }

  private static String describe(Map.Entry<ConvProblem, Integer> entry) {
    ConvProblem problem = entry.getKey();
    String extra = (problem.residual() ? " + residual" : "") + (problem.relu() ? " + relu" : "");
    return "%2d x %4d -> %4d, %3d, %s, %d:%s"
        .formatted(
            entry.getValue(),
            problem.inChannels(),
            problem.outChannels(),
            problem.height(),
            problem.window(),
            problem.groups(),
            extra);
  }

  /** Layers, channels, pixels, window, groups. */
  @Test
  void theProblemsOfAResNeXtInFloat16() {
    Map<ConvProblem, Integer> problems =
        problems(Networks.lowered("resnext50_32x4d", Precision.FP16));
    Map<List<ConvMethod>, String> byCandidates =
        problems.entrySet().stream()
            .collect(
                Collectors.groupingBy(
                    entry -> ConvMethod.candidates(entry.getKey()),
                    Collectors.mapping(
                        ConvMethodTest::describe, Collectors.joining("\n", "", "\n"))));
    assertThat(byCandidates)
        .isEqualTo(
            Map.of(
                ANY,
                """
                 3 x  128 ->  128,  56, 3x3 pad 1, 32: + relu
                """,
                ALIGNED,
                """
                 1 x    8 ->   64, 224, 7x7/2 pad 3, 1: + relu
                 1 x  256 ->  512,  56, 1x1/2, 1:
                 1 x  256 ->  256,  56, 3x3/2 pad 1, 32: + relu
                 3 x  256 ->  256,  28, 3x3 pad 1, 32: + relu
                 1 x  512 -> 1024,  28, 1x1/2, 1:
                 1 x  512 ->  512,  28, 3x3/2 pad 1, 32: + relu
                 5 x  512 ->  512,  14, 3x3 pad 1, 32: + relu
                 1 x 1024 -> 2048,  14, 1x1/2, 1:
                 1 x 1024 -> 1024,  14, 3x3/2 pad 1, 32: + relu
                 2 x 1024 -> 1024,   7, 3x3 pad 1, 32: + relu
                """,
                POINTWISE,
                """
                 1 x   64 ->  256,  56, 1x1, 1:
                 1 x   64 ->  128,  56, 1x1, 1: + relu
                 3 x  128 ->  256,  56, 1x1, 1: + residual + relu
                 2 x  256 ->  128,  56, 1x1, 1: + relu
                 1 x  256 ->  256,  56, 1x1, 1: + relu
                 4 x  256 ->  512,  28, 1x1, 1: + residual + relu
                 3 x  512 ->  256,  28, 1x1, 1: + relu
                 1 x  512 ->  512,  28, 1x1, 1: + relu
                 6 x  512 -> 1024,  14, 1x1, 1: + residual + relu
                 5 x 1024 ->  512,  14, 1x1, 1: + relu
                 1 x 1024 -> 1024,  14, 1x1, 1: + relu
                 3 x 1024 -> 2048,   7, 1x1, 1: + residual + relu
                 2 x 2048 -> 1024,   7, 1x1, 1: + relu
                """));
  }

  private static ConvProblem problem(
      int in, int out, Window window, int groups, boolean relu, Precision precision) {
    return new ConvProblem(in, out, 9, 7, window, groups, false, relu, precision, false);
  }

  /** Two channels less than a vector on either side of the convolution. */
  @ParameterizedTest
  @CsvSource({
    "FP32, 8, 12, 1, true",
    "FP32, 10, 12, 1, false",
    "TF32, 8, 10, 1, false",
    "TF32, 8, 8, 2, true",
    "FP16, 8, 16, 1, true",
    "FP16, 12, 16, 1, false",
    "BF16, 16, 12, 1, false",
    "BF16, 16, 16, 2, true",
    "BF16, 16, 16, 4, false",
    "FP16, 64, 64, 64, false",
  })
  void graphsNeedWholeVectorsOfChannelsPerGroup(
      Precision precision, int in, int out, int groups, boolean aligned) {
    ConvProblem problem = problem(in, out, new Window(3, 1, 1), groups, true, precision);
    assertThat(ConvMethod.candidates(problem)).isEqualTo(aligned ? ALIGNED : ANY);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1, true", "1, 2, 1, false", "1, 1, 2, false", "3, 1, 1, false"})
  void productsOfMatricesArePointwise(int kernel, int stride, int groups, boolean pointwise) {
    Window window = new Window(kernel, stride, kernel / 2);
    ConvProblem problem = problem(16, 16, window, groups, true, Precision.BF16);
    assertThat(ConvMethod.candidates(problem)).isEqualTo(pointwise ? POINTWISE : ALIGNED);
  }

  @ParameterizedTest
  @EnumSource
  void onlyTheFusedCallWithoutReluIsBoundToOneAlgorithm(ConvMethod method) {
    for (boolean relu : new boolean[] {false, true}) {
      ConvProblem problem = problem(8, 8, new Window(1, 1, 0), 1, relu, Precision.FP32);
      assertThat(method.needsPrecomputedGemm(problem)).isEqualTo(method == LEGACY_FUSED && !relu);
    }
  }

  @Test
  void theLastNeverRefuses() {
    assertThat(Arrays.asList(ConvMethod.values()).getLast()).isEqualTo(OWN_KERNEL);
    assertThat(Networks.all().flatMap(lowering -> problems(lowering).keySet().stream()))
        .allSatisfy(problem ->
            assertThat(ConvMethod.candidates(problem))
                .endsWith(OWN_KERNEL)
                .doesNotHaveDuplicates());
  }

  @ParameterizedTest
  @EnumSource
  void scoresAreProductsThatStayInFloat32(Precision precision) {
    ConvProblem problem = ConvProblem.linear(512, 1000, precision, true);
    assertThat(ConvMethod.candidates(problem)).containsExactly(GEMM_FUSED, GEMM_THEN_EPILOGUE);
    assertThat(problem.resultType()).isEqualTo(ElementType.F32);
  }
}
