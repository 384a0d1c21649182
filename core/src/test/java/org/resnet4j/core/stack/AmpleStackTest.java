package org.resnet4j.core.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.resnet4j.core.conformance.DeepCalls;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AmpleStackTest {
  /** A call made from the end of a stack upwards until there is room to make it. */
  private static final class DeepCall<T> implements Runnable {
    private final AmpleStack.Call<T, Exception> call;
    private @Nullable T result;
    private @Nullable Exception failure;
    private @Nullable Thread caller;
    private boolean interrupted;

    DeepCall(AmpleStack.Call<T, Exception> call) {
      this.call = call;
    }

    @Override
    public void run() {
      caller = Thread.currentThread();
      try {
        result = AmpleStack.run(call);
      } catch (Exception e) {
        failure = e;
      }
      interrupted = Thread.currentThread().isInterrupted();
    }

    static <T> DeepCall<T> made(AmpleStack.Call<T, Exception> call) throws Exception {
      DeepCall<T> made = new DeepCall<>(call);
      DeepCalls.fromTheEnd(made);
      return made;
    }
  }

  private static int recurse(int levels) {
    return levels == 0 ? 0 : 1 + recurse(levels - 1);
  }

  @Test
  void aCallWithRoomStaysOnItsThread() throws Exception {
    assertThat(AmpleStack.<Thread, Exception>run(Thread::currentThread))
        .isSameAs(Thread.currentThread());
  }

  @Test
  void atTheEndOfAStackACallHasAnotherThreads() throws Exception {
    DeepCall<Integer> made = DeepCall.made(() -> recurse(4000));
    assertThat(made.result).isEqualTo(4000);
    DeepCall<Thread> asked = DeepCall.made(Thread::currentThread);
    assertThat(asked.result).isNotNull().isNotSameAs(asked.caller);
  }

  @Test
  void whatACallThrowsIsThrown() throws Exception {
    IOException thrown = new IOException("of the call");
    DeepCall<?> made =
        DeepCall.made(() -> {
          throw thrown;
        });
    assertThat(made.failure).isSameAs(thrown);
    IllegalStateException unchecked = new IllegalStateException("of the call");
    made =
        DeepCall.made(() -> {
          throw unchecked;
        });
    assertThat(made.failure).isSameAs(unchecked);
  }

  @Test
  void anErrorOfACallIsThrown() {
    AssertionError error = new AssertionError("of the call");
    assertThatThrownBy(() ->
            AmpleStack.run(() -> {
              throw error;
            }))
        .isSameAs(error);
  }

  @Test
  void anInterruptReachesTheCallAndStaysWithItsThread() throws Exception {
    AtomicReference<Thread> caller = new AtomicReference<>();
    CountDownLatch never = new CountDownLatch(1);
    DeepCall<String> made =
        new DeepCall<>(() -> {
          caller.get().interrupt();
          try {
            never.await();
            return "went on";
          } catch (InterruptedException _) {
            return "ended";
          }
        });
    DeepCalls.fromTheEnd(() -> {
      caller.set(Thread.currentThread());
      made.run();
    });
    assertThat(made.result).isEqualTo("ended");
    assertThat(made.interrupted).isTrue();
  }
}
