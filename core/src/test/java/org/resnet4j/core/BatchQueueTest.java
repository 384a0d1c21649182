package org.resnet4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.backend.Deadline;

class BatchQueueTest {
  private static final int MOST = 7;

  private static BatchQueue<Integer, String> queue() {
    return new BatchQueue<>("queue", MOST, 0);
  }

  /** Whoever has gone makes room, wherever it waits, and the others keep their order. */
  @Test
  void theFirstToComeIsTheFirstToBeTaken() {
    Random random = new Random(1);
    BatchQueue<Integer, String> queue = queue();
    Queue<Integer> expected = new ArrayDeque<>();
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      switch (random.nextInt(4)) {
        case 0, 1 -> {
          if (expected.size() == MOST) {
            expected.removeIf(each -> answers.get(each).isDone());
          }
          if (expected.size() == MOST) {
            assertThatThrownBy(() -> queue.add(-1, Deadline.NONE))
                .isInstanceOf(RejectedExecutionException.class);
          } else {
            expected.add(answers.size());
            answers.add(queue.add(answers.size(), Deadline.NONE));
          }
        }
        case 2 -> {
          if (!answers.isEmpty()) {
            answers
                .get(answers.size() - 1 - random.nextInt(Math.min(MOST, answers.size())))
                .cancel(true);
          }
        }
        default -> {
          expected.removeIf(each -> answers.get(each).isDone());
          if (!expected.isEmpty()) {
            Feed.Place<Integer, String> taken = Objects.requireNonNull(queue.take(null));
            assertThat(taken.picture()).isEqualTo(expected.remove());
          }
        }
      }
    }
  }

  /** It is not the end: the next may have what this one lacked. */
  @Test
  void shortMemoryEndsNothing() {
    BatchQueue<Integer, String> queue = queue();
    CompletableFuture<String> answer = queue.add(1, Deadline.NONE);
    assertThat(queue.fail(new OutOfMemoryError("test"))).isTrue();
    Feed.Place<Integer, String> taken = Objects.requireNonNull(queue.take(null));
    taken.put(new Outcome.Answered<>(1, "one"));
    assertThat(answer).isCompletedWithValue("one");
    assertThat(queue.fail(new IllegalStateException("closed"))).isFalse();
    assertThatIllegalStateException()
        .isThrownBy(() -> queue.add(2, Deadline.NONE))
        .withMessage("closed");
  }

  @Test
  void whatEndsItFailsWhoWaits() {
    BatchQueue<Integer, String> queue = queue();
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (int i = 0; i < MOST; i++) {
      answers.add(queue.add(i, Deadline.NONE));
    }
    queue.fail(new IllegalStateException("closed"));
    assertThat(answers).allMatch(CompletableFuture::isCompletedExceptionally);
    assertThat(queue.size()).isZero();
    assertThat(queue.take(null)).isNull();
  }
}
