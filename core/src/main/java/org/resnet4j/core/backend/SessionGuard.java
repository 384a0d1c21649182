package org.resnet4j.core.backend;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The calling protocol that every {@link Session} keeps: one thread at a time, argument checks, and
 * a close that waits for the run in flight without blocking the closer.
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

  /**
   * For one session.
   *
   * @param release frees the session's memory; called once, by {@link #close} or by the run it had
   *     to wait for
   */
  public SessionGuard(Runnable release) {
    this.release = release;
  }

  /**
   * Enters a run; {@link #exit} must follow.
   *
   * @throws ConcurrentUseException if a run is in flight
   * @throws IllegalStateException if the session is closed
   */
  public void enter() {
    switch (state.compareAndExchange(State.IDLE, State.RUNNING)) {
      case IDLE -> {}
      case RUNNING -> throw new ConcurrentUseException();
      case CLOSING, CLOSED -> throw new IllegalStateException("this session is closed");
    }
  }

  /** Leaves the run. */
  public void exit() {
    State before = state.getAndUpdate(now -> now == State.RUNNING ? State.IDLE : State.CLOSED);
    if (before == State.CLOSING) {
      release.run();
    }
  }

  /** Closes the session, at the latest when the run in flight leaves. Idempotent. */
  public void close() {
    State before =
        state.getAndUpdate(now ->
            switch (now) {
              case IDLE, CLOSED -> State.CLOSED;
              case RUNNING, CLOSING -> State.CLOSING;
            });
    if (before == State.IDLE) {
      release.run();
    }
  }

  /**
   * Checks a run's arguments.
   *
   * @throws IllegalArgumentException as {@link Session#run} documents
   */
  public static void check(
      Plan plan, int maxBatch, int batch, MemorySegment input, MemorySegment output) {
    check(plan, maxBatch, batch, input.byteSize() / Float.BYTES, output.byteSize() / Float.BYTES);
    if (output.isReadOnly()) {
      throw new IllegalArgumentException("the output is read-only");
    }
  }

  /**
   * Checks a run's arguments.
   *
   * @param inputFloats how many the input holds
   * @param outputFloats how many the output holds
   * @throws IllegalArgumentException as {@link Session#run} documents
   */
  public static void check(
      Plan plan, int maxBatch, int batch, long inputFloats, long outputFloats) {
    if (batch < 1 || batch > maxBatch) {
      throw new IllegalArgumentException(
          "batch must lie between 1 and " + maxBatch + ", got " + batch);
    }
    checkSize("input", batch, plan.inputShape().size(), inputFloats);
    checkSize("output", batch, plan.outputShape().size(), outputFloats);
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

  private static void checkSize(String what, int batch, long floatsPerImage, long floats) {
    long needed = Math.multiplyExact(floatsPerImage, batch);
    if (floats < needed) {
      throw new IllegalArgumentException(
          what + " holds " + floats + " floats, " + batch + " images need " + needed);
    }
  }
}
