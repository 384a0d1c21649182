package org.resnet4j.bench.measure;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.StepInfo;

/**
 * Where a run's time goes.
 *
 * @param millis median of the runs, measured around each
 * @param steps in the plan's order
 * @param notes of the plan
 */
public record Profile(double millis, List<StepTimes.StepTime> steps, List<String> notes) {
  /**
   * The steps that one kernel served.
   *
   * @param kernel its name
   * @param steps how many
   * @param millis sum of their medians
   * @param multiplyAdds of one image
   * @param limitMillis sum of the least times that they can take
   */
  public record Group(
      String kernel, int steps, double millis, long multiplyAdds, double limitMillis) {
    private Group and(Group other) {
      return new Group(
          kernel,
          steps + other.steps,
          millis + other.millis,
          multiplyAdds + other.multiplyAdds,
          limitMillis + other.limitMillis);
    }
  }

  /** Sum of the steps' medians. */
  public double stepMillis() {
    return steps.stream().mapToDouble(StepTimes.StepTime::millis).sum();
  }

  /** The kernel that served a node; empty if none did. */
  public String kernel(String node) {
    return steps.stream()
        .map(StepTimes.StepTime::info)
        .filter(info -> info.node().equals(node))
        .map(StepInfo::kernel)
        .findFirst()
        .orElse("");
  }

  /** Bytes of weights that a run reads. */
  public long weightBytes() {
    return steps.stream().mapToLong(step -> step.info().weightBytes()).sum();
  }

  /** Sum of the least times that the steps can take. */
  public double limitMillis(Roofline roofline, int batch) {
    return steps.stream().mapToDouble(step -> roofline.millis(step.info(), batch)).sum();
  }

  /** By kernel, in the order of their first steps. */
  public List<Group> groups(Roofline roofline, int batch) {
    Map<String, Group> groups = new LinkedHashMap<>();
    for (StepTimes.StepTime step : steps) {
      Group one =
          new Group(
              step.info().kernel(),
              1,
              step.millis(),
              step.info().multiplyAdds(),
              roofline.millis(step.info(), batch));
      groups.merge(one.kernel(), one, Group::and);
    }
    return List.copyOf(groups.values());
  }

  /**
   * Warms up, then runs the problem with a probe as long as the protocol says.
   *
   * @throws WrongAnswerException if the answer is not finite
   */
  public static Profile take(Backend backend, Problem problem, Protocol protocol)
      throws WrongAnswerException {
    try (Plan plan = backend.compile(problem.graph());
        ProbedRun run = new ProbedRun(plan, problem)) {
      Rounds rounds = new Rounds(protocol, Clock.SYSTEM, () -> {});
      rounds.warmUp(run);
      Answers.checkFinite(problem.describe(), backend.name(), run.answer());
      run.times = new StepTimes(plan.steps());
      double millis = rounds.measureAlone(run).medianMillis();
      return new Profile(millis, run.times.medians(), plan.notes());
    }
  }

  private static final class ProbedRun implements Engine {
    private final Session session;
    private final int batch;
    private final MemorySegment input;
    private final MemorySegment output;
    private StepTimes times;

    ProbedRun(Plan plan, Problem problem) {
      session = plan.newSession(problem.batch());
      batch = problem.batch();
      input = MemorySegment.ofArray(problem.input());
      output = MemorySegment.ofArray(new float[(int) (batch * plan.outputShape().size())]);
      times = new StepTimes(plan.steps());
    }

    @Override
    public String name() {
      return "profile";
    }

    @Override
    public void run() {
      session.run(batch, input, output, times);
    }

    @Override
    public float[] answer() {
      return output.toArray(ValueLayout.JAVA_FLOAT);
    }

    @Override
    public void close() {
      session.close();
    }
  }
}
