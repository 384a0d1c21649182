package org.resnet4j.core.stack;

import org.jspecify.annotations.Nullable;

/**
 * Runs calls that may be the first to use a class. A class whose initialisation is cut off by the
 * end of a stack, or a lambda whose linking is, is lost to the process: every later use fails. So
 * where little of the calling thread's stack is left, a call has another thread's.
 */
public final class AmpleStack {
  private static final int BYTES = 1 << 20;

  private AmpleStack() {}

  /**
   * What is to run: no code of the caller's, which may expect the calling thread; and an object of
   * a class with a name, as a lambda would have to be linked first.
   *
   * @param <T> the result's type
   * @param <E> what it throws
   */
  public interface Call<T, E extends Exception> {
    /** Computes the result. */
    T run() throws E;
  }

  /**
   * Returns the call's result, or throws what it throws. An interrupt meanwhile reaches the call,
   * and stays with the calling thread.
   *
   * @throws StackOverflowError if there is no room to start a thread either
   */
  public static <T, E extends Exception> T run(Call<T, E> call) throws E {
    if (StackReserve.isAmple()) {
      return call.run();
    }
    StackReserve.require();
    Elsewhere<T, E> elsewhere = new Elsewhere<>(call);
    elsewhere.start();
    elsewhere.await();
    return elsewhere.outcome();
  }

  private static final class Elsewhere<T, E extends Exception> extends Thread {
    private final Call<T, E> call;
    private @Nullable T result;
    private @Nullable Throwable failure;

    Elsewhere(Call<T, E> call) {
      super(null, null, "resnet4j-stack", BYTES);
      this.call = call;
      setDaemon(true);
    }

    @Override
    public void run() {
      try {
        result = call.run();
      } catch (Throwable e) {
        failure = e;
      }
    }

    void await() {
      boolean interrupted = false;
      while (isAlive()) {
        try {
          join();
        } catch (InterruptedException _) {
          interrupted = true;
          interrupt();
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // a call throws no other, and has one of both
    T outcome() throws E {
      if (failure instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure != null) {
        throw (E) failure;
      }
      return result;
    }
  }
}
