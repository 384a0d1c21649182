package org.resnet4j.core.image;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;

/** Edits of a PNG's chunks that leave the rest of the file valid. */
public final class PngBytes {
  private static final int IDAT = 0x49444154;

  private PngBytes() {}

  /** Offset of the last IDAT chunk. */
  public static int lastData(byte[] png) {
    ByteBuffer bytes = ByteBuffer.wrap(png);
    int last = -1;
    for (int at = 8; at < png.length; at += 12 + bytes.getInt(at)) {
      if (bytes.getInt(at + 4) == IDAT) {
        last = at;
      }
    }
    return last;
  }

  public static int dataLength(byte[] png, int chunk) {
    return ByteBuffer.wrap(png).getInt(chunk);
  }

  public static byte[] without(byte[] png, int chunk) {
    int end = chunk + 12 + dataLength(png, chunk);
    byte[] out = new byte[png.length - (end - chunk)];
    System.arraycopy(png, 0, out, 0, chunk);
    System.arraycopy(png, end, out, chunk, png.length - end);
    return out;
  }

  /** The last {@code cut} bytes of a chunk's data dropped, its length and checksum put right. */
  public static byte[] shortened(byte[] png, int chunk, int cut) {
    int length = dataLength(png, chunk);
    byte[] out = new byte[png.length - cut];
    System.arraycopy(png, 0, out, 0, chunk + 8 + length - cut);
    System.arraycopy(
        png, chunk + 8 + length, out, chunk + 8 + length - cut, png.length - chunk - 8 - length);
    ByteBuffer.wrap(out).putInt(chunk, length - cut);
    repairChecksums(out);
    return out;
  }

  /** As far as the chunk lengths make sense. */
  public static void repairChecksums(byte[] png) {
    ByteBuffer bytes = ByteBuffer.wrap(png);
    int at = 8;
    while (at + 12 <= png.length) {
      long end = at + 12L + Integer.toUnsignedLong(bytes.getInt(at));
      if (end > png.length) {
        return;
      }
      CRC32 crc = new CRC32();
      crc.update(png, at + 4, (int) end - at - 8);
      bytes.putInt((int) end - 4, (int) crc.getValue());
      at = (int) end;
    }
  }

  /** A grey PNG's signature, header and the first bytes of its data: enough to be judged by. */
  public static byte[] start(int width, int height) {
    ByteBuffer bytes = ByteBuffer.allocate(33);
    bytes.putLong(0x89504E470D0A1A0AL).putInt(13).putInt(0x49484452).putInt(width).putInt(height);
    bytes.put(new byte[] {8, 0, 0, 0, 0});
    repairChecksums(bytes.array());
    return Arrays.copyOf(bytes.array(), 100);
  }
}
