package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkerPoolTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void runsEachItemOnce(int threads) {
    try (WorkerPool pool = new WorkerPool(threads)) {
      for (int job = 0; job < 5_000; job++) {
        int items = job % 23;
        AtomicIntegerArray ran = new AtomicIntegerArray(32);
        pool.run(
            items,
            (item, worker) -> {
              assertThat(worker).isBetween(0, threads - 1);
              ran.incrementAndGet(item);
            });
        for (int i = 0; i < ran.length(); i++) {
          assertThat(ran.get(i)).isEqualTo(i < items ? 1 : 0);
        }
      }
    }
  }

  /** Jobs that start while late workers still look at the last one. */
  @Test
  void survivesJobsOfOneNanosecond() {
    try (WorkerPool pool = new WorkerPool(4)) {
      AtomicInteger sum = new AtomicInteger();
      for (int job = 0; job < 200_000; job++) {
        pool.run(2, (item, _) -> sum.addAndGet(item + 1));
      }
      assertThat(sum).hasValue(600_000);
    }
  }

  /** As some containers do to every thread of an application that they stop. */
  @Test
  void aWorkerThatIsInterruptedStillCostsNothing() throws Exception {
    ThreadGroup group = new ThreadGroup("application");
    AtomicReference<WorkerPool> made = new AtomicReference<>();
    Thread maker = new Thread(group, () -> made.set(new WorkerPool(2)));
    maker.start();
    maker.join();
    try (WorkerPool pool = made.get()) {
      pool.run(2, (_, _) -> {});
      Thread[] workers = new Thread[8];
      assertThat(group.enumerate(workers)).isEqualTo(1);
      group.interrupt();
      Thread.sleep(50); // it may still spin for a next job
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      long before = threads.getThreadCpuTime(workers[0].threadId());
      Thread.sleep(400);
      long nanos = threads.getThreadCpuTime(workers[0].threadId()) - before;
      assertThat(nanos).isLessThan(100_000_000);
      pool.run(2, (_, _) -> {});
    }
  }

  @Test
  void noTwoItemsShareAWorker() {
    try (WorkerPool pool = new WorkerPool(3)) {
      AtomicIntegerArray busy = new AtomicIntegerArray(3);
      for (int job = 0; job < 2_000; job++) {
        pool.run(
            9,
            (_, worker) -> {
              assertThat(busy.incrementAndGet(worker)).isEqualTo(1);
              Thread.onSpinWait();
              busy.decrementAndGet(worker);
            });
      }
    }
  }

  @Test
  void workersHelp() throws InterruptedException {
    try (WorkerPool pool = new WorkerPool(2)) {
      CountDownLatch both = new CountDownLatch(2);
      pool.run(
          2,
          (_, _) -> {
            both.countDown();
            awaitUninterruptibly(both);
          });
      assertThat(both.getCount()).isZero();
    }
  }

  @Test
  void eachWorkerBeginsWithItsOwnShareAndHelpsThen() {
    try (WorkerPool pool = new WorkerPool(2)) {
      for (int job = 0; job < 100; job++) {
        CountDownLatch both = new CountDownLatch(2);
        AtomicIntegerArray first = new AtomicIntegerArray(new int[] {-1, -1});
        AtomicInteger ran = new AtomicInteger();
        pool.run(
            7,
            (item, worker) -> {
              ran.incrementAndGet();
              if (first.compareAndSet(worker, -1, item)) {
                both.countDown();
                awaitUninterruptibly(both);
              }
            });
        assertThat(first).hasToString("[0, 3]");
        assertThat(ran).hasValue(7);
      }
    }
  }

  @Test
  void aSecondCallerDoesItsItemsAlone() throws InterruptedException {
    try (WorkerPool pool = new WorkerPool(2)) {
      CountDownLatch started = new CountDownLatch(2);
      CountDownLatch release = new CountDownLatch(1);
      Thread first =
          Thread.ofPlatform()
              .start(() ->
                  pool.run(
                      2,
                      (_, _) -> {
                        started.countDown();
                        awaitUninterruptibly(release);
                      }));
      started.await();
      AtomicInteger ran = new AtomicInteger();
      pool.run(5, (_, worker) -> ran.addAndGet(worker == 0 ? 1 : 100));
      assertThat(ran).hasValue(5);
      release.countDown();
      assertThat(first.join(Duration.ofSeconds(30))).isTrue();
    }
  }

  @Test
  void throwsWhatAnItemThrowsAndGoesOn() {
    try (WorkerPool pool = new WorkerPool(3)) {
      for (int job = 0; job < 100; job++) {
        assertThatThrownBy(() ->
                pool.run(
                    10,
                    (item, _) -> {
                      if (item == 7) {
                        throw new IllegalArgumentException("item 7");
                      }
                    }))
            .hasMessage("item 7");
        AtomicInteger ran = new AtomicInteger();
        pool.run(10, (_, _) -> ran.incrementAndGet());
        assertThat(ran).hasValue(10);
      }
    }
  }

  /** Kotlin and others throw checked exceptions from where Java may not. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  @Timeout(60)
  void throwsACheckedExceptionOfAnyWorker(int thrower) {
    try (WorkerPool pool = new WorkerPool(2)) {
      for (int job = 0; job < 3; job++) {
        assertThatThrownBy(() ->
                onBoth(
                    pool,
                    worker -> {
                      if (worker == thrower) {
                        WorkerPoolTest.<RuntimeException>undeclared(new IOException("no disk"));
                      }
                    }))
            .isInstanceOf(IOException.class)
            .hasMessage("no disk");
      }
    }
  }

  /** A job of which each of two workers has an item. */
  private static void onBoth(WorkerPool pool, IntConsumer work) {
    CountDownLatch both = new CountDownLatch(2);
    pool.run(
        2,
        (_, worker) -> {
          both.countDown();
          awaitUninterruptibly(both);
          work.accept(worker);
        });
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void undeclared(Throwable thrown) throws T {
    throw (T) thrown;
  }

  /** Else the caller would take half-done work for a result, and the pool lose a thread. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void throwsAnErrorOfAnyWorkerWhenAllItemsAreDone(int thrower) {
    try (WorkerPool pool = new WorkerPool(2)) {
      for (int job = 0; job < 3; job++) {
        AtomicInteger done = new AtomicInteger();
        assertThatThrownBy(() ->
                onBoth(
                    pool,
                    worker -> {
                      if (worker == thrower) {
                        throw new StackOverflowError("worker " + worker);
                      }
                      done.incrementAndGet();
                    }))
            .isInstanceOf(StackOverflowError.class)
            .hasMessage("worker " + thrower);
        assertThat(done).hasValue(1);
      }
    }
  }

  @Test
  void theCallerWorksAloneWhenClosed() {
    WorkerPool pool = new WorkerPool(2);
    pool.close();
    AtomicInteger ran = new AtomicInteger();
    pool.run(9, (_, _) -> ran.incrementAndGet());
    assertThat(ran).hasValue(9);
    assertThatThrownBy(pool::checkOpen)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
