package org.resnet4j.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.resnet4j.core.backend.Deadline;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Probe;
import org.resnet4j.core.backend.RunCancelledException;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.tensor.SampleTable;
import org.resnet4j.core.tensor.Shape;

@Timeout(60)
class TensorsTest {
  private static final Shape ONE = new Shape(1, 1, 1);

  private final CountDownLatch running = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final List<Float> order = new ArrayList<>();

  /** Gives back what it gets, the first one when {@link #goOn} says so. */
  private final class Echo implements Plan, Session {
    @Override
    public Shape inputShape() {
      return ONE;
    }

    @Override
    public Shape outputShape() {
      return ONE;
    }

    @Override
    public List<StepInfo> steps() {
      return List.of();
    }

    @Override
    public Session newSession(int maxBatch) {
      return this;
    }

    @Override
    public int maxBatch() {
      return 1;
    }

    @Override
    public void run(
        int batch,
        MemorySegment input,
        MemorySegment output,
        @Nullable Probe probe,
        Deadline deadline) {
      running.countDown();
      try {
        goOn.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (deadline.passed()) {
        throw new RunCancelledException(RunCancelledException.Reason.DEADLINE_PASSED);
      }
      float value = input.getAtIndex(ValueLayout.JAVA_FLOAT, 0);
      order.add(value);
      output.setAtIndex(ValueLayout.JAVA_FLOAT, 0, value);
    }

    @Override
    public void runSamples(
        int batch,
        MemorySegment samples,
        SampleTable table,
        MemorySegment output,
        Deadline deadline) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  private static int refusal(Tensors tensors, float value, Deadline deadline) {
    return catchThrowableOfType(
            RequestException.class, () -> tensors.run(1, new float[] {value}, deadline))
        .status();
  }

  @Test
  void theFirstToComeIsTheFirstAndTooManyAreRefused() throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
        Tensors tensors = new Tensors(new Echo(), 1, 2)) {
      List<Future<float[]>> answers = new ArrayList<>();
      for (int i = 0; i < 3; i++) { // one runs, two wait
        float value = i;
        answers.add(callers.submit(() -> tensors.run(1, new float[] {value}, Deadline.NONE)));
        if (i == 0) {
          running.await();
        } else {
          while (tensors.waiting() < i) {
            Thread.onSpinWait();
          }
        }
      }
      assertThat(refusal(tensors, 9, Deadline.NONE)).isEqualTo(503);
      goOn.countDown();
      for (int i = 0; i < 3; i++) {
        assertThat(answers.get(i).get()).containsExactly(i);
      }
      assertThat(order).containsExactly(0f, 1f, 2f);
    }
  }

  @Test
  void whatIsLateOrNotFiniteIsAnError() {
    goOn.countDown();
    try (Tensors tensors = new Tensors(new Echo(), 1, 2)) {
      assertThat(refusal(tensors, 1, Deadline.after(Duration.ZERO))).isEqualTo(504);
      assertThat(refusal(tensors, Float.POSITIVE_INFINITY, Deadline.NONE)).isEqualTo(500);
    }
  }
}
