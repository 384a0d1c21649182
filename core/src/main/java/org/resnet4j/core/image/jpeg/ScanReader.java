package org.resnet4j.core.image.jpeg;

import org.jspecify.annotations.Nullable;

/** Reads a JPEG's tables and scans, one after the other. */
public final class ScanReader {
  private static final int DHT = 0xC4;
  private static final int EOI = 0xD9;
  private static final int SOS = 0xDA;
  private static final int DQT = 0xDB;
  private static final int DRI = 0xDD;

  private static final int TABLES = 4;
  private static final int CODE_LENGTHS = 16;

  /** Differences of 8-bit samples have 11 bits; libjpeg takes them up to that (jdhuff.c). */
  private static final int LONGEST_DC = 15;

  private final FrameHeader frame;
  private final byte[] jpeg;
  private final Component[] components;
  private final InverseDct dct = new InverseDct();
  private final int[] @Nullable [] factors = new int[TABLES][];

  /** By class (0 for DC, 1 for AC) and number: where a table's counts are, 0 if there is none. */
  private final int[][] codes = new int[2][TABLES];

  /** The same, built when a scan needs it: a file may define thousands that none does. */
  private final @Nullable HuffmanTable[][] tables = new HuffmanTable[2][TABLES];

  private int restartInterval;
  private int at = 2;

  ScanReader(FrameHeader frame, byte[] jpeg) throws JpegFaultException {
    this.frame = frame;
    this.jpeg = jpeg;
    this.components = new Component[frame.components()];
    for (int i = 0; i < components.length; i++) {
      if (frame.indexOf(frame.id(i)) != i) {
        throw new JpegFaultException("components of the same name");
      }
      components[i] = new Component(frame, i);
    }
  }

  /** The components, all samples of which are decoded. */
  Component[] read() throws JpegFaultException {
    int marker = marker();
    while (marker != EOI) {
      int length = u16(at) - 2;
      int from = at + 2;
      at = from + length;
      switch (marker) {
        case DQT -> takeFactors(from, at);
        case DHT -> takeCodes(from, at);
        case DRI -> takeInterval(from, length);
        case SOS -> scan(from);
        default -> {
          // The frame header, which was given, and an Adobe marker, which is about colour.
        }
      }
      marker = marker();
    }
    for (Component component : components) {
      component.requireComplete();
    }
    for (Component component : components) {
      component.transform(dct);
    }
    return components;
  }

  private int marker() {
    at += 2;
    return u8(at - 1);
  }

  private int u8(int index) {
    return jpeg[index] & 0xFF;
  }

  private int u16(int index) {
    return u8(index) << 8 | u8(index + 1);
  }

  private void takeInterval(int from, int length) throws JpegFaultException {
    if (length != 2) {
      throw new JpegFaultException("a restart interval of wrong length");
    }
    restartInterval = u16(from);
  }

  private void takeFactors(int from, int to) throws JpegFaultException {
    int next = from;
    while (next < to) {
      int number = u8(next) & 15;
      int bytes = u8(next) >> 4 == 0 ? 1 : 2;
      next++;
      if (number >= TABLES || next + bytes * Component.COEFFICIENTS > to) {
        throw new JpegFaultException("a segment of quantization tables");
      }
      int[] table = new int[Component.COEFFICIENTS];
      for (byte index : BlockDecoder.ZIGZAG) {
        table[index] = bytes == 1 ? u8(next) : u16(next);
        next += bytes;
      }
      factors[number] = table;
    }
  }

  private void takeCodes(int from, int to) throws JpegFaultException {
    int next = from;
    while (next < to) {
      int id = u8(next);
      int counts = next + 1;
      int symbols = counts + CODE_LENGTHS;
      int count = 0;
      for (int i = counts; i < Math.min(symbols, to); i++) {
        count += u8(i);
      }
      next = symbols + count;
      if (next > to || count > 256 || (id & 15) >= TABLES || id >> 4 > 1) {
        throw new JpegFaultException("a segment of Huffman tables");
      }
      codes[id >> 4][id & 15] = counts;
      tables[id >> 4][id & 15] = null;
    }
  }

  /** Decodes the scan whose header has its content at {@code header}. */
  private void scan(int header) throws JpegFaultException {
    ScanComponent[] chosen = new ScanComponent[u8(header)];
    int end = header + 1 + 2 * chosen.length;
    ScanHeader scan = new ScanHeader(u8(end), u8(end + 1), u8(end + 2) >> 4, u8(end + 2) & 15);
    if (frame.isProgressive()) {
      scan.requireProgressive(chosen.length);
    }
    for (int i = 0; i < chosen.length; i++) {
      Component component = component(u8(header + 1 + 2 * i));
      int numbers = u8(header + 2 + 2 * i);
      HuffmanTable dc = scan.hasDc() ? table(0, numbers >> 4) : HuffmanTable.NONE;
      if (dc.largest() > LONGEST_DC) {
        throw new JpegFaultException("differences of too many bits");
      }
      HuffmanTable ac = scan.hasAc() ? table(1, numbers & 15) : HuffmanTable.NONE;
      for (int before = 0; before < i; before++) {
        if (chosen[before].component == component) {
          throw new JpegFaultException("a component twice in a scan");
        }
      }
      component.keepFactors(factors);
      if (frame.isProgressive()) {
        component.note(scan);
      } else {
        component.noteWhole();
      }
      chosen[i] = new ScanComponent(component, dc, ac);
    }
    BitInput in = new BitInput(jpeg, at);
    BlockDecoder blocks =
        frame.isProgressive() ? new ProgressiveBlocks(in, scan) : new SequentialBlocks(in, dct);
    at = new Scan(frame, chosen, restartInterval, in, blocks).decode();
  }

  private Component component(int id) throws JpegFaultException {
    int index = frame.indexOf(id);
    if (index < 0) {
      throw new JpegFaultException("a scan of another component");
    }
    return components[index];
  }

  private HuffmanTable table(int kind, int number) throws JpegFaultException {
    if (number >= TABLES || codes[kind][number] == 0) {
      throw new JpegFaultException("a Huffman table that is not there");
    }
    HuffmanTable table = tables[kind][number];
    if (table == null) {
      table = new HuffmanTable(jpeg, codes[kind][number]);
      tables[kind][number] = table;
    }
    return table;
  }
}
