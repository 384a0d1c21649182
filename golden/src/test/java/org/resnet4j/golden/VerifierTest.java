package org.resnet4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.graph.pass.Passes;

/** What passes, and above all what must not. */
class VerifierTest {
  private static final GoldenCase BASIC = SmallCases.basic();
  private static final GoldenCase GROUPED = SmallCases.grouped();
  private static final Backend REFERENCE = Backends.open("reference", BackendOptions.defaults());
  private static final Backend SIMD = Backends.open("simd", new BackendOptions(2));

  @AfterAll
  static void close() {
    REFERENCE.close();
    SIMD.close();
  }

  static Stream<GoldenCase> cases() {
    return Stream.of(BASIC, GROUPED);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyBackendPasses(GoldenCase golden) {
    for (CaseResult result :
        List.of(
            Verifier.verify(golden, REFERENCE, graph -> graph),
            Verifier.verify(golden, REFERENCE),
            Verifier.verify(golden, SIMD))) {
      assertThat(result.passed()).as(result.toString()).isTrue();
      assertThat(result.stages())
          .extracting(StageResult::name)
          .containsExactly("stem", "layer1", "layer2", "layer3", "layer4", "pooled", "logits");
      assertThat(result.top1()).isEqualTo(Agreement.AGREES);
      assertThat(result.firstBadLayer()).isNull();
      assertThat(result.diagnosis()).isEmpty();
    }
  }

  @Test
  void theUnfusedReferenceIsItsOwnTruth() {
    assertThat(Verifier.verify(BASIC, REFERENCE, graph -> graph).stages())
        .allSatisfy(stage -> assertThat(stage.maxAbs()).isZero());
    assertThat(Verifier.verify(BASIC, SIMD).logits().rr()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({"0", "NaN", "Infinity", "1e-3"})
  void oneLogitOfAnyOtherValueFails(float value) {
    CaseResult result = failed(TamperedBackend.withLogits(REFERENCE, logits -> logits[13] = value));
    assertThat(result.firstBadStage().orElseThrow().name()).isEqualTo("logits");
    assertThat(result.firstBadLayer()).isEqualTo("fc");
    assertThat(result.diagnosis()).contains("not the value of the last layer");
  }

  @ParameterizedTest
  @CsvSource({"0", "NaN"})
  void logitsThatAreAllTheSameFail(float value) {
    failed(TamperedBackend.withLogits(REFERENCE, logits -> Arrays.fill(logits, value)));
  }

  @ParameterizedTest
  @EnumSource(value = Stage.class, names = "LOGITS", mode = EnumSource.Mode.EXCLUDE)
  void rightLogitsWithAWrongTapFail(Stage stage) {
    String node = stage.node(Passes.inference().apply(BASIC.graph())).name();
    CaseResult zeros =
        failed(
            TamperedBackend.withSteps(
                SIMD,
                (step, _, values) -> step.node().equals(node) ? new float[values.length] : values));
    assertThat(zeros.firstBadStage().orElseThrow().name()).isEqualTo(stage.label());
    assertThat(zeros.firstBadLayer()).isEqualTo(node);
    CaseResult nan =
        failed(
            TamperedBackend.withSteps(
                SIMD,
                (step, image, values) -> {
                  if (step.node().equals(node) && image == 1) {
                    values[3] = Float.NaN;
                  }
                  return values;
                }));
    StageResult bad = nan.firstBadStage().orElseThrow();
    int position = (int) (values(BASIC, stage) / 2 + 3);
    assertThat(bad.note()).startsWith("NaN at " + position + ", expected ");
    assertThat(bad.rr()).isInfinite();
  }

  private static long values(GoldenCase golden, Stage stage) {
    return stage.node(golden.graph()).shape().size() * golden.batch();
  }

  @Test
  void silenceFails() {
    CaseResult result = failed(TamperedBackend.withSteps(SIMD, (_, _, _) -> null));
    assertThat(result.stages().subList(0, 6))
        .allSatisfy(stage -> {
          assertThat(stage.passed()).isFalse();
          assertThat(stage.note()).contains("0 times, expected once");
        });
  }

  @Test
  void oneImageLeftOutFails() {
    CaseResult result =
        failed(
            TamperedBackend.withSteps(
                SIMD,
                (step, image, values) ->
                    step.node().equals("avgpool") && image == 1 ? null : values));
    assertThat(result.firstBadStage().orElseThrow().note())
        .isEqualTo("the backend reports avgpool of image 1 0 times, expected once");
  }

  @Test
  void aValueOfAnotherShapeFails() {
    CaseResult result =
        failed(
            TamperedBackend.withSteps(
                SIMD,
                (step, _, values) ->
                    step.node().equals("maxpool") ? Arrays.copyOf(values, 7) : values));
    assertThat(result.firstBadStage().orElseThrow().note()).contains("reports 7 values");
    assertThat(result.firstBadLayer()).isEqualTo("maxpool");
  }

  @Test
  void imagesInterchangedFail() {
    CaseResult result =
        failed(
            TamperedBackend.withLogits(
                SIMD,
                logits -> {
                  float[] first = Arrays.copyOf(logits, 10);
                  System.arraycopy(logits, 10, logits, 0, 10);
                  System.arraycopy(first, 0, logits, 10, 10);
                }));
    assertThat(result.firstBadStage().orElseThrow().name()).isEqualTo("logits");
  }

  @Test
  void casesWhosePartsDoNotFitAreRefused() {
    GoldenCase shortInput =
        new GoldenCase("short", "x", BASIC.network(), 2, new float[5], BASIC.taps());
    assertThatThrownBy(() -> Verifier.verify(shortInput, REFERENCE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("short", "5 values", "2 images of 3x40x33");
    List<Tap> beyond =
        List.of(
            new Tap(
                Stage.STEM, new double[1], new long[] {1 << 30}, RoundingErrors.ofFloat32(1e-6)),
            BASIC.logits());
    GoldenCase sampled = new GoldenCase("beyond", "x", BASIC.network(), 2, BASIC.input(), beyond);
    assertThatThrownBy(() -> Verifier.verify(sampled, REFERENCE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("beyond", "stem", "1073741824");
    assertThatThrownBy(() ->
            new GoldenCase(
                "none", "x", BASIC.network(), 2, BASIC.input(), BASIC.taps().subList(0, 6)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lacks the whole logits");
    assertThatThrownBy(() ->
            new CaseResult("x", "x", "x", List.of(), Agreement.AGREES, Agreement.AGREES, null, ""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static CaseResult failed(Backend backend) {
    CaseResult result = Verifier.verify(BASIC, backend);
    assertThat(result.passed()).as(result.toString()).isFalse();
    assertThat(result.diagnosis()).isNotEmpty();
    return result;
  }
}
