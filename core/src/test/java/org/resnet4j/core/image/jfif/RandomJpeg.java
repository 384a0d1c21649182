package org.resnet4j.core.image.jfif;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.resnet4j.core.image.JpegBytes;
import org.resnet4j.core.image.jpeg.FrameHeader;

/**
 * Sound JPEGs that no encoder writes: of any sampling, tables, order of scans and refinements,
 * chosen by chance. Codes are written without a picture: what they mean is the decoder's affair.
 */
final class RandomJpeg {
  private static final int COEFFICIENTS = 64;
  private static final int PROGRESSIVE = 2;
  private static final int LONGEST_CODE = 16;
  private static final int SIXTEEN_ZEROS = 0xF0;

  private final SplittableRandom random;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Whether the numbers are as small as those of pictures. */
  private final boolean plausible;

  private final int kind;
  private final FrameHeader frame;
  private final int unitsAcross;
  private final int unitsDown;

  /** Of a component, its blocks' coefficients in zigzag order, as far as refinements need them. */
  private final short[][][] blocks;

  private int bits;
  private int bitCount;
  private int emptyBlocks;

  private RandomJpeg(long seed) {
    this.random = new SplittableRandom(seed);
    this.plausible = random.nextBoolean();
    this.kind = random.nextInt(3);
    int components = new int[] {1, 3, 4}[random.nextInt(3)];
    byte[] data = new byte[FrameHeader.length(components)];
    data[0] = 8;
    data[2] = (byte) (1 + random.nextInt(random.nextBoolean() ? 12 : 70));
    data[4] = (byte) (1 + random.nextInt(random.nextBoolean() ? 12 : 70));
    data[5] = (byte) components;
    int[] factors = random.nextBoolean() ? new int[] {1, 2} : new int[] {1, 2, 3, 4};
    int maxAcross = 1;
    int maxDown = 1;
    for (int i = 0; i < components; i++) {
      int across = factors[random.nextInt(factors.length)];
      int down = factors[random.nextInt(factors.length)];
      maxAcross = Math.max(maxAcross, across);
      maxDown = Math.max(maxDown, down);
      data[6 + 3 * i] = (byte) (i + 1);
      data[7 + 3 * i] = (byte) (across << 4 | down);
      data[8 + 3 * i] = (byte) random.nextInt(4);
    }
    this.frame = new FrameHeader(kind, data);
    this.unitsAcross = Math.ceilDiv(frame.width(), 8 * maxAcross);
    this.unitsDown = Math.ceilDiv(frame.height(), 8 * maxDown);
    this.blocks = new short[components][][];
    for (int i = 0; i < components; i++) {
      int count = unitsAcross * frame.across(i) * unitsDown * frame.down(i);
      blocks[i] = new short[count][COEFFICIENTS];
    }
  }

  /** Whether a seed's numbers are as small as those of pictures. */
  static boolean isPlausible(long seed) {
    return new RandomJpeg(seed).plausible;
  }

  /** The same for each seed. */
  static byte[] of(long seed) {
    return new RandomJpeg(seed).bytes();
  }

  private byte[] bytes() {
    out.writeBytes(new byte[] {-1, (byte) 0xD8});
    JpegBytes.segment(out, 0xDB, quantization());
    JpegBytes.segment(out, 0xC0 + kind, frame.data());
    if (kind == PROGRESSIVE) {
      progressiveScans();
    } else {
      sequentialScans();
    }
    out.writeBytes(new byte[] {-1, (byte) 0xD9});
    return out.toByteArray();
  }

  private byte[] quantization() {
    ByteArrayOutputStream tables = new ByteArrayOutputStream();
    for (int table = 0; table < 4; table++) {
      boolean wide = !plausible && random.nextInt(5) == 0;
      tables.write((wide ? 16 : 0) | table);
      for (int i = 0; i < COEFFICIENTS; i++) {
        if (wide) {
          tables.write(random.nextInt(256));
        }
        tables.write(1 + random.nextInt(plausible ? 5 : 255));
      }
    }
    return tables.toByteArray();
  }

  private void sequentialScans() {
    List<Integer> left = components();
    while (!left.isEmpty()) {
      List<Integer> chosen = new ArrayList<>();
      for (int count = 1 + random.nextInt(left.size()); count > 0; count--) {
        chosen.add(left.remove(random.nextInt(left.size())));
      }
      Collections.sort(chosen);
      scans(chosen, 0, 63, 0, 0);
    }
  }

  private void progressiveScans() {
    int shift = random.nextInt(4);
    scans(components(), 0, 0, 0, shift);
    // Component, first and last coefficient, and how many bits are missing, -1 for all.
    List<int[]> left = new ArrayList<>();
    for (int component : components()) {
      if (shift > 0) {
        left.add(new int[] {component, 0, 0, shift});
      }
      for (int first = 1; first < COEFFICIENTS; ) {
        int last = Math.min(63, first + random.nextInt(63));
        left.add(new int[] {component, first, last, -1});
        first = last + 1;
      }
    }
    while (!left.isEmpty()) {
      int[] part = left.get(random.nextInt(left.size()));
      int before = Math.max(part[3], 0);
      part[3] = part[3] < 0 ? random.nextInt(3) : part[3] - 1;
      scans(List.of(part[0]), part[1], part[2], before, part[3]);
      left.removeIf(each -> each[3] == 0);
    }
  }

  private List<Integer> components() {
    List<Integer> components = new ArrayList<>();
    for (int i = 0; i < frame.components(); i++) {
      components.add(i);
    }
    return components;
  }

  /** A scan, or one for each component if together they have more blocks than a unit may. */
  private void scans(List<Integer> components, int first, int last, int before, int after) {
    int each = components.stream().mapToInt(i -> frame.across(i) * frame.down(i)).sum();
    if (components.size() > 1 && each > 10) {
      components.forEach(i -> scan(List.of(i), first, last, before, after));
    } else {
      scan(components, first, last, before, after);
    }
  }

  private void scan(List<Integer> components, int first, int last, int before, int after) {
    int interval = random.nextInt(3) > 0 ? 0 : 1 + random.nextInt(9);
    JpegBytes.segment(out, 0xDD, new byte[] {0, (byte) interval});
    Code[] dc = new Code[frame.components()];
    Code[] ac = new Code[frame.components()];
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.write(components.size());
    for (int i = 0; i < components.size(); i++) {
      int component = components.get(i);
      if (first == 0 && before == 0) {
        dc[component] = new Code(dcSymbols());
        dc[component].write(i);
      }
      if (last > 0) {
        ac[component] = new Code(before > 0 ? refinementSymbols() : acSymbols());
        ac[component].write(0x10 | i);
      }
      header.write(component + 1);
      header.write(i << 4 | i);
    }
    header.writeBytes(new byte[] {(byte) first, (byte) last, (byte) (before << 4 | after)});
    JpegBytes.segment(out, 0xDA, header.toByteArray());
    emptyBlocks = 0;
    int restarts = 0;
    int left = interval;
    for (List<int[]> unit : units(components)) {
      if (interval > 0 && left == 0) {
        endInterval();
        out.write(0xFF);
        out.write(0xD0 + restarts++ % 8);
        left = interval;
      }
      left--;
      for (int[] block : unit) {
        block(dc[block[0]], ac[block[0]], blocks[block[0]][block[1]], first, last, before, after);
      }
    }
    endInterval();
  }

  /** Of each coded unit the blocks: component and index. */
  private List<List<int[]>> units(List<Integer> components) {
    List<List<int[]>> units = new ArrayList<>();
    if (components.size() == 1) {
      int component = components.getFirst();
      int stride = unitsAcross * frame.across(component);
      long count = frame.blocks(component);
      int maxAcross = components().stream().mapToInt(frame::across).max().orElseThrow();
      int across = Math.ceilDiv(frame.width() * frame.across(component), 8 * maxAcross);
      for (int i = 0; i < count; i++) {
        units.add(List.of(new int[] {component, i / across * stride + i % across}));
      }
      return units;
    }
    for (int i = 0; i < unitsAcross * unitsDown; i++) {
      List<int[]> unit = new ArrayList<>();
      for (int component : components) {
        int across = frame.across(component);
        int down = frame.down(component);
        for (int block = 0; block < across * down; block++) {
          int row = i / unitsAcross * down + block / across;
          int column = i % unitsAcross * across + block % across;
          unit.add(new int[] {component, row * unitsAcross * across + column});
        }
      }
      units.add(unit);
    }
    return units;
  }

  private void block(Code dc, Code ac, short[] block, int first, int last, int before, int after) {
    if (first == 0 && before == 0) {
      number(dc.writeAny());
    } else if (first == 0) {
      bits(random.nextInt(2), 1);
    }
    if (last > 0 && kind != PROGRESSIVE) {
      sequential(ac, 1, 63, block, 0);
    } else if (last > 0 && before == 0) {
      if (emptyBlocks > 0) {
        emptyBlocks--;
      } else {
        sequential(ac, first, last, block, after);
      }
    } else if (last > 0) {
      refine(ac, first, last, block, 1 << after);
    }
  }

  private void sequential(Code ac, int first, int last, short[] block, int shift) {
    for (int k = first; k <= last; k++) {
      int symbol = ac.any();
      if ((symbol & 15) > 0 && k + (symbol >> 4) > last) {
        symbol = 0;
      }
      ac.put(symbol);
      if ((symbol & 15) == 0 && symbol != SIXTEEN_ZEROS) {
        emptyBlocks = run(symbol >> 4) - 1;
        return;
      }
      k += symbol >> 4;
      int value = number(symbol & 15);
      if ((symbol & 15) > 0) {
        block[k] = (short) (value << shift);
      }
    }
  }

  private int run(int length) {
    int more = random.nextInt(1 << length);
    bits(more, length);
    return (1 << length) + more;
  }

  private void refine(Code ac, int first, int last, short[] block, int bit) {
    int k = first;
    while (k <= last && emptyBlocks == 0) {
      int zeros = 0;
      for (int i = k; i <= last; i++) {
        zeros += block[i] == 0 ? 1 : 0;
      }
      int symbol = ac.any();
      if ((symbol & 15) > 0 && symbol >> 4 >= zeros) {
        symbol = 0;
      }
      ac.put(symbol);
      int fresh = 0;
      if ((symbol & 15) > 0) {
        int positive = random.nextInt(2);
        bits(positive, 1);
        fresh = positive > 0 ? bit : -bit;
      } else if (symbol != SIXTEEN_ZEROS) {
        emptyBlocks = run(symbol >> 4);
        break;
      }
      k = correct(block, k, last, symbol >> 4, bit);
      if (fresh != 0) {
        block[k] = (short) fresh;
      }
      k++;
    }
    if (emptyBlocks > 0) {
      correct(block, k, last, COEFFICIENTS, bit);
      emptyBlocks--;
    }
  }

  private int correct(short[] block, int from, int last, int run, int bit) {
    int zeros = run;
    int k = from;
    for (; k <= last; k++) {
      if (block[k] == 0) {
        if (zeros-- == 0) {
          return k;
        }
      } else {
        int more = random.nextInt(2);
        bits(more, 1);
        if (more > 0 && (block[k] & bit) == 0) {
          block[k] += (short) (block[k] > 0 ? bit : -bit);
        }
      }
    }
    return k;
  }

  private int number(int length) {
    int value = random.nextInt(1 << length);
    bits(value, length);
    return length > 0 && value < 1 << (length - 1) ? value - (1 << length) + 1 : value;
  }

  private void bits(int value, int length) {
    for (int i = length - 1; i >= 0; i--) {
      bits = (bits << 1 | (value >> i & 1)) & 0xFF;
      bitCount++;
      if (bitCount == 8) {
        out.write(bits);
        if (bits == 0xFF) {
          out.write(0);
        }
        bitCount = 0;
      }
    }
  }

  private void endInterval() {
    while (bitCount > 0) {
      bits(1, 1);
    }
    emptyBlocks = 0;
  }

  private List<Integer> dcSymbols() {
    Set<Integer> symbols = new LinkedHashSet<>(List.of(0));
    for (int i = random.nextInt(7); i > 0; i--) {
      symbols.add(random.nextInt(plausible ? 5 : 12));
    }
    return new ArrayList<>(symbols);
  }

  private List<Integer> acSymbols() {
    Set<Integer> symbols = new LinkedHashSet<>(List.of(0));
    for (int i = random.nextInt(random.nextInt(4) == 0 ? 100 : 8); i > 0; i--) {
      int run = random.nextInt(16) / (1 + 5 * random.nextInt(2));
      int length = random.nextInt(plausible ? 4 : 11);
      boolean endsBlock = length == 0 && run > 0 && run < 15;
      if (kind == PROGRESSIVE || !endsBlock) {
        symbols.add(run << 4 | length);
      }
    }
    return new ArrayList<>(symbols);
  }

  private List<Integer> refinementSymbols() {
    Set<Integer> symbols = new LinkedHashSet<>(List.of(0));
    for (int i = 0; i < 6; i++) {
      symbols.add(random.nextInt(16) << 4 | random.nextInt(2));
    }
    return new ArrayList<>(symbols);
  }

  /** A prefix code of its own for some symbols. */
  private final class Code {
    private final List<Integer> symbols;
    private final int[] lengths;
    private final int[] codes;

    Code(List<Integer> given) {
      this.symbols = new ArrayList<>(given);
      this.lengths = lengths(given.size());
      this.codes = new int[lengths.length];
      for (int i = symbols.size() - 1; i > 0; i--) {
        Collections.swap(symbols, i, random.nextInt(i + 1));
      }
      for (int i = 1; i < codes.length; i++) {
        codes[i] = (codes[i - 1] + 1) << (lengths[i] - lengths[i - 1]);
      }
    }

    /** Of a tree that has grown by chance, without its last leaf, whose code is ones only. */
    private int[] lengths(int count) {
      while (true) {
        List<Integer> leaves = new ArrayList<>(List.of(0));
        while (leaves.size() <= count) {
          int last = leaves.size() - 1;
          int leaf = random.nextInt(3) == 0 ? random.nextInt(leaves.size()) : last;
          if (count > 20 && random.nextInt(3) > 0) {
            leaf = leaves.indexOf(Collections.min(leaves));
          }
          int depth = leaves.remove(leaf);
          leaves.add(depth + 1);
          leaves.add(depth + 1);
        }
        Collections.sort(leaves);
        if (leaves.getLast() <= LONGEST_CODE) {
          return leaves.subList(0, count).stream().mapToInt(depth -> depth).toArray();
        }
      }
    }

    /** Writes a DHT segment. */
    void write(int id) {
      byte[] data = new byte[17 + symbols.size()];
      data[0] = (byte) id;
      for (int i = 0; i < symbols.size(); i++) {
        data[lengths[i]]++;
        data[17 + i] = (byte) (int) symbols.get(i);
      }
      JpegBytes.segment(out, 0xC4, data);
    }

    int any() {
      return symbols.get(random.nextInt(symbols.size()));
    }

    void put(int symbol) {
      int index = symbols.indexOf(symbol);
      bits(codes[index], lengths[index]);
    }

    int writeAny() {
      int symbol = any();
      put(symbol);
      return symbol;
    }
  }
}
