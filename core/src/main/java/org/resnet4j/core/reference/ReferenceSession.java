package org.resnet4j.core.reference;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.Deadline;
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
  private final SessionGuard guard = new SessionGuard(this::release);

  /** Null once released. */
  private @Nullable Graph graph;

  ReferenceSession(ReferenceBackend backend, ReferencePlan plan, Graph graph, int maxBatch) {
    this.backend = backend;
    this.plan = plan;
    this.graph = graph;
    this.maxBatch = maxBatch;
  }

  /** Where a run's images come from. */
  @FunctionalInterface
  private interface Source {
    /** Writes an image's CHW values. */
    void read(int image, float[] pixels);
  }

  @Override
  public int maxBatch() {
    return maxBatch;
  }

  @Override
  public void run(
      int batch,
      MemorySegment input,
      MemorySegment output,
      @Nullable Probe probe,
      Deadline deadline) {
    SessionGuard.check(plan, maxBatch, batch, input, output);
    guard.enter(deadline);
    try {
      compute(
          batch,
          (image, pixels) ->
              MemorySegment.copy(
                  input,
                  ValueLayout.JAVA_FLOAT_UNALIGNED,
                  (long) image * pixels.length * Float.BYTES,
                  pixels,
                  0,
                  pixels.length),
          output,
          probe);
    } finally {
      guard.exit();
    }
  }

  @Override
  public void runSamples(
      int batch,
      MemorySegment samples,
      SampleTable table,
      MemorySegment output,
      Deadline deadline) {
    SessionGuard.checkSamples(plan, maxBatch, batch, samples, table, output);
    int pixelsOfImage = Math.toIntExact(plan.inputShape().pixels());
    guard.enter(deadline);
    try {
      compute(
          batch,
          (image, pixels) ->
              table.readPixels(samples, (long) image * pixels.length, pixelsOfImage, pixels, 0),
          output,
          null);
    } finally {
      guard.exit();
    }
  }

  private void compute(int batch, Source source, MemorySegment output, @Nullable Probe probe) {
    backend.checkOpen();
    float[][][] values = new float[probe == null ? 0 : batch][][];
    long[] nanos = new long[plan.steps().size()];
    for (int image = 0; image < batch; image++) {
      float[][] ofImage = runImage(source, output, image, nanos);
      if (probe != null) {
        values[image] = wanted(probe, ofImage, image);
      }
    }
    if (probe != null) {
      report(probe, values, nanos);
    }
  }

  private float[][] runImage(Source source, MemorySegment output, int image, long[] nanos) {
    guard.checkpoint();
    long start = System.nanoTime();
    Graph running = Objects.requireNonNull(graph);
    float[][] values = new float[running.nodes().size()][];
    values[0] = new float[(int) running.inputShape().size()];
    source.read(image, values[0]);
    nanos[0] += System.nanoTime() - start;
    for (Node node : running.nodes().subList(1, running.nodes().size())) {
      guard.checkpoint();
      start = System.nanoTime();
      values[node.id()] = ReferenceOps.compute(running, node, values, backend::forEach);
      nanos[node.id()] += System.nanoTime() - start;
    }
    float[] result = values[running.output().id()];
    MemorySegment.copy(
        result,
        0,
        output,
        ValueLayout.JAVA_FLOAT_UNALIGNED,
        (long) image * result.length * Float.BYTES,
        result.length);
    return values;
  }

  /** Null where the probe does not want a step's value. */
  private float[][] wanted(Probe probe, float[][] values, int image) {
    float[][] wanted = new float[values.length][];
    for (int step = 0; step < values.length; step++) {
      if (probe.wantsValue(plan.steps().get(step), image)) {
        wanted[step] = values[step];
      }
    }
    return wanted;
  }

  private void report(Probe probe, float[][][] values, long[] nanos) {
    for (int step = 0; step < nanos.length; step++) {
      probe.took(plan.steps().get(step), nanos[step]);
      for (int image = 0; image < values.length; image++) {
        if (values[image][step] != null) {
          probe.observe(plan.steps().get(step), image, values[image][step]);
        }
      }
    }
  }

  private void release() {
    graph = null;
  }

  @Override
  public void close() {
    guard.close();
  }
}
