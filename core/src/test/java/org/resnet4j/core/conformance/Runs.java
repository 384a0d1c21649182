package org.resnet4j.core.conformance;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Probe;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.graph.Graph;

/** Ways to run a graph. */
final class Runs {
  private Runs() {}

  /** Compiles, runs once and closes. */
  static float[] once(Backend backend, Graph graph, int batch, float[] input) {
    return probed(backend, graph, batch, input, null);
  }

  static float[] probed(
      Backend backend, Graph graph, int batch, float[] input, @Nullable Probe probe) {
    try (Plan plan = backend.compile(graph);
        Session session = plan.newSession(batch)) {
      return run(session, plan, batch, input, probe);
    }
  }

  static float[] run(Session session, Plan plan, int batch, float[] input, @Nullable Probe probe) {
    float[] output = new float[(int) (batch * plan.outputShape().size())];
    session.run(batch, MemorySegment.ofArray(input), MemorySegment.ofArray(output), probe);
    return output;
  }

  /** Slice {@code image} of NCHW data. */
  static float[] image(float[] batch, int image, int count) {
    return Arrays.copyOfRange(batch, image * count, (image + 1) * count);
  }

  /** Starts {@code body} on a thread that does not keep the JVM alive. */
  static <T> FutureTask<T> start(Callable<T> body) {
    FutureTask<T> task = new FutureTask<>(body);
    Thread.ofPlatform().daemon().start(task);
    return task;
  }

  /** Holds a run at its first step until it is opened. */
  static final class Gate implements Probe {
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    @Override
    public void observe(StepInfo step, int image, float[] values) {
      entered.countDown();
      try {
        opened.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted at the gate", e);
      }
    }

    /** Returns when the run is at the gate. */
    void awaitRun() throws InterruptedException {
      entered.await();
    }

    void open() {
      opened.countDown();
    }
  }
}
