package org.resnet4j.core.image.jfif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.JpegBytes;
import org.resnet4j.core.image.source.Source;

class JpegSegmentsTest {
  private static final int SCAN = 0xDA;
  private static final int EOI = 0xD9;
  private static final byte[] FRAME = {8, 0, 8, 0, 8, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0};
  private static final byte[] INTERLEAVED = {3, 1, 0, 2, 0, 3, 0, 0, 63, 0};

  private static JpegSegments parse(byte[] jpeg) throws ImageDecodeException {
    return JpegSegments.parse(
        new Source("a.jpg", new ByteArrayInputStream(jpeg)), DecodeOptions.DEFAULT);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] segment(int marker, byte[] data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    JpegBytes.segment(out, marker, data);
    return out.toByteArray();
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** SOI, {@code parts}, EOI. */
  private static byte[] jpeg(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(bytes(0xFF, 0xD8));
    Arrays.stream(parts).forEach(out::writeBytes);
    out.writeBytes(bytes(0xFF, EOI));
    return out.toByteArray();
  }

  /** 8x8 pixels of three components behind {@code before}. */
  private static byte[] picture(byte[] before) {
    return jpeg(before, segment(0xC0, FRAME), segment(SCAN, INTERLEAVED), bytes(0x55));
  }

  private static void assertCorrupt(byte[] jpeg, String what) {
    assertThatThrownBy(() -> parse(jpeg))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageContaining("the JPEG is corrupt (" + what + ")");
  }

  /** The four tables of a sequential picture, each without a code. */
  private static byte[] tables() {
    byte[] tables = new byte[4 * 17];
    tables[17] = 0x01;
    tables[34] = 0x10;
    tables[51] = 0x11;
    return tables;
  }

  @Test
  void keepsWhatMakesPixels() throws ImageDecodeException {
    byte[] kept =
        jpeg(
            segment(0xDB, new byte[65]),
            segment(0xC4, tables()),
            segment(0xDD, bytes(0, 4)),
            segment(0xC0, FRAME),
            segment(SCAN, INTERLEAVED),
            bytes(0x55, 0xFF, 0, 0xFF, 0xD0, 0x66, 0xFF, 0xD7));
    byte[] pixels = parse(kept).pixels();
    int adobe = 16;
    assertThat(Arrays.copyOfRange(pixels, 2 + adobe, pixels.length))
        .isEqualTo(Arrays.copyOfRange(kept, 2, kept.length));
  }

  @ParameterizedTest
  @CsvSource({
    "'JFIF\0\1\1\0\0\1\0\1\0\0', YCBCR", // whole
    "'JFIF\0\1\1\0\0\1\0\1\0', RGB",
    "'JFXX\0\1\1\0\0\1\0\1\0\0', RGB",
  })
  void isJfifWithAWholeHeader(String app0, JpegColor color) throws ImageDecodeException {
    byte[] rgb = FRAME.clone();
    rgb[6] = 'R';
    rgb[9] = 'G';
    rgb[12] = 'B';
    byte[] scan = {3, 'R', 0, 'G', 0, 'B', 0, 0, 63, 0};
    byte[] whole =
        jpeg(segment(0xE0, latin1(app0)), segment(0xC0, rgb), segment(SCAN, scan), bytes(0));
    assertThat(parse(whole).color()).isEqualTo(color);
  }

  @ParameterizedTest
  @CsvSource({"12, 0, RGB", "12, 1, YCBCR", "13, 0, RGB", "11, 0, YCBCR", "12, 255, YCBCR"})
  void adobesMarkerSaysWhatItIs(int length, int transform, JpegColor color)
      throws ImageDecodeException {
    byte[] adobe = Arrays.copyOf(latin1("Adobe"), length);
    adobe[length - 1] = (byte) transform;
    if (length > 12) {
      adobe[11] = (byte) transform;
      adobe[12] = 9;
    }
    assertThat(parse(picture(segment(0xEE, adobe))).color()).isEqualTo(color);
  }

  private static byte[] exif(int orientation) {
    return bytes(
        'E',
        'x',
        'i',
        'f',
        0,
        0,
        'M',
        'M',
        0,
        42,
        0,
        0,
        0,
        8,
        0,
        1,
        1,
        0x12,
        0,
        3,
        0,
        0,
        0,
        1,
        0,
        orientation,
        0,
        0);
  }

  @Test
  void theFirstExifCounts() throws ImageDecodeException {
    assertThat(parse(picture(new byte[0])).orientation()).isEqualTo(1);
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(segment(0xE1, latin1("http://ns.adobe.com/xap/1.0/\0")));
    both.writeBytes(segment(0xE1, exif(6)));
    both.writeBytes(segment(0xE1, exif(3)));
    assertThat(parse(picture(both.toByteArray())).orientation()).isEqualTo(6);
    assertThat(parse(picture(segment(0xE2, exif(6)))).orientation()).isEqualTo(1);
    for (int length = 0; length < 26; length++) {
      byte[] cut = Arrays.copyOf(exif(6), length);
      assertThat(parse(picture(segment(0xE1, cut))).orientation()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0x02, 0x4F, 0xBF, 0xC8, 0xD8, 0xDE, 0xDF, 0xF0, 0xFD}) // reserved, or out of place
  void refusesMarkersThatMayNotStandThere(int marker) {
    assertCorrupt(
        picture(bytes(0xFF, marker, 0, 2)), "marker 0x%02X".formatted(marker)); // and not skipped
  }

  @ParameterizedTest
  @ValueSource(ints = {0xE0, 0xE3, 0xEF, 0xFE, 0xDC, 0xCC})
  void passesOverWhatMakesNoPixels(int marker) throws ImageDecodeException {
    byte[] plain = parse(picture(new byte[0])).pixels();
    assertThat(parse(picture(segment(marker, new byte[40_000]))).pixels()).isEqualTo(plain);
    for (int length = 0; length <= 2; length++) {
      assertThat(parse(picture(bytes(0xFF, marker, 0, length))).pixels()).isEqualTo(plain);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x00, 0x01, 0xD0, 0xD7})
  void passesOverMarkersWithoutALength(int marker) throws ImageDecodeException {
    byte[] plain = parse(picture(new byte[0])).pixels();
    assertThat(parse(picture(bytes(0xFF, marker, 7, 0xFF, 0xFF, marker))).pixels())
        .isEqualTo(plain);
  }

  @ParameterizedTest
  @ValueSource(ints = {0xC4, 0xDB, 0xDD})
  void tablesBehindTheLastScanMakeNoPixels(int marker) throws ImageDecodeException {
    byte[] frame = segment(0xC0, FRAME);
    byte[] scan = segment(SCAN, INTERLEAVED);
    byte[] data = bytes(0x55, 0xFF, 0);
    byte[] table = segment(marker, new byte[65]);
    JpegSegments plain = parse(jpeg(frame, scan, data));
    assertThat(parse(jpeg(frame, scan, data, table)).pixels()).isEqualTo(plain.pixels());
    assertThat(parse(jpeg(frame, table, scan, data)).pixels()).isNotEqualTo(plain.pixels());
  }

  @Test
  void aPictureHasAFrameAndAScan() {
    assertCorrupt(jpeg(), "no scan in it");
    assertCorrupt(jpeg(segment(0xC0, FRAME)), "no scan in it");
    assertCorrupt(jpeg(segment(SCAN, INTERLEAVED), segment(0xC0, FRAME)), "no frame header");
  }

  @ParameterizedTest
  @CsvSource({"-1, 0", "0, 0", "0, 4", "1, 5", "1, 7", "3, 9", "3, 11", "4, 13", "5, 14", "-3, 4"})
  void aScanHeaderIsAsLongAsItsComponents(int components, int length) {
    byte[] header = new byte[length];
    for (int i = 0; i < length; i++) {
      header[i] = (byte) (i == 0 ? components : 1 + i / 2);
    }
    byte[] jpeg = jpeg(segment(0xC0, FRAME), segment(SCAN, header), new byte[9]);
    assertCorrupt(jpeg, "a scan header of wrong length");
  }

  @Test
  void aLengthBelowTwoIsAnEmptyHeader() {
    byte[] jpeg = jpeg(segment(0xC0, FRAME), bytes(0xFF, SCAN, 0, 1));
    assertCorrupt(jpeg, "a scan header of wrong length");
  }

  /** 3 * 9 blocks of 24x24 pixels take 27 bits at least, four bytes. */
  @ParameterizedTest
  @CsvSource({"4, 0, true", "3, 0, false", "3, 1, true", "0, 1, true"})
  void everyBlockTakesABit(int length, int firstCoefficient, boolean enough)
      throws ImageDecodeException {
    byte[] frame = FRAME.clone();
    frame[2] = 24;
    frame[4] = 24;
    byte[] scan = INTERLEAVED.clone();
    scan[7] = (byte) firstCoefficient;
    byte[] last = segment(SCAN, scan);
    byte[] jpeg =
        firstCoefficient == 0
            ? jpeg(segment(0xC2, frame), last, new byte[length])
            : jpeg(
                segment(0xC2, frame),
                segment(SCAN, INTERLEAVED),
                new byte[4],
                last,
                new byte[length]);
    if (enough) {
      assertThat(parse(jpeg).frame().width()).isEqualTo(24);
    } else {
      assertThatThrownBy(() -> parse(jpeg)).hasMessageContaining("ends too early");
    }
  }

  @Test
  void everyTruncationIsRefused() {
    byte[] whole = picture(segment(0xE1, exif(6)));
    for (int length = 2; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> parse(cut))
          .as("%d bytes", length)
          .isInstanceOf(ImageDecodeException.class)
          .hasMessageContaining("ends too early");
    }
  }
}
