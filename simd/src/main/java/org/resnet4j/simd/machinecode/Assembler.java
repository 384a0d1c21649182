package org.resnet4j.simd.machinecode;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes one function in the machine code of x86-64: the few instructions that kernels use, each by
 * a method with its mnemonic. Not thread-safe.
 *
 * <p>Three forms of encoding: the old one with a REX prefix for general registers, VEX for tiles,
 * EVEX for vectors of 512 bits. Source: Intel's Software Developer's Manual, volume 2.
 */
public final class Assembler {
  /** Prefixes that choose among instructions of one opcode, as VEX and EVEX number them. */
  private static final int NO_PREFIX = 0;

  private static final int PREFIX_66 = 1;
  private static final int PREFIX_F3 = 2;
  private static final int PREFIX_F2 = 3;

  /** Maps of opcodes: those behind 0F, and behind 0F 38. */
  private static final int MAP_0F = 1;

  private static final int MAP_0F38 = 2;

  private static final int REX = 0x40;
  private static final int REX_W = 0x48;

  /** In place of the register that is not there: a second byte gives base and index. */
  private static final int SIB = 4;

  /** As index: none. */
  private static final int NO_INDEX = 4;

  /** As base with the shortest displacement: none, so that such a base needs a displacement. */
  private static final int NO_BASE = 5;

  private static final int ZMM_BYTES = 64;

  /** A place in the code. */
  public static final class Label {
    private final String name;
    private int offset = -1;

    private Label(String name) {
      this.name = name;
    }
  }

  private record Jump(int end, Label to) {}

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final List<Instruction> instructions = new ArrayList<>();
  private final List<Jump> jumps = new ArrayList<>();
  private final Map<Integer, String> places = new TreeMap<>();

  /** Where the instruction in the making begins. */
  private int begin;

  /**
   * A label to be placed.
   *
   * @param name for listings and messages
   */
  public Label label(String name) {
    return new Label(name);
  }

  /**
   * Places a label before the next instruction.
   *
   * @throws IllegalStateException if it is placed already
   */
  public void place(Label label) {
    if (label.offset >= 0) {
      throw new IllegalStateException(label.name + " is placed already");
    }
    label.offset = out.size();
    places.put(label.offset, label.name);
  }

  /**
   * The code.
   *
   * @throws IllegalStateException if a jump leads to a label that is not placed
   */
  public Code assemble() {
    byte[] bytes = out.toByteArray();
    for (Jump jump : jumps) {
      if (jump.to.offset < 0) {
        throw new IllegalStateException(jump.to.name + " is not placed");
      }
      int distance = jump.to.offset - jump.end;
      for (int i = 0; i < Integer.BYTES; i++) {
        bytes[jump.end - Integer.BYTES + i] = (byte) (distance >> (8 * i));
      }
    }
    return new Code(bytes, instructions, places);
  }

  // General registers.

  /** Puts a register on the stack. */
  public void push(Register register) {
    rexForRegister(register);
    emit(0x50 + (register.number() & 7));
    done("push " + register.text());
  }

  /** Takes a register from the stack. */
  public void pop(Register register) {
    rexForRegister(register);
    emit(0x58 + (register.number() & 7));
    done("pop " + register.text());
  }

  /** {@code to = from}. */
  public void mov(Register to, Register from) {
    emit(REX_W | high(from) << 2 | high(to), 0x89, registers(from.number(), to.number()));
    done("mov " + to.text() + "," + from.text());
  }

  /** {@code to = value}, extended by its sign. */
  public void mov(Register to, int value) {
    emit(REX_W | high(to), 0xC7, registers(0, to.number()));
    emit32(value);
    done("mov " + to.text() + "," + value);
  }

  /** Loads 64 bits. */
  public void mov(Register to, Address from) {
    general(0x8B, to, from);
    done("mov " + to.text() + ",QWORD PTR " + from.text());
  }

  /** Stores 64 bits. */
  public void mov(Address to, Register from) {
    general(0x89, from, to);
    done("mov QWORD PTR " + to.text() + "," + from.text());
  }

  /** Loads 32 bits, extended by their sign. */
  public void movsxd(Register to, Address from) {
    general(0x63, to, from);
    done("movsxd " + to.text() + ",DWORD PTR " + from.text());
  }

  /** {@code to =} the address. */
  public void lea(Register to, Address from) {
    general(0x8D, to, from);
    done("lea " + to.text() + "," + from.text());
  }

  /** {@code to += from}. */
  public void add(Register to, Register from) {
    emit(REX_W | high(from) << 2 | high(to), 0x01, registers(from.number(), to.number()));
    done("add " + to.text() + "," + from.text());
  }

  /** {@code to += value}; sets the flags. */
  public void add(Register to, int value) {
    if (isByte(value)) {
      emit(REX_W | high(to), 0x83, registers(0, to.number()), value);
    } else if (to == Register.RAX) {
      emit(REX_W, 0x05);
      emit32(value);
    } else {
      emit(REX_W | high(to), 0x81, registers(0, to.number()));
      emit32(value);
    }
    done("add " + to.text() + "," + value);
  }

  /** {@code register -= 1}; sets the flags. */
  public void dec(Register register) {
    emit(REX_W | high(register), 0xFF, registers(1, register.number()));
    done("dec " + register.text());
  }

  /** Jumps if the last result was not zero. */
  public void jnz(Label to) {
    emit(0x0F, 0x85);
    emit32(0);
    jumps.add(new Jump(out.size(), to));
    done("jnz " + to.name);
  }

  /** Returns to the caller. */
  public void ret() {
    emit(0xC3);
    done("ret");
  }

  /** Fetches a cache line into the second cache. */
  public void prefetcht1(Address at) {
    int rex = high(at.index()) << 1 | high(at.base());
    if (rex != 0) {
      emit(REX | rex);
    }
    emit(0x0F, 0x18);
    operand(2, at, 1);
    done("prefetcht1 BYTE PTR " + at.text());
  }

  // Tiles.

  /** Loads the shapes of all tiles from 64 bytes, and sets the tiles to zero. */
  public void ldtilecfg(Address from) {
    vex(NO_PREFIX, 0, 0, from);
    emit(0x49);
    operand(0, from, 1);
    done("ldtilecfg " + from.text());
  }

  /** Gives up all tiles, so that nobody has to save them. */
  public void tilerelease() {
    vex(NO_PREFIX, 0, 0, null);
    emit(0x49, 0xC0);
    done("tilerelease");
  }

  /** {@code tile = 0}. */
  public void tilezero(Tile tile) {
    vex(PREFIX_F2, 0, 0, null);
    emit(0x49, registers(tile.number(), 0));
    done("tilezero " + tile.text());
  }

  /** Loads a tile, whose rows lie as far apart as the index says. */
  public void tileloadd(Tile to, Address from) {
    requireIndex(from);
    vex(PREFIX_F2, 0, 0, from);
    emit(0x4B);
    operand(to.number(), from, 1);
    done("tileloadd " + to.text() + "," + from.text());
  }

  /** Stores a tile, whose rows lie as far apart as the index says. */
  public void tilestored(Address to, Tile from) {
    requireIndex(to);
    vex(PREFIX_F3, 0, 0, to);
    emit(0x4B);
    operand(from.number(), to, 1);
    done("tilestored " + to.text() + "," + from.text());
  }

  /**
   * {@code sum += a * b} in float32, of {@code a}'s rows of bfloat16 and {@code b}'s, which hold
   * two rows of the matrix each: {@code b[k][2 * n + i]} is element {@code (2 * k + i, n)}.
   *
   * <p>For each element of the sum the even terms are summed in their order, and the odd ones, by
   * fused multiply-adds; then their sum is added. Subnormal numbers count as zero.
   *
   * @throws IllegalArgumentException if two of the tiles are the same, which no processor executes
   */
  public void tdpbf16ps(Tile sum, Tile a, Tile b) {
    if (sum.equals(a) || sum.equals(b) || a.equals(b)) {
      throw new IllegalArgumentException("a product of tiles needs three different ones");
    }
    vex(PREFIX_F3, 0, b.number(), null);
    emit(0x5C, registers(sum.number(), a.number()));
    done("tdpbf16ps " + sum.text() + "," + a.text() + "," + b.text());
  }

  // Vectors.

  /** Loads 16 floats, wherever they lie. */
  public void vmovups(Vector to, Address from) {
    vector(NO_PREFIX, MAP_0F, 0x10, to.number(), 0, from, ZMM_BYTES);
    done("vmovups " + to.text() + ",ZMMWORD PTR " + from.text());
  }

  /** Stores 16 floats, wherever they go. */
  public void vmovups(Address to, Vector from) {
    vector(NO_PREFIX, MAP_0F, 0x11, from.number(), 0, to, ZMM_BYTES);
    done("vmovups ZMMWORD PTR " + to.text() + "," + from.text());
  }

  /** {@code to = a + b}, 16 floats. */
  public void vaddps(Vector to, Vector a, Vector b) {
    vector(NO_PREFIX, MAP_0F, 0x58, to.number(), a.number(), b.number());
    done("vaddps " + to.text() + "," + a.text() + "," + b.text());
  }

  /** {@code to = a + b}, 16 floats. */
  public void vaddps(Vector to, Vector a, Address b) {
    vector(NO_PREFIX, MAP_0F, 0x58, to.number(), a.number(), b, ZMM_BYTES);
    done("vaddps " + to.text() + "," + a.text() + ",ZMMWORD PTR " + b.text());
  }

  /** {@code to =} the larger, 16 times; {@code b} where one is NaN or both are zero. */
  public void vmaxps(Vector to, Vector a, Vector b) {
    vector(NO_PREFIX, MAP_0F, 0x5F, to.number(), a.number(), b.number());
    done("vmaxps " + to.text() + "," + a.text() + "," + b.text());
  }

  /** {@code to = a ^ b}. */
  public void vpxord(Vector to, Vector a, Vector b) {
    vector(PREFIX_66, MAP_0F, 0xEF, to.number(), a.number(), b.number());
    done("vpxord " + to.text() + "," + a.text() + "," + b.text());
  }

  /** Loads 16 halves, each extended by zeros to 32 bits. */
  public void vpmovzxwd(Vector to, Address from) {
    vector(PREFIX_66, MAP_0F38, 0x33, to.number(), 0, from, ZMM_BYTES / 2);
    done("vpmovzxwd " + to.text() + ",YMMWORD PTR " + from.text());
  }

  /** Loads 32 bits into each of 16 places. */
  public void vpbroadcastd(Vector to, Address from) {
    vector(PREFIX_66, MAP_0F38, 0x58, to.number(), 0, from, Integer.BYTES);
    done("vpbroadcastd " + to.text() + ",DWORD PTR " + from.text());
  }

  /**
   * {@code sum += a * b}, 16 times: a float and the products of two pairs of bfloat16, the second
   * element's first, by fused multiply-adds. Subnormal numbers count as zero.
   */
  public void vdpbf16ps(Vector sum, Vector a, Vector b) {
    vector(PREFIX_F3, MAP_0F38, 0x52, sum.number(), a.number(), b.number());
    done("vdpbf16ps " + sum.text() + "," + a.text() + "," + b.text());
  }

  /**
   * {@code to = from << bits}, 16 times 32 bits.
   *
   * @throws IllegalArgumentException if the number does not fit a byte
   */
  public void vpslld(Vector to, Vector from, int bits) {
    if (bits < 0 || bits > 255) {
      throw new IllegalArgumentException("impossible shift by " + bits);
    }
    evex(PREFIX_66, MAP_0F, 6, to.number(), from.number() >> 4, from.number() >> 3);
    emit(0x72, registers(6, from.number()), bits);
    done("vpslld " + to.text() + "," + from.text() + "," + bits);
  }

  /**
   * Rounds 32 floats to bfloat16, to nearest even: those of {@code low} into the lower half.
   * Subnormal numbers become zero, NaN stays.
   */
  public void vcvtne2ps2bf16(Vector to, Vector high, Vector low) {
    vector(PREFIX_F2, MAP_0F38, 0x72, to.number(), high.number(), low.number());
    done("vcvtne2ps2bf16 " + to.text() + "," + high.text() + "," + low.text());
  }

  /** Marks the upper parts of vectors as unused, as callers expect that may use narrower ones. */
  public void vzeroupper() {
    emit(0xC5, 0xF8, 0x77);
    done("vzeroupper");
  }

  // Encoding.

  private static int high(@Nullable Register register) {
    return register == null ? 0 : register.number() >> 3;
  }

  private static boolean isByte(int value) {
    return value == (byte) value;
  }

  private void rexForRegister(Register register) {
    if (high(register) != 0) {
      emit(REX | 1);
    }
  }

  private void general(int opcode, Register register, Address at) {
    emit(REX_W | high(register) << 2 | high(at.index()) << 1 | high(at.base()), opcode);
    operand(register.number(), at, 1);
  }

  private static void requireIndex(Address at) {
    if (at.index() == null) {
      throw new IllegalArgumentException("a tile's address needs an index");
    }
  }

  /**
   * A VEX prefix of three bytes, for the map behind 0F 38.
   *
   * @param second register that no other byte names
   * @param at a memory operand, or null for registers below 8
   */
  private void vex(int prefix, int register, int second, @Nullable Address at) {
    int base = at == null ? 0 : high(at.base());
    int index = at == null ? 0 : high(at.index());
    emit(
        0xC4,
        (~register & 1) << 7 | (~index & 1) << 6 | (~base & 1) << 5 | MAP_0F38,
        (~second & 15) << 3 | prefix);
  }

  /**
   * An EVEX prefix for 512 bits.
   *
   * @param register number of the register that the operand byte names first
   * @param second number of the one that no other byte names
   * @param x the bit that extends an index, or a register as second operand by its fifth bit
   * @param b the bit that extends a base, or a register as second operand by its fourth bit
   */
  private void evex(int prefix, int map, int register, int second, int x, int b) {
    emit(
        0x62,
        (~(register >> 3) & 1) << 7
            | (~x & 1) << 6
            | (~b & 1) << 5
            | (~(register >> 4) & 1) << 4
            | map,
        (~second & 15) << 3 | 1 << 2 | prefix,
        2 << 5 | (~(second >> 4) & 1) << 3);
  }

  private void vector(int prefix, int map, int opcode, int to, int a, int b) {
    evex(prefix, map, to, a, b >> 4, b >> 3);
    emit(opcode, registers(to, b));
  }

  private void vector(
      int prefix, int map, int opcode, int register, int second, Address at, int scale) {
    evex(prefix, map, register, second, high(at.index()), high(at.base()));
    emit(opcode);
    operand(register, at, scale);
  }

  /** The byte that names two registers. */
  private static int registers(int first, int second) {
    return 0xC0 | (first & 7) << 3 | (second & 7);
  }

  /**
   * The bytes that name a register and a place in memory.
   *
   * @param scale what a displacement of one byte counts in
   */
  private void operand(int register, Address at, int scale) {
    int displacement = at.displacement();
    int base = at.base().number() & 7;
    boolean small = displacement % scale == 0 && isByte(displacement / scale);
    int mode;
    if (displacement == 0 && base != NO_BASE) {
      mode = 0;
    } else {
      mode = small ? 1 : 2;
    }
    boolean sib = at.index() != null || base == SIB;
    emit(mode << 6 | (register & 7) << 3 | (sib ? SIB : base));
    if (sib) {
      int index = at.index() == null ? NO_INDEX : at.index().number() & 7;
      emit(index << 3 | base);
    }
    if (mode == 1) {
      emit(displacement / scale);
    } else if (mode == 2) {
      emit32(displacement);
    }
  }

  private void emit(int... bytes) {
    Arrays.stream(bytes).forEach(out::write);
  }

  private void emit32(int value) {
    emit(value, value >> 8, value >> 16, value >> 24);
  }

  /** Ends an instruction. */
  private void done(String text) {
    instructions.add(new Instruction(begin, out.size() - begin, text));
    begin = out.size();
  }
}
