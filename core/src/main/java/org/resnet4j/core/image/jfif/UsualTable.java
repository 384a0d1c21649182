package org.resnet4j.core.image.jfif;

import java.io.ByteArrayOutputStream;
import javax.imageio.plugins.jpeg.JPEGHuffmanTable;

/**
 * The Huffman tables that a sequential JPEG has which defines none, as libjpeg-turbo has it.
 * Source: ITU-T T.81, annex K.3.
 */
enum UsualTable {
  DC_LUMINANCE(0x00),
  DC_CHROMINANCE(0x01),
  AC_LUMINANCE(0x10),
  AC_CHROMINANCE(0x11);

  private final int id;

  UsualTable(int id) {
    this.id = id;
  }

  /** Class, 0 for DC and 1 for AC, in the high four bits; number in the low. */
  int id() {
    return id;
  }

  /** The content of a DHT segment that defines it. */
  byte[] segment() {
    JPEGHuffmanTable table =
        switch (this) {
          case DC_LUMINANCE -> JPEGHuffmanTable.StdDCLuminance;
          case DC_CHROMINANCE -> JPEGHuffmanTable.StdDCChrominance;
          case AC_LUMINANCE -> JPEGHuffmanTable.StdACLuminance;
          case AC_CHROMINANCE -> JPEGHuffmanTable.StdACChrominance;
        };
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(id);
    short[] counts = table.getLengths();
    for (int bits = 1; bits <= 16; bits++) {
      out.write(bits <= counts.length ? counts[bits - 1] : 0);
    }
    for (short value : table.getValues()) {
      out.write(value);
    }
    return out.toByteArray();
  }
}
