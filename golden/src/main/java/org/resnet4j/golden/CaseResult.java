package org.resnet4j.golden;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The comparison of one case.
 *
 * @param name the case
 * @param model the network
 * @param backend what computed
 * @param stages the earlier first; the last are the logits
 * @param top1 whether the best class of each image is the reference's
 * @param top5 whether the set of the five best is
 * @param firstBadLayer the first layer that does not compute what the reference backend computes
 *     from the same values; null if the case passed or there is none
 * @param diagnosis a sentence on {@code firstBadLayer} or its absence; empty if the case passed
 */
public record CaseResult(
    String name,
    String model,
    String backend,
    List<StageResult> stages,
    Agreement top1,
    Agreement top5,
    @Nullable String firstBadLayer,
    String diagnosis) {
  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if it is empty: what was not compared has not passed
   */
  public CaseResult {
    stages = List.copyOf(stages);
    if (stages.isEmpty()) {
      throw new IllegalArgumentException(name + ": nothing was compared");
    }
  }

  /** Whether every stage is within its gate and no image has other best classes. */
  public boolean passed() {
    return stages.stream().allMatch(StageResult::passed)
        && top1 != Agreement.DIFFERS
        && top5 != Agreement.DIFFERS;
  }

  /** The first stage outside its gate. */
  public Optional<StageResult> firstBadStage() {
    return stages.stream().filter(stage -> !stage.passed()).findFirst();
  }

  /** The stage that uses most of its gate, the first of equals. */
  public StageResult worst() {
    return stages.stream().max(Comparator.comparingDouble(StageResult::load)).orElseThrow();
  }

  /** The network's result. */
  public StageResult logits() {
    return stages.getLast();
  }
}
