package org.resnet4j.core.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.conformance.DeepCalls;

class SessionGuardTest {
  private final AtomicInteger released = new AtomicInteger();
  private final SessionGuard guard = new SessionGuard(released::incrementAndGet);

  @Test
  void letsOneCallerInAtATime() {
    guard.enter(Deadline.NONE);
    assertThatThrownBy(() -> guard.enter(Deadline.NONE)).isInstanceOf(ConcurrentUseException.class);
    guard.exit();
    guard.enter(Deadline.NONE);
    guard.exit();
  }

  @Test
  void releasesOnceWhenClosedIdle() {
    guard.close();
    guard.close();
    assertThat(released).hasValue(1);
    assertThatThrownBy(() -> guard.enter(Deadline.NONE))
        .isInstanceOf(IllegalStateException.class)
        .isNotInstanceOf(ConcurrentUseException.class);
  }

  @Test
  void releasesAfterTheRunInFlight() {
    guard.enter(Deadline.NONE);
    guard.close();
    guard.close();
    assertThat(released).hasValue(0);
    assertThatThrownBy(() -> guard.enter(Deadline.NONE)).isInstanceOf(IllegalStateException.class);
    guard.exit();
    assertThat(released).hasValue(1);
  }

  @Test
  void aCloseAtTheEndOfTheStackReleasesOnceItCan() throws Exception {
    for (int i = 0; i < 3; i++) {
      AtomicInteger releases = new AtomicInteger();
      SessionGuard own = new SessionGuard(releases::incrementAndGet);
      assertThat(DeepCalls.fromTheEnd(own::close)).isPositive();
      own.close();
      assertThat(releases).hasValue(1);
    }
  }

  /** A release that began there would be left halfway, and count as done the next time. */
  @Test
  void atTheEndOfTheStackNoReleaseBegins() throws Exception {
    for (int i = 0; i < 3; i++) {
      AtomicInteger begun = new AtomicInteger();
      AtomicInteger ended = new AtomicInteger();
      SessionGuard own =
          new SessionGuard(() -> {
            begun.incrementAndGet();
            use(60);
            ended.incrementAndGet();
          });
      assertThat(DeepCalls.fromTheEnd(own::close)).isPositive();
      own.close();
      assertThat(begun).hasValue(1);
      assertThat(ended).hasValue(1);
    }
  }

  private static int use(int frames) {
    return frames == 0 ? 0 : use(frames - 1) + 1;
  }

  /** However runs begin and end around it, a close is not lost. */
  @Test
  void closesASessionThatRunsAgainAndAgain() throws InterruptedException {
    for (int round = 0; round < 2_000; round++) {
      AtomicInteger releases = new AtomicInteger();
      SessionGuard busy = new SessionGuard(releases::incrementAndGet);
      AtomicBoolean closed = new AtomicBoolean();
      AtomicBoolean ranAfterClose = new AtomicBoolean();
      Thread runner =
          Thread.ofPlatform()
              .start(() -> {
                while (!ranAfterClose.get()) {
                  boolean afterClose = closed.get();
                  try {
                    busy.enter(Deadline.NONE);
                  } catch (IllegalStateException _) {
                    return;
                  }
                  ranAfterClose.set(afterClose);
                  busy.exit();
                }
              });
      for (int spin = 0; spin < round % 200; spin++) {
        Thread.onSpinWait();
      }
      busy.close();
      closed.set(true);
      runner.join();
      assertThat(ranAfterClose).as("round %d", round).isFalse();
      assertThat(releases).hasValue(1);
    }
  }
}
