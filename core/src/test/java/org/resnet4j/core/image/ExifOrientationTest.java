package org.resnet4j.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
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
  private static final int LONG = 4;

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
    return ExifOrientation.parse(tiff.array(), 0, tiff.capacity());
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "2, 2", "5, 5", "8, 8", "9, 1", "65535, 1"})
  void isOneToEightInBothOrders(int value, int orientation) {
    int[] entry = {ORIENTATION, SHORT, value};
    assertThat(parse(tiff(ByteOrder.LITTLE_ENDIAN, 1, entry))).isEqualTo(orientation);
    assertThat(parse(tiff(ByteOrder.BIG_ENDIAN, 1, entry))).isEqualTo(orientation);
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

  @Test
  void isAShort() {
    assertThat(parse(tiff(ByteOrder.BIG_ENDIAN, 1, new int[] {ORIENTATION, LONG, 6}))).isEqualTo(1);
  }

  @Test
  void entriesThatAreNotThereAreNotRead() {
    int[] six = {ORIENTATION, SHORT, 6};
    assertThat(parse(tiff(ByteOrder.BIG_ENDIAN, 60_000, six))).isEqualTo(6);
    ByteBuffer whole = tiff(ByteOrder.BIG_ENDIAN, 1, six);
    for (int length = 0; length < whole.capacity(); length++) {
      byte[] cut = Arrays.copyOf(whole.array(), length);
      assertThat(ExifOrientation.parse(cut, 0, length)).as("%d bytes", length).isEqualTo(1);
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
    assertThat(ExifOrientation.parse(framed, 6, 6 + length)).isEqualTo(6);
    assertThat(ExifOrientation.parse(framed, 6, framed.length)).isEqualTo(6);
    assertThat(ExifOrientation.parse(framed, 6, framed.length + 1)).isEqualTo(1);
    assertThat(ExifOrientation.parse(framed, 6, 6 + length - 1)).isEqualTo(1);
    assertThat(ExifOrientation.parse(framed, 5, 6 + length)).isEqualTo(1);
    assertThat(ExifOrientation.parse(framed, framed.length, framed.length)).isEqualTo(1);
  }

  @Test
  void otherOrdersAreNone() {
    ByteBuffer tiff = tiff(ByteOrder.BIG_ENDIAN, 1, new int[] {ORIENTATION, SHORT, 6});
    assertThat(parse(tiff.putShort(0, (short) 0x4D49))).isEqualTo(1);
  }
}
