package org.resnet4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.core.backend.Deadline;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.backend.RunCancelledException;
import org.resnet4j.core.tensor.SampleTable;

@Timeout(60)
class SessionPoolTest {
  private static final SampleTable TABLE = SampleTable.of(3, (_, sample) -> sample);

  /** With as much heap as it wants. */
  private static SessionPool pool(FakePlan plan, int maxBatch, int limit) {
    return new SessionPool(plan, maxBatch, limit, () -> false);
  }

  @Test
  void usesASessionAgain() {
    FakePlan plan = new FakePlan(9, () -> {});
    try (SessionPool pool = pool(plan, 2, 4)) {
      SessionPool.Lease first = pool.borrow(Deadline.NONE);
      assertThat(first.samples()).hasSize(2 * 3 * 32 * 32);
      assertThat(first.output()).hasSize(2 * 5);
      pool.giveBack(first);
      for (int i = 0; i < 100; i++) {
        SessionPool.Lease lease = pool.borrow(Deadline.NONE);
        assertThat(lease).isSameAs(first);
        pool.giveBack(lease);
      }
      assertThat(plan.opened).hasValue(1);
    }
    assertThat(plan.closedSessions).hasValue(1);
  }

  @ParameterizedTest
  @CsvSource({"3, 99, 3", "8, 3, 3", "8, 1, 1", "1, 99, 1"})
  void growsToTheLimitOrAsFarAsMemoryGoes(int limit, int inMemory, int expected) throws Exception {
    FakePlan plan = new FakePlan(inMemory, Thread::yield);
    int threads = 8;
    CountDownLatch together = new CountDownLatch(threads);
    try (SessionPool pool = pool(plan, 1, limit);
        ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      var futures =
          IntStream.range(0, threads)
              .<Future<?>>mapToObj(_ ->
                  executor.submit(() -> {
                    together.countDown();
                    together.await();
                    for (int i = 0; i < 500; i++) {
                      SessionPool.Lease lease = pool.borrow(Deadline.NONE);
                      lease.session().runSamples(1, lease.samples(), TABLE, lease.output());
                      pool.giveBack(lease);
                    }
                    return null;
                  }))
              .toList();
      for (Future<?> future : futures) {
        future.get(50, TimeUnit.SECONDS);
      }
      assertThat(plan.mostRunning.get()).isBetween(1, expected);
      assertThat(plan.opened.get()).isBetween(1, expected);
    }
    assertThat(plan.closedSessions.get()).isEqualTo(plan.opened.get());
  }

  @Test
  void lendsAsManyAsTheLimitAllows() {
    FakePlan plan = new FakePlan(9, () -> {});
    SessionPool pool = pool(plan, 1, 3);
    assertThat(IntStream.range(0, 3).mapToObj(_ -> pool.borrow(Deadline.NONE)).distinct())
        .hasSize(3);
    assertThat(plan.opened).hasValue(3);
  }

  @Test
  void aFailedOpenCostsNoPermit() {
    FakePlan plan = new FakePlan(9, () -> {});
    SessionPool pool = pool(plan, 1, 2);
    SessionPool.Lease first = pool.borrow(Deadline.NONE);
    plan.close();
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(() -> pool.borrow(Deadline.NONE))
          .isInstanceOf(IllegalStateException.class);
    }
    pool.giveBack(first);
    assertThat(pool.borrow(Deadline.NONE)).isSameAs(first);
  }

  @Test
  void refusesBatchesThatCannotBe() {
    FakePlan plan = new FakePlan(9, () -> {});
    assertThatThrownBy(() -> pool(plan, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got 0");
    assertThatThrownBy(() -> pool(plan, 1_000_000, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("699050");
    assertThatThrownBy(() -> pool(new FakePlan(0, () -> {}), 1, 1))
        .isInstanceOf(InsufficientMemoryException.class);
  }

  /** Memory that runs out while another session opens is as good as a plan that says so. */
  @Test
  void makesDoWithItsSessionsWhereTheHeapIsFull() {
    FakePlan plan = new FakePlan(9, () -> {});
    try (SessionPool pool = pool(plan, 1, 3)) {
      SessionPool.Lease first = pool.borrow(Deadline.NONE);
      plan.failing = new OutOfMemoryError("test");
      assertThatThrownBy(() -> pool.borrow(Deadline.after(Duration.ZERO)))
          .isInstanceOf(RunCancelledException.class);
      pool.giveBack(first);
      assertThat(pool.borrow(Deadline.NONE)).isSameAs(first);
      pool.giveBack(first);
    }
  }

  /** What one that is being opened holds for a moment is no reason to give the only one up. */
  @ParameterizedTest
  @CsvSource({"true", "false"})
  void aRunThatLacksMemoryWhileAnotherSessionOpensIsDoneAgain(boolean opens) throws Exception {
    FakePlan plan = new FakePlan(9, () -> {});
    CountDownLatch opening = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (SessionPool pool = pool(plan, 1, 2);
        ExecutorService other = Executors.newSingleThreadExecutor()) {
      plan.asked =
          () -> {
            opening.countDown();
            awaitQuietly(goOn);
            if (!opens) {
              throw new InsufficientMemoryException("no memory");
            }
          };
      AtomicInteger runs = new AtomicInteger();
      Function<SessionPool.Lease, Integer> lacking =
          _ -> {
            if (runs.incrementAndGet() == 1) {
              other.submit(() -> pool.lend(Deadline.NONE, _ -> 0));
              awaitQuietly(opening);
              CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS).execute(goOn::countDown);
              throw new InsufficientMemoryException("no memory");
            }
            return 42;
          };
      assertThat(pool.lend(Deadline.NONE, lacking)).isEqualTo(42);
      assertThat(runs).hasValue(2);
    }
    assertThat(plan.closedSessions.get()).isEqualTo(plan.opened.get());
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void namesTheLargestBatchThatFitsWhereTheHeapIsFull() {
    FakePlan plan = new FakePlan(99, () -> {});
    plan.largestBatch = 5;
    assertThatThrownBy(() -> pool(plan, 40, 1))
        .isInstanceOf(InsufficientMemoryException.class)
        .hasMessageContainingAll("a batch of 40", "the largest batch that may fit is 5", "-Xmx");
    assertThat(plan.closedSessions.get()).isEqualTo(plan.opened.get());
  }

  /** Nobody knows what a session was halfway through when an error ended its run. */
  @Test
  void replacesASessionWhoseWorkEndedWithAnError() {
    FakePlan plan = new FakePlan(1, () -> {});
    try (SessionPool pool = pool(plan, 1, 2)) {
      for (int i = 0; i < 5; i++) {
        assertThatThrownBy(() ->
                pool.lend(
                    Deadline.NONE,
                    _ -> {
                      throw new StackOverflowError();
                    }))
            .isInstanceOf(StackOverflowError.class);
        assertThat(plan.closedSessions).hasValue(i + 1);
        plan.opened.decrementAndGet(); // its memory is free
        assertThat(pool.<String>lend(Deadline.NONE, _ -> "fine")).isEqualTo("fine");
      }
    }
  }

  /** Like a session on a device, whose run needs more than its values. */
  @Test
  void worksWithAnotherWhereASessionLacksMemoryInARun() {
    FakePlan plan = new FakePlan(9, () -> {});
    try (SessionPool pool = pool(plan, 1, 3)) {
      SessionPool.Lease first = pool.borrow(Deadline.NONE);
      List<SessionPool.Lease> tried = new ArrayList<>();
      Function<SessionPool.Lease, String> work =
          lease -> {
            tried.add(lease);
            if (lease != first) {
              pool.giveBack(first);
              throw new InsufficientMemoryException("test");
            }
            return "fine";
          };
      assertThat(pool.lend(Deadline.NONE, work)).isEqualTo("fine");
      assertThat(tried).hasSize(2);
      assertThat(plan.closedSessions).hasValue(1);
      assertThat(pool.<String>lend(Deadline.NONE, _ -> "again")).isEqualTo("again");
    }
    assertThat(plan.closedSessions.get()).isEqualTo(plan.opened.get());
  }

  /** It stays, for smaller work. */
  @Test
  void theOnlySessionThatLacksMemoryInARunSaysSo() {
    FakePlan plan = new FakePlan(1, () -> {});
    try (SessionPool pool = pool(plan, 1, 3)) {
      for (int i = 0; i < 5; i++) {
        assertThatThrownBy(() ->
                pool.lend(
                    Deadline.NONE,
                    _ -> {
                      throw new InsufficientMemoryException("test");
                    }))
            .isInstanceOf(InsufficientMemoryException.class);
      }
      assertThat(pool.<String>lend(Deadline.NONE, _ -> "fine")).isEqualTo("fine");
      assertThat(plan.closedSessions).hasValue(0);
    }
  }

  /** Whoever waits for it needs its memory. */
  @Test
  void aSessionIsClosedBeforeAnotherMayBeOpened() throws Exception {
    FakePlan plan = new FakePlan(9, () -> {});
    SessionPool pool = pool(plan, 1, 1);
    SessionPool.Lease lease = pool.borrow(Deadline.NONE);
    plan.closing =
        () ->
            assertThatThrownBy(() -> pool.borrow(Deadline.after(Duration.ofMillis(1))))
                .isInstanceOf(RunCancelledException.class);
    pool.discard(lease);
    plan.closing = () -> {};
    pool.giveBack(pool.borrow(Deadline.NONE));
    assertThat(plan.closedSessions).hasValue(1);
  }

  @Test
  void closesTheOthersWhereOneFails() {
    FakePlan plan = new FakePlan(9, () -> {});
    SessionPool pool = pool(plan, 1, 3);
    IntStream.range(0, 3)
        .mapToObj(_ -> pool.borrow(Deadline.NONE))
        .toList()
        .forEach(pool::giveBack);
    AtomicInteger calls = new AtomicInteger();
    plan.closing =
        () -> {
          if (calls.incrementAndGet() <= 2) {
            throw new IllegalStateException("close " + calls);
          }
        };
    assertThatThrownBy(pool::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("close 1")
        .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(1));
    assertThat(plan.closedSessions).hasValue(1);
    pool.close();
    assertThat(plan.closedSessions).hasValue(3);
  }

  /** Else the next caller would wait for a session that nobody has. */
  @Test
  void saysSoWhereTheOnlySessionCannotBeReplaced() {
    FakePlan plan = new FakePlan(9, () -> {});
    SessionPool pool = pool(plan, 1, 2);
    pool.discard(pool.borrow(Deadline.NONE));
    plan.failing = new OutOfMemoryError("test");
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(() -> pool.borrow(Deadline.NONE))
          .isInstanceOf(InsufficientMemoryException.class);
    }
    plan.failing = null;
    pool.giveBack(pool.borrow(Deadline.NONE));
  }

  @Test
  void whoFindsNoMemoryWaitsForASessionThatAnotherOpens() {
    FakePlan plan = new FakePlan(2, () -> {});
    SessionPool pool = pool(plan, 1, 2);
    pool.discard(pool.borrow(Deadline.NONE));
    plan.opening =
        () -> {
          plan.opening = () -> {};
          assertThatThrownBy(() -> pool.borrow(Deadline.after(Duration.ofMillis(1))))
              .isInstanceOf(RunCancelledException.class);
        };
    SessionPool.Lease lease = pool.borrow(Deadline.NONE);
    assertThat(plan.opened).hasValue(2);
    pool.giveBack(lease);
    pool.giveBack(pool.borrow(Deadline.NONE));
  }

  /** If each counted on the other, nobody could open one any more. */
  @Test
  void theLastOfSeveralThatFindNoMemorySaysSo() throws Exception {
    for (int round = 0; round < 500; round++) {
      FakePlan plan = new FakePlan(1, () -> {});
      SessionPool pool = pool(plan, 1, 2);
      pool.discard(pool.borrow(Deadline.NONE));
      AtomicInteger opening = new AtomicInteger();
      AtomicLong failing = new AtomicLong(Long.MAX_VALUE);
      plan.asked =
          () -> {
            int caller = opening.incrementAndGet();
            if (caller == 2) {
              failing.set(System.nanoTime() + 20_000); // both then, closer than a wake-up is
            }
            while (caller <= 2 && System.nanoTime() < failing.get()) {
              Thread.onSpinWait();
            }
          };
      Thread other =
          Thread.ofPlatform()
              .start(() ->
                  assertThatThrownBy(() -> pool.borrow(Deadline.NONE))
                      .isInstanceOf(InsufficientMemoryException.class));
      assertThatThrownBy(() -> pool.borrow(Deadline.after(Duration.ofSeconds(20))))
          .isInstanceOf(InsufficientMemoryException.class);
      other.join();
      plan.opened.set(0);
      pool.giveBack(pool.borrow(Deadline.after(Duration.ofSeconds(20))));
    }
  }

  @Test
  void aWaitForASessionCanBeCancelled() {
    SessionPool pool = pool(new FakePlan(9, () -> {}), 1, 1);
    SessionPool.Lease lease = pool.borrow(Deadline.NONE);
    assertThatThrownBy(() -> pool.borrow(Deadline.after(Duration.ofMillis(1))))
        .isInstanceOf(RunCancelledException.class)
        .hasMessageContaining("deadline");
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> pool.borrow(Deadline.NONE))
        .isInstanceOf(RunCancelledException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
    pool.giveBack(lease);
    assertThat(pool.borrow(Deadline.NONE)).isSameAs(lease);
  }

  /** What a further session would take from pictures that are being decoded. */
  @Test
  void makesDoWithOneSessionWhereCallsNeedTheHeap() throws Exception {
    FakePlan plan = new FakePlan(9, () -> {});
    try (SessionPool pool = new SessionPool(plan, 1, 4, () -> true)) {
      SessionPool.Lease only = pool.borrow(Deadline.NONE);
      Thread second = Thread.ofPlatform().start(() -> pool.giveBack(pool.borrow(Deadline.NONE)));
      while (plan.closedSessions.get() == 0) {
        Thread.onSpinWait();
      }
      pool.giveBack(only);
      second.join();
      assertThat(pool.borrow(Deadline.NONE)).isSameAs(only);
      pool.giveBack(only);
    }
    assertThat(plan.opened.get()).isBetween(2, 4); // each place is tried once, and given up
    assertThat(plan.closedSessions).hasValue(plan.opened.get());
  }

  @Test
  void opensAnotherForOneThatIsGoneHoweverShortTheHeap() {
    FakePlan plan = new FakePlan(9, () -> {});
    SessionPool pool = new SessionPool(plan, 1, 4, () -> true);
    pool.discard(pool.borrow(Deadline.NONE));
    pool.giveBack(pool.borrow(Deadline.NONE));
    assertThat(plan.opened).hasValue(2);
  }

  @Test
  void givesUpWhatNobodyUsesButOne() {
    FakePlan plan = new FakePlan(9, () -> {});
    SessionPool pool = pool(plan, 1, 3);
    SessionPool.Lease first = pool.borrow(Deadline.NONE);
    SessionPool.Lease second = pool.borrow(Deadline.NONE);
    SessionPool.Lease third = pool.borrow(Deadline.NONE);
    pool.giveBack(second);
    assertThat(pool.giveUpIdle()).isTrue(); // and two are lent
    assertThat(pool.giveUpIdle()).isFalse();
    assertThat(plan.closedSessions).hasValue(1);
    pool.giveBack(first);
    pool.giveBack(third);
    assertThat(pool.giveUpIdle()).isTrue();
    assertThat(pool.giveUpIdle()).isFalse(); // the last stays
    assertThat(plan.closedSessions).hasValue(2);
    SessionPool.Lease last = pool.borrow(Deadline.NONE);
    assertThatThrownBy(() -> pool.borrow(Deadline.after(Duration.ofMillis(1))))
        .isInstanceOf(RunCancelledException.class);
    pool.giveBack(last);
  }
}
