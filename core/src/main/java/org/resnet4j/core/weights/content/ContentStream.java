package org.resnet4j.core.weights.content;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * Some of a content's bytes as a stream, so that what is large and hostile is never held as a
 * whole.
 */
public final class ContentStream extends InputStream {
  private final Content.Access access;
  private final long end;
  private long position;

  /** The bytes {@code [begin, end)}. */
  public ContentStream(Content.Access access, long begin, long end) {
    this.access = access;
    this.position = begin;
    this.end = end;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (length == 0) {
      return 0;
    }
    int count = (int) Math.min(Math.min(length, Content.CHUNK_BYTES), end - position);
    if (count == 0) {
      return -1;
    }
    MemorySegment bytes = access.bytes(position, count);
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, 0, into, offset, count);
    position += count;
    return count;
  }
}
