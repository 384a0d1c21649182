package org.resnet4j.core.image.jpeg;

import java.util.Arrays;

/** Whole blocks, one after the other (ITU-T T.81, F.2.2). */
public final class SequentialBlocks extends BlockDecoder {
  private final short[] block = new short[Component.COEFFICIENTS];
  private final InverseDct dct;

  /**
   * Blocks of a scan.
   *
   * @param dct makes samples of each block at once
   */
  SequentialBlocks(BitInput in, InverseDct dct) {
    super(in);
    this.dct = dct;
  }

  @Override
  void begin() {
    // No block is coded together with others.
  }

  @Override
  void decode(ScanComponent component, int row, int column) throws JpegFaultException {
    Arrays.fill(block, (short) 0);
    read(component);
    dct.transform(block, 0, component.component, row, column);
  }

  private void read(ScanComponent component) throws JpegFaultException {
    block[0] = (short) nextDc(component);
    HuffmanTable ac = component.ac;
    for (int k = 1; k < Component.COEFFICIENTS; k++) {
      int both = ac.readNumber(in);
      if (both != 0) {
        k += both & HuffmanTable.LONGEST_RUN;
        put(block, 0, k, both >> HuffmanTable.RUN_BITS);
        continue;
      }
      int symbol = ac.read(in);
      int length = symbol & 15;
      int run = symbol >> HuffmanTable.RUN_BITS;
      if (length == 0 && run < HuffmanTable.LONGEST_RUN) {
        return;
      }
      k += run;
      if (length > 0) {
        put(block, 0, k, in.signed(length));
      }
    }
  }
}
