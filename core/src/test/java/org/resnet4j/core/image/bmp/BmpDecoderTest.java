package org.resnet4j.core.image.bmp;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.core.image.Goldens;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.LittleEndian;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.decode.ImageDecoder;

class BmpDecoderTest {
  private static final int COMPRESSION = 30;
  private static final int COLOURS = 46;

  @ParameterizedTest
  @CsvSource({
    "bmp-24.bmp, 14, 52, its header of 52 bytes is not supported",
    "bmp-24.bmp, 28, 2, 2 bits per pixel",
    "bmp-24.bmp, 30, 1, run lengths for 24 bits per pixel",
    "bmp-24.bmp, 30, 4, compression 4 of BMP is not supported",
    "bmp-8.bmp, 30, 2, run lengths for 8 bits per pixel",
    "bmp-os2-2.bmp, 30, 3, compression 3 of BMP is not supported",
    "bmp-8.bmp, 46, 257, 257 colours",
    "bmp-565.bmp, 54, 0xF801, its bit fields are not supported",
    "bmp-rgba-v4.bmp, 66, 0, its bit fields are not supported",
    "bmp-24.bmp, 18, 0, 0x18 pixels",
    "bmp-24.bmp, 22, 0x80000000, are more than the limit",
    "bmp-24.bmp, 10, 0x7FFFFFFF, are too many for a picture",
    "bmp-24.bmp, 10, 0x100000, ends too early",
    "bmp-rle8.bmp, 10, 1079, begin at an odd place",
  })
  void saysWhatIsWrong(String name, int at, String value, String complaint) {
    byte[] file = LittleEndian.golden(name).u32(at, Long.decode(value)).bytes();
    assertThatThrownBy(() -> ImageDecoder.decode(file, "a.bmp"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageContaining(complaint);
  }

  @Test
  void aMaskThatSaysNothingIsNoAlpha() throws IOException {
    byte[] file = LittleEndian.golden("bmp-555-v5.bmp").u32(66, 0).bytes();
    RgbImage image = ImageDecoder.decode(file, "a.bmp");
    Goldens.assertSamePixels(image, Goldens.ppm("decoded/bmp-555-v5.bmp.ppm"));
  }

  /** As eight bits of which Pillow makes one, and four of which it makes eight. */
  @ParameterizedTest
  @CsvSource({"bmp-8.bmp, 2, 255", "bmp-4.bmp, 16, 1", "bmp-4.bmp, 2, 255"})
  void palettesThatPillowTakesForGreyAreRefused(String name, int colours, int step) {
    LittleEndian file = LittleEndian.golden(name).u32(COLOURS, colours);
    for (int i = 0; i < colours; i++) {
      file.u32(54 + 4 * i, 0x10101L * step * i);
    }
    assertThatThrownBy(() -> ImageDecoder.decode(file.bytes(), "a.bmp"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageContaining("Pillow misreads");
  }

  @ParameterizedTest
  @CsvSource({
    "bmp-rle8.bmp, 0 2 1 1, a jump",
    "bmp-rle8.bmp, 0 0, an empty row",
    "bmp-rle8.bmp, 0 1, it ends before its last pixel",
    "bmp-rle8.bmp, 0 20, a literal run over the end of a row",
    "bmp-rle4.bmp, 0 5 1 1, a literal run of odd length",
    "bmp-rle4.bmp, 19 1 0 6, no end of a row",
  })
  void runsThatPillowMisreadsAreRefused(String name, String codes, String complaint) {
    LittleEndian file = LittleEndian.golden(name);
    int at = name.equals("bmp-rle8.bmp") ? 54 + 1024 : 54 + 64;
    for (String code : codes.split(" ")) {
      file.u8(at++, Integer.parseInt(code));
    }
    assertThatThrownBy(() -> ImageDecoder.decode(file.bytes(), "a.bmp"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageContaining(complaint);
  }

  @Test
  void runsEndInTime() {
    byte[] whole = LittleEndian.golden("bmp-rle8.bmp").u32(COMPRESSION, 1).bytes();
    assertThatThrownBy(() -> ImageDecoder.decode(Arrays.copyOf(whole, whole.length - 5), "a.bmp"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageContaining("ends too early");
  }
}
