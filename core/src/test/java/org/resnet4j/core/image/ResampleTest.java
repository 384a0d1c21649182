package org.resnet4j.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ResampleTest {
  static List<String> resized() {
    return Goldens.names("resized");
  }

  /** The name is {@code picture.type.size.interpolation.ppm}. */
  @ParameterizedTest
  @MethodSource("resized")
  void resizesToPillowsPixels(String name) {
    String[] parts = name.split("\\.");
    RgbImage image = Goldens.ppm("decoded/" + parts[0] + "." + parts[1] + ".ppm");
    RgbImage expected = Goldens.ppm("resized/" + name);
    Interpolation interpolation = Interpolation.valueOf(parts[3].toUpperCase(Locale.ROOT));
    Goldens.assertSamePixels(
        Resample.resize(image, expected.width(), expected.height(), interpolation), expected);
  }

  @ParameterizedTest
  @EnumSource
  void aWindowIsACropOfTheWhole(Interpolation interpolation) {
    RgbImage image = Goldens.ppm("decoded/jpeg-420-wide.jpg.ppm");
    for (int[] size : new int[][] {{60, 44}, {150, 44}, {60, 101}, {150, 101}, {301, 202}}) {
      RgbImage whole = Resample.resize(image, size[0], size[1], interpolation);
      Resample.Window window = new Resample.Window(17, 5, 31, 29);
      RgbImage part = Resample.window(image, size[0], size[1], window, interpolation);
      Goldens.assertSamePixels(part, crop(whole, window));
    }
  }

  @Test
  void theSameSizeIsTheSamePicture() {
    RgbImage image = Goldens.ppm("decoded/png-rgb.png.ppm");
    assertThat(Resample.resize(image, 37, 29, Interpolation.BICUBIC)).isSameAs(image);
  }

  @Test
  void refusesSizesThatAreNone() {
    RgbImage image = Goldens.ppm("decoded/png-1x1.png.ppm");
    assertThatThrownBy(() -> Resample.resize(image, 0, 4, Interpolation.BILINEAR))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0x4");
    RgbImage line = Resample.resize(image, 1, 4, Interpolation.BILINEAR);
    assertThat(Resample.resize(line, 4, 1, Interpolation.BILINEAR).data()).hasSize(12);
    for (int side : new int[] {30_000, 2_000_000_000, Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> Resample.resize(image, side, side, Interpolation.BILINEAR))
          .isInstanceOf(IllegalArgumentException.class);
    }
    RgbImage tall = new RgbImage(1, 8_000_000, new byte[24_000_000]);
    assertThatThrownBy(() -> Resample.resize(tall, 100, 100, Interpolation.BILINEAR))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a picture of 100x8000000 between the passes exceeds an array");
  }

  /** Of an axis that no test has the memory for. */
  @Test
  void countsTheWeightsOfLongAxes() {
    assertThatThrownBy(() -> Axis.of(Integer.MAX_VALUE, 1, 0, 1, Interpolation.BICUBIC))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1 samples of 2147483647 each have more weights than an array");
  }

  private static RgbImage crop(RgbImage image, Resample.Window window) {
    byte[] out = new byte[3 * window.width() * window.height()];
    for (int i = 0; i < out.length; i++) {
      int row = i / (3 * window.width()) + (int) window.top();
      int column = i % (3 * window.width()) + 3 * (int) window.left();
      out[i] = image.data()[3 * image.width() * row + column];
    }
    return new RgbImage(window.width(), window.height(), out);
  }
}
