package org.resnet4j.core.image.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.Goldens;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.PngBytes;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.WebpLibrary;

class DamagedPicturesTest {
  private static final DecodeOptions TURNED = DecodeOptions.DEFAULT.withApplyExif(true);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jpeg-444.jpg",
        "jpeg-420.jpg",
        "jpeg-440.jpg",
        "jpeg-progressive.jpg",
        "jpeg-grey.jpg",
        "jpeg-cmyk.jpg",
        "jpeg-ycck.jpg",
        "jpeg-adobe-rgb.jpg",
        "jpeg-exif-3.jpg",
        "jpeg-1x1.jpg",
        "jpeg-420-wide.jpg",
        "png-rgb.png",
        "png-rgb-adam7.png",
        "png-palette4.png",
        "png-palette-trns.png",
        "png-grey1.png",
        "png-grey16-adam7.png",
        "png-1x1.png"
      })
  void everyTruncationIsRefused(String name) {
    byte[] whole = Goldens.bytes("pictures/" + name);
    List<Integer> accepted = new ArrayList<>();
    for (int length = 0; length < whole.length; length++) {
      try {
        ImageDecoder.decode(Arrays.copyOf(whole, length), name);
        accepted.add(length);
      } catch (ImageDecodeException expected) {
        assertThat(expected.getMessage()).startsWith(name).doesNotContain("\n");
      }
    }
    assertThat(accepted).as("accepted lengths of %d bytes", whole.length).isEmpty();
  }

  /** What fills up a last row, and the mark behind a last picture, are no pixels. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "gif-palette.gif",
        "gif-interlaced.gif",
        "gif-small-transparent.gif",
        "gif-full-table.gif",
        "gif-1x1.gif",
        "bmp-24.bmp",
        "bmp-1.bmp",
        "bmp-os2-4.bmp",
        "bmp-down-4.bmp",
        "bmp-rle4.bmp",
        "bmp-rle8.bmp",
        "tiff-rgb-none.tif",
        "tiff-rgb-lzw-tiles.tif",
        "tiff-rgb-deflate-planes.tif",
        "tiff-rgb-pack-bits.tif",
        "tiff-grey16-big.tif",
        "tiff-1x1.tif",
        "webp-lossy.webp",
        "webp-lossless-alpha.webp",
        "webp-small-frame.webp",
        "webp-exif-6.webp"
      })
  void aTruncationThatLosesPixelsIsRefused(String name) throws IOException {
    WebpLibrary.assumeFor(name);
    byte[] whole = Goldens.bytes("pictures/" + name);
    byte[] pixels = ImageDecoder.decode(whole, name).data();
    int accepted = 0;
    for (int length = 0; length < whole.length; length++) {
      try {
        RgbImage image = ImageDecoder.decode(Arrays.copyOf(whole, length), name, TURNED);
        assertThat(image.data()).as("%d of %d bytes", length, whole.length).isEqualTo(pixels);
        accepted++;
      } catch (ImageDecodeException expected) {
        assertThat(expected.getMessage()).startsWith(name).doesNotContain("\n");
      }
    }
    assertThat(accepted).as("accepted lengths").isLessThanOrEqualTo(4);
  }

  /** The checksums are put right so that the damage reaches the reader. */
  @Test
  void pngWithoutAllItsPixelsIsRefused() {
    for (String name : List.of("png-rgb.png", "png-rgb-adam7.png", "png-palette4.png")) {
      byte[] whole = Goldens.bytes("pictures/" + name);
      int dropped = PngBytes.lastData(whole);
      byte[] shortened = PngBytes.without(whole, dropped);
      assertThatThrownBy(() -> ImageDecoder.decode(shortened, name))
          .as(name)
          .isInstanceOf(ImageDecodeException.class);
      // The last bytes hold zlib's own checksum, which is no pixel and which PNG's covers already.
      for (int cut = 8; cut < PngBytes.dataLength(whole, dropped) - 4; cut += 7) {
        byte[] cutShort = PngBytes.shortened(whole, dropped, cut);
        assertThatThrownBy(() -> ImageDecoder.decode(cutShort, name))
            .as("%s, last IDAT %d bytes shorter", name, cut)
            .isInstanceOf(ImageDecodeException.class);
      }
    }
  }

  @Test
  void pngWithFewerRowsThanItsHeaderSaysIsRefused() {
    for (String name : List.of("png-rgb.png", "png-rgb-adam7.png", "png-grey1.png")) {
      byte[] bytes = Goldens.bytes("pictures/" + name);
      bytes[23]++;
      PngBytes.repairChecksums(bytes);
      assertThatThrownBy(() -> ImageDecoder.decode(bytes, name))
          .as(name)
          .isInstanceOf(ImageDecodeException.class);
    }
  }

  @Test
  void pngWithAWrongChecksumIsRefused() {
    byte[] bytes = Goldens.bytes("pictures/png-rgb.png");
    bytes[PngBytes.lastData(bytes) + 20] ^= 4;
    assertThatThrownBy(() -> ImageDecoder.decode(bytes, "flipped.png"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessage("flipped.png: the PNG is corrupt (wrong checksum); copy or download it again");
  }

  @Test
  void strayBytesBetweenJpegSegmentsDoNoHarm() throws ImageDecodeException {
    byte[] whole = Goldens.bytes("pictures/jpeg-420.jpg");
    int afterApp0 = 4 + (whole[4] << 8 | whole[5]);
    ByteArrayOutputStream padded = new ByteArrayOutputStream();
    padded.write(whole, 0, afterApp0);
    padded.writeBytes(new byte[5]);
    padded.write(whole, afterApp0, whole.length - afterApp0);
    RgbImage image = ImageDecoder.decode(padded.toByteArray(), "stray.jpg");
    Goldens.assertSamePixels(image, Goldens.ppm("decoded/jpeg-420.jpg.ppm"));
  }

  @Test
  void aDamagedExifHintIsNoError() {
    byte[] whole = Goldens.bytes("pictures/jpeg-exif-6.jpg");
    int exif = new String(whole, StandardCharsets.ISO_8859_1).indexOf("Exif");
    for (int at = exif + 6; at < exif + 6 + 34; at++) {
      byte[] damaged = whole.clone();
      damaged[at] = (byte) 0xFF;
      assertThatCode(() -> ImageDecoder.decode(damaged, "hint.jpg", TURNED))
          .as("byte %d", at)
          .doesNotThrowAnyException();
    }
  }
}
