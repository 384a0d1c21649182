package org.resnet4j.core;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.Deadline;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Probe;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.SessionGuard;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.tensor.SampleTable;
import org.resnet4j.core.tensor.Shape;

/** A backend and plan that count sessions and do in a run what the test says. */
final class FakePlan implements Plan, Backend {
  final AtomicInteger opened = new AtomicInteger();
  final AtomicInteger closedSessions = new AtomicInteger();
  final AtomicInteger running = new AtomicInteger();
  final AtomicInteger mostRunning = new AtomicInteger();
  final int sessionsInMemory;
  final Runnable during;
  volatile boolean closed;
  volatile int largestBatch = Integer.MAX_VALUE;

  /** How many serial sessions it says to have. */
  volatile int serialSessions;

  final AtomicInteger openedSerial = new AtomicInteger();
  final AtomicInteger runs = new AtomicInteger();
  final AtomicInteger runsSerial = new AtomicInteger();

  /** What opening a session throws. */
  volatile @Nullable Error failing;

  /** Done first when a session is to be opened. */
  volatile Runnable asked = () -> {};

  /** Done when a session has its memory and is not returned yet. */
  volatile Runnable opening = () -> {};

  /** Done when a session is released. */
  volatile Runnable closing = () -> {};

  private Shape input = new Shape(3, 32, 32);
  private Shape output = new Shape(5, 1, 1);

  FakePlan(int sessionsInMemory, Runnable during) {
    this.sessionsInMemory = sessionsInMemory;
    this.during = during;
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public String device() {
    return "none";
  }

  @Override
  public Plan compile(Graph graph) {
    input = graph.inputShape();
    output = graph.output().shape();
    return this;
  }

  @Override
  public Shape inputShape() {
    return input;
  }

  @Override
  public Shape outputShape() {
    return output;
  }

  @Override
  public List<StepInfo> steps() {
    return List.of();
  }

  @Override
  public int serialSessions() {
    return serialSessions;
  }

  @Override
  public Session newSerialSession(int maxBatch) {
    openedSerial.incrementAndGet();
    return open(maxBatch, runsSerial);
  }

  @Override
  public Session newSession(int maxBatch) {
    return open(maxBatch, new AtomicInteger());
  }

  private Session open(int maxBatch, AtomicInteger runsOfKind) {
    asked.run();
    if (closed) {
      throw new IllegalStateException("this plan is closed");
    }
    if (failing != null) {
      throw failing;
    }
    if (maxBatch > largestBatch) {
      throw new OutOfMemoryError("test");
    }
    if (opened.incrementAndGet() > sessionsInMemory) {
      opened.decrementAndGet();
      throw new InsufficientMemoryException("no memory");
    }
    opening.run();
    return new FakeSession(maxBatch, runsOfKind);
  }

  @Override
  public void close() {
    closed = true;
  }

  private final class FakeSession implements Session {
    private final int maxBatch;
    private final AtomicInteger runsOfKind;
    private final SessionGuard guard = new SessionGuard(this::release);

    FakeSession(int maxBatch, AtomicInteger runsOfKind) {
      this.maxBatch = maxBatch;
      this.runsOfKind = runsOfKind;
    }

    private void release() {
      closing.run();
      closedSessions.incrementAndGet();
    }

    @Override
    public int maxBatch() {
      return maxBatch;
    }

    /** Every logit of an image is the image's first value. */
    @Override
    public void run(
        int batch, MemorySegment in, MemorySegment out, @Nullable Probe probe, Deadline deadline) {
      SessionGuard.check(FakePlan.this, maxBatch, batch, in, out);
      answer(
          batch,
          image -> in.getAtIndex(ValueLayout.JAVA_FLOAT, image * input.size()),
          out,
          deadline);
    }

    /** The same. */
    @Override
    public void runSamples(
        int batch, MemorySegment in, SampleTable table, MemorySegment out, Deadline deadline) {
      SessionGuard.checkSamples(FakePlan.this, maxBatch, batch, in, table, out);
      answer(
          batch,
          image -> table.value(0, in.get(ValueLayout.JAVA_BYTE, image * input.size()) & 0xFF),
          out,
          deadline);
    }

    private void answer(
        int batch, LongToDoubleFunction first, MemorySegment out, Deadline deadline) {
      guard.enter(deadline);
      try {
        mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
        runs.incrementAndGet();
        runsOfKind.incrementAndGet();
        during.run();
        guard.checkpoint();
        long classes = output.size();
        for (int i = 0; i < batch * classes; i++) {
          float value = (float) first.applyAsDouble(i / classes);
          out.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
        }
      } finally {
        running.decrementAndGet();
        guard.exit();
      }
    }

    @Override
    public void close() {
      guard.close();
    }
  }
}
