package org.resnet4j.core.image.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class LibWebpTest {
  @Test
  void aMissingLibraryHasARemedy() {
    assertThatThrownBy(() -> LibWebp.load(List.of("libnowebp.so.7", "libnowebp.dylib")))
        .isInstanceOfSatisfying(
            NoLibraryException.class,
            e -> {
              assertThat(e).hasMessage("there is no libwebp (libnowebp.so.7)");
              assertThat(e.remedy()).isEqualTo("install it (Debian: apt install libwebp7)");
            });
  }

  /** It is a library, and none of the right functions. */
  @Test
  void aLibraryWithoutTheFunctionsIsPassedOver() {
    assertThatThrownBy(() -> LibWebp.load(List.of("libm.so.6", "libSystem.dylib")))
        .isInstanceOf(NoLibraryException.class);
  }
}
