package org.resnet4j.bench.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.resnet4j.bench.measure.BackendEngines;
import org.resnet4j.bench.measure.Problem;
import org.resnet4j.bench.measure.SharedEngines;
import org.resnet4j.bench.measure.WrongAnswerException;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.golden.DemoModel;

class FilesContestTest {
  private static final PretrainedModel MODEL = DemoModel.load();
  private static final Entrant OURS = new Entrant.Ours(new BackendEngines("simd"));
  private static PictureSet pictures;

  @BeforeAll
  static void read() throws IOException {
    try (Stream<Path> samples = Files.list(Path.of("../golden/samples"))) {
      List<Path> files = samples.filter(each -> each.toString().endsWith(".png")).sorted().toList();
      pictures = PictureSet.of(files, DecodeOptions.DEFAULT);
    }
  }

  /** Ours, in the form of a foreign engine that is wrong from one of its runs on. */
  private static final class Double implements SharedEngines {
    private final int wrongFrom;
    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();

    Double(int wrongFrom) {
      this.wrongFrom = wrongFrom;
    }

    @Override
    public String name() {
      return "double";
    }

    @Override
    public Loaded load(Problem problem) {
      Backend backend = Backends.open("simd", new BackendOptions(1));
      Plan plan = backend.compile(problem.graph());
      open.incrementAndGet();
      return new Loaded() {
        @Override
        public Fed engine(int batch) {
          open.incrementAndGet();
          return fed(plan.newSession(batch), batch, plan);
        }

        @Override
        public void close() {
          open.decrementAndGet();
          plan.close();
          backend.close();
        }
      };
    }

    private Fed fed(Session session, int batch, Plan plan) {
      return new Fed() {
        private final float[] input = new float[batch * (int) plan.inputShape().size()];
        private final float[] output = new float[batch * (int) plan.outputShape().size()];

        @Override
        public void feed(float[] values) {
          System.arraycopy(values, 0, input, 0, input.length);
        }

        @Override
        public String name() {
          return "double";
        }

        @Override
        public void run() {
          session.run(batch, input, output);
          if (runs.incrementAndGet() > wrongFrom) {
            output[0] += 9;
          }
        }

        @Override
        public float[] answer() {
          return output.clone();
        }

        @Override
        public void close() {
          open.decrementAndGet();
          session.close();
        }
      };
    }
  }

  private static List<FilesRow> measure(Double other, int threads)
      throws IOException, WrongAnswerException {
    FilesContest contest =
        new FilesContest(
            List.of(OURS, new Entrant.Peer(other)), pictures, DecodeOptions.DEFAULT, 0.05);
    double[] done = {0};
    List<FilesRow> rows = contest.run(MODEL, threads, 4, seconds -> done[0] += seconds);
    assertThat(done[0])
        .isBetween(0.99 * contest.expectedSeconds(4, 0), 1.01 * contest.expectedSeconds(4, 0));
    return rows;
  }

  /** Whoever ends the command then has what was measured until then. */
  @Test
  void tellsOfEachLoadWhenItIsOver() {
    FilesContest contest = new FilesContest(List.of(OURS), pictures, DecodeOptions.DEFAULT, 0.02);
    List<Integer> met = new ArrayList<>();
    assertThatThrownBy(() ->
            contest.underLoad(
                MODEL,
                1,
                4,
                List.of(10, 20, 30),
                List.of(Front.Kind.LIBRARY),
                row -> {
                  met.add(row.percent());
                  if (met.size() == 2) {
                    throw new IOException("the disk is full");
                  }
                }))
        .hasMessage("the disk is full");
    assertThat(met).containsExactly(10, 20);
  }

  @Test
  void measuresOthersBehindTheSamePipeline() throws Exception {
    for (int threads = 1; threads <= 2; threads++) {
      Double other = new Double(Integer.MAX_VALUE);
      List<FilesRow> rows = measure(other, threads);
      assertThat(rows).extracting(FilesRow::engine).containsExactly("simd", "double");
      assertThat(rows.getFirst().ratioToOurs()).isEqualTo(1);
      assertThat(rows)
          .allSatisfy(row -> {
            assertThat(row.imagesPerSecond()).isPositive();
            assertThat(row.parts().network()).isPositive();
            assertThat(row.pictures() % 4).isZero();
          });
      assertThat(other.open).hasValue(0);
    }
  }

  @Test
  void whoeverIsWrongIsNotTimed() {
    Double other = new Double(0);
    assertThatThrownBy(() -> measure(other, 2))
        .isInstanceOf(WrongAnswerException.class)
        .hasMessageContaining("double and simd disagree");
    assertThat(other.open).hasValue(0);
  }

  /** Behind the first answers, which were right. */
  @Test
  void whoeverBecomesWrongIsFound() {
    Double other = new Double(60);
    assertThatThrownBy(() -> measure(other, 2))
        .isInstanceOf(WrongAnswerException.class)
        .hasMessageMatching("double: \\w+\\.png: .* instead of .*");
    assertThat(other.open).hasValue(0);
  }
}
