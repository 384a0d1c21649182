package org.resnet4j.core.conformance;

import java.util.concurrent.FutureTask;

/** Calls near the end of a thread's stack. */
public final class DeepCalls {
  private static final long STACK_BYTES = 256 << 10;

  /** Of the stack's last levels how many make the call. */
  private static final int LEVELS = 60;

  private DeepCalls() {}

  /**
   * Makes a call at each of the last levels of a small stack.
   *
   * @return how many of them ended with a {@link StackOverflowError}; what else they throw is thrown
   */
  public static int at(Runnable call) throws Exception {
    FutureTask<Integer> task =
        new FutureTask<>(() -> {
          int from = deepest(0) - LEVELS;
          return overflows(0, from, call);
        });
    Thread thread = new Thread(null, task, "deep caller", STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    return task.get();
  }

  private static int deepest(int depth) {
    try {
      return deepest(depth + 1);
    } catch (StackOverflowError _) {
      return depth;
    }
  }

  private static int overflows(int depth, int from, Runnable call) {
    int count = 0;
    try {
      if (depth >= from) {
        call.run();
      }
    } catch (StackOverflowError _) {
      count = 1;
    }
    try {
      count += overflows(depth + 1, from, call);
    } catch (StackOverflowError _) {
      // The stack has ended.
    }
    return count;
  }
}
