package org.resnet4j.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.image.decode.ImageDecoder;

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

  /** As scanners have it: the model says how many bits of a sample count. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 10, 12, 16})
  void greyOfAnyDepthGoesFromBlackToWhite(int bits) {
    int type = bits > Byte.SIZE ? DataBuffer.TYPE_USHORT : DataBuffer.TYPE_BYTE;
    BufferedImage image = grey(type, false, bits);
    int most = (1 << bits) - 1;
    image.getRaster().setSample(0, 0, 0, most);
    image.getRaster().setSample(1, 0, 0, most / 2);
    assertThat(Byte.toUnsignedInt(RgbImage.of(image).data()[0])).isEqualTo(255);
    int half = bits < Byte.SIZE ? 255 * (most / 2) / most : 127;
    assertThat(Byte.toUnsignedInt(RgbImage.of(image).data()[3])).isEqualTo(half);
    assertThat(RgbImage.of(image).data()[6]).isZero();
  }

  /** As colours are: 50 of 64 is 199 of 255. */
  @ParameterizedTest
  @ValueSource(ints = {8, 16})
  void greyIsGivenWithoutTheAlphaThatItIsMultipliedWith(int bits) {
    int type = bits > Byte.SIZE ? DataBuffer.TYPE_USHORT : DataBuffer.TYPE_BYTE;
    int unit = bits > Byte.SIZE ? 257 : 1;
    BufferedImage image = grey(type, true, bits, bits);
    image.getRaster().setPixel(0, 0, new int[] {50 * unit, 64 * unit});
    image.getRaster().setPixel(1, 0, new int[] {0, 0});
    image.getRaster().setPixel(2, 0, new int[] {200 * unit, 255 * unit});
    byte[] data = RgbImage.of(image).data();
    assertThat(Byte.toUnsignedInt(data[0])).isEqualTo(199);
    assertThat(data[3]).isZero();
    assertThat(Byte.toUnsignedInt(data[6])).isEqualTo(200);
  }

  /** Three pixels beside each other. */
  private static BufferedImage grey(int type, boolean premultiplied, int... bits) {
    ColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_GRAY),
            bits,
            bits.length > 1,
            premultiplied,
            bits.length > 1 ? Transparency.TRANSLUCENT : Transparency.OPAQUE,
            type);
    return new BufferedImage(
        model, model.createCompatibleWritableRaster(3, 1), premultiplied, null);
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
