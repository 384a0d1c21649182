package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Callers at the end of their stack: a {@link StackOverflowError} anywhere in {@link
 * WorkerPool#run} ends that job and disturbs no other.
 */
@Timeout(120)
class DeepCallerTest {
  private static final int ITEMS = 16;
  private static final int DIVES = 40;

  /** Some of the dives end before the stack does. */
  private static final int MOST_DIVES = 10 * DIVES;

  private static final long STACK_BYTES = 256 << 10;

  /** How many of the last levels of a stack call the pool. */
  private static final int LEVELS = 120;

  /**
   * Where a dive is given up: compiled since the stack was measured, a level may take so much less
   * of it that thousands follow.
   */
  private static final int TOO_MANY_LEVELS = 5 * LEVELS;

  /** What happens at each level of a dive. */
  private interface Level {
    /** Returns whether to go on. */
    boolean at(int depth);
  }

  /** Goes down until the stack ends, and returns the level at which it did. */
  private static int dive(int depth, Level level) {
    int deepest = depth;
    try {
      if (level.at(depth)) {
        deepest = dive(depth + 1, level);
      }
    } catch (StackOverflowError _) {
      // Here, or one level below.
    }
    return deepest;
  }

  private static <T> T onSmallStack(Callable<T> body) throws Exception {
    FutureTask<T> task = new FutureTask<>(body);
    Thread thread = new Thread(null, task, "deep caller", STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    return task.get();
  }

  /** A pool of which one thread asks too much, and what another thread finds. */
  private static final class Scene implements AutoCloseable {
    private final WorkerPool pool = new WorkerPool(3);
    private final AtomicReference<Throwable> wrong = new AtomicReference<>();
    private volatile long job;
    private volatile int overflows;
    private volatile boolean late;

    private void dive() throws Exception {
      // What the JVM initialises at the end of a stack stays broken.
      pool.run(ITEMS, (_, _) -> pool.run(ITEMS, (_, _) -> {}));
      Thread other = Thread.ofPlatform().daemon().start(this::checkJobs);
      int from = onSmallStack(() -> DeepCallerTest.dive(0, _ -> true)) - LEVELS;
      onSmallStack(() ->
          DeepCallerTest.dive(
              0,
              depth -> {
                deepJob(depth >= from ? ITEMS : 0);
                return depth < from + TOO_MANY_LEVELS;
              }));
      other.interrupt();
      assertThat(other.join(Duration.ofSeconds(30))).isTrue();
    }

    private void deepJob(int items) {
      try {
        pool.run(items, this::item);
        job++;
      } catch (StackOverflowError _) {
        job++;
        overflows++;
      }
    }

    /** A worker that runs an item after its job's end says so. */
    private void item(int item, int worker) {
      long mine = job;
      for (int i = 0; i < 500; i++) {
        Thread.onSpinWait();
      }
      if (worker > 0) {
        late |= job != mine;
      }
    }

    /** A job after each overflow: each of its items runs once, and it throws nothing. */
    private void checkJobs() {
      try {
        int seen = 0;
        for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
          while (overflows == seen && !Thread.currentThread().isInterrupted()) {
            Thread.yield(); // beside others' tests there may be no core to spin on
          }
          seen = overflows;
          int items = 2 + i % ITEMS;
          AtomicIntegerArray ran = new AtomicIntegerArray(items);
          pool.run(items, (item, _) -> ran.incrementAndGet(item));
          for (int item = 0; item < items; item++) {
            assertThat(ran.get(item)).as("item %d of %d", item, items).isEqualTo(1);
          }
        }
      } catch (RuntimeException | Error e) {
        wrong.set(e);
      }
    }

    /** Whether a worker takes part in a job that cannot end without. */
    private boolean workersHelp() {
      CountDownLatch both = new CountDownLatch(2);
      AtomicBoolean helped = new AtomicBoolean(true);
      pool.run(
          2,
          (_, _) -> {
            both.countDown();
            try {
              helped.compareAndSet(true, both.await(10, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
      return helped.get();
    }

    @Override
    public void close() {
      pool.close();
    }
  }

  @Test
  void anOverflowLeavesNothingToTheNextJob() throws Exception {
    int overflows = 0;
    for (int i = 0; i < DIVES || (overflows <= DIVES && i < MOST_DIVES); i++) {
      try (Scene scene = new Scene()) {
        scene.dive();
        assertThat(scene.wrong).hasNullValue();
        assertThat(scene.late).as("an item ran after its job's end").isFalse();
        assertThat(scene.workersHelp()).isTrue();
        overflows += scene.overflows;
      }
    }
    assertThat(overflows).isGreaterThan(DIVES);
  }
}
