package org.resnet4j.core.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SessionGuardTest {
  private final AtomicInteger released = new AtomicInteger();
  private final SessionGuard guard = new SessionGuard(released::incrementAndGet);

  @Test
  void letsOneCallerInAtATime() {
    guard.enter();
    assertThatThrownBy(guard::enter).isInstanceOf(ConcurrentUseException.class);
    guard.exit();
    guard.enter();
    guard.exit();
  }

  @Test
  void releasesOnceWhenClosedIdle() {
    guard.close();
    guard.close();
    assertThat(released).hasValue(1);
    assertThatThrownBy(guard::enter)
        .isInstanceOf(IllegalStateException.class)
        .isNotInstanceOf(ConcurrentUseException.class);
  }

  @Test
  void releasesAfterTheRunInFlight() {
    guard.enter();
    guard.close();
    guard.close();
    assertThat(released).hasValue(0);
    assertThatThrownBy(guard::enter).isInstanceOf(IllegalStateException.class);
    guard.exit();
    assertThat(released).hasValue(1);
  }
}
