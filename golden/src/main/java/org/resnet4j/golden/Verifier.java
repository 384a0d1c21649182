package org.resnet4j.golden;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.backend.Probe;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.pass.Pass;
import org.resnet4j.core.graph.pass.Passes;

/**
 * Runs golden cases and compares every stage with PyTorch's float64. Stateless and thread-safe.
 *
 * <p>A case passes if, at every tap, the relative residual is within its gate ({@link Gates}) and
 * NaN and infinities stand where they must, the logits' largest error is within a part of the
 * largest logit (in float32 1e-4), and no image has other best classes ({@link Agreement}).
 */
public final class Verifier {
  private static final int TOP = 5;

  private Verifier() {}

  /**
   * Verifies a backend on the fused network, as users run it.
   *
   * @throws IllegalArgumentException if the case's parts do not fit each other
   * @throws org.resnet4j.core.backend.InsufficientMemoryException if the backend says so
   */
  public static CaseResult verify(GoldenCase golden, Backend backend) {
    return verify(golden, backend, Precision.FP32);
  }

  /** The relative residual beyond which no backend passes in a precision. */
  public static double loosestGate(Precision precision) {
    return Gates.of("", precision).maxRm();
  }

  /**
   * The same for a backend that was opened in a precision, with the gates of that.
   *
   * @throws IllegalArgumentException as {@link #verify(GoldenCase, Backend)}
   */
  public static CaseResult verify(GoldenCase golden, Backend backend, Precision precision) {
    return verify(golden, backend, Passes.inference(), precision);
  }

  /**
   * Verifies a backend on the network that {@code passes} make of the case's: {@code graph ->
   * graph} verifies the unfused one, which only the reference backend runs.
   *
   * @throws IllegalArgumentException as {@link #verify(GoldenCase, Backend)}
   */
  public static CaseResult verify(GoldenCase golden, Backend backend, Pass passes) {
    return verify(golden, backend, passes, Precision.FP32);
  }

  private static CaseResult verify(
      GoldenCase golden, Backend backend, Pass passes, Precision precision) {
    Graph graph = passes.apply(golden.graph());
    if (golden.input().length != graph.inputShape().size() * golden.batch()) {
      throw new IllegalArgumentException(
          "%s: the input has %s values, expected %s images of %s"
              .formatted(golden.name(), golden.input().length, golden.batch(), graph.inputShape()));
    }
    Recording recording = new Recording(golden, graph);
    float[] logits = new float[golden.logits().values().length];
    boolean winograd = run(golden, backend, graph, logits, recording);
    Gates gates = Gates.of(backend.name(), precision);
    List<StageResult> stages = compare(golden, gates, winograd, logits, recording);
    int classes = Math.toIntExact(graph.output().shape().size());
    double[] expected = golden.logits().values();
    CaseResult result =
        new CaseResult(
            golden.name(),
            golden.model(),
            backend.name(),
            stages,
            Agreement.of(1, classes, logits, expected, gates.maxRm()),
            Agreement.of(TOP, classes, logits, expected, gates.maxRm()),
            null,
            "");
    if (result.passed()) {
      return result;
    }
    int image = worstImage(golden, result, graph, logits, recording);
    return Localizer.locate(result, golden, image, graph, backend, winograd, precision);
  }

  /**
   * One run of the whole batch.
   *
   * @param logits receives the result; what the backend does not write stays NaN
   * @return whether any step's kernel is Winograd's
   */
  static boolean run(GoldenCase golden, Backend backend, Graph graph, float[] logits, Probe probe) {
    Arrays.fill(logits, Float.NaN);
    try (Plan plan = backend.compile(graph);
        Session session = plan.newSession(golden.batch())) {
      session.run(
          golden.batch(),
          MemorySegment.ofArray(golden.input()).asReadOnly(),
          MemorySegment.ofArray(logits),
          probe);
      return plan.steps().stream()
          .anyMatch(step -> step.kernel().toUpperCase(Locale.ROOT).contains("WINOGRAD"));
    }
  }

  private static List<StageResult> compare(
      GoldenCase golden, Gates gates, boolean winograd, float[] logits, Recording recording) {
    List<StageResult> results = new ArrayList<>();
    RoundingErrors before = RoundingErrors.UNKNOWN;
    for (Tap tap : golden.taps()) {
      double gate = gates.relativeResidual(tap.stage(), tap.errors(), before, winograd);
      before = tap.errors();
      double cost = tap.errors().in(gates.precision());
      boolean last = tap.stage() == Stage.LOGITS;
      String problem = last ? "" : recording.problem(tap.stage());
      float[] actual = last ? logits : recording.values(tap.stage());
      results.add(
          problem.isEmpty()
              ? compare(tap, actual, cost, gate, gates.maxRm())
              : missing(tap, cost, gate, problem));
    }
    return results;
  }

  private static StageResult compare(
      Tap tap, float[] actual, double cost, double gate, double maxRm) {
    Metrics metrics = Metrics.of(actual, tap.values());
    String note = "";
    if (metrics.misplaced()) {
      int i = metrics.worst();
      note = "%s at %s, expected %s".formatted(actual[i], tap.position(i), tap.values()[i]);
    } else if (tap.stage() == Stage.LOGITS && !(metrics.rm() <= maxRm)) {
      note =
          String.format(
              Locale.ROOT, "the largest error is beyond %.0e of the largest logit", maxRm);
    } else if (!(metrics.rr() <= gate)) {
      note = "the error is beyond its gate";
    }
    return new StageResult(
        tap.stage().label(),
        metrics.maxAbs(),
        metrics.rm(),
        metrics.rr(),
        cost,
        gate,
        note.isEmpty(),
        note);
  }

  private static StageResult missing(Tap tap, double cost, double gate, String problem) {
    double infinity = Double.POSITIVE_INFINITY;
    return new StageResult(
        tap.stage().label(), infinity, infinity, infinity, cost, gate, false, problem);
  }

  /** The image in which the first failing stage errs most. */
  private static int worstImage(
      GoldenCase golden, CaseResult result, Graph graph, float[] logits, Recording recording) {
    String bad = result.firstBadStage().map(StageResult::name).orElse(Stage.LOGITS.label());
    for (Tap tap : golden.taps()) {
      boolean last = tap.stage() == Stage.LOGITS;
      if (tap.stage().label().equals(bad) && (last || recording.problem(tap.stage()).isEmpty())) {
        float[] actual = last ? logits : recording.values(tap.stage());
        int worst = Metrics.of(actual, tap.values()).worst();
        return (int) (tap.position(worst) / tap.stage().node(graph).shape().size());
      }
    }
    return 0;
  }
}
