package org.resnet4j.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResourcesTest {
  private final List<String> closed = new ArrayList<>();
  private final Resources resources = new Resources();

  private AutoCloseable named(String name) {
    return resources.own(() -> closed.add(name));
  }

  private void failing(Exception failure) {
    resources.own(() -> {
      closed.add(failure.getMessage());
      throw failure;
    });
  }

  @Test
  void theLastMadeIsClosedFirstAndEachOnce() {
    named("first");
    AutoCloseable second = named("second");
    named("third");
    resources.release(second);
    resources.release(second);
    assertThat(closed).containsExactly("second");
    resources.close();
    resources.close();
    assertThat(closed).containsExactly("second", "third", "first");
    resources.release(second);
    assertThat(closed).hasSize(3);
  }

  @Test
  void aFailureKeepsNothingOpenAndLosesNoOther() {
    named("first");
    failing(new IOException("second"));
    failing(new IllegalArgumentException("third"));
    Throwable thrown = catchThrowable(resources::close);
    assertThat(thrown).isInstanceOf(IllegalArgumentException.class).hasMessage("third");
    assertThat(thrown.getSuppressed())
        .singleElement()
        .satisfies(e -> assertThat(e).isInstanceOf(IOException.class).hasMessage("second"));
    assertThat(closed).containsExactly("third", "second", "first");
  }

  /** As the JVM throws its last OutOfMemoryError. */
  @Test
  void oneFailureOfTwo() {
    Exception same = new IOException("same");
    named("first");
    failing(same);
    failing(same);
    assertThat(catchThrowable(resources::close)).isSameAs(same);
    assertThat(closed).endsWith("first");
  }

  @Test
  void aFailingReleaseIsReportedOnce() {
    AutoCloseable broken =
        resources.own(() -> {
          throw new IllegalArgumentException("broken");
        });
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> resources.release(broken));
    resources.close();
    assertThat(closed).isEmpty();
  }
}
