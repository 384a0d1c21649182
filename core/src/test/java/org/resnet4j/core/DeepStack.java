package org.resnet4j.core;

/** Calls at the end of a thread's stack, where anything may be cut off halfway. */
public final class DeepStack {
  private static final int BYTES = 256 << 10;

  private DeepStack() {}

  /** Calls in every frame on the way back from the end; what overflows is borne. */
  public static void inEveryFrame(Runnable call) throws InterruptedException {
    run(() -> downAndBack(call));
  }

  /** Calls on the way back from the end until a call returns. */
  public static void untilItReturns(Runnable call) throws InterruptedException {
    run(() -> down(call));
  }

  private static void run(Runnable work) throws InterruptedException {
    Thread thread = new Thread(null, work, "deep", BYTES);
    thread.start();
    thread.join();
  }

  private static void downAndBack(Runnable call) {
    try {
      downAndBack(call);
    } catch (StackOverflowError _) {
      // Then this frame tries.
    }
    try {
      call.run();
    } catch (StackOverflowError _) {
      // As long as it harms nobody else.
    }
  }

  private static void down(Runnable call) {
    try {
      down(call);
    } catch (StackOverflowError _) {
      call.run(); // and what that throws is thrown on, to the next frame
    }
  }
}
