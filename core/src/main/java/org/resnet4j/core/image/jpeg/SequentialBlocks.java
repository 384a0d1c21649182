package org.resnet4j.core.image.jpeg;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Whole blocks, one after the other (ITU-T T.81, F.2.2). */
final class SequentialBlocks extends BlockDecoder {
  private final short[] block = new short[Component.COEFFICIENTS];
  private final @Nullable InverseDct dct;

  /**
   * Blocks of a scan.
   *
   * @param dct makes samples of each block at once; null if they are to be stored
   */
  SequentialBlocks(BitInput in, @Nullable InverseDct dct) {
    super(in);
    this.dct = dct;
  }

  @Override
  void begin() {
    // Blocks know of each other by their first coefficients only.
  }

  @Override
  void decode(Component component, int row, int column) throws UnusualJpegException {
    if (dct == null) {
      read(component, component.stored(), component.block(row, column));
    } else {
      Arrays.fill(block, (short) 0);
      read(component, block, 0);
      dct.transform(block, 0, component, row, column);
    }
  }

  private void read(Component component, short[] to, int at) throws UnusualJpegException {
    to[at] = (short) nextDc(component);
    HuffmanTable ac = component.ac();
    for (int k = 1; k < Component.COEFFICIENTS; k++) {
      int both = ac.readNumber(in);
      if (both != 0) {
        k += both & HuffmanTable.LONGEST_RUN;
        put(to, at, k, both >> HuffmanTable.RUN_BITS);
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
        put(to, at, k, in.signed(length));
      }
    }
  }
}
