package org.resnet4j.core.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReferenceBackendTest {
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
}
