package org.resnet4j.simd.support;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Checks that code allocates nothing once C2 has compiled it; interpreted vectors are objects. */
public final class Allocation {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int CALLS = 200;
  private static final int ROUNDS = 1_000;

  private Allocation() {}

  /** Fails unless a round of calls, after as many as it takes to compile, allocates nothing. */
  public static void assertNone(Runnable body) {
    assertNone(body, ROUNDS);
  }

  /** What a call allocates on the calling thread. */
  public static long bytes(Runnable body) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    body.run();
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  public static void assertNone(Runnable body, int rounds) {
    long bytes = Long.MAX_VALUE;
    for (int round = 0; round < rounds && bytes > 0; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int call = 0; call < CALLS; call++) {
        body.run();
      }
      bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
    }
    if (bytes > 0) {
      throw new AssertionError(bytes + " bytes allocated by " + CALLS + " calls");
    }
  }
}
