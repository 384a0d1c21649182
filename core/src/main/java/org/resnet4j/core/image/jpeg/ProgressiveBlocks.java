package org.resnet4j.core.image.jpeg;

/**
 * Some coefficients of blocks, or one more bit of them (ITU-T T.81, annex G). Source for the order
 * of reading: libjpeg's jdphuff.c.
 */
public final class ProgressiveBlocks extends BlockDecoder {
  private final int first;
  private final int last;
  private final boolean refines;
  private final int shift;

  /** How many of the next blocks have no further coefficient. */
  private int emptyBlocks;

  /** Blocks of a scan. */
  ProgressiveBlocks(BitInput in, ScanHeader scan) {
    super(in);
    this.first = scan.first();
    this.last = scan.last();
    this.refines = scan.refines();
    this.shift = scan.after();
  }

  @Override
  void begin() {
    emptyBlocks = 0;
  }

  @Override
  void decode(ScanComponent component, int row, int column) throws JpegFaultException {
    short[] store = component.component.stored();
    int at = component.component.block(row, column);
    if (first == 0) {
      if (!refines) {
        store[at] = (short) (nextDc(component) << shift);
      } else if (in.bit()) {
        store[at] |= (short) (1 << shift);
      }
    } else if (refines) {
      refine(component.ac, store, at);
    } else {
      readFirst(component.ac, store, at);
    }
  }

  private void readFirst(HuffmanTable ac, short[] to, int at) throws JpegFaultException {
    if (emptyBlocks > 0) {
      emptyBlocks--;
      return;
    }
    for (int k = first; k <= last; k++) {
      int symbol = ac.read(in);
      int length = symbol & 15;
      int run = symbol >> HuffmanTable.RUN_BITS;
      if (length == 0 && run < HuffmanTable.LONGEST_RUN) {
        emptyBlocks = (1 << run) + in.bits(run) - 1;
        return;
      }
      k += run;
      if (length > 0) {
        put(to, at, k, in.signed(length) << shift);
      }
    }
  }

  private void refine(HuffmanTable ac, short[] to, int at) throws JpegFaultException {
    int k = first;
    while (k <= last && emptyBlocks == 0) {
      int symbol = ac.read(in);
      int length = symbol & 15;
      int run = symbol >> HuffmanTable.RUN_BITS;
      int value = 0;
      if (length == 1) {
        value = in.bit() ? 1 << shift : -1 << shift;
      } else if (length > 1) {
        throw new JpegFaultException("a new coefficient of several bits");
      } else if (run < HuffmanTable.LONGEST_RUN) {
        emptyBlocks = (1 << run) + in.bits(run);
        break;
      }
      k = refineAsFarAs(run, to, at, k);
      if (value != 0) {
        put(to, at, k, value);
      }
      k++;
    }
    if (emptyBlocks > 0) {
      refineAsFarAs(Component.COEFFICIENTS, to, at, k);
      emptyBlocks--;
    }
  }

  /**
   * Reads a bit for each coefficient that is not 0, as far as the next that is 0 after {@code run}
   * such, and returns its index, or that behind the last.
   */
  private int refineAsFarAs(int run, short[] to, int at, int from) throws JpegFaultException {
    int zeros = run;
    int k = from;
    for (; k <= last; k++) {
      int index = at + ZIGZAG[k];
      int value = to[index];
      if (value == 0) {
        if (zeros == 0) {
          return k;
        }
        zeros--;
      } else if (in.bit() && (value & 1 << shift) == 0) {
        to[index] = (short) (value > 0 ? value + (1 << shift) : value - (1 << shift));
      }
    }
    return k;
  }
}
