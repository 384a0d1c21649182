package org.resnet4j.core.image.jpeg;

/** Decodes what a scan has of the blocks. */
public abstract class BlockDecoder {
  /** Where the coefficients in zigzag order lie in a block (ITU-T T.81, figure A.6). */
  static final byte[] ZIGZAG = {
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63
  };

  final BitInput in;

  BlockDecoder(BitInput in) {
    this.in = in;
  }

  /** At the begin of a scan and behind each restart marker. */
  abstract void begin();

  /** Decodes the block at {@code row} and {@code column} of a component. */
  abstract void decode(ScanComponent component, int row, int column) throws JpegFaultException;

  /** The next first coefficient, coded as its difference from that of the block before. */
  final int nextDc(ScanComponent component) throws JpegFaultException {
    int length = component.dc.read(in);
    component.previousDc += in.signed(length);
    return component.previousDc;
  }

  /**
   * Puts a coefficient into the block that begins at {@code at}. Those of a damaged block that are
   * one too many are put where its last is, as libjpeg does it without a warning.
   */
  static void put(short[] to, int at, int index, int value) {
    to[at + ZIGZAG[Math.min(index, Component.COEFFICIENTS - 1)]] = (short) value;
  }
}
