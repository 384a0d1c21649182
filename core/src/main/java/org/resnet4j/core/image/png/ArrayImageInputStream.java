package org.resnet4j.core.image.png;

import java.util.Objects;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Bytes in memory for the JDK's reader. The JDK's own streams copy them, and call a heap that has
 * no room for the copy an error of the file.
 */
final class ArrayImageInputStream extends ImageInputStreamImpl {
  private final byte[] content;

  /** Shares {@code content}. */
  ArrayImageInputStream(byte[] content) {
    this.content = content;
  }

  @Override
  public int read() {
    bitOffset = 0;
    return streamPos < content.length ? content[(int) streamPos++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, into.length);
    bitOffset = 0;
    if (length == 0) {
      return 0;
    }
    int count = (int) Math.min(length, content.length - streamPos);
    if (count <= 0) {
      return -1;
    }
    System.arraycopy(content, (int) streamPos, into, offset, count);
    streamPos += count;
    return count;
  }

  @Override
  public long length() {
    return content.length;
  }
}
