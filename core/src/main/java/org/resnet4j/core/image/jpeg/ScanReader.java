package org.resnet4j.core.image.jpeg;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads a JPEG's tables and scans, one after the other. */
final class ScanReader {
  private static final int DHT = 0xC4;
  private static final int EOI = 0xD9;
  private static final int SOS = 0xDA;
  private static final int DQT = 0xDB;
  private static final int DRI = 0xDD;

  private static final int TABLES = 4;
  private static final int MAX_SHIFT = 13;
  private static final int CODE_LENGTHS = 16;
  private static final int LONGEST_DC = 15;

  private final FrameHeader frame;
  private final byte[] jpeg;
  private final Component[] components;
  private final InverseDct dct = new InverseDct();
  private final int[] @Nullable [] factors = new int[TABLES][];
  private final @Nullable HuffmanTable[] dcTables = new HuffmanTable[TABLES];
  private final @Nullable HuffmanTable[] acTables = new HuffmanTable[TABLES];
  private int restartInterval;
  private int at = 2;

  ScanReader(FrameHeader frame, byte[] jpeg) throws UnusualJpegException {
    this.frame = frame;
    this.jpeg = jpeg;
    this.components = new Component[frame.components()];
    for (int i = 0; i < components.length; i++) {
      if (frame.indexOf(frame.id(i)) != i) {
        throw new UnusualJpegException("components of the same name");
      }
      components[i] = new Component(frame, i);
    }
  }

  /** The components, all samples of which are decoded. */
  Component[] read() throws UnusualJpegException {
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
          // The frame is known, an Adobe marker tells of colour.
        }
      }
      marker = marker();
    }
    for (Component component : components) {
      component.requireComplete();
      if (component.coefficients != null) {
        component.transform(dct);
      }
    }
    return components;
  }

  private int marker() throws UnusualJpegException {
    if (u8(at) != 0xFF) {
      throw new UnusualJpegException("stray bytes");
    }
    at += 2;
    return u8(at - 1);
  }

  private int u8(int index) {
    return jpeg[index] & 0xFF;
  }

  private int u16(int index) {
    return u8(index) << 8 | u8(index + 1);
  }

  private void takeInterval(int from, int length) throws UnusualJpegException {
    if (length != 2) {
      throw new UnusualJpegException("restart markers");
    }
    restartInterval = u16(from);
  }

  private void takeFactors(int from, int to) throws UnusualJpegException {
    int next = from;
    while (next < to) {
      int number = u8(next) & 15;
      int bytes = 1 + (u8(next) >> 4);
      next++;
      if (number >= TABLES || bytes > 2 || next + bytes * Component.COEFFICIENTS > to) {
        throw new UnusualJpegException("quantization tables");
      }
      int[] table = new int[Component.COEFFICIENTS];
      for (byte index : BlockDecoder.ZIGZAG) {
        table[index] = bytes == 1 ? u8(next) : u16(next);
        next += bytes;
      }
      factors[number] = table;
    }
  }

  private void takeCodes(int from, int to) throws UnusualJpegException {
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
        throw new UnusualJpegException("Huffman tables");
      }
      byte[] values = Arrays.copyOfRange(jpeg, symbols, next);
      HuffmanTable table = new HuffmanTable(jpeg, counts, values);
      (id >> 4 == 0 ? dcTables : acTables)[id & 15] = table;
    }
  }

  /** Decodes the scan whose header has its content at {@code header}. */
  private void scan(int header) throws UnusualJpegException {
    Component[] chosen = new Component[u8(header)];
    int first = u8(header + 1 + 2 * chosen.length);
    int last = u8(header + 2 + 2 * chosen.length);
    int precision = u8(header + 3 + 2 * chosen.length);
    int shift = precision & 15;
    int previous = precision >> 4;
    if (frame.isProgressive()) {
      checkProgression(chosen.length, first, last, previous, shift);
    }
    for (int i = 0; i < chosen.length; i++) {
      Component component = component(u8(header + 1 + 2 * i));
      if (Arrays.asList(chosen).subList(0, i).contains(component)) {
        throw new UnusualJpegException("a component twice in a scan");
      }
      int tables = u8(header + 2 + 2 * i);
      if (first == 0 && previous == 0) {
        component.dc = dcTable(tables >> 4);
      }
      if (last > 0) {
        component.ac = table(acTables, tables & 15);
      }
      component.keepFactors(factors);
      component.note(first, last, previous, shift);
      chosen[i] = component;
    }
    BitInput in = new BitInput(jpeg, at);
    BlockDecoder blocks;
    if (frame.isProgressive()) {
      blocks = new ProgressiveBlocks(in, first, last, previous > 0, shift);
    } else {
      boolean alone = chosen.length == components.length;
      blocks = new SequentialBlocks(in, alone ? dct : null);
    }
    at = new Scan(frame, chosen, restartInterval, in, blocks).decode();
  }

  private Component component(int id) throws UnusualJpegException {
    int index = frame.indexOf(id);
    if (index < 0) {
      throw new UnusualJpegException("a scan of another component");
    }
    return components[index];
  }

  private static void checkProgression(int components, int first, int last, int previous, int shift)
      throws UnusualJpegException {
    boolean firstAlone = first == 0 && last == 0;
    boolean others = first > 0 && first <= last && last < Component.COEFFICIENTS && components == 1;
    boolean oneBit = previous == 0 || previous == shift + 1;
    if (!(firstAlone || others) || !oneBit || shift > MAX_SHIFT) {
      throw new UnusualJpegException("progression");
    }
  }

  private HuffmanTable dcTable(int number) throws UnusualJpegException {
    HuffmanTable table = table(dcTables, number);
    if (table.largest() > LONGEST_DC) {
      throw new UnusualJpegException("Huffman tables");
    }
    return table;
  }

  private static HuffmanTable table(@Nullable HuffmanTable[] tables, int number)
      throws UnusualJpegException {
    HuffmanTable table = number < TABLES ? tables[number] : null;
    if (table == null) {
      throw new UnusualJpegException("Huffman tables");
    }
    return table;
  }
}
