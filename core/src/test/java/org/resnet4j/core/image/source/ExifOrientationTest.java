package org.resnet4j.core.image.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A hint is read where it is whole, and is none where a byte of it is missing. */
class ExifOrientationTest {
  private static final int OFFSET = 8;
  private static final int OTHER = 0x010F;
  private static final int ORIENTATION = 0x0112;
  private static final int SHORT = 3;

  /** A directory at {@link #OFFSET} that says it has {@code count} entries, and those it has. */
  private static ByteBuffer tiff(ByteOrder order, int count, int[]... entries) {
    ByteBuffer tiff = ByteBuffer.allocate(OFFSET + 2 + 12 * entries.length).order(order);
    tiff.putShort((short) (order == ByteOrder.LITTLE_ENDIAN ? 0x4949 : 0x4D4D));
    tiff.putShort((short) 42).putInt(OFFSET).putShort((short) count);
    for (int[] entry : entries) {
      tiff.putShort((short) entry[0]).putShort((short) entry[1]).putInt(1);
      tiff.putShort((short) entry[2]).putShort((short) 0);
    }
    return tiff;
  }

  private static int parse(ByteBuffer tiff) {
    return of(tiff.array(), 0, tiff.capacity());
  }

  private static int of(byte[] bytes, int from, int to) {
    return ExifOrientation.of(ExifOrientation.parse(bytes, from, to), ExifOrientation.ABSENT);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "2, 2", "5, 5", "8, 8", "9, 1", "65535, 1"})
  void isOneToEightInBothOrders(int value, int orientation) {
    int[] entry = {ORIENTATION, SHORT, value};
    assertThat(parse(tiff(ByteOrder.LITTLE_ENDIAN, 1, entry))).isEqualTo(orientation);
    assertThat(parse(tiff(ByteOrder.BIG_ENDIAN, 1, entry))).isEqualTo(orientation);
  }

  /** Those that Pillow takes, the number in either order. */
  @ParameterizedTest
  @CsvSource({
    "II, 2a00, 6",
    "II, 002a, 6",
    "MM, 002a, 6",
    "MM, 2a00, 6",
    "II, 2b00, 6",
    "MM, 002b, 6",
    "II, 002b, 1",
    "MM, 2b00, 1",
    "MM, 0000, 1",
    "II, 2900, 1",
    "MI, 002a, 1",
  })
  void beginsAsATiffDoes(String order, String magic, int orientation) {
    boolean little = order.equals("II");
    ByteBuffer tiff =
        tiff(
            little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN,
            1,
            new int[] {ORIENTATION, SHORT, 6});
    tiff.put(0, (byte) order.charAt(0)).put(1, (byte) order.charAt(1));
    tiff.put(2, HexFormat.of().parseHex(magic));
    assertThat(parse(tiff)).isEqualTo(orientation);
  }

  @Test
  void standsAnywhereInTheDirectoryAndTheFirstCounts() {
    int[] other = {OTHER, SHORT, 4};
    int[] six = {ORIENTATION, SHORT, 6};
    int[] three = {ORIENTATION, SHORT, 3};
    assertThat(parse(tiff(ByteOrder.BIG_ENDIAN, 3, other, six, three))).isEqualTo(6);
    assertThat(parse(tiff(ByteOrder.BIG_ENDIAN, 3, other, other, three))).isEqualTo(3);
    assertThat(parse(tiff(ByteOrder.BIG_ENDIAN, 2, other, other, three))).isEqualTo(1);
    assertThat(parse(tiff(ByteOrder.BIG_ENDIAN, 0, six))).isEqualTo(1);
    assertThat(parse(tiff(ByteOrder.BIG_ENDIAN, 1, other))).isEqualTo(1);
  }

  /** The types that Pillow's {@code exif_transpose} obeys, in the order of their numbers. */
  @ParameterizedTest
  @CsvSource({
    "1, 06, false",
    "2, 06, false",
    "3, 0006, true",
    "4, 00000006, true",
    "5, 0000000600000001, true",
    "5, 0000000c00000002, true",
    "5, 0000000600000000, false",
    "5, 0000000d00000002, false",
    "6, 06, true",
    "7, 06, false",
    "8, 0006, true",
    "9, 00000006, true",
    "9, fffffffa, false",
    "10, 0000000600000001, true",
    "11, 40c00000, true",
    "11, 40c00001, false",
    "12, 4018000000000000, true",
    "13, 00000006, true",
    "16, 0000000000000006, true",
    "17, 00000006, false",
  })
  void isANumberOfAnyType(int type, String hex, boolean turned) {
    byte[] value = HexFormat.of().parseHex(hex);
    for (int count : new int[] {1, 2}) {
      int bytes = value.length * count;
      boolean inline = bytes <= 4;
      ByteBuffer tiff = ByteBuffer.allocate(OFFSET + 2 + 12 + (inline ? 0 : bytes));
      tiff.putShort((short) 0x4D4D).putShort((short) 42).putInt(OFFSET).putShort((short) 1);
      tiff.putShort((short) ORIENTATION).putShort((short) type).putInt(count);
      int at = inline ? tiff.position() : OFFSET + 2 + 12;
      if (!inline) {
        tiff.putInt(at);
      }
      tiff.put(at, value);
      assertThat(parse(tiff)).as("%s values", count).isEqualTo(turned ? 6 : 1);
      if (!inline) {
        assertThat(of(tiff.array(), 0, at + value.length - 1)).isEqualTo(1);
        assertThat(parse(tiff.putInt(OFFSET + 2 + 8, -1))).isEqualTo(1);
      }
      tiff.putInt(OFFSET + 2 + 4, 0);
      assertThat(ExifOrientation.parse(tiff.array(), 0, tiff.capacity()))
          .isEqualTo(ExifOrientation.ABSENT);
    }
  }

  @Test
  void xmpCountsWhereExifSaysNothing() {
    String packet = "<rdf:Description tiff:Orientation=\"6\" x=\"1\"/>";
    assertThat(ExifOrientation.parseXmp(packet)).isEqualTo(6);
    assertThat(ExifOrientation.parseXmp("<tiff:Orientation>8</tiff:Orientation>")).isEqualTo(8);
    assertThat(ExifOrientation.parseXmp("tiff:Orientation=\"9\"")).isEqualTo(1);
    assertThat(ExifOrientation.parseXmp("tiff:Orientation = 6")).isEqualTo(ExifOrientation.ABSENT);
    assertThat(ExifOrientation.of(ExifOrientation.ABSENT, 6)).isEqualTo(6);
    assertThat(ExifOrientation.of(1, 6)).isEqualTo(1);
    assertThat(ExifOrientation.of(3, ExifOrientation.ABSENT)).isEqualTo(3);
    assertThat(ExifOrientation.of(ExifOrientation.ABSENT, ExifOrientation.ABSENT)).isEqualTo(1);
  }

  @Test
  void entriesThatAreNotThereAreNotRead() {
    int[] six = {ORIENTATION, SHORT, 6};
    assertThat(parse(tiff(ByteOrder.BIG_ENDIAN, 60_000, six))).isEqualTo(6);
    ByteBuffer whole = tiff(ByteOrder.BIG_ENDIAN, 1, six);
    for (int length = 0; length < whole.capacity(); length++) {
      byte[] cut = Arrays.copyOf(whole.array(), length);
      assertThat(of(cut, 0, length)).as("%d bytes", length).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {21, 22, 23, 1 << 20, Integer.MAX_VALUE - 1, Integer.MIN_VALUE, -1, -2})
  void aDirectoryBehindTheEndIsNone(int offset) {
    ByteBuffer tiff = tiff(ByteOrder.BIG_ENDIAN, 1, new int[] {ORIENTATION, SHORT, 6});
    assertThat(parse(tiff.putInt(4, offset))).isEqualTo(1);
  }

  @Test
  void aDirectoryMayEndTheData() {
    ByteBuffer tiff = tiff(ByteOrder.BIG_ENDIAN, 0);
    assertThat(parse(tiff)).isEqualTo(1);
    assertThat(parse(tiff.putInt(4, OFFSET + 1))).isEqualTo(1);
  }

  @Test
  void isReadWithinItsRangeOnly() {
    ByteBuffer tiff = tiff(ByteOrder.LITTLE_ENDIAN, 1, new int[] {ORIENTATION, SHORT, 6});
    int length = tiff.capacity();
    byte[] framed = new byte[6 + length + 5];
    System.arraycopy(tiff.array(), 0, framed, 6, length);
    assertThat(of(framed, 6, 6 + length)).isEqualTo(6);
    assertThat(of(framed, 6, framed.length)).isEqualTo(6);
    assertThat(of(framed, 6, framed.length + 1)).isEqualTo(1);
    assertThat(of(framed, 6, 6 + length - 1)).isEqualTo(1);
    assertThat(of(framed, 5, 6 + length)).isEqualTo(1);
    assertThat(of(framed, framed.length, framed.length)).isEqualTo(1);
  }

  @Test
  void otherOrdersAreNone() {
    ByteBuffer tiff = tiff(ByteOrder.BIG_ENDIAN, 1, new int[] {ORIENTATION, SHORT, 6});
    assertThat(parse(tiff.putShort(0, (short) 0x4D49))).isEqualTo(1);
  }
}
