package org.resnet4j.core.image.jpeg;

import java.util.Arrays;

/**
 * Decodes Huffman codes of up to 16 bits, short ones by a look at a table. Source: ITU-T T.81,
 * annex C and F.2.2.3.
 */
public final class HuffmanTable {
  /** Of a symbol of a sequential AC code: a run of zeros above the length of what follows them. */
  static final int RUN_BITS = 4;

  /** With no number behind it, 16 zeros; shorter ones without a number end the block. */
  static final int LONGEST_RUN = (1 << RUN_BITS) - 1;

  /** Has no code. */
  static final HuffmanTable NONE = new HuffmanTable();

  private static final int LOOK = 9;
  private static final int MAX_BITS = 16;

  /** By the next bits: the length of the code they begin with, above it its symbol; or 0. */
  private final short[] byStart = new short[1 << LOOK];

  /**
   * By the next bits, where a code and the number behind it are no longer than that: in bits 0 to 3
   * the length of both, in bits 4 to 7 the run of zeros, from bit 8 on the number; or 0.
   */
  private final int[] numberByStart = new int[1 << LOOK];

  /** By the length of a code: where the next longer codes begin, as 16 bits from the left. */
  private final int[] end = new int[MAX_BITS + 1];

  /** By the length of a code: what leads from it to the index of its symbol. */
  private final int[] offset = new int[MAX_BITS + 1];

  private final byte[] symbols;

  private HuffmanTable() {
    this.symbols = new byte[0];
  }

  /**
   * From a DHT segment.
   *
   * @param counts where it has the number of codes of each length, and behind them the symbols in
   *     ascending order of their codes
   */
  HuffmanTable(byte[] segment, int counts) throws JpegFaultException {
    int all = 0;
    for (int length = 1; length <= MAX_BITS; length++) {
      all += segment[counts + length - 1] & 0xFF;
    }
    this.symbols = Arrays.copyOfRange(segment, counts + MAX_BITS, counts + MAX_BITS + all);
    int code = 0;
    int index = 0;
    for (int length = 1; length <= MAX_BITS; length++) {
      offset[length] = index - code;
      int count = segment[counts + length - 1] & 0xFF;
      if (code + count >= 1 << length) { // a code of ones only is none
        throw new JpegFaultException("Huffman codes that no code tree has");
      }
      for (int i = 0; i < count && length <= LOOK; i++) {
        int from = (code + i) << (LOOK - length);
        for (int rest = 0; rest < 1 << (LOOK - length); rest++) {
          byStart[from + rest] = (short) ((symbols[index + i] & 0xFF) << 5 | length);
        }
      }
      code += count;
      index += count;
      end[length] = code << (MAX_BITS - length);
      code <<= 1;
    }
    for (int start = 0; start < 1 << LOOK; start++) {
      numberByStart[start] = numberAt(start);
    }
  }

  private int numberAt(int start) {
    int symbol = byStart[start] >> 5;
    int codeLength = byStart[start] & 31;
    int numberLength = symbol & 15;
    int rest = LOOK - codeLength - numberLength;
    if (numberLength == 0 || rest < 0) {
      return 0;
    }
    int number = BitInput.extend(start >> rest & ((1 << numberLength) - 1), numberLength);
    return number << 8 | (symbol >> RUN_BITS) << RUN_BITS | codeLength + numberLength;
  }

  /**
   * Reads a run of zeros and the number behind it, if both are among the next few bits.
   *
   * @return the number above the run's {@link #RUN_BITS}; 0 if nothing was read
   */
  int readNumber(BitInput in) throws JpegFaultException {
    int entry = numberByStart[in.peek16() >> (MAX_BITS - LOOK)];
    in.skip(entry & 15);
    return entry >> RUN_BITS;
  }

  /** The largest symbol. */
  int largest() {
    int largest = 0;
    for (byte symbol : symbols) {
      largest = Math.max(largest, symbol & 0xFF);
    }
    return largest;
  }

  /** Reads a code; returns its symbol, 0 to 255. */
  int read(BitInput in) throws JpegFaultException {
    int start = in.peek16();
    int entry = byStart[start >> (MAX_BITS - LOOK)];
    if (entry != 0) {
      in.skip(entry & 31);
      return entry >> 5;
    }
    return readLong(in, start);
  }

  private int readLong(BitInput in, int start) throws JpegFaultException {
    int length = LOOK + 1;
    while (length <= MAX_BITS && start >= end[length]) {
      length++;
    }
    if (length > MAX_BITS) {
      throw new JpegFaultException("a code that its Huffman table lacks");
    }
    in.skip(length);
    return symbols[offset[length] + (start >> (MAX_BITS - length))] & 0xFF;
  }
}
