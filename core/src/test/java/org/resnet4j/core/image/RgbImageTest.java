package org.resnet4j.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RgbImageTest {
  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_INT_BGR,
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_4BYTE_ABGR,
      })
  void takesThePixelsOfAwt(int type) {
    BufferedImage image = new BufferedImage(5, 3, type);
    SplittableRandom random = new SplittableRandom(type);
    byte[] expected = new byte[45];
    random.nextBytes(expected);
    for (int i = 0; i < 15; i++) {
      int alpha = image.getColorModel().hasAlpha() ? random.nextInt(1, 256) : 255;
      image.setRGB(
          i % 5,
          i / 5,
          alpha << 24
              | (expected[3 * i] & 0xFF) << 16
              | (expected[3 * i + 1] & 0xFF) << 8
              | (expected[3 * i + 2] & 0xFF));
    }
    RgbImage rgb = RgbImage.of(image);
    assertThat(rgb.width()).isEqualTo(5);
    assertThat(rgb.height()).isEqualTo(3);
    assertThat(rgb.data()).isEqualTo(expected);
  }

  @Test
  void greyStaysAsItIsStored() {
    BufferedImage bytes = new BufferedImage(256, 1, BufferedImage.TYPE_BYTE_GRAY);
    BufferedImage shorts = new BufferedImage(256, 1, BufferedImage.TYPE_USHORT_GRAY);
    for (int i = 0; i < 256; i++) {
      bytes.getRaster().setSample(i, 0, 0, i);
      shorts.getRaster().setSample(i, 0, 0, i << 8 | 0xAB);
    }
    for (BufferedImage image : new BufferedImage[] {bytes, shorts}) {
      byte[] data = RgbImage.of(image).data();
      for (int i = 0; i < 768; i++) {
        assertThat(data[i]).isEqualTo((byte) (i / 3));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "png-rgb.png",
        "png-palette8.png",
        "png-grey8.png",
        "png-grey-alpha.png",
        "png-grey16.png",
        "png-rgba.png"
      })
  void whatImageIoReadIsWhatTheDecoderReads(String name) throws IOException {
    byte[] file = Goldens.bytes("pictures/" + name);
    RgbImage decoded =
        ImageDecoder.decode(new ByteArrayInputStream(file), name, DecodeOptions.DEFAULT);
    Goldens.assertSamePixels(RgbImage.of(ImageIO.read(new ByteArrayInputStream(file))), decoded);
    Goldens.assertSamePixels(decoded, ImageDecoder.decode(file, name));
  }
}
