package org.resnet4j.core.reference;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.PlanarInput;
import org.resnet4j.core.backend.Probe;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.SessionGuard;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.tensor.SampleTable;

/** Runs a graph image by image, node by node. */
final class ReferenceSession implements Session {
  private final ReferenceBackend backend;
  private final ReferencePlan plan;
  private final int maxBatch;
  private final PlanarInput planar;
  private final SessionGuard guard = new SessionGuard(() -> {});

  ReferenceSession(ReferenceBackend backend, ReferencePlan plan, int maxBatch) {
    this.backend = backend;
    this.plan = plan;
    this.maxBatch = maxBatch;
    this.planar = new PlanarInput(plan.inputShape());
  }

  @Override
  public int maxBatch() {
    return maxBatch;
  }

  @Override
  public void run(int batch, MemorySegment input, MemorySegment output, @Nullable Probe probe) {
    SessionGuard.check(plan, maxBatch, batch, input, output);
    guard.enter();
    try {
      compute(batch, input, output, probe);
    } finally {
      guard.exit();
    }
  }

  @Override
  public void runSamples(
      int batch, MemorySegment samples, SampleTable table, MemorySegment output) {
    SessionGuard.checkSamples(plan, maxBatch, batch, samples, table, output);
    guard.enter();
    try {
      compute(batch, planar.read(batch, samples, table), output, null);
    } finally {
      guard.exit();
    }
  }

  private void compute(
      int batch, MemorySegment input, MemorySegment output, @Nullable Probe probe) {
    backend.checkOpen();
    float[][][] values = new float[batch][][];
    long[] nanos = new long[plan.steps().size()];
    for (int image = 0; image < batch; image++) {
      values[image] = runImage(input, output, image, nanos);
    }
    if (probe != null) {
      report(probe, values, nanos);
    }
  }

  private float[][] runImage(MemorySegment input, MemorySegment output, int image, long[] nanos) {
    long start = System.nanoTime();
    Graph graph = plan.graph();
    float[][] values = new float[graph.nodes().size()][];
    float[] pixels = new float[(int) graph.inputShape().size()];
    MemorySegment.copy(
        input,
        ValueLayout.JAVA_FLOAT_UNALIGNED,
        (long) image * pixels.length * Float.BYTES,
        pixels,
        0,
        pixels.length);
    values[0] = pixels;
    nanos[0] += System.nanoTime() - start;
    for (Node node : graph.nodes().subList(1, graph.nodes().size())) {
      start = System.nanoTime();
      values[node.id()] = ReferenceOps.compute(graph, node, values, backend::forEach);
      nanos[node.id()] += System.nanoTime() - start;
    }
    float[] result = values[graph.output().id()];
    MemorySegment.copy(
        result,
        0,
        output,
        ValueLayout.JAVA_FLOAT_UNALIGNED,
        (long) image * result.length * Float.BYTES,
        result.length);
    return values;
  }

  private void report(Probe probe, float[][][] values, long[] nanos) {
    for (int step = 0; step < nanos.length; step++) {
      probe.took(plan.steps().get(step), nanos[step]);
      for (int image = 0; probe.wantsValues() && image < values.length; image++) {
        probe.observe(plan.steps().get(step), image, values[image][step]);
      }
    }
  }

  @Override
  public void close() {
    guard.close();
  }
}
