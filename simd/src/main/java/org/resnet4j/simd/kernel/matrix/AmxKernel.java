package org.resnet4j.simd.kernel.matrix;

import static org.resnet4j.simd.kernel.matrix.KernelFrame.AHEAD;
import static org.resnet4j.simd.kernel.matrix.KernelFrame.UNIT_SUMS;
import static org.resnet4j.simd.kernel.matrix.KernelFrame.field;
import static org.resnet4j.simd.machinecode.Register.R10;
import static org.resnet4j.simd.machinecode.Register.R11;
import static org.resnet4j.simd.machinecode.Register.R12;
import static org.resnet4j.simd.machinecode.Register.R13;
import static org.resnet4j.simd.machinecode.Register.R14;
import static org.resnet4j.simd.machinecode.Register.R15;
import static org.resnet4j.simd.machinecode.Register.RAX;
import static org.resnet4j.simd.machinecode.Register.RBP;
import static org.resnet4j.simd.machinecode.Register.RBX;
import static org.resnet4j.simd.machinecode.Register.RCX;
import static org.resnet4j.simd.machinecode.Register.RDX;
import static org.resnet4j.simd.machinecode.Register.RSI;

import java.util.List;
import org.resnet4j.simd.machinecode.Address;
import org.resnet4j.simd.machinecode.Assembler;
import org.resnet4j.simd.machinecode.Code;
import org.resnet4j.simd.machinecode.Register;
import org.resnet4j.simd.machinecode.Tile;
import org.resnet4j.simd.machinecode.Vector;

/**
 * The kernel on Intel's AMX. For each unit of up to two times 16 pixels:
 *
 * <pre>
 *   sums[2][2] = 0                                    four tiles: 32 pixels x 32 channels
 *   for each step of k, 32 terms:                     one channel block at one tap
 *     sums[i][j] += piece[i] * weights[j]             four products of tiles
 *   for each pixel: round(relu(sums + bias + residual))
 * </pre>
 *
 * <p>A pixel's 32 channels are a row of a tile, and pixels of a piece lie at a constant distance:
 * the load of a tile takes them where they are, at any tap and stride.
 */
final class AmxKernel {
  private static final List<Register> SAVED = List.of(RBX, RBP, R12, R13, R14, R15);

  private static final Tile[] SUMS = {new Tile(0), new Tile(1), new Tile(2), new Tile(3)};
  private static final Tile[] PIECE = {new Tile(4), new Tile(5)};
  private static final Tile[] WEIGHTS = {new Tile(6), new Tile(7)};

  private static final Vector LOW = new Vector(0);
  private static final Vector HIGH = new Vector(1);
  private static final Vector[] RESIDUAL = {new Vector(2), new Vector(3)};
  private static final Vector[] BIAS = {new Vector(16), new Vector(17)};
  private static final Vector FLOOR = new Vector(18);

  private static final int VECTOR_BYTES = 64;
  private static final int HALF_BITS = 16;

  // What registers hold for the whole call.
  private static final Register PIXEL_STRIDE = R12;
  private static final Register ROW_STRIDE = R13;

  private final Assembler code = new Assembler();
  private final KernelFrame frame = new KernelFrame(code, SAVED);
  private final MatrixKernelSpec spec;

  private AmxKernel(MatrixKernelSpec spec) {
    this.spec = spec;
  }

  /** The code of a kernel. */
  static Code of(MatrixKernelSpec spec) {
    return new AmxKernel(spec).assemble();
  }

  private Code assemble() {
    frame.enter();
    code.mov(R10, field(MatrixJob.SHAPES));
    code.ldtilecfg(Address.of(R10, 0));
    code.mov(PIXEL_STRIDE, field(MatrixJob.PIXEL_STRIDE));
    code.mov(ROW_STRIDE, Tile.ROW_BYTES);
    if (spec.ends()) {
      code.mov(R10, field(MatrixJob.BIAS));
      code.vmovups(BIAS[0], Address.of(R10, 0));
      code.vmovups(BIAS[1], Address.of(R10, VECTOR_BYTES));
      code.mov(R10, field(MatrixJob.FLOOR));
      code.vmovups(FLOOR, Address.of(R10, 0));
    }
    Assembler.Label unit = code.label("unit");
    code.place(unit);
    begin();
    multiply();
    end();
    frame.next(spec.pieces(), unit);
    code.tilerelease();
    frame.leave();
    return code.assemble();
  }

  /** Sums of a piece and a half of the channels. */
  private static Address sums(int index) {
    return Address.of(UNIT_SUMS, ROW_STRIDE, index * MatrixJob.TILE_BYTES);
  }

  private void begin() {
    for (int i = 0; i < 2 * spec.pieces(); i++) {
      if (spec.begins()) {
        code.tilezero(SUMS[i]);
      } else {
        code.tileloadd(SUMS[i], sums(i));
      }
    }
  }

  private void multiply() {
    Register[] piece = {RAX, RBX};
    for (int i = 0; i < spec.pieces(); i++) {
      frame.locate(piece[i], i * MatrixJob.PIECE_BYTES, MatrixJob.X);
    }
    code.mov(AHEAD, field(MatrixJob.AHEAD));
    code.mov(RSI, field(MatrixJob.WEIGHTS));
    code.mov(RCX, field(MatrixJob.STEPS));
    code.mov(RDX, field(MatrixJob.STEP_COUNT));
    Assembler.Label step = code.label("step");
    code.place(step);
    code.movsxd(R10, Address.of(RCX, 0));
    code.lea(R11, Address.of(RAX, R10, 0));
    code.tileloadd(PIECE[0], Address.of(R11, PIXEL_STRIDE, 0));
    code.tileloadd(WEIGHTS[0], Address.of(RSI, ROW_STRIDE, 0));
    code.tdpbf16ps(SUMS[0], PIECE[0], WEIGHTS[0]);
    code.tileloadd(WEIGHTS[1], Address.of(RSI, ROW_STRIDE, MatrixJob.TILE_BYTES));
    code.tdpbf16ps(SUMS[1], PIECE[0], WEIGHTS[1]);
    if (spec.pieces() == 2) {
      code.lea(R11, Address.of(RBX, R10, 0));
      code.tileloadd(PIECE[1], Address.of(R11, PIXEL_STRIDE, 0));
      code.tdpbf16ps(SUMS[2], PIECE[1], WEIGHTS[0]);
      code.tdpbf16ps(SUMS[3], PIECE[1], WEIGHTS[1]);
    }
    frame.fetchAhead(spec.ahead());
    code.add(RSI, MatrixConv.STEP_BYTES);
    code.add(RCX, Integer.BYTES);
    code.dec(RDX);
    code.jnz(step);
    code.mov(field(MatrixJob.AHEAD), AHEAD);
  }

  private void end() {
    for (int i = 0; i < 2 * spec.pieces(); i++) {
      code.tilestored(sums(i), SUMS[i]);
    }
    if (spec.ends()) {
      for (int i = 0; i < spec.pieces(); i++) {
        epilogue(i);
      }
    }
  }

  /** Pixel by pixel of a piece, from the sums in memory. */
  private void epilogue(int piece) {
    int offsets = piece * MatrixJob.PIECE_BYTES;
    frame.locate(R15, offsets + Integer.BYTES, MatrixJob.Y);
    if (spec.residual()) {
      frame.locate(RBP, offsets + 2 * Integer.BYTES, MatrixJob.RESIDUAL);
    }
    code.lea(R11, Address.of(UNIT_SUMS, 2 * piece * MatrixJob.TILE_BYTES));
    code.mov(RDX, field(piece == 0 ? MatrixJob.ROWS_0 : MatrixJob.ROWS_1));
    Assembler.Label pixel = code.label("pixel" + piece);
    code.place(pixel);
    Vector[] results = {LOW, HIGH};
    for (int half = 0; half < 2; half++) {
      Vector result = results[half];
      code.vaddps(result, BIAS[half], Address.of(R11, half * MatrixJob.TILE_BYTES));
      if (spec.residual()) {
        code.vpmovzxwd(RESIDUAL[half], Address.of(RBP, half * VECTOR_BYTES / 2));
        code.vpslld(RESIDUAL[half], RESIDUAL[half], HALF_BITS);
        code.vaddps(result, result, RESIDUAL[half]);
      }
      code.vmaxps(result, FLOOR, result);
      if (spec.floats()) {
        code.vmovups(Address.of(R15, half * VECTOR_BYTES), result);
      }
    }
    if (spec.floats()) {
      code.add(R15, 2 * VECTOR_BYTES);
    } else {
      code.vcvtne2ps2bf16(LOW, HIGH, LOW);
      code.vmovups(Address.of(R15, 0), LOW);
      code.add(R15, VECTOR_BYTES);
    }
    if (spec.residual()) {
      code.add(RBP, VECTOR_BYTES);
    }
    code.add(R11, VECTOR_BYTES);
    code.dec(RDX);
    code.jnz(pixel);
  }
}
