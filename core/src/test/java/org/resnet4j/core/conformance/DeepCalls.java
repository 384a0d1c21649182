package org.resnet4j.core.conformance;

import java.util.concurrent.FutureTask;

/** Calls near the end of a thread's stack. */
public final class DeepCalls {
  private static final long STACK_BYTES = 256 << 10;

  /** Of the stack's last levels how many make the call: also those where it just ends well. */
  private static final int LEVELS = 1500;

  private static final int ATTEMPTS = 20;

  private final Runnable call;
  private int from = Integer.MAX_VALUE;
  private int deepest;
  private int overflows;

  private DeepCalls(Runnable call) {
    this.call = call;
  }

  /**
   * Makes a call at each of the last levels of a small stack.
   *
   * @return how many of them ended with a {@link StackOverflowError}; what else they throw is
   *     thrown
   */
  public static int at(Runnable call) throws Exception {
    DeepCalls calls = new DeepCalls(call);
    FutureTask<Integer> task =
        new FutureTask<>(() -> {
          for (int i = 0; i < ATTEMPTS && calls.overflows == 0; i++) {
            calls.from = calls.settledDepth() - LEVELS;
            calls.dive(0);
          }
          return calls.overflows;
        });
    return result(task);
  }

  /**
   * Makes a call at the end of a small stack, and again one level above and so on until it does not
   * overflow any more, as a recursion does that closes what it has opened.
   *
   * @return how many calls ended with a {@link StackOverflowError}
   */
  public static int fromTheEnd(Runnable call) throws Exception {
    return fromTheEnd(0, call);
  }

  /**
   * The same from another place: the levels are larger than the frames of what is called, so that
   * one round ends it at some of them only.
   *
   * @param round shifts the levels by as many frames of another size
   */
  public static int fromTheEnd(int round, Runnable call) throws Exception {
    DeepCalls calls = new DeepCalls(call);
    return result(
        new FutureTask<>(() -> {
          calls.riseBelow(round);
          return calls.overflows;
        }));
  }

  /** Makes a call in every frame on the way back from the end of a small stack. */
  public static void inEveryFrame(Runnable call) throws Exception {
    result(
        new FutureTask<>(() -> {
          downAndBack(call);
          return 0;
        }));
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

  private long riseBelow(int frames) {
    return frames == 0 ? rise(1, 2, 3, 4, 5, 6, 7, 8) : riseBelow(frames - 1) + 1;
  }

  /**
   * The arguments make compiled frames as large as interpreted ones: each level overflows anew, and
   * a small stack would have thousands.
   */
  private long rise(long a, long b, long c, long d, long e, long f, long g, long h) {
    try {
      return rise(b, c, d, e, f, g, h, a) + h;
    } catch (StackOverflowError _) {
      overflows++;
      call.run();
      overflows--;
      return a;
    }
  }

  private static int result(FutureTask<Integer> task) throws Exception {
    Thread thread = new Thread(null, task, "deep caller", STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    return task.get();
  }

  /** How deep a dive goes, twice in a row: frames that have been compiled meanwhile are smaller. */
  private int settledDepth() {
    from = Integer.MAX_VALUE;
    int before;
    do {
      before = deepest;
      dive(0);
    } while (deepest != before);
    return deepest;
  }

  /** The same method measures the stack and calls. */
  private void dive(int depth) {
    deepest = depth;
    try {
      if (depth >= from) {
        call.run();
      }
    } catch (StackOverflowError _) {
      overflows++;
    }
    try {
      dive(depth + 1);
    } catch (StackOverflowError _) {
      // The stack has ended.
    }
  }
}
