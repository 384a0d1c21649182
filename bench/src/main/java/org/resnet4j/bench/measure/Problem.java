package org.resnet4j.bench.measure;

import org.resnet4j.core.graph.Graph;

/**
 * What every engine of a comparison is given.
 *
 * @param model the network's name
 * @param graph the fused network with its weights
 * @param batch images in a run, at least 1
 * @param threads CPU threads, the caller's included, at least 1
 * @param input NCHW, {@code batch * C * H * W} values; not written to
 */
public record Problem(String model, Graph graph, int batch, int threads, float[] input) {
  /** Floating point operations of a run, two for each multiply-add of the network's definition. */
  public double operations() {
    return 2.0 * graph.multiplyAdds() * batch;
  }

  /** {@code "resnet50, batch 8, 2 threads"}. */
  public String describe() {
    return "%s, batch %s, %s %s"
        .formatted(model, batch, threads, threads == 1 ? "thread" : "threads");
  }
}
