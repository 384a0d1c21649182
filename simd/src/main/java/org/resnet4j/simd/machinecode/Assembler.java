package org.resnet4j.simd.machinecode;

import static org.resnet4j.simd.machinecode.Encoder.MAP_0F;
import static org.resnet4j.simd.machinecode.Encoder.MAP_0F38;
import static org.resnet4j.simd.machinecode.Encoder.MAP_0F3A;
import static org.resnet4j.simd.machinecode.Encoder.NO_PREFIX;
import static org.resnet4j.simd.machinecode.Encoder.PREFIX_66;
import static org.resnet4j.simd.machinecode.Encoder.PREFIX_F2;
import static org.resnet4j.simd.machinecode.Encoder.PREFIX_F3;
import static org.resnet4j.simd.machinecode.Encoder.REX;
import static org.resnet4j.simd.machinecode.Encoder.REX_W;
import static org.resnet4j.simd.machinecode.Encoder.ZMM_BYTES;
import static org.resnet4j.simd.machinecode.Encoder.high;
import static org.resnet4j.simd.machinecode.Encoder.isByte;
import static org.resnet4j.simd.machinecode.Encoder.registers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.resnet4j.simd.machinecode.Operand.Immediate;
import org.resnet4j.simd.machinecode.Operand.Masked;
import org.resnet4j.simd.machinecode.Operand.Memory;

/**
 * Writes one function in the machine code of x86-64: the few instructions that kernels use, each by
 * a method with its mnemonic. Not thread-safe.
 *
 * <p>Source: Intel's Software Developer's Manual, volume 2.
 */
public final class Assembler {
  /** A place in the code. */
  public static final class Label implements Operand {
    private final String name;
    private int offset = -1;

    private Label(String name) {
      this.name = name;
    }

    @Override
    public String text() {
      return name;
    }
  }

  private record Jump(int end, Label to) {}

  private final Encoder out = new Encoder();
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
    byte[] bytes = out.bytes();
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
    out.rexForRegister(register);
    out.emit(0x50 + (register.number() & 7));
    done("push", register);
  }

  /** Takes a register from the stack. */
  public void pop(Register register) {
    out.rexForRegister(register);
    out.emit(0x58 + (register.number() & 7));
    done("pop", register);
  }

  /** {@code to = from}. */
  public void mov(Register to, Register from) {
    out.emit(REX_W | high(from) << 2 | high(to), 0x89, registers(from.number(), to.number()));
    done("mov", to, from);
  }

  /** {@code to = value}, extended by its sign. */
  public void mov(Register to, int value) {
    out.emit(REX_W | high(to), 0xC7, registers(0, to.number()));
    out.emit32(value);
    done("mov", to, new Immediate(value));
  }

  /** Loads 64 bits. */
  public void mov(Register to, Address from) {
    out.general(0x8B, to, from);
    done("mov", to, new Memory("QWORD", from));
  }

  /** Stores 64 bits. */
  public void mov(Address to, Register from) {
    out.general(0x89, from, to);
    done("mov", new Memory("QWORD", to), from);
  }

  /** Loads 32 bits, extended by their sign. */
  public void movsxd(Register to, Address from) {
    out.general(0x63, to, from);
    done("movsxd", to, new Memory("DWORD", from));
  }

  /** {@code to =} the address. */
  public void lea(Register to, Address from) {
    out.general(0x8D, to, from);
    done("lea", to, from);
  }

  /** {@code to += from}. */
  public void add(Register to, Register from) {
    out.emit(REX_W | high(from) << 2 | high(to), 0x01, registers(from.number(), to.number()));
    done("add", to, from);
  }

  /** {@code to += value}; sets the flags. */
  public void add(Register to, int value) {
    if (isByte(value)) {
      out.emit(REX_W | high(to), 0x83, registers(0, to.number()), value);
    } else if (to == Register.RAX) {
      out.emit(REX_W, 0x05);
      out.emit32(value);
    } else {
      out.emit(REX_W | high(to), 0x81, registers(0, to.number()));
      out.emit32(value);
    }
    done("add", to, new Immediate(value));
  }

  /**
   * {@code to &= mask}, extended by its sign; sets the flags.
   *
   * @throws IllegalArgumentException if it does not fit a byte
   */
  public void and(Register to, int mask) {
    if (!isByte(mask)) {
      throw new IllegalArgumentException("a mask of more than a byte: " + mask);
    }
    out.emit(REX_W | high(to), 0x83, registers(4, to.number()), mask);
    done("and", to, new Immediate(mask));
  }

  /** {@code register -= 1}; sets the flags. */
  public void dec(Register register) {
    out.emit(REX_W | high(register), 0xFF, registers(1, register.number()));
    done("dec", register);
  }

  /** Jumps if the last result was not zero. */
  public void jnz(Label to) {
    out.emit(0x0F, 0x85);
    out.emit32(0);
    jumps.add(new Jump(out.size(), to));
    done("jnz", to);
  }

  /** Returns to the caller. */
  public void ret() {
    out.emit(0xC3);
    done("ret");
  }

  /** Fetches a cache line into the second cache. */
  public void prefetcht1(Address at) {
    int rex = high(at.index()) << 1 | high(at.base());
    if (rex != 0) {
      out.emit(REX | rex);
    }
    out.emit(0x0F, 0x18);
    out.operand(2, at, 1);
    done("prefetcht1", new Memory("BYTE", at));
  }

  // Tiles.

  /** Loads the shapes of all tiles from 64 bytes, and sets the tiles to zero. */
  public void ldtilecfg(Address from) {
    out.vex(NO_PREFIX, 0, 0, from);
    out.emit(0x49);
    out.operand(0, from, 1);
    done("ldtilecfg", from);
  }

  /** Gives up all tiles, so that nobody has to save them. */
  public void tilerelease() {
    out.vex(NO_PREFIX, 0, 0, null);
    out.emit(0x49, 0xC0);
    done("tilerelease");
  }

  /** {@code tile = 0}. */
  public void tilezero(Tile tile) {
    out.vex(PREFIX_F2, 0, 0, null);
    out.emit(0x49, registers(tile.number(), 0));
    done("tilezero", tile);
  }

  /** Loads a tile, whose rows lie as far apart as the index says. */
  public void tileloadd(Tile to, Address from) {
    requireIndex(from);
    out.vex(PREFIX_F2, 0, 0, from);
    out.emit(0x4B);
    out.operand(to.number(), from, 1);
    done("tileloadd", to, from);
  }

  /** Stores a tile, whose rows lie as far apart as the index says. */
  public void tilestored(Address to, Tile from) {
    requireIndex(to);
    out.vex(PREFIX_F3, 0, 0, to);
    out.emit(0x4B);
    out.operand(from.number(), to, 1);
    done("tilestored", to, from);
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
    out.vex(PREFIX_F3, 0, b.number(), null);
    out.emit(0x5C, registers(sum.number(), a.number()));
    done("tdpbf16ps", sum, a, b);
  }

  // Vectors.

  /** Loads floats, wherever they lie. */
  public void vmovups(Vector to, Address from) {
    out.vector(NO_PREFIX, MAP_0F, 0x10, to, from, ZMM_BYTES);
    done("vmovups", to, new Memory(to.memory(), from));
  }

  /** Stores floats, wherever they go. */
  public void vmovups(Address to, Vector from) {
    out.vector(NO_PREFIX, MAP_0F, 0x11, from, to, ZMM_BYTES);
    done("vmovups", new Memory(from.memory(), to), from);
  }

  /** {@code to = a + b}, floats. */
  public void vaddps(Vector to, Vector a, Vector b) {
    out.vector(NO_PREFIX, MAP_0F, 0x58, to, a, b);
    done("vaddps", to, a, b);
  }

  /** {@code to = a + b}, floats. */
  public void vaddps(Vector to, Vector a, Address b) {
    out.vector(NO_PREFIX, MAP_0F, 0x58, to, a, b, ZMM_BYTES);
    done("vaddps", to, a, new Memory(a.memory(), b));
  }

  /** {@code to = a - b}, floats. */
  public void vsubps(Vector to, Vector a, Vector b) {
    out.vector(NO_PREFIX, MAP_0F, 0x5C, to, a, b);
    done("vsubps", to, a, b);
  }

  /** {@code to = a * b}, floats. */
  public void vmulps(Vector to, Vector a, Vector b) {
    out.vector(NO_PREFIX, MAP_0F, 0x59, to, a, b);
    done("vmulps", to, a, b);
  }

  /** {@code factor = a * factor + b}, floats, each rounded once. */
  public void vfmadd213ps(Vector factor, Vector a, Vector b) {
    out.vector(PREFIX_66, MAP_0F38, 0xA8, factor, a, b);
    done("vfmadd213ps", factor, a, b);
  }

  /** {@code sum += a * b}, floats, each rounded once. */
  public void vfmadd231ps(Vector sum, Vector a, Vector b) {
    out.vector(PREFIX_66, MAP_0F38, 0xB8, sum, a, b);
    done("vfmadd231ps", sum, a, b);
  }

  /** {@code to = a < b}, 16 floats; NaN is not below a number. */
  public void vcmpltps(Mask to, Vector a, Vector b) {
    requireWide(a, b);
    Vector inItsPlace = new Vector(to.number()); // whose number stands in the same bits
    out.vector(NO_PREFIX, MAP_0F, 0xC2, inItsPlace, a, b);
    out.emit(1);
    done("vcmpltps", to, a, b);
  }

  /** {@code to = a < b}, 8 floats: ones in all bits of a lane, or zeros; NaN is not below. */
  public void vcmpltps(Vector to, Vector a, Vector b) {
    requireHalf(to);
    out.vector(NO_PREFIX, MAP_0F, 0xC2, to, a, b);
    out.emit(1);
    done("vcmpltps", to, a, b);
  }

  /** {@code to = a < b}, 8 floats, as with a register. */
  public void vcmpltps(Vector to, Vector a, Address b) {
    requireHalf(to);
    out.vector(NO_PREFIX, MAP_0F, 0xC2, to, a, b, ZMM_BYTES);
    out.emit(1);
    done("vcmpltps", to, a, new Memory(a.memory(), b));
  }

  /** {@code to = from} in the lanes of a mask. */
  public void vmovaps(Vector to, Mask where, Vector from) {
    requireWide(to, from);
    out.masked(NO_PREFIX, MAP_0F, 0x28, to.number(), from.number(), where.number());
    done("vmovaps", new Masked(to, where), from);
  }

  /** {@code to = b} in the lanes of 8 whose highest bit {@code where} has, else {@code a}. */
  public void vblendvps(Vector to, Vector a, Vector b, Vector where) {
    requireHalf(to);
    requireHalf(where);
    out.vector(PREFIX_66, MAP_0F3A, 0x4A, to, a, b);
    out.emit(where.number() << 4);
    done("vblendvps", to, a, b, where);
  }

  /** {@code to =} the larger, floats; {@code b} where one is NaN or both are zero. */
  public void vmaxps(Vector to, Vector a, Vector b) {
    out.vector(NO_PREFIX, MAP_0F, 0x5F, to, a, b);
    done("vmaxps", to, a, b);
  }

  /** {@code to = a | b} of 512 bits. */
  public void vpord(Vector to, Vector a, Vector b) {
    requireWide(to);
    out.vector(PREFIX_66, MAP_0F, 0xEB, to, a, b);
    done("vpord", to, a, b);
  }

  /** {@code to = a | b} of 256 bits. */
  public void vpor(Vector to, Vector a, Vector b) {
    requireHalf(to);
    out.vector(PREFIX_66, MAP_0F, 0xEB, to, a, b);
    done("vpor", to, a, b);
  }

  /** {@code to = a ^ b} of 512 bits. */
  public void vpxord(Vector to, Vector a, Vector b) {
    requireWide(to);
    out.vector(PREFIX_66, MAP_0F, 0xEF, to, a, b);
    done("vpxord", to, a, b);
  }

  /** {@code to = a ^ b} of 256 bits. */
  public void vpxor(Vector to, Vector a, Vector b) {
    requireHalf(to);
    out.vector(PREFIX_66, MAP_0F, 0xEF, to, a, b);
    done("vpxor", to, a, b);
  }

  /** Loads 16 halves, each extended by zeros to 32 bits. */
  public void vpmovzxwd(Vector to, Address from) {
    requireWide(to);
    out.vector(PREFIX_66, MAP_0F38, 0x33, to, from, ZMM_BYTES / 2);
    done("vpmovzxwd", to, new Memory("YMMWORD", from));
  }

  /** Loads 32 bits into each place. */
  public void vpbroadcastd(Vector to, Address from) {
    out.vector(PREFIX_66, MAP_0F38, 0x58, to, from, Integer.BYTES);
    done("vpbroadcastd", to, new Memory("DWORD", from));
  }

  /**
   * {@code to[i] = from[i - i % 4 + (order >> 2 * (i % 4) & 3)]}, floats.
   *
   * @throws IllegalArgumentException if the order does not fit a byte
   */
  public void vpermilps(Vector to, Address from, int order) {
    if (order < 0 || order > 255) {
      throw new IllegalArgumentException("impossible order " + order);
    }
    out.vector(PREFIX_66, MAP_0F3A, 0x04, to, from, ZMM_BYTES);
    out.emit(order);
    done("vpermilps", to, new Memory(to.memory(), from), new Immediate(order));
  }

  /** {@code to[i] = from[places[i] % lanes]}, floats. */
  public void vpermps(Vector to, Vector places, Address from) {
    out.vector(PREFIX_66, MAP_0F38, 0x16, to, places, from, ZMM_BYTES);
    done("vpermps", to, places, new Memory(to.memory(), from));
  }

  /**
   * {@code sum += a * b}, 16 times: a float and the products of two pairs of bfloat16, the second
   * element's first, by fused multiply-adds. Subnormal numbers count as zero.
   */
  public void vdpbf16ps(Vector sum, Vector a, Vector b) {
    requireWide(sum);
    out.vector(PREFIX_F3, MAP_0F38, 0x52, sum, a, b);
    done("vdpbf16ps", sum, a, b);
  }

  /**
   * {@code to = from << bits}, 16 times 32 bits.
   *
   * @throws IllegalArgumentException if the number does not fit a byte
   */
  public void vpslld(Vector to, Vector from, int bits) {
    requireWide(to, from);
    if (bits < 0 || bits > 255) {
      throw new IllegalArgumentException("impossible shift by " + bits);
    }
    out.evex(PREFIX_66, MAP_0F, 6, to.number(), from.number() >> 4, from.number() >> 3);
    out.emit(0x72, registers(6, from.number()), bits);
    done("vpslld", to, from, new Immediate(bits));
  }

  /**
   * Rounds 32 floats to bfloat16, to nearest even: those of {@code low} into the lower half.
   * Subnormal numbers become zero, NaN stays.
   */
  public void vcvtne2ps2bf16(Vector to, Vector high, Vector low) {
    requireWide(to);
    out.vector(PREFIX_F2, MAP_0F38, 0x72, to, high, low);
    done("vcvtne2ps2bf16", to, high, low);
  }

  /** Marks the upper parts of vectors as unused, as callers expect that may use narrower ones. */
  public void vzeroupper() {
    out.emit(0xC5, 0xF8, 0x77);
    done("vzeroupper");
  }

  private static void requireWide(Vector... vectors) {
    for (Vector vector : vectors) {
      if (!vector.isWide()) {
        throw new IllegalArgumentException(vector.text() + " in an instruction of 512 bits");
      }
    }
  }

  private static void requireHalf(Vector vector) {
    if (vector.isWide()) {
      throw new IllegalArgumentException(vector.text() + " in an instruction of 256 bits");
    }
  }

  private static void requireIndex(Address at) {
    if (at.index() == null) {
      throw new IllegalArgumentException("a tile's address needs an index");
    }
  }

  /** Ends an instruction. */
  private void done(String mnemonic, Operand... operands) {
    instructions.add(new Instruction(begin, out.size() - begin, mnemonic, operands));
    begin = out.size();
  }
}
