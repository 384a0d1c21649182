package org.resnet4j.bench.run;

import org.resnet4j.bench.measure.Problem;
import org.resnet4j.bench.option.Subject;
import org.resnet4j.core.graph.Graph;

/**
 * A configuration that all engines are timed in, in turns.
 *
 * @param subject the network
 * @param threads of the CPU
 * @param batch images in a run
 */
public record Cell(Subject subject, int threads, int batch) {
  /**
   * What every engine is given.
   *
   * @param network the subject's, fused
   */
  public Problem problem(Graph network) {
    return new Problem(subject.name(), network, batch, threads, Subject.input(batch, network));
  }

  /** {@code "resnet50, batch 8, 2 threads"}. */
  public String describe() {
    return "%s, batch %s, %s %s"
        .formatted(subject.name(), batch, threads, threads == 1 ? "thread" : "threads");
  }
}
