package org.resnet4j.core.image.gif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
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

class GifDecoderTest {
  private static final int COMMENT_AT = 13 + 48;
  private static final int FRAME_AT = COMMENT_AT + 9;

  @ParameterizedTest
  @CsvSource({
    "4, 48, a version that GIF does not define", // GIF80a
    "70, 0x3B, no frame in it",
    "75, 0, a frame of 0x13 pixels",
    "80, 1, 1 bits per index",
    "80, 9, 9 bits per index",
    "80, 3, its pixels cannot be decoded",
  })
  void saysWhatIsWrong(int at, String value, String complaint) {
    byte[] file = LittleEndian.golden("gif-87a.gif").u8(at, Integer.decode(value)).bytes();
    assertThatThrownBy(() -> ImageDecoder.decode(file, "a.gif"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageStartingWith("a.gif: the GIF ")
        .hasMessageContaining(complaint);
  }

  @Test
  void aFrameWithoutEnoughDataIsRefused() {
    byte[] file = LittleEndian.golden("gif-87a.gif").u16(FRAME_AT + 7, 14).bytes();
    assertThatThrownBy(() -> ImageDecoder.decode(file, "a.gif"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageContaining("its pixels cannot be decoded");
  }

  /** Pillow passes over them too. */
  @Test
  void strayBytesBetweenBlocksDoNoHarm() throws IOException {
    byte[] whole = Goldens.bytes("pictures/gif-87a.gif");
    ByteArrayOutputStream stray = new ByteArrayOutputStream();
    stray.write(whole, 0, COMMENT_AT);
    stray.writeBytes(new byte[] {0, 0, 7});
    stray.write(whole, COMMENT_AT, whole.length - COMMENT_AT);
    RgbImage image = ImageDecoder.decode(stray.toByteArray(), "a.gif");
    Goldens.assertSamePixels(image, Goldens.ppm("decoded/gif-87a.gif.ppm"));
  }

  @Test
  void anExtensionWithoutContentIsRefused() {
    byte[] file = LittleEndian.golden("gif-87a.gif").u8(COMMENT_AT + 1, 1).u8(63, 0).bytes();
    assertThatThrownBy(() -> ImageDecoder.decode(file, "a.gif"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageContaining("an extension without content");
  }

  @Test
  void whatFollowsTheFirstFrameIsNotRead() throws IOException {
    byte[] whole = Goldens.bytes("pictures/gif-animated.gif");
    RgbImage image = ImageDecoder.decode(whole, "a.gif");
    Goldens.assertSamePixels(image, ImageDecoder.decode(Arrays.copyOf(whole, 1000), "a.gif"));
    assertThat(whole.length).isGreaterThan(1000);
  }

  @Test
  void thePixelLimitHoldsForTheScreen() {
    byte[] file = LittleEndian.golden("gif-87a.gif").u16(6, 65_535).u16(8, 65_535).bytes();
    assertThatThrownBy(() -> ImageDecoder.decode(file, "a.gif"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageContaining("65535x65535 pixels are more than the limit");
  }
}
