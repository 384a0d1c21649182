package org.resnet4j.bench.run;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.measure.BackendEngines;
import org.resnet4j.bench.measure.Engine;
import org.resnet4j.bench.measure.EngineFactory;
import org.resnet4j.bench.measure.Problem;
import org.resnet4j.bench.option.Subject;
import org.resnet4j.bench.result.Accuracy;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.golden.GoldenCase;
import org.resnet4j.golden.GoldenCases;
import org.resnet4j.golden.Metrics;

/**
 * What the answer is, and how far engines are from it.
 *
 * @param what says it, for people
 * @param problem whose answer it is
 * @param logits of all its images
 * @param pytorch relative L2 error of PyTorch's own float32 run; null if nobody measured it
 */
public record Truth(String what, Problem problem, double[] logits, @Nullable Double pytorch) {
  private static final String FLOAT64 = "PyTorch in float64";
  private static final String REFERENCE = "the reference backend, which sums in double precision";

  /**
   * PyTorch's float64 run of a network with generated weights where there is one, and else the
   * reference backend's answer to one picture, which may take some seconds.
   *
   * @param generated whether the subject's weights are
   * @throws IOException never, but the engine's interface allows it
   */
  public static Truth of(Subject subject, boolean generated, int threads) throws IOException {
    String golden = subject.name() + "-" + subject.size().height();
    boolean square = subject.size().height() == subject.size().width();
    if (generated && square && GoldenCases.names().contains(golden)) {
      GoldenCase known = GoldenCases.load(golden);
      Graph network = Passes.inference().apply(known.graph());
      double error = known.logits().errors().in(Precision.FP32);
      return new Truth(
          FLOAT64,
          new Problem(subject.name(), network, known.batch(), threads, known.input()),
          known.logits().values(),
          Double.isNaN(error) ? null : error);
    }
    Graph network = subject.fused();
    Problem one = new Problem(subject.name(), network, 1, threads, Subject.input(1, network));
    double[] exact = doubles(answer(new BackendEngines("reference"), one));
    return new Truth(REFERENCE, one, exact, null);
  }

  /**
   * How far an engine is from it.
   *
   * @throws IOException if the engine cannot be opened
   */
  public Accuracy of(EngineFactory factory) throws IOException {
    float[] answer = answer(factory, problem);
    Metrics metrics = Metrics.of(answer, logits);
    int images = problem.batch();
    double[] values = doubles(answer);
    int same = 0;
    for (int image = 0; image < images; image++) {
      same += best(values, image) == best(logits, image) ? 1 : 0;
    }
    return new Accuracy(
        problem.model(),
        factory.name(),
        what,
        images,
        metrics.rr(),
        metrics.maxAbs(),
        same,
        pytorch);
  }

  private static float[] answer(EngineFactory factory, Problem problem) throws IOException {
    try (Engine engine = factory.open(problem)) {
      engine.run();
      return engine.answer();
    }
  }

  private static double[] doubles(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  private int best(double[] values, int image) {
    int classes = values.length / problem.batch();
    int best = image * classes;
    for (int i = best + 1; i < (image + 1) * classes; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }
}
