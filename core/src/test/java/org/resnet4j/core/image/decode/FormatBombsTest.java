package org.resnet4j.core.image.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.core.image.Goldens;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.LittleEndian;
import org.resnet4j.core.image.RgbImage;

/** GIF, BMP, TIFF and WebP that claim more than they have: neither memory nor work goes by it. */
class FormatBombsTest {
  private static final long MIB = 1 << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static void assertRefusedCheaply(byte[] file, String complaint) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> ImageDecoder.decode(file, "bomb"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageContaining(complaint);
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
        .isLessThan(MIB + file.length * 4L);
  }

  @Test
  void extentsThatTheDataCannotFillTakeNoMemory() {
    byte[] gif = LittleEndian.golden("gif-87a.gif").u16(75, 7000).u16(77, 7000).bytes();
    assertRefusedCheaply(gif, "too little data");
    byte[] bmp = LittleEndian.golden("bmp-24.bmp").u32(18, 7000).u32(22, 7000).bytes();
    assertRefusedCheaply(bmp, "ends too early");
    byte[] runs = LittleEndian.golden("bmp-rle8.bmp").u32(18, 7000).u32(22, 7000).bytes();
    assertRefusedCheaply(runs, "ends too early");
    for (String name : new String[] {"none", "lzw", "deflate", "pack-bits"}) {
      LittleEndian tiff = LittleEndian.golden("tiff-rgb-" + name + ".tif");
      tiff.tag(256, 7000).tag(257, 7000).tag(278, 7000).tag(273, 8).tag(279, 100);
      assertRefusedCheaply(tiff.bytes(), "too little data");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "322, 0x80000000, strips or tiles of 2147483648x16 pixels",
    "322, 0xFFFFFFF0, strips or tiles of 4294967280x16 pixels",
    "323, 0xFFFFFFF0, strips or tiles of 16x4294967280 pixels",
    "322, 17, strips or tiles of 17x16 pixels",
    "322, 0, strips or tiles of 0x16 pixels",
  })
  void tilesFitTheirPicture(int tag, String value, String complaint) {
    LittleEndian tiff = LittleEndian.copyOf(tiled());
    assertRefusedCheaply(tiff.tag(tag, Long.decode(value)).bytes(), complaint);
  }

  private static byte[] tiled() {
    return new TinyTiff()
        .tag(256, 19)
        .tag(257, 18)
        .tag(258, 8)
        .tag(262, 1)
        .tag(322, 16)
        .tag(323, 16)
        .tag(324, 8)
        .tag(325, 1)
        .bytes();
  }

  @Test
  void aTagHasNoMoreValuesThanThePictureNeeds() {
    LittleEndian tiff = LittleEndian.golden("tiff-rgb-none.tif");
    assertRefusedCheaply(tiff.tag(273, 4, 0xFFFFFFFFL, 8).bytes(), "has 4294967295 values");
    LittleEndian many = LittleEndian.golden("tiff-rgb-none.tif");
    many.tag(256, 1).tag(257, 50_000_000).tag(278, 1);
    assertRefusedCheaply(many.bytes(), "strips or tiles are too many");
    LittleEndian beyond = LittleEndian.golden("tiff-rgb-none.tif").tag(273, 4, 5, 0xFFFFFFF0L);
    assertRefusedCheaply(beyond.bytes(), "too many for a picture");
  }

  /** Only the first directory is read, wherever it says that the next is. */
  @Test
  void directoriesThatFollowAreNotRead() throws IOException {
    byte[] tiff = Goldens.bytes("pictures/tiff-rgb-none.tif");
    ByteBuffer numbers = ByteBuffer.wrap(tiff).order(ByteOrder.LITTLE_ENDIAN);
    int directory = numbers.getInt(4);
    numbers.putInt(directory + 2 + 12 * numbers.getChar(directory), directory);
    Goldens.assertSamePixels(
        ImageDecoder.decode(tiff, "loop.tif"), Goldens.ppm("decoded/tiff-rgb-none.tif.ppm"));
    assertRefusedCheaply(LittleEndian.copyOf(tiff).u32(4, 0xFFFFFFFFL).bytes(), "too many for");
    assertRefusedCheaply(
        LittleEndian.copyOf(tiff).u32(4, 0).bytes(), "ends too early"); // its own header
  }

  @Test
  void tagsThatMakeNoPixelsAreNotRead() throws IOException {
    TinyTiff many = new TinyTiff();
    many.tag(256, 1).tag(257, 1).tag(258, 8).tag(262, 1).tag(273, 8).tag(279, 1);
    for (int tag = 1000; tag < 40_000; tag++) {
      if (tag < 32_000 || tag > 34_000) {
        many.entry(tag, 2, 0xFFFFFFFFL, 8);
      }
    }
    long before = THREADS.getCurrentThreadAllocatedBytes();
    assertThat(ImageDecoder.decode(many.bytes(), "many.tif").data()).hasSize(3);
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(4 * MIB);
  }

  @Test
  void manyBlocksOfAGifCostNoMoreThanOne() throws IOException {
    byte[] plain = Goldens.bytes("pictures/gif-87a.gif");
    ByteArrayOutputStream many = new ByteArrayOutputStream();
    many.write(plain, 0, 13 + 48);
    for (int i = 0; i < 100_000; i++) {
      many.writeBytes(new byte[] {'!', (byte) 0xFE, 1, 'x', 0});
    }
    many.write(plain, 13 + 48, plain.length - 13 - 48);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    RgbImage image = ImageDecoder.decode(many.toByteArray(), "bomb.gif");
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(2 * MIB);
    Goldens.assertSamePixels(image, Goldens.ppm("decoded/gif-87a.gif.ppm"));
  }

  @Test
  void moreDataThanItsPixelsTakeIsNotKept() {
    byte[] gif = Goldens.bytes("pictures/gif-1x1.gif");
    byte[] long_ = Arrays.copyOf(gif, 2_000_000);
    Arrays.fill(long_, gif.length - 2, long_.length, (byte) 0xFF);
    assertThatThrownBy(() -> ImageDecoder.decode(long_, "bomb.gif"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageContaining("more data than its pixels take");
    byte[] webp = Arrays.copyOf(Goldens.bytes("pictures/webp-1x1.webp"), 2_000_000);
    byte[] claimed = LittleEndian.copyOf(webp).u32(4, 1_999_992).u32(16, 1_999_000).bytes();
    assertRefusedCheaply(claimed, "1999000 bytes for 1x1 pixels");
  }

  /** A little-endian TIFF of a directory and no pixels. */
  private static final class TinyTiff {
    private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
    private int count;

    TinyTiff tag(int tag, long value) {
      return entry(tag, 4, 1, value);
    }

    TinyTiff entry(int tag, int type, long values, long value) {
      ByteBuffer entry = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
      entry.putShort((short) tag).putShort((short) type).putInt((int) values).putInt((int) value);
      entries.writeBytes(entry.array());
      count++;
      return this;
    }

    byte[] bytes() {
      ByteBuffer file = ByteBuffer.allocate(14 + entries.size()).order(ByteOrder.LITTLE_ENDIAN);
      file.putInt(0x002A4949).putInt(8).putShort((short) count).put(entries.toByteArray());
      return file.putInt(0).array();
    }
  }
}
