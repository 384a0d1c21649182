package org.resnet4j.core.image.source;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.core.image.ImageDecodeException;

/**
 * A picture file whose parts refer to each other by place, held from its beginning as far as it was
 * asked for. Nothing is taken for bytes that a file only claims to have.
 */
public final class HeldFile {
  private static final int PIECE_BYTES = 1 << 16;

  private final Source source;
  private final long limit;
  private final List<byte[]> pieces = new ArrayList<>();
  private long held;
  private boolean bigEndian;

  /**
   * Holds nothing yet.
   *
   * @param source at its beginning
   * @param limit of bytes to hold
   */
  public HeldFile(Source source, long limit) {
    this.source = source;
    this.limit = limit;
  }

  public Source source() {
    return source;
  }

  /** Numbers are little-endian before this is said. */
  public void setBigEndian(boolean bigEndian) {
    this.bigEndian = bigEndian;
  }

  public boolean isBigEndian() {
    return bigEndian;
  }

  /**
   * Holds the bytes {@code [0, end)}.
   *
   * @throws ImageDecodeException if the file ends before
   */
  public void need(long end) throws ImageDecodeException {
    if (end <= held) {
      return;
    }
    if (end > limit) {
      throw source.error(end + " bytes are too many for a picture", "scale it down");
    }
    while (held < end) {
      int used = (int) (held % PIECE_BYTES);
      if (used == 0) {
        pieces.add(new byte[PIECE_BYTES]);
      }
      int count = source.read(pieces.getLast(), used, PIECE_BYTES - used);
      if (count == Source.END) {
        throw source.truncated();
      }
      held += count;
    }
  }

  public int u8(long at) throws ImageDecodeException {
    need(at + 1);
    return pieces.get((int) (at / PIECE_BYTES))[(int) (at % PIECE_BYTES)] & 0xFF;
  }

  public int u16(long at) throws ImageDecodeException {
    int first = u8(at);
    int second = u8(at + 1);
    return bigEndian ? first << 8 | second : second << 8 | first;
  }

  public long u32(long at) throws ImageDecodeException {
    long first = u16(at);
    long second = u16(at + 2);
    return bigEndian ? first << 16 | second : second << 16 | first;
  }

  /** Copies bytes to the beginning of {@code into}. */
  public void copy(long at, byte[] into, int length) throws ImageDecodeException {
    need(at + length);
    for (int done = 0; done < length; ) {
      byte[] piece = pieces.get((int) ((at + done) / PIECE_BYTES));
      int from = (int) ((at + done) % PIECE_BYTES);
      int count = Math.min(length - done, PIECE_BYTES - from);
      System.arraycopy(piece, from, into, done, count);
      done += count;
    }
  }
}
