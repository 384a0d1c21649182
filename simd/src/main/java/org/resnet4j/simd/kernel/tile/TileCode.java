package org.resnet4j.simd.kernel.tile;

import static org.resnet4j.simd.machinecode.Register.R10;
import static org.resnet4j.simd.machinecode.Register.R11;
import static org.resnet4j.simd.machinecode.Register.R12;
import static org.resnet4j.simd.machinecode.Register.R13;
import static org.resnet4j.simd.machinecode.Register.R14;
import static org.resnet4j.simd.machinecode.Register.R15;
import static org.resnet4j.simd.machinecode.Register.R8;
import static org.resnet4j.simd.machinecode.Register.R9;
import static org.resnet4j.simd.machinecode.Register.RAX;
import static org.resnet4j.simd.machinecode.Register.RBX;
import static org.resnet4j.simd.machinecode.Register.RCX;
import static org.resnet4j.simd.machinecode.Register.RDI;
import static org.resnet4j.simd.machinecode.Register.RDX;
import static org.resnet4j.simd.machinecode.Register.RSI;

import java.util.List;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Floor;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.machinecode.Address;
import org.resnet4j.simd.machinecode.Assembler;
import org.resnet4j.simd.machinecode.Code;
import org.resnet4j.simd.machinecode.Frame;
import org.resnet4j.simd.machinecode.Register;
import org.resnet4j.simd.machinecode.Vector;

/**
 * Writes the machine code of one {@link TileKernel} for vectors of 256 or 512 bits: the
 * instructions that {@link TileGenerator}'s byte code becomes, and between them those that fetch
 * the weights to come, for which Java has no word. For two rows and one block, a term is
 *
 * <pre>
 *   vmovups      zmm31,[r9]          16 columns of B
 *   vpbroadcastd zmm30,[rax-512]     a value of A
 *   vfmadd231ps  zmm0,zmm31,zmm30
 *   vpbroadcastd zmm29,[rax-448]
 *   vfmadd231ps  zmm1,zmm31,zmm29
 *   prefetcht1   [rbx]
 * </pre>
 *
 * <p>Arguments as System V has them, six in registers and the others on the stack; all numbers are
 * bytes but the counts of table entries and tiles.
 */
final class TileCode {
  private static final Register TABLE = RDI;
  private static final Register FIRST = RSI;
  private static final Register COUNT = RDX;
  private static final Register A = RCX;
  private static final Register A_BASE = R8; // free afterwards
  private static final Register B = R9;

  // Those on the stack, in their order.
  private static final int B_BASE = 0;
  private static final int C = 1;
  private static final int C_BASE = 2;
  private static final int C_BLOCK_STRIDE = 3;
  private static final int ADD = 4;
  private static final int ADD_BASE = 5;
  private static final int ADD_BLOCK_STRIDE = 6;
  private static final int BIAS = 7;
  private static final int BIAS_BASE = 8;
  private static final int FLOOR = 9;
  private static final int AHEAD = 10;
  private static final int TILES = 11;
  private static final int A_NEXT = 12;
  private static final int B_NEXT = 13;
  private static final int C_NEXT = 14;

  private static final List<Register> SAVED = List.of(RBX, R12, R13, R14, R15);

  // For all tiles.
  private static final Register FIRST_ENTRY = R12;
  private static final Register ENTRIES = R13;

  private static final Register TILES_LEFT = R10;

  /** Of this tile; {@link #B} runs through them. */
  private static final Register WEIGHTS = R14;

  /** Bytes from the first tile to this one, in C and in what is added. */
  private static final Register TILE = RSI;

  private static final Register RUN = RAX;
  private static final Register RUNS_LEFT = R11;
  private static final Register WEIGHTS_AHEAD = RBX;
  private static final Register TO = RAX;
  private static final Register FROM = R8;
  private static final Register STRIDE = R15;

  private static final int LINE_BYTES = 64;
  private static final int TEMPORARIES = 2;

  /** Terms that follow each other in the code at most. */
  private static final int MOST_UNROLLED = 32;

  /** Floats from a tile's first value of A to the next tile's. */
  private static final int MOST_REACH = 1 << 28;

  /** What an address can be away from its register, in floats, and take one byte (EVEX). */
  private static final int NEAR = 128;

  private final TileSpec spec;
  private final int lines;
  private final int registers;
  private final int vectorBytes;
  private final int unrolled;
  private final int shift;
  private final Assembler code = new Assembler();
  private final Frame frame = new Frame(code, SAVED);

  private TileCode(TileSpec spec, int lines) {
    this.spec = spec;
    this.lines = lines;
    this.registers = spec.width().registers();
    this.vectorBytes = spec.width().bits() / Byte.SIZE;
    this.unrolled = unrolled(spec.inner());
    int reach = (spec.rows() - 1) * spec.aRowStride() + (unrolled - 1) * spec.aStep();
    this.shift = reach < 2 * NEAR ? NEAR * Float.BYTES : 0;
  }

  /**
   * Whether a kernel can be written: whole vectors, sums that fit the registers, and a tile of A
   * that 32 bits address.
   */
  static boolean covers(TileSpec spec) {
    long reach = (long) spec.rows() * spec.aRowStride() + (long) spec.inner() * spec.aStep();
    return spec.width() != VectorWidth.BITS_128
        && (spec.rows() + 1) * spec.vectors() + TEMPORARIES <= spec.width().registers()
        && reach <= MOST_REACH;
  }

  /**
   * The code of a kernel.
   *
   * @param lines cache lines of the weights to come that are fetched for each entry of the table
   */
  static Code of(TileSpec spec, int lines) {
    return new TileCode(spec, lines).assemble();
  }

  /** The largest divisor of a run that is not too long. */
  private static int unrolled(int inner) {
    int terms = Math.min(inner, MOST_UNROLLED);
    while (inner % terms != 0) {
      terms--;
    }
    return terms;
  }

  private Code assemble() {
    frame.enter();
    code.add(TABLE, FIRST);
    code.mov(FIRST_ENTRY, TABLE);
    code.mov(ENTRIES, COUNT);
    code.add(A, A_BASE);
    code.add(A, shift);
    load(WEIGHTS_AHEAD, AHEAD);
    code.add(WEIGHTS_AHEAD, B);
    load(WEIGHTS, B_BASE);
    code.add(WEIGHTS, B);
    load(TILES_LEFT, TILES);
    code.mov(TILE, 0);
    Assembler.Label tile = code.label("tile");
    code.place(tile);
    code.mov(TABLE, FIRST_ENTRY);
    code.mov(COUNT, ENTRIES);
    code.mov(B, WEIGHTS);
    begin();
    products();
    store();
    advance(A, A_NEXT);
    advance(WEIGHTS, B_NEXT);
    advance(TILE, C_NEXT);
    code.dec(TILES_LEFT);
    code.jnz(tile);
    frame.leave();
    return code.assemble();
  }

  private void load(Register to, int argument) {
    Frame.argument(code, to, argument);
  }

  private Vector register(int number) {
    return new Vector(number, spec.width().bits());
  }

  private Vector sum(int row, int vector) {
    return register(row * spec.vectors() + vector);
  }

  private Vector column(int vector) {
    return register(registers - 1 - vector);
  }

  /** In turns, so that a load need not wait for the products of the last. */
  private Vector value(int row) {
    return register(registers - 1 - spec.vectors() - row % TEMPORARIES);
  }

  private void begin() {
    if (spec.epilogue()) {
      load(RAX, BIAS);
      load(STRIDE, BIAS_BASE);
      code.add(RAX, STRIDE);
    }
    for (int row = 0; row < spec.rows(); row++) {
      for (int vector = 0; vector < spec.vectors(); vector++) {
        Vector sum = sum(row, vector);
        if (spec.epilogue()) {
          code.vmovups(sum, Address.of(RAX, vector * vectorBytes));
        } else if (isWide()) {
          code.vpxord(sum, sum, sum);
        } else {
          code.vpxor(sum, sum, sum);
        }
      }
    }
  }

  private void products() {
    int runs = spec.inner() / unrolled;
    Assembler.Label entry = code.label("entry");
    code.place(entry);
    code.movsxd(RUN, Address.of(TABLE, 0));
    code.add(RUN, RUN);
    code.add(RUN, RUN); // bytes
    code.add(RUN, A);
    Assembler.Label run = code.label("run");
    if (runs > 1) {
      code.mov(RUNS_LEFT, runs);
      code.place(run);
    }
    int fetched = 0;
    for (int term = 0; term < unrolled; term++) {
      term(term);
      for (; runs == 1 && fetched < lines * (term + 1) / unrolled; fetched++) {
        code.prefetcht1(Address.of(WEIGHTS_AHEAD, fetched * LINE_BYTES));
      }
    }
    if (fetched > 0) {
      code.add(WEIGHTS_AHEAD, fetched * LINE_BYTES);
    }
    code.add(B, unrolled * spec.vectors() * vectorBytes);
    if (runs > 1) {
      code.add(RUN, unrolled * spec.aStep() * Float.BYTES);
      code.dec(RUNS_LEFT);
      code.jnz(run);
    }
    code.add(TABLE, Integer.BYTES);
    code.dec(COUNT);
    code.jnz(entry);
  }

  /** One k: every row's value of A times the row of B. */
  private void term(int term) {
    int vectors = spec.vectors();
    for (int vector = 0; vector < vectors; vector++) {
      code.vmovups(column(vector), Address.of(B, (term * vectors + vector) * vectorBytes));
    }
    for (int row = 0; row < spec.rows(); row++) {
      int at = row * spec.aRowStride() + term * spec.aStep();
      code.vpbroadcastd(value(row), Address.of(RUN, at * Float.BYTES - shift));
      for (int vector = 0; vector < vectors; vector++) {
        code.vfmadd231ps(sum(row, vector), column(vector), value(row));
      }
    }
  }

  private void store() {
    Vector floor = value(0);
    Vector limit = value(1);
    if (spec.epilogue()) {
      load(RAX, FLOOR);
      code.vmovups(floor, Address.of(RAX, 0));
      code.vmovups(limit, Address.of(RAX, Floor.LIMIT_AT * Float.BYTES));
    }
    address(TO, C, C_BASE);
    if (spec.accumulate()) {
      address(FROM, ADD, ADD_BASE);
    }
    int vectors = BlockedLayout.vectors(spec.width());
    for (int block = 0; block < spec.blocks(); block++) {
      for (int row = 0; row < spec.rows(); row++) {
        for (int vector = 0; vector < vectors; vector++) {
          Vector sum = sum(row, block * vectors + vector);
          int inBlock = (row * vectors + vector) * vectorBytes;
          if (spec.accumulate()) {
            code.vaddps(sum, sum, Address.of(FROM, inBlock));
          }
          if (spec.epilogue()) {
            FloorCode.raise(code, sum, limit, floor, column(0)); // which no term needs any more
          }
          code.vmovups(Address.of(TO, inBlock), sum);
        }
      }
      if (block + 1 < spec.blocks()) {
        advance(TO, C_BLOCK_STRIDE);
        if (spec.accumulate()) {
          advance(FROM, ADD_BLOCK_STRIDE);
        }
      }
    }
  }

  private boolean isWide() {
    return spec.width() == VectorWidth.BITS_512;
  }

  private void address(Register to, int array, int base) {
    load(to, array);
    load(STRIDE, base);
    code.add(to, STRIDE);
    code.add(to, TILE);
  }

  private void advance(Register address, int stride) {
    load(STRIDE, stride);
    code.add(address, STRIDE);
  }
}
