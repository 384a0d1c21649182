package org.resnet4j.bench.measure;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.core.backend.Probe;
import org.resnet4j.core.backend.StepInfo;

/** Collects each step's times over many runs. Not thread-safe. */
public final class StepTimes implements Probe {
  /**
   * One step.
   *
   * @param info what the plan says of it
   * @param millis median over the runs, for the whole batch
   */
  public record StepTime(StepInfo info, double millis) {}

  private final List<StepInfo> steps;
  private final List<List<Long>> nanos = new ArrayList<>();
  private int next;

  /** For a plan's steps. */
  public StepTimes(List<StepInfo> steps) {
    this.steps = List.copyOf(steps);
    steps.forEach(_ -> nanos.add(new ArrayList<>()));
  }

  @Override
  public boolean wantsValue(StepInfo step, int image) {
    return false;
  }

  @Override
  public void took(StepInfo step, long taken) {
    nanos.get(next).add(taken);
    next = (next + 1) % steps.size();
  }

  @Override
  public void observe(StepInfo step, int image, float[] values) {
    throw new IllegalStateException("values were not asked for");
  }

  /**
   * In the plan's order.
   *
   * @throws IllegalArgumentException if nothing has run
   */
  public List<StepTime> medians() {
    List<StepTime> times = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      double median = Statistics.median(nanos.get(i).stream().mapToLong(Long::longValue).toArray());
      times.add(new StepTime(steps.get(i), median / 1e6));
    }
    return times;
  }
}
