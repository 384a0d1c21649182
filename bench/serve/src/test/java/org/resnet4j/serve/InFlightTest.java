package org.resnet4j.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class InFlightTest {
  @Test
  void theEndWaitsForThoseWhoHaveCome() throws Exception {
    InFlight requests = new InFlight();
    assertThat(requests.enter()).isTrue();
    CompletableFuture<Void> end =
        CompletableFuture.runAsync(() -> requests.end(Duration.ofDays(1)));
    while (requests.enter()) { // until it has begun
      requests.leave();
      Thread.onSpinWait();
    }
    assertThat(end).isNotDone();
    requests.leave();
    end.get();
  }

  @Test
  void theEndWaitsForNoLongerThanItMay() {
    InFlight requests = new InFlight();
    requests.enter();
    requests.end(Duration.ofMillis(20));
    assertThat(requests.enter()).isFalse();
  }
}
