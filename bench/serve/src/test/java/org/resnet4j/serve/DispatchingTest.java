package org.resnet4j.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DispatchingTest {
  /** As the JDK's thread does where the heap is full. */
  @Test
  void tellsWhatTheThreadThatTakesConnectionsHasDiedOf() throws InterruptedException {
    OutOfMemoryError full = new OutOfMemoryError("Java heap space");
    CountDownLatch answered = new CountDownLatch(1);
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Dispatching dispatching = new Dispatching(callers);
      Thread thread =
          new Thread(() -> {
            dispatching.execute(answered::countDown);
            throw full;
          });
      thread.start();
      assertThat(dispatching.await()).isSameAs(full);
      answered.await();
    }
  }

  @Test
  void tellsOfNothingWhereItIsClosed() throws InterruptedException {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Dispatching dispatching = new Dispatching(callers);
      dispatching.end();
      assertThat(dispatching.await()).isNull();
    }
  }

  /** As a request does that finds a class which cannot be loaded. */
  @Test
  void tellsWhatKeepsRequestsFromBeingAnswered() throws InterruptedException {
    NoClassDefFoundError lost = new NoClassDefFoundError("lost");
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Dispatching dispatching = new Dispatching(callers);
      dispatching.fail(lost);
      assertThat(dispatching.await()).isSameAs(lost);
    }
  }
}
