package org.resnet4j.core.image.tiff;

import org.resnet4j.core.image.sample.Samples;

/** From a TIFF's strips and tiles to rows of RGB. Of 16 bits the high byte counts. */
final class TiffRows {
  private final TiffLayout layout;
  private final TiffBlocks blocks;
  private final int rowBytes;
  private final int step;
  private final int high;
  private final byte[] row;

  TiffRows(TiffLayout layout, TiffBlocks blocks, boolean bigEndian) {
    this.layout = layout;
    this.blocks = blocks;
    this.rowBytes = (int) (((long) blocks.width() * layout.samples() * layout.bits() + 7) / 8);
    this.step = layout.bits() < 8 ? 255 / ((1 << layout.bits()) - 1) : 1;
    this.high = bigEndian ? 0 : 1;
    this.row = new byte[Math.min(blocks.width(), layout.width()) * layout.samples()];
  }

  /** Puts a strip or tile, that in column {@code x} and row {@code y} of them, in its place. */
  void convert(byte[] block, int x, int y, byte[] rgb) {
    int left = x * blocks.width();
    int top = y * blocks.height();
    int width = Math.min(blocks.width(), layout.width() - left);
    int samples = width * layout.samples();
    for (int i = 0; i < blocks.rows(y, layout); i++) {
      if (layout.bits() == 16) {
        for (int s = 0, from = i * rowBytes + high; s < samples; s++, from += 2) {
          row[s] = block[from];
        }
      } else {
        Samples.unpack(block, i * rowBytes, layout.bits(), row, samples);
      }
      int at = 3 * ((top + i) * layout.width() + left);
      layout.color().convert(row, layout.samples(), step, layout.palette(), rgb, at, width);
    }
  }
}
