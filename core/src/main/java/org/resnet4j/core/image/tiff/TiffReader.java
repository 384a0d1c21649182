package org.resnet4j.core.image.tiff;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.source.HeldFile;

/** Reads a TIFF's strips or tiles, one after the other. To be closed. */
final class TiffReader implements AutoCloseable {
  /** What a strip's data may have beside four times its pixels before the rest is passed over. */
  private static final int SPARE_BYTES = 1 << 10;

  private final HeldFile file;
  private final TiffLayout layout;
  private final TiffBlocks blocks;
  private final TiffDecompressor decompressor;
  private final byte[] plane;
  private final byte[] block;
  private byte[] data = {};

  TiffReader(HeldFile file, TiffLayout layout, TiffBlocks blocks) {
    this.file = file;
    this.layout = layout;
    this.blocks = blocks;
    this.decompressor = new TiffDecompressor(layout.compression());
    this.plane = new byte[(int) (layout.rowBytes(blocks.width()) * blocks.height())];
    this.block = layout.separate() ? new byte[plane.length * layout.samples()] : plane;
  }

  /**
   * Reads the strip or tile in column {@code x} and row {@code y} of them.
   *
   * @return its samples as in a file that has all of a pixel together; overwritten by the next call
   */
  byte[] read(int x, int y) throws ImageDecodeException {
    int first = y * blocks.across() + x;
    if (!layout.separate()) {
      readPlane(first);
      return plane;
    }
    int bytes = layout.bits() / 8;
    int step = bytes * layout.samples();
    for (int c = 0; c < layout.samples(); c++) {
      readPlane(c * blocks.across() * blocks.down() + first);
      for (int b = 0; b < bytes; b++) {
        spread(b, bytes, c * bytes + b, step);
      }
    }
    return block;
  }

  private void spread(int from, int fromStep, int to, int toStep) {
    for (int i = from, j = to; i < plane.length; i += fromStep, j += toStep) {
      block[j] = plane[i];
    }
  }

  private void readPlane(int index) throws ImageDecodeException {
    int size = (int) blocks.bytes(index, layout);
    long most = Math.min(4L * size + SPARE_BYTES, Integer.MAX_VALUE - 8);
    int length = (int) Math.min(blocks.counts()[index], most);
    if (data.length < length) {
      data = new byte[length];
    }
    file.copy(blocks.offsets()[index], data, length);
    if (layout.reversed()) {
      for (int i = 0; i < length; i++) {
        data[i] = (byte) (Integer.reverse(data[i]) >>> 24);
      }
    }
    if (decompressor.decode(data, length, plane, size) < size) {
      throw file.source().corrupt("a strip or tile that does not decode to its pixels");
    }
    if (layout.differences()) {
      addUp(size);
    }
  }

  /** Undoes the predictor: in each row a sample is the difference to that of the pixel before. */
  private void addUp(int size) {
    int step = layout.separate() ? 1 : layout.samples();
    int rowBytes = (int) layout.rowBytes(blocks.width());
    if (layout.bits() == 8) {
      for (int row = 0; row < size; row += rowBytes) {
        for (int i = row + step; i < row + rowBytes; i++) {
          plane[i] += plane[i - step];
        }
      }
      return;
    }
    ByteOrder order = file.isBigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    ShortBuffer samples = ByteBuffer.wrap(plane).order(order).asShortBuffer();
    for (int row = 0; row < size / 2; row += rowBytes / 2) {
      for (int i = row + step; i < row + rowBytes / 2; i++) {
        samples.put(i, (short) (samples.get(i) + samples.get(i - step)));
      }
    }
  }

  @Override
  public void close() {
    decompressor.close();
  }
}
