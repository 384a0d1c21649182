package org.resnet4j.core.image.tiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.Goldens;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.LittleEndian;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.decode.ImageDecoder;

class TiffDecoderTest {
  /** The tag's number, its new type, count and value. */
  @ParameterizedTest
  @CsvSource({
    "rgb-none, 256, 4, 1, 0, 0x18 pixels",
    "rgb-none, 257, 4, 1, 100000000, are more than the limit",
    "rgb-none, 256, 5, 1, 8, tag IMAGE_WIDTH is of type 5",
    "rgb-none, 256, 3, 2, 8, tag IMAGE_WIDTH has 2 values",
    "rgb-none, 259, 3, 1, 7, JPEG compression of TIFF is not supported; save it without",
    "rgb-none, 259, 3, 1, 4, fax compression (CCITT) of TIFF is not supported",
    "rgb-none, 259, 3, 1, 50000, Zstandard compression of TIFF",
    "rgb-none, 259, 3, 1, 99, compression 99 of TIFF",
    "rgb-none, 277, 3, 1, 9, 9 samples per pixel",
    "rgb-none, 277, 3, 1, 4, bits for 3 of 4 samples",
    "rgb-none, 262, 3, 1, 6, of photometric interpretation 6 are not supported",
    "rgb-none, 284, 3, 1, 3, its tag PLANAR_CONFIGURATION is 3",
    "rgb-none, 273, 4, 4, 8, its tag STRIP_OFFSETS has 4 values of 5",
    "rgb-none, 278, 3, 1, 0, strips or tiles of 19x0 pixels",
    "grey1, 258, 3, 1, 3, 3 bits per sample are not supported",
    "grey1, 279, 4, 1, 4000000000, are too many for a picture",
    "grey1, 279, 4, 1, 4000000, ends too early",
    "grey1, 279, 4, 1, 9, too little data for its pixels",
    "palette2, 320, 3, 5, 8, its tag COLOR_MAP has 5 values of 12",
    "rgb-deflate, 317, 3, 1, 3, predictor 3 of 8 bits is not supported",
    "rgb-lzw-predictor, 258, 3, 1, 4, are not supported",
    "rgba-premultiplied, 284, 3, 1, 2, these samples in separate planes",
    "cmyk, 266, 3, 1, 2, these samples with their lowest bit first",
  })
  void saysWhatIsWrong(String name, int tag, int type, long count, long value, String complaint) {
    byte[] file = LittleEndian.golden("tiff-" + name + ".tif").tag(tag, type, count, value).bytes();
    assertThatThrownBy(() -> ImageDecoder.decode(file, "a.tif"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageContaining(complaint);
  }

  @Test
  void whatIsMissingOrThereTwiceIsNamed() {
    LittleEndian missing = LittleEndian.golden("tiff-rgb-none.tif").rename(256, 9999);
    assertThatThrownBy(() -> ImageDecoder.decode(missing.bytes(), "a.tif"))
        .hasMessage(
            "a.tif: the TIFF is corrupt (its tag IMAGE_WIDTH is missing); copy or download it again");
    LittleEndian twice = LittleEndian.golden("tiff-rgb-none.tif").rename(257, 256);
    assertThatThrownBy(() -> ImageDecoder.decode(twice.bytes(), "a.tif"))
        .hasMessageContaining("its tag IMAGE_WIDTH is there twice");
    LittleEndian big = LittleEndian.golden("tiff-rgb-none.tif").u16(2, 43);
    assertThatThrownBy(() -> ImageDecoder.decode(big.bytes(), "a.tif"))
        .hasMessage("a.tif: it is a BigTIFF; convert it to an ordinary TIFF or to PNG");
  }

  @Test
  void samplesAreUnsignedIntegersOfOneSize() {
    byte[] floats = LittleEndian.golden("tiff-rgb-none.tif").rename(317, 339).tag(339, 3).bytes();
    assertThatThrownBy(() -> ImageDecoder.decode(floats, "a.tif"))
        .hasMessageContaining("samples that are no unsigned integers");
    byte[] bits = LittleEndian.golden("tiff-rgb-none.tif").tag(258, 1, 3, 0x080808).bytes();
    assertThat(bits).isNotEmpty();
    byte[] mixed = LittleEndian.golden("tiff-rgb-none.tif").tag(258, 1, 3, 0x080408).bytes();
    assertThatThrownBy(() -> ImageDecoder.decode(mixed, "a.tif"))
        .hasMessageContaining("samples of different sizes");
  }

  /** As a plane of its own, which is the same bytes. */
  @ParameterizedTest
  @ValueSource(strings = {"grey1", "grey2", "palette2"})
  void oneSampleHasOnePlane(String name) throws IOException {
    String file = "tiff-" + name + ".tif";
    byte[] separate = LittleEndian.golden(file).tag(284, 3, 1, 2).bytes();
    Goldens.assertSamePixels(
        ImageDecoder.decode(separate, "a.tif"), Goldens.ppm("decoded/" + file + ".ppm"));
  }

  /** A number may be of any unsigned type. */
  @Test
  void bytesAreNumbersToo() throws IOException {
    byte[] bytes = LittleEndian.golden("tiff-rgb-none.tif").tag(258, 1, 3, 0x080808).bytes();
    Goldens.assertSamePixels(
        ImageDecoder.decode(bytes, "a.tif"), Goldens.ppm("decoded/tiff-rgb-none.tif.ppm"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rgb-lzw", "rgb-deflate", "rgb-pack-bits"})
  void aStripOfAnothersDataIsRefused(String name) {
    LittleEndian file = LittleEndian.golden("tiff-" + name + ".tif");
    file.tag(278, 18).tag(273, 8).tag(279, 60);
    assertThatThrownBy(() -> ImageDecoder.decode(file.bytes(), "a.tif"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageContaining("a strip or tile that does not decode to its pixels");
  }

  /** Libtiff gives black rows for such a strip, or those of another. */
  @Test
  void aDeflatedStripHoldsNoMoreThanItsPixels() {
    byte[] file = LittleEndian.golden("tiff-rgb-deflate.tif").tag(257, 17).bytes();
    assertThatThrownBy(() -> ImageDecoder.decode(file, "a.tif"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageContaining("does not decode to its pixels");
  }

  /** Pillow turns a TIFF whenever it is read, other formats when it is asked. */
  @Test
  void orientationIsAppliedOnceWhateverIsSaidOfExif() throws IOException {
    byte[] file = Goldens.bytes("pictures/tiff-turned-6.tif");
    RgbImage image = ImageDecoder.decode(file, "a.tif", DecodeOptions.DEFAULT);
    RgbImage upright =
        ImageDecoder.decode(file, "a.tif", DecodeOptions.DEFAULT.withApplyExif(true));
    Goldens.assertSamePixels(upright, image);
    assertThat(image.width()).isEqualTo(9);
    byte[] unknown = LittleEndian.copyOf(file).tag(274, 9).bytes();
    assertThat(ImageDecoder.decode(unknown, "a.tif").width()).isEqualTo(14);
  }
}
