package org.resnet4j.bench.run;

import org.resnet4j.bench.option.Subject;

/**
 * A configuration that all engines are timed in, in turns.
 *
 * @param subject the network
 * @param threads of the CPU
 * @param batch images in a run
 */
public record Cell(Subject subject, int threads, int batch) {
  /** {@code "resnet50, batch 8, 2 threads"}. */
  public String describe() {
    return "%s, batch %s, %s %s"
        .formatted(subject.name(), batch, threads, threads == 1 ? "thread" : "threads");
  }
}
