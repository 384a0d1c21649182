package org.resnet4j.core.backend;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.stack.StackReserve;
import org.resnet4j.core.tensor.SampleTable;

/**
 * The calling protocol that every {@link Session} keeps: one thread at a time, argument checks, an
 * end before the result for runs that are cancelled, and a close that waits for the run in flight
 * without blocking the closer.
 */
public final class SessionGuard {
  private enum State {
    IDLE,
    RUNNING,
    CLOSING,
    CLOSED
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
  private final Runnable release;

  // Of the run in flight.
  private @Nullable Thread caller;
  private Deadline deadline = Deadline.NONE;

  // Guarded by the state.
  private boolean released;

  /**
   * For one session.
   *
   * @param release frees the session's memory; called once, by {@link #close} or by the run it had
   *     to wait for, and again by the next close if it throws
   */
  public SessionGuard(Runnable release) {
    this.release = release;
  }

  /**
   * Enters a run; {@link #exit} must follow.
   *
   * @param deadline of the run
   * @throws ConcurrentUseException if a run is in flight
   * @throws IllegalStateException if the session is closed
   */
  public void enter(Deadline deadline) {
    Objects.requireNonNull(deadline, "deadline");
    StackReserve.require();
    switch (state.compareAndExchange(State.IDLE, State.RUNNING)) {
      case IDLE -> {
        this.caller = Thread.currentThread();
        this.deadline = deadline;
      }
      case RUNNING -> throw new ConcurrentUseException();
      case CLOSING, CLOSED -> throw new IllegalStateException("this session is closed");
    }
  }

  /**
   * Called before each step of the run, on any thread that works for it.
   *
   * @throws RunCancelledException if the run's caller is interrupted or its deadline has passed
   */
  public void checkpoint() {
    Thread waiting = caller;
    if (waiting != null) {
      deadline.check(waiting);
    }
  }

  /** Leaves the run. */
  public void exit() {
    caller = null;
    deadline = Deadline.NONE;
    if (!state.compareAndSet(State.RUNNING, State.IDLE)) {
      state.set(State.CLOSED);
      free();
    }
  }

  /**
   * Closes the session, at the latest when the run in flight leaves. Idempotent, and to be repeated
   * where it throws.
   *
   * @throws StackOverflowError if there is no room for releasing; nothing has happened then
   */
  public void close() {
    StackReserve.require();
    while (!state.compareAndSet(State.RUNNING, State.CLOSING)) {
      State before = state.compareAndExchange(State.IDLE, State.CLOSED);
      if (before == State.IDLE || before == State.CLOSED) {
        free();
      }
      if (before != State.RUNNING) {
        return;
      }
    }
  }

  /** Once; again if it threw, as at the end of a stack. */
  private void free() {
    synchronized (state) {
      if (!released) {
        release.run();
        released = true;
      }
    }
  }

  /**
   * Checks a run's arguments.
   *
   * @throws IllegalArgumentException as {@link Session#run} documents
   */
  public static void check(
      Plan plan, int maxBatch, int batch, MemorySegment input, MemorySegment output) {
    checkSizes(
        plan, maxBatch, batch, input.byteSize() / Float.BYTES, output.byteSize() / Float.BYTES);
    checkOutput(
        input, Float.BYTES * plan.inputShape().size() * batch, output, outputBytes(plan, batch));
  }

  /**
   * Checks a run's arguments.
   *
   * @throws IllegalArgumentException as {@link Session#run} documents
   */
  @SuppressWarnings("ReferenceEquality") // the same array, whatever it holds
  public static void check(Plan plan, int maxBatch, int batch, float[] input, float[] output) {
    checkSizes(plan, maxBatch, batch, input.length, output.length);
    if (input == output) {
      throw overlap();
    }
  }

  /**
   * Checks a run's arguments.
   *
   * @throws IllegalArgumentException as {@link Session#runSamples} documents
   */
  public static void checkSamples(
      Plan plan,
      int maxBatch,
      int batch,
      MemorySegment samples,
      SampleTable table,
      MemorySegment output) {
    int channels = plan.inputShape().channels();
    if (table.channels() != channels) {
      throw new IllegalArgumentException(
          "the table is for " + table.channels() + " channels, the images have " + channels);
    }
    checkBatch(maxBatch, batch);
    checkSize("samples", "bytes", batch, plan.inputShape().size(), samples.byteSize());
    checkSize(
        "output", "floats", batch, plan.outputShape().size(), output.byteSize() / Float.BYTES);
    checkOutput(samples, plan.inputShape().size() * batch, output, outputBytes(plan, batch));
  }

  private static long outputBytes(Plan plan, int batch) {
    return Float.BYTES * plan.outputShape().size() * batch;
  }

  /** The slices, which are objects, only of buffers that overlap beyond what is read or written. */
  private static void checkOutput(
      MemorySegment input, long read, MemorySegment output, long written) {
    if (output.isReadOnly()) {
      throw new IllegalArgumentException("the output is read-only");
    }
    if (input.asOverlappingSlice(output).isPresent()
        && input.asSlice(0, read).asOverlappingSlice(output.asSlice(0, written)).isPresent()) {
      throw overlap();
    }
  }

  private static IllegalArgumentException overlap() {
    return new IllegalArgumentException("input and output overlap");
  }

  private static void checkSizes(
      Plan plan, int maxBatch, int batch, long inputFloats, long outputFloats) {
    checkBatch(maxBatch, batch);
    checkSize("input", "floats", batch, plan.inputShape().size(), inputFloats);
    checkSize("output", "floats", batch, plan.outputShape().size(), outputFloats);
  }

  private static void checkBatch(int maxBatch, int batch) {
    if (batch < 1 || batch > maxBatch) {
      throw new IllegalArgumentException(
          "batch must lie between 1 and " + maxBatch + ", got " + batch);
    }
  }

  static void checkOrder(String what, FloatBuffer buffer) {
    if (buffer.order() != ByteOrder.nativeOrder()) {
      throw new IllegalArgumentException(
          "the "
              + what
              + " is "
              + buffer.order()
              + ", expected "
              + ByteOrder.nativeOrder()
              + "; call ByteBuffer.order(ByteOrder.nativeOrder()) before asFloatBuffer()");
    }
  }

  private static void checkSize(
      String what, String unit, int batch, long countPerImage, long count) {
    long needed = Math.multiplyExact(countPerImage, batch);
    if (count < needed) {
      throw new IllegalArgumentException(
          what + " holds " + count + " " + unit + ", " + batch + " images need " + needed);
    }
  }
}
