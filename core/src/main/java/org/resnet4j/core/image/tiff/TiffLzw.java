package org.resnet4j.core.image.tiff;

/**
 * TIFF's variant of LZW: codes from the highest bit on, longer by a bit one code before they need
 * it (TIFF 6.0, section 13).
 */
final class TiffLzw {
  private static final int CLEAR = 256;
  private static final int END = 257;
  private static final int MIN_BITS = 9;
  private static final int MAX_BITS = 12;
  private static final int TABLE = 1 << MAX_BITS;

  /** Where in the output a code's string has been before, and how long it is. */
  private final int[] places = new int[TABLE];

  private final int[] lengths = new int[TABLE];
  private byte[] data = {};
  private int length;
  private int at;
  private int bits;
  private int held;

  /** The code that the next string gets, and how long codes are. */
  private int next;

  private int width;

  /** As {@link TiffDecompressor#decode}. */
  int decode(byte[] coded, int codedLength, byte[] out, int size) {
    data = coded;
    length = codedLength;
    at = 0;
    held = 0;
    width = MIN_BITS;
    if (code() != CLEAR) {
      return 0;
    }
    next = END + 1;
    int lastPlace = 0;
    int lastLength = 0;
    int done = 0;
    while (done < size) {
      int code = code();
      if (code == CLEAR) {
        width = MIN_BITS;
        next = END + 1;
        lastLength = 0;
        continue;
      }
      boolean known = code >= 0 && code != END && (code < CLEAR || lastLength > 0);
      if (!known || code > next) {
        return done;
      }
      // The string to come is in the table before it is used: the last one and its next byte.
      if (lastLength > 0 && next < TABLE) {
        add(lastPlace, lastLength + 1);
      }
      lastPlace = done;
      if (code < CLEAR) {
        out[done++] = (byte) code;
        lastLength = 1;
      } else {
        lastLength = lengths[code];
        done = repeat(places[code], lastLength, out, done, size);
      }
    }
    return done;
  }

  private void add(int place, int stringLength) {
    places[next] = place;
    lengths[next] = stringLength;
    next++;
    width += next == (1 << width) - 1 && width < MAX_BITS ? 1 : 0;
  }

  /** Byte by byte, since a string may go on into its own copy. */
  private static int repeat(int place, int stringLength, byte[] out, int done, int size) {
    int end = Math.min(done + stringLength, size);
    int from = place;
    for (int to = done; to < end; to++) {
      out[to] = out[from++];
    }
    return end;
  }

  /** The next code, or -1 behind the last. */
  private int code() {
    while (held < width) {
      if (at == length) {
        return -1;
      }
      bits = bits << 8 | (data[at++] & 0xFF);
      held += 8;
    }
    held -= width;
    return bits >> held & ((1 << width) - 1);
  }
}
