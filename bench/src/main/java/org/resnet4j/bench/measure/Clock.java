package org.resnet4j.bench.measure;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The time, and a way to let it pass. */
public interface Clock {
  /** The machine's. */
  Clock SYSTEM =
      new Clock() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public void pause(long nanos) {
          long end = System.nanoTime() + nanos;
          for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            if (Thread.currentThread().isInterrupted()) {
              return; // the rounds that follow are valid with a shorter pause too
            }
            LockSupport.parkNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
          }
        }
      };

  /** As {@link System#nanoTime}. */
  long nanos();

  /** Lets at least so much time pass without using a processor. */
  void pause(long nanos);
}
