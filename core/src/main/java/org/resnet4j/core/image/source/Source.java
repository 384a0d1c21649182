package org.resnet4j.core.image.source;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.ImageDecodeException;

/**
 * A picture file under the name that messages use, read once from front to back. Only a piece of it
 * is held, so that a file costs memory for what its parser keeps and not for its size. Multi-byte
 * numbers are big-endian, as in JPEG and PNG, unless a method says otherwise.
 *
 * <p>Every method that reads throws {@link ImageDecodeException} where the file ends too early or
 * cannot be read.
 */
public final class Source {
  static final int END = -1;

  private static final int PIECE_BYTES = 1 << 15;

  private final String name;
  private final InputStream in;
  private final byte[] piece = new byte[PIECE_BYTES];
  private int at;
  private int filled;
  private final ImageFormat format;

  /**
   * Reads the first piece and tells the format by it.
   *
   * @param in stays the caller's, who closes it
   */
  public Source(String name, InputStream in) throws ImageDecodeException {
    this.name = name;
    this.in = in;
    fill();
    if (filled == 0) {
      throw error("the file is empty", "copy or download it again");
    }
    this.format = ImageFormat.of(piece, filled);
  }

  public ImageFormat format() {
    return format;
  }

  /** The next byte, or {@link #END}. */
  int next() throws ImageDecodeException {
    if (at == filled && !fill()) {
      return END;
    }
    return piece[at++] & 0xFF;
  }

  public int u8() throws ImageDecodeException {
    int value = next();
    if (value == END) {
      throw truncated();
    }
    return value;
  }

  public int u16() throws ImageDecodeException {
    return u8() << 8 | u8();
  }

  public long u32() throws ImageDecodeException {
    return (long) u16() << 16 | u16();
  }

  public int u16le() throws ImageDecodeException {
    return u8() | u8() << 8;
  }

  public long u32le() throws ImageDecodeException {
    return u16le() | (long) u16le() << 16;
  }

  /** Reads up to {@code length} bytes, at least one, and says how many; {@link #END} if none. */
  public int read(byte[] into, int offset, int length) throws ImageDecodeException {
    if (at == filled && !fill()) {
      return END;
    }
    int count = Math.min(length, filled - at);
    System.arraycopy(piece, at, into, offset, count);
    at += count;
    return count;
  }

  /** Appends the next {@code length} bytes to {@code out}, which grows as they come. */
  public void copy(long length, ByteArrayOutputStream out) throws ImageDecodeException {
    for (long left = length; left > 0; ) {
      int count = available(left);
      out.write(piece, at, count);
      at += count;
      left -= count;
    }
  }

  /** The next {@code length} bytes, which the caller has found to be few. */
  public byte[] bytes(int length) throws ImageDecodeException {
    byte[] bytes = new byte[length];
    for (int done = 0; done < length; ) {
      int count = available(length - done);
      System.arraycopy(piece, at, bytes, done, count);
      at += count;
      done += count;
    }
    return bytes;
  }

  public void skip(long length) throws ImageDecodeException {
    int held = (int) Math.min(length, filled - at);
    at += held;
    try {
      in.skipNBytes(length - held);
    } catch (EOFException e) {
      throw truncated();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /**
   * Reads up to {@code length} bytes, at least one, and says how many.
   *
   * @param kept what they are appended to, if anything
   */
  public int read(long length, @Nullable ByteArrayOutputStream kept, Checksum sum)
      throws ImageDecodeException {
    int count = available(length);
    sum.update(piece, at, count);
    if (kept != null) {
      kept.write(piece, at, count);
    }
    at += count;
    return count;
  }

  /**
   * Appends the bytes before the next {@code stop} and passes over that; appends what is held of
   * the file if there is none in it.
   *
   * @return whether {@code stop} was found
   */
  public boolean copyUntil(int stop, ByteArrayOutputStream out) throws ImageDecodeException {
    int count = available(PIECE_BYTES);
    int from = at;
    int end = from + count;
    int found = from;
    while (found < end && piece[found] != (byte) stop) {
      found++;
    }
    out.write(piece, from, found - from);
    at = Math.min(found + 1, end);
    return found < end;
  }

  /** How many of the next {@code wanted} bytes are held, at least one. */
  private int available(long wanted) throws ImageDecodeException {
    if (at == filled && !fill()) {
      throw truncated();
    }
    return (int) Math.min(wanted, filled - at);
  }

  private boolean fill() throws ImageDecodeException {
    try {
      filled = in.readNBytes(piece, 0, PIECE_BYTES);
    } catch (IOException e) {
      throw unreadable(e);
    }
    at = 0;
    return filled > 0;
  }

  public ImageDecodeException error(String cause, String remedy) {
    return error(cause, remedy, null);
  }

  public ImageDecodeException error(String cause, String remedy, @Nullable Throwable origin) {
    return new ImageDecodeException(name, cause, remedy, origin);
  }

  public ImageDecodeException truncated() {
    return error("the " + format.description + " ends too early", "copy or download it again");
  }

  public ImageDecodeException corrupt(String what) {
    return error(
        "the " + format.description + " is corrupt (" + what + ")", "copy or download it again");
  }

  private ImageDecodeException unreadable(IOException e) {
    return error(
        "cannot be read (" + e.getMessage() + ")", "check the path, the disk and the network", e);
  }

  /** Whether {@code bytes} has {@code latin1} at {@code at}; false if it ends before. */
  public static boolean has(byte[] bytes, int at, String latin1) {
    byte[] expected = latin1.getBytes(StandardCharsets.ISO_8859_1);
    return at + expected.length <= bytes.length
        && Arrays.equals(bytes, at, at + expected.length, expected, 0, expected.length);
  }
}
