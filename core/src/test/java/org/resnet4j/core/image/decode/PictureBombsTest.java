package org.resnet4j.core.image.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.core.image.Goldens;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.JpegBytes;
import org.resnet4j.core.image.PngBytes;
import org.resnet4j.core.image.RgbImage;

/**
 * Small files that used to cost minutes, and long ones that cost the heap. What is measured is work
 * and allocated bytes, not time.
 */
class PictureBombsTest {
  private static final long MIB = 1 << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path folder;

  @Test
  void aSoundPictureOfHundredsOfScansIsRefused() throws ImageDecodeException {
    byte[] run = JpegBytes.RUN_OF_16384;
    RgbImage image =
        ImageDecoder.decode(JpegBytes.progressive(1024, 1024, 1, 63, run), "few scans.jpg");
    assertThat(image.data()).containsOnly(128);
    byte[] bomb = JpegBytes.progressive(1024, 1024, 1, JpegBytes.DISTINCT_SCANS, run);
    assertThat(bomb.length).isLessThan(13_000);
    assertThatThrownBy(() -> ImageDecoder.decode(bomb, "bomb.jpg"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageMatching(
            "bomb.jpg: the JPEG has more than 1\\d\\d scans of 1024x1024 pixels;"
                + " save it again as a baseline JPEG");
  }

  /** The reader reports only its first warning; a harmless one used to hide that data is lost. */
  @Test
  void strayBytesHideNoLoss() {
    byte[] whole = Goldens.bytes("pictures/jpeg-420.jpg");
    byte[] cut = Arrays.copyOf(whole, whole.length - 100);
    cut[cut.length - 2] = (byte) 0xFF;
    cut[cut.length - 1] = (byte) 0xD9;
    ByteArrayOutputStream stray = new ByteArrayOutputStream();
    JpegBytes.segment(stray, 0xFE, new byte[0]);
    stray.writeBytes(new byte[5]);
    byte[] bytes = JpegBytes.withAtStart(cut, stray.toByteArray());
    assertThatThrownBy(() -> ImageDecoder.decode(bytes, "cut.jpg"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageContaining("premature end of data segment");
  }

  @Test
  void jpegHasOneFrameAndNoOtherPictureInside() {
    byte[] plain = Goldens.bytes("pictures/jpeg-420.jpg");
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    JpegBytes.segment(frame, 0xC0, new byte[] {8, 0, 1, 0, 1, 1, 1, 0x11, 0});
    assertThatThrownBy(
            () -> ImageDecoder.decode(JpegBytes.withAtStart(plain, frame.toByteArray()), "x.jpg"))
        .hasMessageContaining("two frame headers");
    assertThatThrownBy(() ->
            ImageDecoder.decode(
                JpegBytes.withAtStart(plain, new byte[] {-1, (byte) 0xD8}), "x.jpg"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageContaining("marker 0xD8");
  }

  @Test
  void aSideOfMillionsOfPixelsIsRefused() {
    assertThatThrownBy(() -> ImageDecoder.decode(PngBytes.start(1, 1_000_001), "thread.png"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessage("thread.png: 1x1000001 pixels: no side may exceed 1000000; crop it");
    assertThatThrownBy(() -> ImageDecoder.decode(PngBytes.start(1, 1_000_000), "line.png"))
        .hasMessageContaining("line.png: the PNG");
  }

  /** The median, since the first refusals load classes. */
  @Test
  void hugeExtentsAreRefusedByTheHeaderWithinAMillisecond() {
    double worst = 0;
    for (int side : new int[] {20_000, 60_000, Integer.MAX_VALUE}) {
      byte[] bomb = PngBytes.start(side, side);
      long[] nanos = new long[101];
      for (int i = 0; i < nanos.length; i++) {
        long before = THREADS.getCurrentThreadCpuTime();
        assertThatThrownBy(() -> ImageDecoder.decode(bomb, "bomb.png"))
            .hasMessageContaining("are more than the limit");
        nanos[i] = THREADS.getCurrentThreadCpuTime() - before;
      }
      Arrays.sort(nanos);
      worst = Math.max(worst, nanos[nanos.length / 2] / 1e6);
    }
    System.out.printf(Locale.ROOT, "R28: 3 bombs, refused by the header in %.3f ms%n", worst);
    assertThat(worst).as("median of the slowest, ms").isLessThan(1);
  }

  /** Neither header can be true: deflate expands 1032 times at best, a block takes a bit. */
  @Test
  void extentsThatTheDataCannotFillTakeNoMemory() {
    byte[] png = Goldens.bytes("pictures/png-rgb.png");
    ByteBuffer.wrap(png).putInt(16, 7000).putInt(20, 7000);
    PngBytes.repairChecksums(png);
    assertThat(allocatedByRefusing(() -> ImageDecoder.decode(png, "x.png"), "too little data"))
        .isLessThan(MIB);
    byte[] jpeg = Goldens.bytes("pictures/jpeg-grey.jpg");
    int frame = new String(jpeg, StandardCharsets.ISO_8859_1).indexOf("\u00FF\u00C0");
    ByteBuffer.wrap(jpeg).putShort(frame + 5, (short) 7000).putShort(frame + 7, (short) 7000);
    assertThat(allocatedByRefusing(() -> ImageDecoder.decode(jpeg, "x.jpg"), "ends too early"))
        .isLessThan(MIB);
  }

  @Test
  void tablesThatNoScanNeedsAreNotBuilt() throws IOException {
    byte[] plain = Goldens.bytes("pictures/jpeg-420.jpg");
    ByteArrayOutputStream many = new ByteArrayOutputStream();
    byte[] table = new byte[18];
    table[0] = 0x13;
    table[1] = 1;
    for (int i = 0; i < 20_000; i++) {
      JpegBytes.segment(many, 0xC4, table);
    }
    byte[] bomb = JpegBytes.withAtStart(plain, many.toByteArray());
    long before = allocated();
    RgbImage image = ImageDecoder.decode(bomb, "bomb.jpg");
    assertThat(allocated() - before).isLessThan(8 * MIB);
    Goldens.assertSamePixels(image, Goldens.ppm("decoded/jpeg-420.jpg.ppm"));
  }

  @Test
  void aScanBeforeAComponentsFirstTakesNoMemory() {
    byte[] jpeg = JpegBytes.progressive(7000, 7000, 1, 1, JpegBytes.RUN_OF_16384);
    String text = new String(jpeg, StandardCharsets.ISO_8859_1);
    int first = text.indexOf("\u00FF\u00DA");
    int second = text.indexOf("\u00FF\u00DA", first + 2);
    ByteArrayOutputStream without = new ByteArrayOutputStream();
    without.write(jpeg, 0, first);
    without.write(jpeg, second, jpeg.length - second);
    assertThat(
            allocatedByRefusing(
                () -> ImageDecoder.decode(without.toByteArray(), "x.jpg"),
                "a component that begins with a later scan"))
        .isLessThan(MIB);
  }

  /** The zeros are stray bytes, coded data, data of a chunk, and a skipped chunk. */
  @ParameterizedTest
  @CsvSource({
    "jpeg, ends too early",
    "scan, more data than its pixels take",
    "IDAT, more data than its pixels take",
    "teXt, ends too early",
  })
  void aLongFileTakesNoMemoryForItsLength(String kind, String complaint) throws IOException {
    byte[] jpeg = Goldens.bytes("pictures/jpeg-420.jpg");
    byte[] start =
        switch (kind) {
          case "jpeg" -> new byte[] {-1, (byte) 0xD8, -1};
          case "scan" -> Arrays.copyOf(jpeg, jpeg.length - 2);
          default -> {
            byte[] png = Arrays.copyOf(Goldens.bytes("pictures/png-rgb.png"), 41);
            ByteBuffer.wrap(png).putInt(33, 300_000_000);
            System.arraycopy(kind.getBytes(StandardCharsets.US_ASCII), 0, png, 37, 4);
            yield png;
          }
        };
    Path file = sparse(start, 200 * MIB);
    assertThat(allocatedByRefusing(() -> ImageDecoder.decode(file), complaint)).isLessThan(8 * MIB);
  }

  @Test
  void whatFollowsAPictureIsNotRead() throws IOException {
    for (String name : new String[] {"jpeg-420.jpg", "png-rgb.png"}) {
      Path file = sparse(Goldens.bytes("pictures/" + name), 400 * MIB);
      long before = allocated();
      RgbImage image = ImageDecoder.decode(file);
      assertThat(allocated() - before).isLessThan(4 * MIB);
      Goldens.assertSamePixels(image, Goldens.ppm("decoded/" + name + ".ppm"));
    }
  }

  private Path sparse(byte[] start, long length) throws IOException {
    Path file = folder.resolve("long");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(0);
      sparse.write(start);
      sparse.setLength(length);
    }
    return file;
  }

  private static long allocatedByRefusing(ThrowingCallable decode, String complaint) {
    long before = allocated();
    assertThatThrownBy(decode)
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageContaining(complaint);
    return allocated() - before;
  }

  private static long allocated() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }
}
