package org.resnet4j.core.image.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class LibTurboJpegTest {
  @Test
  void aMissingLibraryHasARemedy() {
    assertThatThrownBy(() -> LibTurboJpeg.load(List.of("libnoturbojpeg.so.0")))
        .isInstanceOfSatisfying(
            NoLibraryException.class,
            e -> {
              assertThat(e).hasMessage("there is no libturbojpeg (libnoturbojpeg.so.0)");
              assertThat(e.remedy()).isEqualTo("install it (Debian: apt install libturbojpeg0)");
            });
  }
}
