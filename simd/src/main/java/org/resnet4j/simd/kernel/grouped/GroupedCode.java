package org.resnet4j.simd.kernel.grouped;

import static org.resnet4j.simd.machinecode.Register.R10;
import static org.resnet4j.simd.machinecode.Register.R11;
import static org.resnet4j.simd.machinecode.Register.R12;
import static org.resnet4j.simd.machinecode.Register.R13;
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
import org.resnet4j.simd.kernel.tile.FloorCode;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.machinecode.Address;
import org.resnet4j.simd.machinecode.Assembler;
import org.resnet4j.simd.machinecode.Code;
import org.resnet4j.simd.machinecode.Frame;
import org.resnet4j.simd.machinecode.Register;
import org.resnet4j.simd.machinecode.Vector;

/**
 * Writes the machine code of one {@link GroupedKernel} for vectors of 256 or 512 bits: pieces of a
 * row, one after the other. For two rows of groups of 4 and 3x3 taps, a channel of the groups is
 *
 * <pre>
 *   vmovups     zmm31,[rsi]           weights of three taps
 *   vmovups     zmm30,[rsi+64]
 *   vmovups     zmm29,[rsi+128]
 *   vpermilps   zmm28,[rax],0         pixel 0: the channel in all lanes of its group
 *   vfmadd231ps zmm0,zmm31,zmm28
 *   vpermilps   zmm28,[rax+64],0      pixel 1
 *   vfmadd231ps zmm0,zmm30,zmm28
 *   vfmadd231ps zmm1,zmm31,zmm28
 *   ...
 * </pre>
 *
 * <p>A permutation is part of the load, so that no register holds more than one pixel. Arguments in
 * bytes but for the count of pieces: x, its place and row stride, w, its place, pieces; on the
 * stack y, its place, bias, its place, floor, residual, its place, the distances of two pieces in x
 * and in y, and {@link #PLACES}.
 */
final class GroupedCode {
  /** For groups as long as half a vector: where each lane's channel lies, one after the other. */
  static final int[] PLACES = new int[8 * BlockedLayout.BLOCK];

  static {
    for (int i = 0; i < PLACES.length; i++) {
      int lane = i % BlockedLayout.BLOCK;
      PLACES[i] = lane - lane % 8 + i / BlockedLayout.BLOCK;
    }
  }

  private static final int PIXEL_BYTES = BlockedLayout.BLOCK * Float.BYTES;

  /** Within 128 bits, a single instruction takes any order of floats from its own bytes. */
  private static final int MOST_IN_ORDER = 4;

  private static final int MOST_ROWS = 14;

  private static final Register X = RDI;
  private static final Register X_AT = RSI; // free afterwards
  private static final Register X_ROW_STRIDE = RDX;
  private static final Register W = RCX;
  private static final Register W_AT = R8; // free afterwards
  private static final Register PIECES = R9;

  // Those on the stack, in their order.
  private static final int Y = 0;
  private static final int Y_AT = 1;
  private static final int BIAS = 2;
  private static final int BIAS_AT = 3;
  private static final int FLOOR = 4;
  private static final int RESIDUAL = 5;
  private static final int RESIDUAL_AT = 6;
  private static final int X_NEXT = 7;
  private static final int Y_NEXT = 8;
  private static final int PLACES_ARGUMENT = 9;

  private static final Register ROW = RAX;
  private static final Register WEIGHTS = RSI;
  private static final Register ROWS_LEFT = R8;
  private static final Register PLACES_OF_LANES = R10;
  private static final Register TO = R11;
  private static final Register OTHER = RBX;
  private static final Register BIASES = R12;
  private static final Register FLOORS = R13;

  private static final List<Register> SAVED = List.of(RBX, R12, R13);

  private final GroupedSpec spec;
  private final int registers;
  private final int vectorBytes;
  private final Assembler code = new Assembler();

  private GroupedCode(GroupedSpec spec) {
    this.spec = spec;
    this.registers = spec.width().registers();
    this.vectorBytes = spec.width().bits() / Byte.SIZE;
  }

  /** Rows whose sums fit the registers beside a row of weights, a pixel and where its lanes lie. */
  static int maxRows(VectorWidth width, int taps) {
    boolean placed = width.lanes() > 8;
    return Math.min(width.registers() - Math.max(taps + 1 + (placed ? 1 : 0), 3), MOST_ROWS);
  }

  /** The code of a kernel. */
  static Code of(GroupedSpec spec) {
    return new GroupedCode(spec).assemble();
  }

  private Code assemble() {
    Frame frame = new Frame(code, SAVED);
    frame.enter();
    code.add(X, X_AT);
    code.add(W, W_AT);
    point(TO, Y, Y_AT);
    point(BIASES, BIAS, BIAS_AT);
    Frame.argument(code, FLOORS, FLOOR);
    if (spec.residual()) {
      point(OTHER, RESIDUAL, RESIDUAL_AT);
    }
    Frame.argument(code, PLACES_OF_LANES, PLACES_ARGUMENT);
    Assembler.Label piece = code.label("piece");
    code.place(piece);
    products();
    store();
    advance(X, X_NEXT);
    advance(TO, Y_NEXT);
    if (spec.residual()) {
      advance(OTHER, Y_NEXT);
    }
    code.dec(PIECES);
    code.jnz(piece);
    frame.leave();
    return code.assemble();
  }

  private void point(Register to, int array, int at) {
    Frame.argument(code, to, array);
    advance(to, at);
  }

  private void advance(Register address, int argument) {
    Frame.argument(code, RAX, argument);
    code.add(address, RAX);
  }

  private Vector sum(int row) {
    return new Vector(row, spec.width().bits());
  }

  private Vector weight(int tap) {
    return temporary(tap);
  }

  private Vector pixel() {
    return temporary(spec.taps());
  }

  private Vector places() {
    return temporary(spec.taps() + 1);
  }

  private Vector temporary(int number) {
    return new Vector(registers - 1 - number, spec.width().bits());
  }

  private void products() {
    for (int row = 0; row < spec.rows(); row++) {
      Vector sum = sum(row);
      if (sum.isWide()) {
        code.vpxord(sum, sum, sum);
      } else {
        code.vpxor(sum, sum, sum);
      }
    }
    code.mov(ROW, X);
    code.mov(WEIGHTS, W);
    code.mov(ROWS_LEFT, spec.taps());
    Assembler.Label row = code.label("row");
    code.place(row);
    for (int channel = 0; channel < spec.group(); channel++) {
      channel(channel);
    }
    code.add(ROW, X_ROW_STRIDE);
    code.add(WEIGHTS, spec.group() * spec.taps() * vectorBytes);
    code.dec(ROWS_LEFT);
    code.jnz(row);
  }

  /** One row of the window for one channel of each group. */
  private void channel(int channel) {
    for (int tap = 0; tap < spec.taps(); tap++) {
      int at = (channel * spec.taps() + tap) * vectorBytes;
      code.vmovups(weight(tap), Address.of(WEIGHTS, at));
    }
    if (isPlaced()) {
      code.vmovups(places(), Address.of(PLACES_OF_LANES, channel * PIXEL_BYTES));
    }
    for (int at = 0; at < spec.pixels(); at++) {
      load(channel, at * PIXEL_BYTES);
      for (int tap = at % spec.stride(); tap < spec.taps(); tap += spec.stride()) {
        int row = (at - tap) / spec.stride();
        if (at >= tap && row < spec.rows()) {
          code.vfmadd231ps(sum(row), weight(tap), pixel());
        }
      }
    }
  }

  /** Loads a channel of each group into all of the group's lanes. */
  private void load(int channel, int at) {
    if (spec.group() == 1) {
      code.vmovups(pixel(), Address.of(ROW, at));
    } else if (spec.group() == spec.width().lanes()) {
      code.vpbroadcastd(pixel(), Address.of(ROW, at + channel * Float.BYTES));
    } else if (isPlaced()) {
      code.vpermps(pixel(), places(), Address.of(ROW, at));
    } else {
      code.vpermilps(pixel(), Address.of(ROW, at), order(channel));
    }
  }

  private boolean isPlaced() {
    return spec.group() > MOST_IN_ORDER && spec.group() < spec.width().lanes();
  }

  /** For {@link Assembler#vpermilps}. */
  private int order(int channel) {
    int order = 0;
    for (int lane = MOST_IN_ORDER - 1; lane >= 0; lane--) {
      order = order << 2 | (lane - lane % spec.group() + channel);
    }
    return order;
  }

  private void store() {
    Vector floor = temporary(0);
    Vector limit = temporary(1);
    code.vmovups(floor, Address.of(FLOORS, 0));
    code.vmovups(limit, Address.of(FLOORS, Floor.LIMIT_AT * Float.BYTES));
    for (int row = 0; row < spec.rows(); row++) {
      code.vaddps(sum(row), sum(row), Address.of(BIASES, 0));
      if (spec.residual()) {
        code.vaddps(sum(row), sum(row), Address.of(OTHER, row * PIXEL_BYTES));
      }
      FloorCode.raise(code, sum(row), limit, floor, temporary(2));
      code.vmovups(Address.of(TO, row * PIXEL_BYTES), sum(row));
    }
  }
}
