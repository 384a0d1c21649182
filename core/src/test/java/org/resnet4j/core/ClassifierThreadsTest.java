package org.resnet4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
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
class ClassifierThreadsTest {
  private static final int THREADS = 8;
  private static final PretrainedModel TINY = SeededModels.tiny(7);

  @Test
  void manyThreadsGetWhatOneGets() throws Exception {
    List<RgbImage> pictures = ClassifierTest.pictures(12);
    try (Backend backend = Backends.open("reference", new BackendOptions(2));
        Classifier classifier = Classifier.open(TINY, backend, 3)) {
      List<float[]> logits = classifier.logits(pictures);
      List<List<Prediction>> predictions =
          classifier.classify(pictures, 7).stream().map(Classification::predictions).toList();
      inParallel(thread -> {
        SplittableRandom random = new SplittableRandom(thread);
        for (int call = 0; call < 25; call++) {
          int from = random.nextInt(12);
          int to = random.nextInt(from, 12) + 1;
          List<RgbImage> some = pictures.subList(from, to);
          switch (random.nextInt(3)) {
            case 0 ->
                assertThat(classifier.logits(some).toArray(float[][]::new))
                    .isDeepEqualTo(logits.subList(from, to).toArray(float[][]::new));
            case 1 ->
                assertThat(classifier.classify(some, 7))
                    .extracting(Classification::predictions)
                    .isEqualTo(predictions.subList(from, to));
            default ->
                assertThat(classifier.classify(pictures.get(from), 2).predictions())
                    .isEqualTo(predictions.get(from).subList(0, 2));
          }
        }
        return null;
      });
    }
  }

  @Test
  void callsEitherFinishRightlyOrSayThatItIsClosed() throws Exception {
    List<RgbImage> pictures = ClassifierTest.pictures(4);
    try (Backend backend = Backends.open("reference", new BackendOptions(2))) {
      for (int round = 0; round < 5; round++) {
        Classifier classifier = Classifier.open(TINY, backend, 3);
        float[][] expected = classifier.logits(pictures).toArray(float[][]::new);
        AtomicInteger finished = new AtomicInteger();
        CountDownLatch some = new CountDownLatch(THREADS + round);
        inParallel(thread -> {
          if (thread == 0) {
            some.await();
            classifier.close();
            return null;
          }
          try {
            while (true) {
              assertThat(classifier.logits(pictures).toArray(float[][]::new))
                  .isDeepEqualTo(expected);
              finished.incrementAndGet();
              some.countDown();
            }
          } catch (IllegalStateException e) {
            assertThat(e).hasMessage("this classifier is closed");
          }
          return null;
        });
        assertThat(finished.get()).isGreaterThanOrEqualTo(THREADS + round);
      }
    }
  }

  /** Results of many pictures and classes take their time, too. */
  @Test
  void aDeadlineThatPassesAfterTheRunEndsTheCall() {
    FakePlan plan = new FakePlan(1, () -> {});
    Deadline deadline =
        Deadline.after(
            Duration.ofSeconds(1),
            () ->
                plan.mostRunning.get() > 0 && plan.running.get() == 0
                    ? Duration.ofHours(1).toNanos()
                    : 0);
    try (Classifier classifier = Classifier.open(TINY, plan, 2)) {
      assertThatThrownBy(() -> classifier.classify(ClassifierTest.pictures(2), 1, deadline))
          .isInstanceOf(RunCancelledException.class)
          .hasMessageContaining("deadline");
      assertThat(classifier.classify(ClassifierTest.pictures(2), 1)).hasSize(2);
    }
  }

  @Test
  void closeWaitsForTheCallInFlight() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    FakePlan plan =
        new FakePlan(
            1,
            () -> {
              inside.countDown();
              awaitUnchecked(goOn);
            });
    Classifier classifier = Classifier.open(TINY, plan, 1);
    try (ExecutorService executor = Executors.newFixedThreadPool(1)) {
      // Two pictures and a batch of one: the second batch begins after close() was called.
      Future<List<Classification>> call =
          executor.submit(() -> classifier.classify(ClassifierTest.pictures(2), 1));
      inside.await();
      Thread closer = new Thread(classifier::close);
      closer.start();
      while (closer.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      closer.interrupt(); // may not cut the wait short
      assertThat(plan.closed).isFalse();
      assertThat(plan.closedSessions).hasValue(0);
      assertThatThrownBy(() -> classifier.classify(ClassifierTest.pictures(1), 1))
          .isInstanceOf(IllegalStateException.class);
      goOn.countDown();
      assertThat(call.get()).hasSize(2);
      closer.join();
      assertThat(plan.closed).isTrue();
      assertThat(plan.closedSessions).hasValue(1);
    }
  }

  @Test
  void opensNoMoreSessionsThanProcessors() throws Exception {
    FakePlan plan = new FakePlan(Integer.MAX_VALUE, Thread::yield);
    try (Classifier classifier = Classifier.open(TINY, plan, 1)) {
      inParallel(_ -> {
        for (int i = 0; i < 50; i++) {
          classifier.classify(ClassifierTest.pictures(1), 1);
        }
        return null;
      });
    }
    assertThat(plan.opened.get()).isBetween(1, Runtime.getRuntime().availableProcessors());
    assertThat(plan.closedSessions.get()).isEqualTo(plan.opened.get());
  }

  /** Whoever cannot leave or give back would block everybody else, and {@code close} for good. */
  @Test
  void callersAtTheEndOfTheirStackBlockNobody() throws Exception {
    FakePlan plan = new FakePlan(Integer.MAX_VALUE, () -> {});
    List<RgbImage> pictures = ClassifierTest.pictures(1);
    int overflows = 0;
    try (Classifier classifier = Classifier.open(TINY, plan, 1)) {
      for (int i = 0; i < 4; i++) {
        classifier.classify(pictures, 1);
        overflows += DeepCalls.at(() -> classifier.classify(pictures, 1));
        assertThat(classifier.classify(pictures, 1)).hasSize(1);
      }
    }
    assertThat(overflows).isGreaterThan(20);
    assertThat(plan.closedSessions.get()).isEqualTo(plan.opened.get());
  }

  /** A close that begins and does not release would keep every later one from releasing. */
  @Test
  void aCloseAtTheEndOfTheStackIsMadeGoodByTheNext() throws Exception {
    int overflows = 0;
    for (int i = 0; i < 6; i++) {
      FakePlan plan = new FakePlan(Integer.MAX_VALUE, () -> {});
      Classifier classifier = Classifier.open(TINY, plan, 1);
      overflows += DeepCalls.fromTheEnd(i, classifier::close);
      classifier.close();
      assertThat(plan.closedSessions.get()).isEqualTo(plan.opened.get());
      assertThat(plan.closed).isTrue();
    }
    assertThat(overflows).isGreaterThan(20);
  }

  private interface Body {
    Object run(int thread) throws Exception;
  }

  private static void inParallel(Body body) throws Exception {
    CountDownLatch together = new CountDownLatch(THREADS);
    try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
      List<Callable<Object>> tasks = new ArrayList<>();
      IntStream.range(0, THREADS)
          .forEach(thread ->
              tasks.add(() -> {
                together.countDown();
                together.await();
                return body.run(thread);
              }));
      for (Future<Object> future : executor.invokeAll(tasks)) {
        future.get();
      }
    }
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
