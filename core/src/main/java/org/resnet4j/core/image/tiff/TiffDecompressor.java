package org.resnet4j.core.image.tiff;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Decompresses the strips or tiles of one TIFF. Not thread-safe; to be closed. */
final class TiffDecompressor implements AutoCloseable {
  private final TiffCompression compression;
  private final Inflater inflater = new Inflater();
  private final TiffLzw lzw = new TiffLzw();
  private final byte[] beyond = new byte[1];

  TiffDecompressor(TiffCompression compression) {
    this.compression = compression;
  }

  /**
   * Decodes the first {@code length} bytes of {@code data} until {@code size} bytes are made.
   *
   * @return how many were made before the data ended or made no sense
   */
  int decode(byte[] data, int length, byte[] out, int size) {
    return switch (compression) {
      case NONE -> {
        int count = Math.min(length, size);
        System.arraycopy(data, 0, out, 0, count);
        yield count;
      }
      case PACK_BITS -> unpackBits(data, length, out, size);
      case LZW -> lzw.decode(data, length, out, size);
      case DEFLATE -> inflate(data, length, out, size);
    };
  }

  @Override
  public void close() {
    inflater.end();
  }

  private static int unpackBits(byte[] data, int length, byte[] out, int size) {
    int done = 0;
    int at = 0;
    while (done < size && at < length) {
      int head = data[at++];
      if (head >= 0) {
        int count = Math.min(Math.min(head + 1, length - at), size - done);
        System.arraycopy(data, at, out, done, count);
        at += head + 1;
        done += count;
      } else if (head != -128 && at < length) {
        int end = Math.min(done + 1 - head, size);
        byte value = data[at++];
        while (done < end) {
          out[done++] = value;
        }
      }
    }
    return done;
  }

  /** The whole stream or nothing: of one that holds more, Pillow's libtiff gives other pixels. */
  private int inflate(byte[] data, int length, byte[] out, int size) {
    inflater.reset();
    inflater.setInput(data, 0, length);
    try {
      int done = 0;
      int count = size;
      while (count > 0 && done < size) {
        count = inflater.inflate(out, done, size - done);
        done += count;
      }
      // Its checksum is looked at when more is asked for.
      return done == size && inflater.inflate(beyond) == 0 && inflater.finished() ? size : 0;
    } catch (DataFormatException _) {
      return 0;
    }
  }
}
