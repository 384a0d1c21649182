package org.resnet4j.core.image.jfif;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.Goldens;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.JpegBytes;
import org.resnet4j.core.image.decode.ImageDecoder;
import org.resnet4j.core.image.source.Source;

/** Small files that used to cost minutes. What is measured is work, not time. */
class JpegBombsTest {
  @ParameterizedTest
  @ValueSource(ints = {0xE0, 0xE1, 0xE2, 0xEE, 0xFE})
  void segmentsThatMakeNoPixelsNeverReachTheReader(int marker) throws IOException {
    byte[] plain = Goldens.bytes("pictures/jpeg-420.jpg");
    ByteArrayOutputStream many = new ByteArrayOutputStream();
    for (int i = 0; i < 20_000; i++) {
      JpegBytes.segment(many, marker, new byte[0]);
    }
    byte[] bomb = JpegBytes.withAtStart(plain, many.toByteArray());
    assertThat(jpeg(bomb).pixels()).isEqualTo(jpeg(plain).pixels());
    assertThat(new String(jpeg(bomb).pixels(), StandardCharsets.ISO_8859_1))
        .doesNotContain("\u00FF" + (char) marker + "\0\2");
    Goldens.assertSamePixels(
        ImageDecoder.decode(bomb, "bomb.jpg"), Goldens.ppm("decoded/jpeg-420.jpg.ppm"));
  }

  /**
   * Each scan makes the picture once, which takes a core up to 1.5 ns for a sample and as long as
   * 128 samples for a row; what is left of half a second and 50 ms a megapixel is for the rest.
   */
  @ParameterizedTest
  @CsvSource({
    "1, 65500, 1, 10",
    "1, 65500, 3, 10",
    "65500, 1, 3, 10",
    "64, 65500, 1, 10",
    "1000, 1000, 1, 10",
    "1000, 1000, 3, 10",
    "4000, 4000, 1, 10",
    "4000, 4000, 3, 10",
    "7000, 7000, 3, 8", // and more of a file that has its pixels
  })
  void theWorkOfScansIsBounded(int width, int height, int components, int usual)
      throws ImageDecodeException {
    int accepted = 1;
    while (accepted < JpegBytes.DISTINCT_SCANS && isAccepted(width, height, components, accepted)) {
      accepted++;
    }
    assertThat(accepted).as("scans accepted").isBetween(usual, JpegBytes.DISTINCT_SCANS - 1);
    double samples = components * (8.0 * ((width + 7) / 8)) * (8.0 * ((height + 7) / 8));
    double millis = accepted * (samples + 128.0 * height) * 1.5e-6;
    assertThat(millis).as("%d scans", accepted).isLessThan(500 + 50e-6 * width * height);
  }

  private static boolean isAccepted(int width, int height, int components, int scans)
      throws ImageDecodeException {
    try {
      jpeg(JpegBytes.progressive(width, height, components, scans - 1, new byte[0]));
      return true;
    } catch (ImageDecodeException e) {
      assertThat(e).hasMessageContaining("scans of");
      return false;
    }
  }

  private static JpegSegments jpeg(byte[] bytes) throws ImageDecodeException {
    return JpegSegments.parse(
        new Source("bomb", new ByteArrayInputStream(bytes)), DecodeOptions.DEFAULT);
  }
}
