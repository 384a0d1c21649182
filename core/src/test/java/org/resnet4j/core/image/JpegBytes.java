package org.resnet4j.core.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/** JPEGs that no encoder writes: black, as small as their extents and scans allow. */
public final class JpegBytes {
  private static final int COEFFICIENTS = 63;

  /** The most scans that {@link #progressive} can make without a repetition. */
  public static final int DISTINCT_SCANS = 14 * COEFFICIENTS;

  /** Says that 2^14 blocks have no further coefficient: the code 0, then 14 bits of zero. */
  public static final byte[] RUN_OF_16384 = {0, 1};

  private static final int BLOCK = 8;

  private JpegBytes() {}

  /** A grey picture of one scan. */
  public static byte[] sequential(int width, int height) {
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    jpeg.writeBytes(new byte[] {-1, (byte) 0xD8});
    byte[] flat = new byte[65];
    Arrays.fill(flat, 1, 65, (byte) 1);
    segment(jpeg, 0xDB, flat);
    ByteBuffer frame = ByteBuffer.allocate(9).put((byte) 8);
    frame.putShort((short) height).putShort((short) width);
    segment(jpeg, 0xC0, frame.put(new byte[] {1, 1, 0x11, 0}).array());
    table(jpeg, 0x00, 0x00);
    table(jpeg, 0x10, 0x00);
    segment(jpeg, 0xDA, new byte[] {1, 1, 0, 0, 63, 0});
    int bits = 2 * ceil(width, BLOCK) * ceil(height, BLOCK);
    byte[] data = new byte[ceil(bits, 8)];
    if (bits % 8 > 0) {
      data[data.length - 1] = (byte) (0xFF >> bits % 8);
    }
    jpeg.writeBytes(data);
    jpeg.writeBytes(new byte[] {-1, (byte) 0xD9});
    return jpeg.toByteArray();
  }

  /**
   * A first scan of all components' first coefficients, then scans of a component and a coefficient
   * each, refined bit by bit; of one component complete if they are a multiple of 63.
   *
   * @param scans of one coefficient, at most {@link #DISTINCT_SCANS}
   * @param data of each; for 1024x1024 pixels of one component {@link #RUN_OF_16384} is right
   */
  public static byte[] progressive(int width, int height, int components, int scans, byte[] data) {
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    jpeg.writeBytes(new byte[] {-1, (byte) 0xD8});
    byte[] flat = new byte[65];
    Arrays.fill(flat, 1, 65, (byte) 1);
    segment(jpeg, 0xDB, flat);
    ByteBuffer frame = ByteBuffer.allocate(6 + 3 * components).put((byte) 8);
    frame.putShort((short) height).putShort((short) width).put((byte) components);
    ByteBuffer first = ByteBuffer.allocate(4 + 2 * components).put((byte) components);
    for (byte component = 1; component <= components; component++) {
      frame.put(component).put((byte) 0x11).put((byte) 0);
      first.put(component).put((byte) 0);
    }
    segment(jpeg, 0xC2, frame.array());
    table(jpeg, 0x00, 0x00);
    table(jpeg, 0x10, 0xE0);
    segment(jpeg, 0xDA, first.array());
    int blocks = components * ceil(width, BLOCK) * ceil(height, BLOCK);
    jpeg.writeBytes(new byte[ceil(blocks, 8)]);
    int highest = ceil(scans, COEFFICIENTS) - 1;
    for (int i = 0; i < scans; i++) {
      int coefficient = 1 + i % COEFFICIENTS;
      int bit = highest - i / COEFFICIENTS;
      int precision = (bit == highest ? 0 : bit + 1) << 4 | bit;
      byte component = (byte) (1 + i % components);
      byte at = (byte) coefficient;
      segment(jpeg, 0xDA, new byte[] {1, component, 0, at, at, (byte) precision});
      jpeg.writeBytes(data);
    }
    jpeg.writeBytes(new byte[] {-1, (byte) 0xD9});
    return jpeg.toByteArray();
  }

  /** A Huffman table with one code, of one bit. */
  private static void table(ByteArrayOutputStream jpeg, int id, int symbol) {
    byte[] table = new byte[18];
    table[0] = (byte) id;
    table[1] = 1;
    table[17] = (byte) symbol;
    segment(jpeg, 0xC4, table);
  }

  public static void segment(ByteArrayOutputStream jpeg, int marker, byte[] data) {
    jpeg.writeBytes(
        ByteBuffer.allocate(4)
            .put((byte) 0xFF)
            .put((byte) marker)
            .putShort((short) (data.length + 2))
            .array());
    jpeg.writeBytes(data);
  }

  /** {@code inserted} behind SOI. */
  public static byte[] withAtStart(byte[] jpeg, byte[] inserted) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, 2);
    out.writeBytes(inserted);
    out.write(jpeg, 2, jpeg.length - 2);
    return out.toByteArray();
  }

  /** A copy of {@code jpeg} of which some bytes are others, or missing, or too many. */
  public static byte[] damaged(byte[] jpeg, SplittableRandom random) {
    byte[] copy = jpeg.clone();
    if (random.nextInt(2) == 0) {
      for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
        copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
      }
      return copy;
    }
    int at = random.nextInt(2, copy.length - 2);
    int behind = random.nextBoolean() ? at : Math.min(at + 1 + random.nextInt(20), copy.length - 2);
    byte[] inserted = new byte[behind > at ? 0 : 1 + random.nextInt(6)];
    for (int i = 0; i < inserted.length; i++) {
      inserted[i] = (byte) (random.nextBoolean() ? 0xFF : random.nextInt(256));
    }
    return ByteBuffer.allocate(at + inserted.length + copy.length - behind)
        .put(copy, 0, at)
        .put(inserted)
        .put(copy, behind, copy.length - behind)
        .array();
  }

  private static int ceil(int value, int unit) {
    return (value + unit - 1) / unit;
  }
}
