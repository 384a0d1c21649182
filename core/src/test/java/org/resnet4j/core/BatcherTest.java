package org.resnet4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Deadline;
import org.resnet4j.core.backend.RunCancelledException;
import org.resnet4j.core.conformance.DeepCalls;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.model.SeededModels;

@Timeout(120)
class BatcherTest {
  private static final PretrainedModel TINY = SeededModels.tiny(7);
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int LANES = 3;
  private static final int BATCH = 6;

  private static RgbImage grey(int value) {
    byte[] data = new byte[3 * 32 * 32];
    Arrays.fill(data, (byte) value);
    return new RgbImage(32, 32, data);
  }

  private static FakePlan plan(Runnable during) {
    FakePlan plan = new FakePlan(Integer.MAX_VALUE, during);
    plan.serialSessions = LANES;
    return plan;
  }

  private static Batcher<Integer, Classification> numbers(Classifier classifier, int mostWaiting) {
    return classifier.batcher((number, _) -> grey(number), 1, Duration.ZERO, mostWaiting);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void refusesNothingAtOnce() {
    try (Classifier classifier = Classifier.open(TINY, plan(() -> {}), BATCH);
        Batcher<Integer, Classification> batcher = numbers(classifier, 1)) {
      assertThatThrownBy(() -> batcher.submit(null)).hasMessage("picture");
      assertThatThrownBy(() -> batcher.submit(1, null)).hasMessage("deadline");
      assertThat(batcher.waiting()).isZero();
    }
  }

  /** It may be that memory has run out. */
  @Test
  void closingAllocatesNothing() {
    try (Classifier classifier = Classifier.open(TINY, plan(() -> {}), BATCH)) {
      for (boolean warm : new boolean[] {false, true}) {
        Batcher<Integer, Classification> batcher = numbers(classifier, 1);
        assertThat(batcher.submit(1).join().predictions()).isNotEmpty();
        PictureStream<Integer, Classification> stream =
            classifier.classifyAll(List.of(1), (number, _) -> grey(number), 1);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        batcher.close();
        long between = THREADS.getCurrentThreadAllocatedBytes();
        stream.close();
        long after = THREADS.getCurrentThreadAllocatedBytes();
        if (warm) {
          assertThat(between - before).as("batcher").isZero();
          assertThat(after - between).as("stream").isZero();
        }
      }
    }
  }

  /** Of 64 callers at once. */
  @Test
  void answersAreThoseOfSingleCalls() throws Exception {
    List<RgbImage> pictures = ClassifierTest.pictures(64);
    try (Backend backend = Backends.open("reference", new BackendOptions(2));
        Classifier classifier = Classifier.open(TINY, backend, 4);
        FeatureExtractor extractor = FeatureExtractor.open(TINY, backend, 4);
        Batcher<RgbImage, Classification> batcher = classifier.batcher(3, 64);
        Batcher<RgbImage, float[]> features =
            extractor.batcher(Pictures.READER, Duration.ofMillis(1), 64);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> checks = new ArrayList<>();
      for (RgbImage picture : pictures) {
        checks.add(
            callers.submit(() -> {
              assertThat(batcher.submit(picture).join().predictions())
                  .isEqualTo(classifier.classify(picture, 3).predictions());
              assertThat(features.submit(picture).join()).isEqualTo(extractor.extract(picture));
            }));
      }
      for (Future<?> check : checks) {
        check.get();
      }
    }
  }

  @Test
  void aPictureThatComesAloneIsRunByAllThreads() {
    FakePlan plan = plan(() -> {});
    try (Classifier classifier = Classifier.open(TINY, plan, BATCH);
        Batcher<Integer, Classification> batcher = numbers(classifier, 9)) {
      assertThat(plan.openedSerial).hasValue(LANES);
      int before = plan.runsSerial.get();
      for (int i = 0; i < 5; i++) {
        while (batcher.idle() < LANES) {
          Thread.onSpinWait();
        }
        batcher.submit(i).join();
      }
      assertThat(plan.runsSerial.get()).isEqualTo(before);
    }
  }

  @Test
  void picturesThatWaitAreRunTogether() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch running = new CountDownLatch(LANES);
    FakePlan plan =
        plan(() -> {
          running.countDown();
          await(goOn);
        });
    try (Classifier classifier = Classifier.open(TINY, plan, BATCH);
        Batcher<Integer, Classification> batcher = numbers(classifier, 99)) {
      List<CompletableFuture<Classification>> answers = new ArrayList<>();
      for (int i = 0; running.getCount() > 0; i++) {
        answers.add(batcher.submit(i));
        Thread.sleep(5);
      }
      int first = plan.runs.get();
      for (int i = 0; i < 60; i++) {
        answers.add(batcher.submit(i));
      }
      int waiting = batcher.waiting();
      assertThat(waiting).isGreaterThanOrEqualTo(60);
      goOn.countDown();
      answers.forEach(CompletableFuture::join);
      assertThat(plan.runs.get() - first).isBetween(waiting / 2, waiting / 2 + LANES);
    }
  }

  /** The first picture waits for a second one. */
  @Test
  void aBatchMayWaitForMore() {
    FakePlan plan = plan(() -> {});
    plan.serialSessions = 1;
    try (Classifier classifier = Classifier.open(TINY, plan, 2);
        Batcher<Integer, Classification> batcher =
            classifier.batcher((number, _) -> grey(number), 1, Duration.ofDays(9), 9)) {
      CompletableFuture<Classification> first = batcher.submit(1);
      assertThatThrownBy(() -> first.get(50, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      batcher.submit(2).join();
      first.join();
      assertThat(plan.runs).hasValue(1);
    }
  }

  @Test
  void aFullQueueRefusesAndDropsWhoHasGone() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch running = new CountDownLatch(1);
    FakePlan plan =
        plan(() -> {
          running.countDown();
          await(goOn);
        });
    plan.serialSessions = 1;
    List<Integer> read = new ArrayList<>();
    try (Classifier classifier = Classifier.open(TINY, plan, 1);
        Batcher<Integer, Classification> batcher =
            classifier.batcher(
                (number, _) -> {
                  read.add(number);
                  return grey(number);
                },
                1,
                Duration.ZERO,
                2)) {
      CompletableFuture<Classification> first = batcher.submit(1);
      running.await();
      CompletableFuture<Classification> second = batcher.submit(2);
      CompletableFuture<Classification> late = batcher.submit(3, Deadline.after(Duration.ZERO));
      assertThat(batcher.waiting()).isEqualTo(2);
      CompletableFuture<Classification> fourth = batcher.submit(4); // in the place of the third
      assertThatThrownBy(late::get)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(RunCancelledException.class);
      assertThatThrownBy(() -> batcher.submit(5))
          .isInstanceOf(RejectedExecutionException.class)
          .hasMessage("2 pictures are waiting, and no more may; come again later");
      assertThat(second.cancel(true)).isTrue();
      CompletableFuture<Classification> sixth = batcher.submit(6);
      goOn.countDown();
      first.join();
      fourth.join();
      sixth.join();
      assertThat(read).containsExactly(1, 4, 6);
    }
  }

  /** Its own picture fails, also where it is asked on another's behalf. */
  @Test
  void aClockThatThrowsHarmsNobodyElse() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch running = new CountDownLatch(1);
    FakePlan plan =
        plan(() -> {
          running.countDown();
          await(goOn);
        });
    plan.serialSessions = 1;
    try (Classifier classifier = Classifier.open(TINY, plan, 1);
        Batcher<Integer, Classification> batcher =
            classifier.batcher((number, _) -> grey(number), 1, Duration.ZERO, 2)) {
      CompletableFuture<Classification> first = batcher.submit(1);
      running.await();
      CompletableFuture<Classification> second = batcher.submit(2, brokenAfterStart());
      CompletableFuture<Classification> third = batcher.submit(3);
      CompletableFuture<Classification> fourth = batcher.submit(4); // in the place of the second
      goOn.countDown();
      first.join();
      assertThatThrownBy(second::get).hasRootCauseMessage("the clock is broken");
      third.join();
      fourth.join();
      assertThatThrownBy(batcher.submit(5, brokenAfterStart())::get)
          .hasRootCauseMessage("the clock is broken");
      batcher.submit(6).join();
    }
  }

  /** The queue is full, and nobody may lose a place because of it. */
  @Test
  void theEndOfACallersStackTakesNobodysPlace() throws Exception {
    for (Deadline deadline : List.of(Deadline.NONE, Deadline.after(Duration.ofHours(1)))) {
      CountDownLatch goOn = new CountDownLatch(1);
      CountDownLatch running = new CountDownLatch(1);
      FakePlan plan =
          plan(() -> {
            running.countDown();
            await(goOn);
          });
      plan.serialSessions = 1;
      List<CompletableFuture<Classification>> answers = new ArrayList<>();
      try (Classifier classifier = Classifier.open(TINY, plan, 1);
          Batcher<Integer, Classification> batcher =
              classifier.batcher((number, _) -> grey(number), 1, Duration.ZERO, 6)) {
        answers.add(batcher.submit(0));
        running.await();
        for (int i = 1; i <= 6; i++) {
          answers.add(batcher.submit(i, deadline));
        }
        DeepCalls.inEveryFrame(() -> {
          try {
            batcher.submit(7);
          } catch (RejectedExecutionException _) {
            // It is full.
          }
        });
        goOn.countDown();
      }
      assertThat(answers).allMatch(answer -> answer.isDone() && !answer.isCompletedExceptionally());
    }
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a join heeds no interrupt
  void aCloseAtTheEndOfAStackMayBeRepeated() throws Exception {
    for (int round = 0; round < 6; round++) {
      try (Classifier classifier = Classifier.open(TINY, plan(() -> {}), BATCH)) {
        Batcher<Integer, Classification> batcher = numbers(classifier, 9);
        DeepCalls.fromTheEnd(round, batcher::close);
        batcher.close();
        PictureStream<Integer, Classification> stream =
            classifier.classifyAll(List.of(1, 2, 3), (number, _) -> grey(number), 1);
        DeepCalls.fromTheEnd(round, stream::close);
        stream.close();
      }
    }
  }

  /** What its own clock does while others are asked is no reason to lose it. */
  @Test
  void aClockMaySubmit() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch running = new CountDownLatch(1);
    FakePlan plan =
        plan(() -> {
          running.countDown();
          await(goOn);
        });
    plan.serialSessions = 1;
    List<CompletableFuture<Classification>> answers = new ArrayList<>();
    try (Classifier classifier = Classifier.open(TINY, plan, 1);
        Batcher<Integer, Classification> batcher =
            classifier.batcher((number, _) -> grey(number), 1, Duration.ZERO, 4)) {
      answers.add(batcher.submit(0));
      running.await();
      for (int i = 1; i <= 3; i++) {
        batcher.submit(i).cancel(true);
      }
      AtomicInteger asked = new AtomicInteger();
      Deadline submits =
          Deadline.after(
              Duration.ofHours(1),
              () -> {
                if (asked.incrementAndGet() == 2) {
                  try {
                    answers.add(batcher.submit(5));
                  } catch (RejectedExecutionException _) {
                    // It is full while it is searched.
                  }
                }
                return 0;
              });
      answers.add(batcher.submit(4, submits));
      answers.add(batcher.submit(6));
      goOn.countDown();
      answers.forEach(answer -> answer.orTimeout(20, TimeUnit.SECONDS).join());
      assertThat(batcher.waiting()).isZero();
      assertThat(asked.get()).isGreaterThan(1);
    }
  }

  private static Deadline brokenAfterStart() {
    AtomicInteger asked = new AtomicInteger();
    return Deadline.after(
        Duration.ofSeconds(9),
        () -> {
          if (asked.incrementAndGet() > 1) {
            throw new IllegalStateException("the clock is broken");
          }
          return 0;
        });
  }

  @Test
  void whatIsNoPictureFailsAlone() {
    try (Classifier classifier = Classifier.open(TINY, plan(() -> {}), BATCH);
        Batcher<Integer, Classification> batcher =
            classifier.batcher(
                (number, _) -> {
                  if (number == 3) {
                    throw new StackOverflowError("test");
                  }
                  return grey(10 / (number - 7));
                },
                1,
                Duration.ZERO,
                99)) {
      List<CompletableFuture<Classification>> answers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        answers.add(batcher.submit(i));
      }
      for (int i = 0; i < 40; i++) {
        CompletableFuture<Classification> answer = answers.get(i);
        if (i == 3) {
          assertThatThrownBy(answer::get).hasCauseInstanceOf(StackOverflowError.class);
        } else if (i == 7) {
          assertThatThrownBy(answer::get).hasCauseInstanceOf(ArithmeticException.class);
        } else {
          answer.join();
        }
      }
    }
  }

  /** Which may be over with the next batch. */
  @Test
  void anErrorOfTheEngineIsThatBatchsAlone() {
    AtomicInteger runs = new AtomicInteger();
    FakePlan plan =
        plan(() -> {
          if (runs.incrementAndGet() == 2) {
            throw new StackOverflowError("test");
          }
        });
    try (Classifier classifier = Classifier.open(TINY, plan, BATCH);
        Batcher<Integer, Classification> batcher = numbers(classifier, 9)) {
      batcher.submit(1).join();
      assertThatThrownBy(batcher.submit(2)::get).hasCauseInstanceOf(StackOverflowError.class);
      batcher.submit(3).join();
    }
  }

  /** Readers, and what depends on an answer, run on the batcher's threads. */
  @Test
  void anInterruptThatIsLeftBehindIsNobodysAffair() throws Exception {
    PictureReader<Integer> reader =
        (number, _) -> {
          if (number % 10 == 3) {
            Thread.currentThread().interrupt();
          } else if (number % 10 == 5) {
            throw sneaky(new InterruptedException("test"));
          }
          return grey(number);
        };
    try (Backend backend = Backends.open("reference", new BackendOptions(2));
        Classifier classifier = Classifier.open(TINY, backend, 4);
        Batcher<Integer, Classification> batcher =
            classifier.batcher(reader, 1, Duration.ofMillis(1), 99)) {
      List<CompletableFuture<Classification>> answers = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        CompletableFuture<Classification> answer = batcher.submit(i);
        if (i % 10 == 7) {
          answer.thenRun(BatcherTest::interruptIfOurs);
        }
        answers.add(answer);
      }
      for (int i = 0; i < 60; i++) {
        if (i % 10 == 5) {
          assertThatThrownBy(answers.get(i)::get).hasRootCauseMessage("test");
        } else {
          answers.get(i).join();
        }
      }
      for (Thread thread : threads()) {
        thread.interrupt();
      }
      batcher.submit(1).join();
    }
  }

  /** Of a picture whose time is over, which a thread finds when it looks for more of a batch. */
  @Test
  void anInterruptOfWhoeverWasLateIsNobodysAffair() throws Exception {
    try (Backend backend = Backends.open("reference", new BackendOptions(1));
        Classifier classifier = Classifier.open(TINY, backend, 4)) {
      for (int i = 0; i < 20; i++) {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        PictureReader<Integer> reader =
            (number, _) -> {
              reading.countDown();
              await(goOn);
              return grey(number);
            };
        try (Batcher<Integer, Classification> batcher =
            classifier.batcher(reader, 1, Duration.ZERO, 9)) {
          CompletableFuture<Classification> first = batcher.submit(1);
          reading.await();
          batcher
              .submit(2, Deadline.after(Duration.ZERO))
              .whenComplete((_, _) -> interruptIfOurs());
          goOn.countDown();
          first.get();
        }
      }
    }
  }

  /** What depends on an answer that is there already runs on the test's own thread. */
  private static void interruptIfOurs() {
    if (threads().contains(Thread.currentThread())) {
      Thread.currentThread().interrupt();
    }
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> E sneaky(Throwable thrown) throws E {
    throw (E) thrown;
  }

  /** On a thread that has answers to give. */
  @Test
  void whatDependsOnAnAnswerMayCloseIt() throws Exception {
    CountDownLatch all = new CountDownLatch(1);
    try (Classifier classifier = Classifier.open(TINY, plan(() -> await(all)), BATCH)) {
      Batcher<Integer, Classification> batcher = numbers(classifier, 99);
      List<CompletableFuture<?>> answers = new ArrayList<>();
      answers.add(batcher.submit(0).thenRun(batcher::close));
      for (int i = 1; i < 50; i++) {
        answers.add(batcher.submit(i));
      }
      all.countDown();
      for (CompletableFuture<?> answer : answers) {
        answer.get();
      }
      batcher.close();
      assertThat(threads()).isEmpty();
    }
  }

  @Test
  void closeFinishesWhatItHasTakenIn() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    List<CompletableFuture<Classification>> answers = new ArrayList<>();
    try (Classifier classifier = Classifier.open(TINY, plan(() -> await(goOn)), BATCH)) {
      Batcher<Integer, Classification> batcher = numbers(classifier, 99);
      for (int i = 0; i < 50; i++) {
        answers.add(batcher.submit(i));
      }
      CompletableFuture<Void> closing = CompletableFuture.runAsync(batcher::close);
      Thread.sleep(20);
      assertThat(closing).isNotDone();
      goOn.countDown();
      closing.get();
      assertThat(answers).allMatch(answer -> answer.isDone() && !answer.isCompletedExceptionally());
      assertThatThrownBy(() -> batcher.submit(1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("this batcher is closed");
      batcher.close();
      assertThat(threads()).isEmpty();
    }
  }

  /** Nobody is left waiting. */
  @Test
  void aClosedClassifierFailsWhoWaits() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    Classifier classifier = Classifier.open(TINY, plan(() -> await(goOn)), BATCH);
    Batcher<Integer, Classification> batcher = numbers(classifier, 999);
    List<CompletableFuture<Classification>> answers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      answers.add(batcher.submit(i));
    }
    CompletableFuture<Void> closing = CompletableFuture.runAsync(classifier::close);
    Thread.sleep(20);
    goOn.countDown();
    closing.get();
    int failed = 0;
    for (CompletableFuture<Classification> answer : answers) {
      try {
        answer.get();
      } catch (ExecutionException e) {
        assertThat(e.getCause()).hasMessage("this classifier is closed");
        failed++;
      }
    }
    assertThat(failed).isGreaterThan(100);
    assertThatThrownBy(() -> batcher.submit(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("this classifier is closed");
    batcher.close();
  }

  @Test
  void oneThatNobodyReachesEnds() throws Exception {
    try (Classifier classifier = Classifier.open(TINY, plan(() -> {}), BATCH)) {
      numbers(classifier, 9).submit(1).join();
      while (!threads().isEmpty()) {
        System.gc();
        Thread.sleep(20);
      }
    }
  }

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("resnet4j-batcher-"))
        .toList();
  }

  @Test
  void refusesWhatCannotBe() {
    try (Classifier classifier = Classifier.open(TINY, plan(() -> {}), BATCH)) {
      assertThatThrownBy(() -> classifier.batcher(1, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("mostWaiting must be at least 1, got 0");
      assertThatThrownBy(() -> classifier.batcher(0, 1))
          .isInstanceOf(IllegalArgumentException.class);
      for (long seconds : new long[] {-1, Long.MIN_VALUE}) {
        assertThatThrownBy(
                () -> classifier.batcher((_, _) -> grey(1), 1, Duration.ofSeconds(seconds), 1))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith("longestWait must not be negative");
      }
      try (Batcher<RgbImage, Classification> batcher = classifier.batcher(1, 1)) {
        assertThatThrownBy(() -> batcher.submit(null)).isInstanceOf(NullPointerException.class);
      }
    }
  }

  /** With many threads, there would hardly be a moment when nobody decodes. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whoWaitsToDecodeAloneGoesBeforeThoseWhoComeLater() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch thrown = new CountDownLatch(1);
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    PictureReader<Integer> reader =
        (number, _) -> {
          if (number == 1) {
            inside.countDown();
            await(goOn);
          } else if (number == 2 && thrown.getCount() > 0) {
            thrown.countDown();
            throw new OutOfMemoryError("for a test");
          } else {
            order.add(number);
          }
          return grey(number);
        };
    try (Classifier classifier = Classifier.open(TINY, plan(() -> {}), 1);
        Batcher<Integer, Classification> batcher =
            classifier.batcher(reader, 1, Duration.ZERO, 9)) {
      CompletableFuture<Classification> first = batcher.submit(1);
      inside.await();
      CompletableFuture<Classification> second = batcher.submit(2);
      thrown.await();
      Thread.sleep(100); // until it waits
      CompletableFuture<Classification> third = batcher.submit(3);
      Thread.sleep(100);
      List<Integer> before = List.copyOf(order);
      goOn.countDown();
      assertThat(before).isEmpty();
      CompletableFuture.allOf(first, second, third).join();
      assertThat(order).containsExactly(2, 3);
    }
  }

  /** A reader may classify, also while another thread waits for it to leave. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aReaderThatClassifiesDoesNotWaitForGood() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch thrown = new CountDownLatch(1);
    try (Classifier classifier = Classifier.open(TINY, plan(() -> {}), 1)) {
      PictureReader<Integer> reader =
          (number, _) -> {
            if (number == 1) {
              inside.countDown();
              await(thrown);
              pause();
              classifier.classify(grey(0), 1);
            } else if (thrown.getCount() > 0) {
              thrown.countDown();
              throw new OutOfMemoryError("for a test");
            } else {
              classifier.classify(grey(0), 1); // alone
            }
            return grey(number);
          };
      try (Batcher<Integer, Classification> batcher =
          classifier.batcher(reader, 1, Duration.ZERO, 9)) {
        CompletableFuture<Classification> first = batcher.submit(1);
        inside.await();
        CompletableFuture<Classification> second = batcher.submit(2);
        first.get(30, TimeUnit.SECONDS);
        second.get(30, TimeUnit.SECONDS);
      }
    }
  }

  /** Reads that last longer than anybody's patience was, on threads that begin at other times. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whoWaitsToDecodeAloneIsNotStarvedByLongReads() throws Exception {
    AtomicBoolean thrown = new AtomicBoolean();
    CountDownLatch over = new CountDownLatch(1);
    PictureReader<Integer> reader =
        (number, _) -> {
          if (number == 0) {
            if (thrown.compareAndSet(false, true)) {
              throw new OutOfMemoryError("for a test");
            }
          } else {
            try {
              boolean _ = over.await(1500 + number * 397 % 1000, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
          return grey(number);
        };
    FakePlan plan = plan(() -> {});
    plan.serialSessions = 6;
    try (Classifier classifier = Classifier.open(TINY, plan, 1);
        Batcher<Integer, Classification> batcher =
            classifier.batcher(reader, 1, Duration.ZERO, 99)) {
      for (int i = 1; i < 6; i++) {
        batcher.submit(i);
        Thread.sleep(300);
      }
      CompletableFuture<Classification> alone = batcher.submit(0);
      for (int i = 6; i < 90; i++) {
        batcher.submit(i);
      }
      try {
        alone.get(9, TimeUnit.SECONDS);
      } finally {
        over.countDown();
      }
    }
  }

  /** A reader may wait for another picture, which may wait to be alone. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aReaderThatWaitsForAnotherPictureDoesNotWaitForGood() throws Exception {
    try (Classifier classifier = Classifier.open(TINY, plan(() -> {}), 1)) {
      AtomicBoolean thrown = new AtomicBoolean();
      try (Batcher<Integer, Classification> inner =
              classifier.batcher(
                  (number, _) -> {
                    if (thrown.compareAndSet(false, true)) {
                      throw new OutOfMemoryError("for a test");
                    }
                    return grey(number);
                  },
                  1,
                  Duration.ZERO,
                  9);
          Batcher<Integer, Classification> outer =
              classifier.batcher(
                  (number, _) -> {
                    inner.submit(number).join();
                    return grey(number);
                  },
                  1,
                  Duration.ZERO,
                  9)) {
        assertThat(outer.submit(1).get(40, TimeUnit.SECONDS).predictions()).isNotEmpty();
      }
    }
  }

  /** Until another thread waits. */
  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
