package org.resnet4j.core.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.conformance.DeepCalls;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;

class ReferenceBackendTest {
  /** Each thread has sums of a channel's pixels, in double. */
  @Test
  void asksForTheMemoryOfItsSums() {
    int threads = 64;
    long pixels = Runtime.getRuntime().maxMemory() / threads / Double.BYTES;
    int side = (int) Math.sqrt(1.1 * pixels);
    Tensor weight = Tensor.of(new float[threads], threads, 1, 1, 1);
    GraphBuilder graph = new GraphBuilder();
    int image = graph.add("input", new Op.Input(new Shape(1, side, side)));
    graph.add(
        "mean",
        new Op.GlobalAvgPool(),
        graph.add("conv", new Op.Conv(weight, null, new Window(1, 1, 0), 1, Epilogue.NONE), image));
    try (Backend backend = Backends.open("reference", new BackendOptions(threads));
        Plan plan = backend.compile(graph.build())) {
      assertThatThrownBy(() -> plan.newSession(1)).isInstanceOf(InsufficientMemoryException.class);
    }
  }

  /** A run that is past its check when the backend closes still finishes. */
  @Test
  void finishesALoopThoughClosed() {
    ReferenceBackend backend = new ReferenceBackend(2);
    backend.close();
    AtomicInteger sum = new AtomicInteger();
    backend.forEach(5, sum::addAndGet);
    assertThat(sum).hasValue(10);
    assertThatIllegalStateException().isThrownBy(backend::checkOpen);
  }

  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a join heeds no interrupt
  void aCloseAtTheEndOfAStackMayBeRepeated() throws Exception {
    for (int round = 0; round < 10; round++) {
      ReferenceBackend backend = new ReferenceBackend(2);
      DeepCalls.inEveryFrame(backend::close);
      backend.close();
      assertThatIllegalStateException().isThrownBy(backend::checkOpen);
    }
  }

  /** Whoever closes it may be on its way out. */
  @Test
  void anInterruptedCloserDisturbsNoRun() throws Exception {
    ReferenceBackend backend = new ReferenceBackend(2);
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger sum = new AtomicInteger();
    FutureTask<?> run =
        new FutureTask<>(
            () ->
                backend.forEach(
                    5,
                    i -> {
                      inside.countDown();
                      awaitUninterruptibly(go);
                      sum.addAndGet(i);
                    }),
            null);
    Thread.ofPlatform().start(run);
    inside.await();
    Thread.currentThread().interrupt();
    backend.close();
    assertThat(Thread.interrupted()).isTrue();
    go.countDown();
    run.get();
    assertThat(sum).hasValue(10);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
