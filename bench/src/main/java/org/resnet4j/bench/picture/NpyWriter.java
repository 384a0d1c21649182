package org.resnet4j.bench.picture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/**
 * Writes a matrix of float32 row by row as NumPy's {@code load} reads it.
 *
 * <p>Source: {@code numpy.lib.format}, version 1.0.
 */
public final class NpyWriter {
  private static final int HEADER_BYTES = 128; // a multiple of 64, and room for any number of rows
  private static final int PREFIX_BYTES = 10;

  private final FileChannel channel;
  private final int columns;
  private final ByteBuffer row;
  private long rows;

  /**
   * Begins at the channel's start; {@link #finish} must follow the last row.
   *
   * @param columns of each row, at least 1
   */
  NpyWriter(FileChannel channel, int columns) throws IOException {
    this.channel = channel;
    this.columns = columns;
    this.row = ByteBuffer.allocate(columns * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    write(header(), 0);
  }

  /**
   * Adds a row.
   *
   * @throws IllegalArgumentException if it has not as many values as there are columns
   */
  void add(float[] values) throws IOException {
    if (values.length != columns) {
      throw new IllegalArgumentException(values.length + " values in a row of " + columns);
    }
    row.clear();
    row.asFloatBuffer().put(values);
    write(row, HEADER_BYTES + rows * columns * Float.BYTES);
    rows++;
  }

  /** Writes how many rows there are. */
  void finish() throws IOException {
    write(header(), 0);
  }

  private ByteBuffer header() {
    // Not formatted: a locale may have digits of its own.
    String shape = "(" + rows + ", " + columns + ")";
    byte[] text =
        ("{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }")
            .getBytes(StandardCharsets.US_ASCII);
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    header.put((byte) 1).put((byte) 0).putShort((short) (HEADER_BYTES - PREFIX_BYTES)).put(text);
    while (header.remaining() > 1) {
      header.put((byte) ' ');
    }
    return header.put((byte) '\n').flip();
  }

  private void write(ByteBuffer bytes, long position) throws IOException {
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
  }
}
