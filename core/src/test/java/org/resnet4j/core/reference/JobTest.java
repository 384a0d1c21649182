package org.resnet4j.core.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class JobTest {
  /** Such as those whose threads found no memory to start with. */
  @Test
  void helpersThatNeverComeAreNotMissed() {
    Set<Integer> done = ConcurrentHashMap.newKeySet();
    Job job = new Job(100, done::add);
    job.run();
    job.finish();
    assertThat(done).hasSize(100);
  }

  @Test
  void oneThatComesLateDoesNothing() {
    AtomicInteger done = new AtomicInteger();
    Job job = new Job(100, _ -> done.incrementAndGet());
    job.finish();
    job.run();
    assertThat(done).hasValue(0);
  }

  @Test
  void finishWaitsForTheOthers() throws Exception {
    CountDownLatch taken = new CountDownLatch(1);
    Set<Integer> done = ConcurrentHashMap.newKeySet();
    Job job =
        new Job(
            2,
            item -> {
              if (item == 0) {
                taken.countDown();
                pause();
              }
              done.add(item);
            });
    Thread helper = Thread.ofPlatform().start(job);
    taken.await();
    Thread.currentThread().interrupt(); // which cuts no wait short
    job.run();
    job.finish();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(done).containsExactlyInAnyOrder(0, 1);
    helper.join();
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatIsThrownEndsIt() {
    AtomicInteger done = new AtomicInteger();
    Job job =
        new Job(
            1000,
            item -> {
              done.incrementAndGet();
              if (item == 10) {
                throw new OutOfMemoryError("test");
              }
            });
    IntStream.range(0, 2).forEach(_ -> job.run());
    assertThatThrownBy(job::finish).isInstanceOf(OutOfMemoryError.class).hasMessage("test");
    assertThat(done).hasValue(11);
  }
}
