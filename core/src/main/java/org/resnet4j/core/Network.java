package org.resnet4j.core;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.Deadline;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.WarmUp;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.tensor.SampleTable;

/**
 * A compiled model with the sessions that its callers share: from samples to outputs. Thread-safe.
 */
final class Network implements AutoCloseable {
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  private final PretrainedModel model;
  private final int maxBatch;
  private final Plan plan;
  private final SessionPool sessions;
  private final SampleTable table;
  private final CallGate gate;

  private final Object serialLock = new Object();

  /** Opened for the first picture stream; guarded by its lock. */
  private @Nullable SessionPool serial;

  private Network(
      String what, PretrainedModel model, int maxBatch, Plan plan, SessionPool sessions) {
    this.gate = new CallGate(what);
    this.model = model;
    this.maxBatch = maxBatch;
    this.plan = plan;
    this.sessions = sessions;
    this.table = model.preprocessing().table();
    // What the JDK links and initialises for the first read fails for good if memory is short then.
    int channels = model.preprocessing().channels();
    table.read(MemorySegment.ofArray(new byte[channels]), 1, 1, new float[channels], 0);
  }

  /**
   * Compiles the model and opens a first session.
   *
   * @param what messages call what it is for
   * @throws IllegalArgumentException if {@code maxBatch} is less than 1, its input exceeds an
   *     array, or the network takes neither RGB nor grey pictures
   */
  static Network open(String what, PretrainedModel model, Backend backend, int maxBatch) {
    model.preprocessing().requirePictures();
    Plan plan = backend.compile(Passes.inference().apply(model.graph()));
    boolean opened = false;
    SessionPool sessions = null;
    try {
      sessions = new SessionPool(plan, maxBatch, PROCESSORS);
      Network network = new Network(what, model.withoutValues(), maxBatch, plan, sessions);
      opened = true;
      return network;
    } finally {
      if (!opened) {
        if (sessions != null) {
          sessions.close();
        }
        plan.close();
      }
    }
  }

  /**
   * Begins a call, which {@link #close} waits for; {@link #leave} must follow.
   *
   * @throws IllegalStateException if this is closed
   */
  void enter() {
    gate.enter();
  }

  /**
   * As {@link #enter}, for those who can do without.
   *
   * @return false if this is closed
   */
  boolean tryEnter() {
    return gate.tryEnter();
  }

  /** Ends a call. */
  void leave() {
    gate.leave();
  }

  /**
   * Says early what a call would say.
   *
   * @throws IllegalStateException if this is closed
   */
  void requireOpen() {
    gate.requireOpen();
  }

  /** Lends a session of the usual ones, which all threads run, inside of a call. */
  <T> T lend(Deadline deadline, Function<SessionPool.Lease, T> work) {
    return sessions.lend(deadline, work);
  }

  /** Lends a session of {@code lent} as a call of its own. */
  <T> T call(SessionPool lent, Function<SessionPool.Lease, T> work) {
    enter();
    try {
      return lent.lend(Deadline.NONE, work);
    } finally {
      leave();
    }
  }

  /** The usual sessions. */
  SessionPool sessions() {
    return sessions;
  }

  /**
   * Sessions that run on their callers' threads alone. Where there is no memory for them beside the
   * others, the usual ones. Inside of a call.
   */
  SessionPool serial(int batch) {
    synchronized (serialLock) {
      if (serial == null) {
        serial = SessionPool.serial(plan, batch);
      }
      return serial == null ? sessions : serial;
    }
  }

  /**
   * Makes room, inside of a call: sessions that nobody uses go.
   *
   * @return whether there was one
   */
  boolean giveUpIdle() {
    return sessions.giveUpIdle();
  }

  /** Runs the samples of a lease. */
  void run(int batch, SessionPool.Lease lease, Deadline deadline) {
    run(batch, lease, lease.samples(), deadline);
  }

  /** Runs samples as a {@link Preparer} gives them. */
  void run(int batch, SessionPool.Lease lease, byte[] samples, Deadline deadline) {
    lease.session().runSamples(batch, samples, table, lease.output(), deadline);
  }

  /** Runs the picture at {@code index} of a batch's samples again, alone. */
  NonFiniteResultException whyNotFinite(
      int picture, byte[] samples, int index, SessionPool.Lease lease) {
    float[] input = new float[inputSize()];
    MemorySegment own = MemorySegment.ofArray(samples).asSlice((long) index * input.length);
    table.read(own, 1, input.length / table.channels(), input, 0);
    return whyNotFinite(picture, input, lease, Deadline.NONE);
  }

  /** Runs a picture again, alone, to see where it left the finite numbers. */
  NonFiniteResultException whyNotFinite(
      int picture, float[] input, SessionPool.Lease lease, Deadline deadline) {
    FiniteCheck.Steps steps = new FiniteCheck.Steps();
    MemorySegment output = MemorySegment.ofArray(lease.output());
    lease.session().run(1, MemorySegment.ofArray(input), output, steps, deadline);
    return new NonFiniteResultException(picture, steps.firstBad());
  }

  /** Runs full batches of black pictures. */
  WarmUp warmUp(Duration limit) {
    Objects.requireNonNull(limit, "limit");
    enter();
    try {
      return lend(Deadline.NONE, lease -> warmUp(lease, limit));
    } finally {
      leave();
    }
  }

  private WarmUp warmUp(SessionPool.Lease lease, Duration limit) {
    Arrays.fill(lease.samples(), (byte) 0);
    return WarmUp.repeat(() -> run(maxBatch, lease, Deadline.NONE), limit);
  }

  Plan plan() {
    return plan;
  }

  /** Without the weights' values. */
  PretrainedModel model() {
    return model;
  }

  int maxBatch() {
    return maxBatch;
  }

  /** Samples of a picture. */
  int inputSize() {
    return model.preprocessing().size();
  }

  /** Outputs of a picture. */
  int outputSize() {
    return model.outputs();
  }

  /** Waits for calls in flight. Idempotent; may be called from any thread. */
  @Override
  public void close() {
    // Each time anew: an earlier close may have been cut short by the end of its thread's stack.
    gate.close();
    try {
      synchronized (serialLock) {
        if (serial != null) {
          serial.close();
        }
      }
    } finally {
      try {
        sessions.close();
      } finally {
        plan.close();
      }
    }
  }
}
