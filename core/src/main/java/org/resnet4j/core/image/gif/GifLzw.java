package org.resnet4j.core.image.gif;

/**
 * GIF's variant of LZW: codes from the lowest bit on, a table of 4096 strings, which stays as it is
 * when it is full.
 */
final class GifLzw {
  private static final int MAX_BITS = 12;
  private static final int TABLE = 1 << MAX_BITS;

  private final byte[] data;
  private final int length;
  private final int minBits;
  private final char[] prefixes = new char[TABLE];
  private final byte[] suffixes = new byte[TABLE];
  private final char[] lengths = new char[TABLE];
  private int at;
  private int bits;
  private int held;

  /**
   * Decodes what {@code data} has in its first {@code length} bytes.
   *
   * @param minBits of an index, 2 to 8
   */
  GifLzw(byte[] data, int length, int minBits) {
    this.data = data;
    this.length = length;
    this.minBits = minBits;
    for (int i = 0; i < 1 << minBits; i++) {
      suffixes[i] = (byte) i;
      lengths[i] = 1;
    }
  }

  /** The most indices that so many bytes can stand for. */
  static long maxIndices(int bytes, int minBits) {
    return 8L * bytes / (minBits + 1) * TABLE;
  }

  /**
   * Fills {@code out}; what the data has beyond is not looked at.
   *
   * @return whether it was filled, which it is not where the data ends early or makes no sense
   */
  boolean decode(byte[] out) {
    int clear = 1 << minBits;
    int size = minBits + 1;
    int next = clear + 2;
    int last = -1;
    int done = 0;
    while (done < out.length) {
      int code = code(size);
      if (code == clear) {
        size = minBits + 1;
        next = clear + 2;
        last = -1;
        continue;
      }
      if (code < 0 || code == clear + 1 || code > next || (last < 0 && code > clear)) {
        return false;
      }
      if (code == next && next == TABLE) {
        return false;
      }
      int known = code == next ? last : code;
      int first = write(known, out, done);
      done += lengths[known];
      if (code == next && done < out.length) {
        out[done] = (byte) first;
      }
      done += code == next ? 1 : 0;
      if (last >= 0 && next < TABLE) {
        prefixes[next] = (char) last;
        suffixes[next] = (byte) first;
        lengths[next] = (char) (lengths[last] + 1);
        next++;
        size += next == 1 << size && size < MAX_BITS ? 1 : 0;
      }
      last = code;
    }
    return true;
  }

  /** Writes a code's string as far as there is room, and returns its first index. */
  private int write(int code, byte[] out, int from) {
    int to = from + lengths[code] - 1;
    int rest = code;
    for (; to > from; to--) {
      if (to < out.length) {
        out[to] = suffixes[rest];
      }
      rest = prefixes[rest];
    }
    out[from] = suffixes[rest];
    return suffixes[rest] & 0xFF;
  }

  /** The next code, or -1 behind the last. */
  private int code(int size) {
    while (held < size) {
      if (at == length) {
        return -1;
      }
      bits |= (data[at++] & 0xFF) << held;
      held += 8;
    }
    int code = bits & ((1 << size) - 1);
    bits >>>= size;
    held -= size;
    return code;
  }
}
