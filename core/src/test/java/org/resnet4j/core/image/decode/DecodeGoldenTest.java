package org.resnet4j.core.image.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.Goldens;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.WebpLibrary;

class DecodeGoldenTest {
  static List<String> pictures() {
    return Goldens.names("pictures");
  }

  static List<String> turnedPictures() {
    return Goldens.names("oriented");
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void decodesToPillowsPixels(String name) throws IOException {
    WebpLibrary.assumeFor(name);
    RgbImage image = ImageDecoder.decode(Goldens.path("pictures/" + name));
    Goldens.assertSamePixels(image, Goldens.ppm("decoded/" + name + ".ppm"));
  }

  @ParameterizedTest
  @MethodSource("turnedPictures")
  void turnsAsPillowsExifTranspose(String ppm) throws IOException {
    String name = ppm.substring(0, ppm.length() - ".ppm".length());
    WebpLibrary.assumeFor(name);
    DecodeOptions upright = DecodeOptions.DEFAULT.withApplyExif(true);
    RgbImage image = ImageDecoder.decode(Goldens.path("pictures/" + name), upright);
    Goldens.assertSamePixels(image, Goldens.ppm("oriented/" + ppm));
  }

  @Test
  void coversEveryOrientation() {
    assertThat(turnedPictures()).hasSize(10);
  }

  @Test
  void picturesWithoutExifAreUprightAlready() throws IOException {
    byte[] content = Goldens.bytes("pictures/jpeg-444.jpg");
    RgbImage image =
        ImageDecoder.decode(content, "memory", DecodeOptions.DEFAULT.withApplyExif(true));
    Goldens.assertSamePixels(image, Goldens.ppm("decoded/jpeg-444.jpg.ppm"));
  }
}
