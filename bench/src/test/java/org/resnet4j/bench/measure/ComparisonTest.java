package org.resnet4j.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.bench.measure.Comparison.Standing;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.weights.WeightSource;

class ComparisonTest {
  private static final long MILLI = 1_000_000;

  private final List<String> log = new ArrayList<>();
  private final FakeClock clock = new FakeClock();
  private final Graph graph = ResNet.build(ResNets.named("resnet18"), 32, 32, WeightSource.META);
  private final Problem problem = new Problem("resnet18", graph, 8, 2, new float[0]);
  private final Rounds rounds = new Rounds(new Protocol(0.07, 0.001), clock, () -> {});

  private FakeEngine engine(String name, long millis, float... answer) {
    return new FakeEngine(name, clock, () -> millis * MILLI, log, answer);
  }

  @Test
  void scoresAreRelativeToTheFirst() throws Exception {
    FakeEngine ours = engine("ours", 4, 3, 4);
    FakeEngine other = engine("other", 8, 3.0001f, 4.0001f);
    List<Standing> standings =
        new Comparison(List.of(ours.factory(), other.factory())).run(problem, rounds);
    List<Score> scores = standings.stream().map(Standing::score).toList();
    assertThat(standings).extracting(Standing::with).containsExactly("ours", "ours");
    assertThat(standings.getLast().difference()).isBetween(1e-5, 1e-4);
    assertThat(scores).extracting(Score::engine).containsExactly("ours", "other");
    assertThat(scores).extracting(Score::ratioToOurs).containsExactly(1.0, 0.5);
    assertThat(scores).extracting(Score::imagesPerSecond).containsExactly(2000.0, 1000.0);
    assertThat(ours.closed && other.closed).isTrue();
  }

  @ParameterizedTest
  @ValueSource(floats = {4.01f, Float.NaN, Float.POSITIVE_INFINITY, -4})
  void whoeverIsWrongIsNotTimed(float wrong) {
    FakeEngine ours = engine("ours", 4, 3, 4);
    FakeEngine other = engine("other", 8, 3, wrong);
    assertThatThrownBy(
            () -> new Comparison(List.of(ours.factory(), other.factory())).run(problem, rounds))
        .isInstanceOf(WrongAnswerException.class)
        .hasMessageStartingWith(
            "resnet18, batch 8, 2 threads: other and ours disagree: relative L2 difference ")
        .hasMessageContaining("allowed 1e-04; not timed");
    assertThat(log).containsExactly("ours", "other");
    assertThat(ours.closed && other.closed).isTrue();
  }

  /** A witness is heard and not timed; one of fewer bits may be further off. */
  @ParameterizedTest
  @CsvSource({"FP32, 3.0001, true", "FP32, 3.01, false", "FP16, 3.01, true", "FP16, 3.3, false"})
  void aWitnessSaysWhatIsRight(Precision precision, float first, boolean agrees)
      throws IOException {
    FakeEngine ours = engine("ours", 4, 3, 4);
    FakeEngine witness = engine("witness", 8, first, 4);
    Comparison comparison =
        new Comparison(List.of(ours.factory(Answers.limit(precision))), List.of(witness.factory()));
    try {
      assertThat(comparison.run(problem, rounds))
          .extracting(standing -> standing.score().engine(), Standing::with)
          .containsExactly(tuple("ours", "witness"));
      assertThat(agrees).isTrue();
    } catch (WrongAnswerException e) {
      assertThat(e).hasMessageContaining("ours and witness disagree");
      assertThat(agrees).isFalse();
    }
    assertThat(log).containsOnlyOnce("witness");
    assertThat(ours.closed && witness.closed).isTrue();
  }

  @Test
  void anAnswerOfAnotherLengthIsWrong() {
    FakeEngine ours = engine("ours", 4, 3, 4);
    FakeEngine other = engine("other", 8, 3);
    assertThatThrownBy(
            () -> new Comparison(List.of(ours.factory(), other.factory())).run(problem, rounds))
        .isInstanceOf(WrongAnswerException.class);
  }

  @Test
  void whatWasOpenedIsClosedIfTheNextDoesNotOpen() {
    FakeEngine ours = engine("ours", 4, 3, 4);
    EngineFactory broken =
        new EngineFactory() {
          @Override
          public String name() {
            return "broken";
          }

          @Override
          public Engine open(Problem problem) {
            throw new IllegalStateException("does not open");
          }
        };
    assertThatThrownBy(() -> new Comparison(List.of(ours.factory(), broken)).run(problem, rounds))
        .hasMessage("does not open");
    assertThat(ours.closed).isTrue();
  }

  /** The others go on, whatever became of one: opened, heard or timed. */
  @Test
  void whoeverFallsOutIsReportedAndTheOthersAreTimed() throws Exception {
    FakeEngine ours = engine("ours", 4, 3, 4);
    FakeEngine liar = engine("liar", 4, 3, 5);
    FakeEngine other = engine("other", 8, 3, 4);
    int[] runs = {0};
    FakeEngine tired =
        new FakeEngine(
            "tired",
            clock,
            () -> {
              if (++runs[0] > 20) {
                throw new IllegalStateException("no more");
              }
              return MILLI;
            },
            log,
            3,
            4);
    EngineFactory absent =
        new EngineFactory() {
          @Override
          public String name() {
            return "absent";
          }

          @Override
          public Engine open(Problem problem) throws IOException {
            throw new IOException("cannot be had");
          }
        };
    Map<String, Exception> faults = new LinkedHashMap<>();
    List<Standing> standings =
        new Comparison(
                List.of(absent, ours.factory(), liar.factory(), tired.factory(), other.factory()))
            .run(problem, rounds, faults::put);
    assertThat(standings)
        .extracting(standing -> standing.score().engine())
        .containsExactly("ours", "other");
    assertThat(standings.getLast().score().ratioToOurs()).isEqualTo(0.5);
    assertThat(faults).containsOnlyKeys("absent", "liar", "tired");
    assertThat(faults.get("absent")).isInstanceOf(IOException.class);
    assertThat(faults.get("liar")).isInstanceOf(WrongAnswerException.class);
    assertThat(faults.get("tired")).hasMessage("no more");
    assertThat(ours.closed && liar.closed && other.closed && tired.closed).isTrue();
  }
}
