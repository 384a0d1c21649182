package org.resnet4j.core.image.jpeg;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The bits of entropy-coded data, from the most significant on, without the zero byte that is
 * stuffed behind each 0xFF. Source: ITU-T T.81, F.2.2.5.
 */
public final class BitInput {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final long LOW_BITS = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final int RST0 = 0xD0;
  private static final int RST7 = 0xD7;
  private static final int EOI = 0xD9;
  private static final String PREMATURE_END = "premature end of data segment";

  private final byte[] data;
  private int at;

  /** The lowest {@link #count} of them are held. */
  private long bits;

  private int count;

  /**
   * How many of the bits held, the lowest, are none: zeros behind the interval's last bit, since
   * codes are looked ahead. They are never passed over, so that fewer bits than these are a fault.
   */
  private int padding;

  /**
   * Begins at {@code at}.
   *
   * @param data ends with EOI
   */
  BitInput(byte[] data, int at) {
    this.data = data;
    this.at = at;
  }

  /** The next 16 bits, which stay there. */
  int peek16() throws JpegFaultException {
    if (count < 16) {
      fill();
    }
    return (int) (bits >>> (count - 16)) & 0xFFFF;
  }

  /** Passes over bits that were looked at. */
  void skip(int length) {
    count -= length;
  }

  /** The next {@code length} bits, at most 16. */
  int bits(int length) throws JpegFaultException {
    if (count < length) {
      fill();
    }
    count -= length;
    return (int) (bits >>> count) & ((1 << length) - 1);
  }

  /** The next bit. */
  boolean bit() throws JpegFaultException {
    return bits(1) != 0;
  }

  /** A number of {@code length} bits, 0 to 16, negative if the first is 0 (F.2.2.1, EXTEND). */
  int signed(int length) throws JpegFaultException {
    return extend(bits(length), length);
  }

  /** The number that {@code length} bits code. */
  static int extend(int value, int length) {
    int half = 1 << length >> 1;
    return value < half ? value - (1 << length) + 1 : value;
  }

  private void fill() throws JpegFaultException {
    if (at + Long.BYTES <= data.length) {
      long next = (long) LONG.get(data, at);
      boolean hasMarkerByte = ((~next - LOW_BITS) & next & HIGH_BITS) != 0;
      if (!hasMarkerByte) {
        int bytes = (63 - count) >> 3;
        bits = bits << (8 * bytes) | next >>> (64 - 8 * bytes);
        count += 8 * bytes;
        at += bytes;
        return;
      }
    }
    fillByByte();
  }

  private void fillByByte() throws JpegFaultException {
    if (count < padding) {
      throw new JpegFaultException(PREMATURE_END);
    }
    while (count < 56) {
      int next = data[at] & 0xFF;
      if (next != 0xFF) {
        at++;
      } else if (data[at + 1] == 0) {
        at += 2;
      } else {
        next = 0;
        padding += 8;
      }
      bits = bits << 8 | next;
      count += 8;
    }
  }

  /** Ends an interval and passes over the restart marker of that number behind it. */
  void restart(int number) throws JpegFaultException {
    if (wholeBytesLeft() > 0 || !isMarker(at)) {
      throw new JpegFaultException("surplus data before a restart marker");
    }
    if ((data[at + 1] & 0xFF) != RST0 + number) {
      throw new JpegFaultException("a restart marker that is not there");
    }
    at += 2;
    bits = 0;
    count = 0;
    padding = 0;
  }

  /**
   * Ends a scan and returns where the next marker is. Restart markers before it do no harm, and
   * before EOI no other bytes: they lie behind the last pixel.
   */
  int finish() throws JpegFaultException {
    int surplus = wholeBytesLeft();
    int marker = at;
    while (!isMarker(marker) || isRestart(marker)) {
      surplus += isMarker(marker) ? 0 : 1;
      marker += isMarker(marker) ? 2 : 1;
    }
    if (surplus > 0 && (data[marker + 1] & 0xFF) != EOI) {
      throw new JpegFaultException("surplus data between its scans");
    }
    return marker;
  }

  private boolean isMarker(int index) {
    return (data[index] & 0xFF) == 0xFF && data[index + 1] != 0;
  }

  private boolean isRestart(int index) {
    int code = data[index + 1] & 0xFF;
    return code >= RST0 && code <= RST7;
  }

  /** Of those held; the last bits of a byte are filled up, and nothing. */
  private int wholeBytesLeft() throws JpegFaultException {
    if (count < padding) {
      throw new JpegFaultException(PREMATURE_END);
    }
    return (count - padding) / Byte.SIZE;
  }
}
