package org.resnet4j.simd.machinecode;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of instructions: the old form with a REX prefix for general registers, VEX for tiles
 * and vectors of 256 bits, EVEX for those of 512. Not thread-safe.
 *
 * <p>Source: Intel's Software Developer's Manual, volume 2, chapter 2.
 */
final class Encoder {
  /** Prefixes that choose among instructions of one opcode, as VEX and EVEX number them. */
  static final int NO_PREFIX = 0;

  static final int PREFIX_66 = 1;
  static final int PREFIX_F3 = 2;
  static final int PREFIX_F2 = 3;

  /** Maps of opcodes: those behind 0F, behind 0F 38, and behind 0F 3A. */
  static final int MAP_0F = 1;

  static final int MAP_0F38 = 2;
  static final int MAP_0F3A = 3;

  static final int REX = 0x40;
  static final int REX_W = 0x48;

  /** In place of the register that is not there: a second byte gives base and index. */
  private static final int SIB = 4;

  /** As index: none. */
  private static final int NO_INDEX = 4;

  /** As base with the shortest displacement: none, so that such a base needs a displacement. */
  private static final int NO_BASE = 5;

  static final int ZMM_BYTES = Vector.WIDE / Byte.SIZE;

  // Plain loops over a plain array: a new process interprets this.
  private byte[] out = new byte[1 << 12];
  private int size;

  /** Bytes so far. */
  int size() {
    return size;
  }

  /** A copy of them. */
  byte[] bytes() {
    return Arrays.copyOf(out, size);
  }

  /** The bit of a register's number that instructions keep in a prefix; 0 for none. */
  static int high(@Nullable Register register) {
    return register == null ? 0 : register.number() >> 3;
  }

  /** Whether a byte holds it. */
  static boolean isByte(int value) {
    return value == (byte) value;
  }

  /** The prefix of an instruction that names one register alone. */
  void rexForRegister(Register register) {
    if (high(register) != 0) {
      emit(REX | 1);
    }
  }

  /** An instruction of 64 bits with a register and a place in memory. */
  void general(int opcode, Register register, Address at) {
    emit(REX_W | high(register) << 2 | high(at.index()) << 1 | high(at.base()), opcode);
    operand(register.number(), at, 1);
  }

  /**
   * A VEX prefix of three bytes, for the map behind 0F 38.
   *
   * @param second register that no other byte names
   * @param at a memory operand, or null for registers below 8
   */
  void vex(int prefix, int register, int second, @Nullable Address at) {
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
  void evex(int prefix, int map, int register, int second, int x, int b) {
    evex(prefix, map, register, second, x, b, 0);
  }

  /**
   * The same for an instruction that writes under a mask.
   *
   * @param mask number of its register, 0 for none
   */
  private void evex(int prefix, int map, int register, int second, int x, int b, int mask) {
    emit(
        0x62,
        (~(register >> 3) & 1) << 7
            | (~x & 1) << 6
            | (~b & 1) << 5
            | (~(register >> 4) & 1) << 4
            | map,
        (~second & 15) << 3 | 1 << 2 | prefix,
        2 << 5 | (~(second >> 4) & 1) << 3 | mask);
  }

  /**
   * A VEX prefix for 256 bits, of two bytes where these say all.
   *
   * @param x the bit that extends an index
   * @param b the bit that extends a base, or a register as second operand by its fourth bit
   */
  private void vexOfVectors(int prefix, int map, int register, int second, int x, int b) {
    int highBit = (~(register >> 3) & 1) << 7;
    int rest = (~second & 15) << 3 | 1 << 2 | prefix;
    if (map == MAP_0F && x == 0 && b == 0) {
      emit(0xC5, highBit | rest);
    } else {
      emit(0xC4, highBit | (~x & 1) << 6 | (~b & 1) << 5 | map, rest);
    }
  }

  /** An instruction on three vectors of one width. */
  void vector(int prefix, int map, int opcode, Vector to, Vector a, Vector b) {
    requireSame(to, a);
    requireSame(to, b);
    if (to.isWide()) {
      evex(prefix, map, to.number(), a.number(), b.number() >> 4, b.number() >> 3);
    } else {
      vexOfVectors(prefix, map, to.number(), a.number(), 0, b.number() >> 3);
    }
    emit(opcode, registers(to.number(), b.number()));
  }

  private static void requireSame(Vector one, Vector other) {
    if (one.bits() != other.bits()) {
      throw new IllegalArgumentException(one.text() + " and " + other.text());
    }
  }

  /** An instruction on two vectors that writes the lanes of a mask. */
  void masked(int prefix, int map, int opcode, int to, int from, int mask) {
    evex(prefix, map, to, 0, from >> 4, from >> 3, mask);
    emit(opcode, registers(to, from));
  }

  /**
   * An instruction on a vector and a place in memory.
   *
   * @param scale what a displacement of one byte counts in, if the vector has 512 bits
   */
  void vector(int prefix, int map, int opcode, Vector register, Address at, int scale) {
    vector(prefix, map, opcode, register, 0, at, scale);
  }

  /** The same with a second vector. */
  void vector(
      int prefix, int map, int opcode, Vector register, Vector second, Address at, int scale) {
    requireSame(register, second);
    vector(prefix, map, opcode, register, second.number(), at, scale);
  }

  private void vector(
      int prefix, int map, int opcode, Vector register, int second, Address at, int scale) {
    int number = register.number();
    if (register.isWide()) {
      evex(prefix, map, number, second, high(at.index()), high(at.base()));
    } else {
      vexOfVectors(prefix, map, number, second, high(at.index()), high(at.base()));
    }
    emit(opcode);
    operand(number, at, register.isWide() ? scale : 1);
  }

  /** The byte that names two registers. */
  static int registers(int first, int second) {
    return 0xC0 | (first & 7) << 3 | (second & 7);
  }

  /**
   * The bytes that name a register and a place in memory.
   *
   * @param scale what a displacement of one byte counts in
   */
  void operand(int register, Address at, int scale) {
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

  /** Bytes, of which the lower eight bits count. */
  void emit(int... bytes) {
    if (size + bytes.length > out.length) {
      out = Arrays.copyOf(out, 2 * out.length);
    }
    for (int each : bytes) {
      out[size++] = (byte) each;
    }
  }

  /** Four bytes, the lowest first. */
  void emit32(int value) {
    emit(value, value >> 8, value >> 16, value >> 24);
  }
}
