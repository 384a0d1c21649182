package org.resnet4j.core.image.decode;

import static org.assertj.core.api.Assertions.assertThat;

import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.PngBytes;
import org.resnet4j.core.image.RgbImage;

/** What a fuzzer feeds to the decoder of pictures. */
public final class PictureTarget {
  private static final DecodeOptions SMALL_AND_TURNED =
      DecodeOptions.DEFAULT.withMaxPixels(1_000_000).withApplyExif(true);
  private static final int PNG = 0x89;

  private PictureTarget() {}

  /**
   * Decodes {@code content}, whatever it is: a picture or a refusal in one line. A PNG's checksums
   * are put right first, or none but them would ever be looked at.
   */
  public static void feed(byte[] content) {
    byte[] file = content.clone();
    if (file.length > 0 && (file[0] & 0xFF) == PNG) {
      PngBytes.repairChecksums(file);
    }
    try {
      RgbImage image = ImageDecoder.decode(file, "fuzzed", SMALL_AND_TURNED);
      assertThat(image.data()).hasSize(3 * image.width() * image.height());
    } catch (ImageDecodeException e) {
      assertThat(e.getMessage())
          .startsWith("fuzzed: ")
          .doesNotContainPattern("\\p{Cntrl}")
          .hasSizeLessThan(8000);
    }
  }
}
