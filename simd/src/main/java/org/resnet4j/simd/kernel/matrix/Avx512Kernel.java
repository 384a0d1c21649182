package org.resnet4j.simd.kernel.matrix;

import static org.resnet4j.simd.kernel.matrix.KernelFrame.AHEAD;
import static org.resnet4j.simd.kernel.matrix.KernelFrame.UNIT_SUMS;
import static org.resnet4j.simd.kernel.matrix.KernelFrame.field;
import static org.resnet4j.simd.machinecode.Register.R10;
import static org.resnet4j.simd.machinecode.Register.R11;
import static org.resnet4j.simd.machinecode.Register.R12;
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
import org.resnet4j.simd.machinecode.Vector;

/**
 * The kernel on AVX-512 BF16. For each piece of up to 12 pixels:
 *
 * <pre>
 *   sums[rows][2] = 0                                 vectors: rows x 32 channels
 *   for each step of k
 *     for each pair of terms
 *       sums[i][j] += pixel[i] * weights[j]           a pair of one pixel, 16 channels
 *   for each pixel: round(relu(sums + bias + residual))
 * </pre>
 *
 * <p>Takes the arguments, the weights and the tables of {@link AmxKernel}.
 */
final class Avx512Kernel {
  private static final List<Register> SAVED = List.of(RBX, RBP, R12, R14, R15);

  private static final Vector[] WEIGHTS = {new Vector(24), new Vector(25)};
  private static final Vector[] PAIR = {new Vector(26), new Vector(27)};

  // In the epilogue.
  private static final Vector[] BIAS = {new Vector(24), new Vector(25)};
  private static final Vector[] RESIDUAL = {new Vector(26), new Vector(27)};
  private static final Vector FLOOR = new Vector(28);

  private static final int VECTOR_BYTES = 64;
  private static final int PAIR_BYTES = 4;
  private static final int HALF_BITS = 16;

  /** Pairs that are computed in one round of the inner loop; steps have an even number. */
  private static final int UNROLLED = 2;

  private final Assembler code = new Assembler();
  private final KernelFrame frame = new KernelFrame(code, SAVED);
  private final MatrixKernelSpec spec;

  private Avx512Kernel(MatrixKernelSpec spec) {
    this.spec = spec;
  }

  /** The code of a kernel. */
  static Code of(MatrixKernelSpec spec) {
    return new Avx512Kernel(spec).assemble();
  }

  private Code assemble() {
    frame.enter();
    code.mov(AHEAD, field(MatrixJob.AHEAD));
    Assembler.Label unit = code.label("unit");
    code.place(unit);
    begin();
    multiply();
    if (spec.ends()) {
      epilogue();
    } else {
      keep();
    }
    frame.next(1, unit);
    frame.leave();
    return code.assemble();
  }

  private static Vector sum(int row, int half) {
    return new Vector(2 * row + half);
  }

  private static Address kept(int row, int half) {
    return Address.of(UNIT_SUMS, (2 * row + half) * VECTOR_BYTES);
  }

  private void begin() {
    for (int row = 0; row < spec.rows(); row++) {
      for (int half = 0; half < 2; half++) {
        Vector sum = sum(row, half);
        if (spec.begins()) {
          code.vpxord(sum, sum, sum);
        } else {
          code.vmovups(sum, kept(row, half));
        }
      }
    }
  }

  private void keep() {
    for (int row = 0; row < spec.rows(); row++) {
      for (int half = 0; half < 2; half++) {
        code.vmovups(kept(row, half), sum(row, half));
      }
    }
  }

  private void multiply() {
    frame.locate(RAX, 0, MatrixJob.X);
    code.mov(RSI, field(MatrixJob.WEIGHTS));
    code.mov(RCX, field(MatrixJob.STEPS));
    code.mov(RDX, field(MatrixJob.STEP_COUNT));
    Assembler.Label step = code.label("step");
    code.place(step);
    code.movsxd(R11, Address.of(RCX, 0));
    code.add(R11, RAX);
    code.mov(RBX, RSI);
    code.mov(R12, field(MatrixJob.PAIRS_OF_PAIRS));
    Assembler.Label pairs = code.label("pairs");
    code.place(pairs);
    for (int pair = 0; pair < UNROLLED; pair++) {
      for (int half = 0; half < 2; half++) {
        code.vmovups(
            WEIGHTS[half], Address.of(RBX, pair * VECTOR_BYTES + half * MatrixJob.TILE_BYTES));
      }
      for (int row = 0; row < spec.rows(); row++) {
        Vector terms = PAIR[row % 2];
        code.vpbroadcastd(terms, Address.of(R11, row * spec.pixelStride() + pair * PAIR_BYTES));
        code.vdpbf16ps(sum(row, 0), WEIGHTS[0], terms);
        code.vdpbf16ps(sum(row, 1), WEIGHTS[1], terms);
      }
    }
    code.add(RBX, UNROLLED * VECTOR_BYTES);
    code.add(R11, UNROLLED * PAIR_BYTES);
    code.dec(R12);
    code.jnz(pairs);
    frame.fetchAhead(spec.ahead());
    code.add(RSI, MatrixConv.STEP_BYTES);
    code.add(RCX, Integer.BYTES);
    code.dec(RDX);
    code.jnz(step);
  }

  private void epilogue() {
    frame.locate(R15, Integer.BYTES, MatrixJob.Y);
    if (spec.residual()) {
      frame.locate(RBX, 2 * Integer.BYTES, MatrixJob.RESIDUAL);
    }
    code.mov(R10, field(MatrixJob.BIAS));
    code.vmovups(BIAS[0], Address.of(R10, 0));
    code.vmovups(BIAS[1], Address.of(R10, VECTOR_BYTES));
    code.mov(R10, field(MatrixJob.FLOOR));
    code.vmovups(FLOOR, Address.of(R10, 0));
    for (int row = 0; row < spec.rows(); row++) {
      for (int half = 0; half < 2; half++) {
        Vector result = sum(row, half);
        code.vaddps(result, BIAS[half], result);
        if (spec.residual()) {
          code.vpmovzxwd(
              RESIDUAL[half], Address.of(RBX, row * VECTOR_BYTES + half * VECTOR_BYTES / 2));
          code.vpslld(RESIDUAL[half], RESIDUAL[half], HALF_BITS);
          code.vaddps(result, result, RESIDUAL[half]);
        }
        code.vmaxps(result, FLOOR, result);
        if (spec.floats()) {
          code.vmovups(Address.of(R15, (2 * row + half) * VECTOR_BYTES), result);
        }
      }
      if (!spec.floats()) {
        Vector low = sum(row, 0);
        code.vcvtne2ps2bf16(low, sum(row, 1), low);
        code.vmovups(Address.of(R15, row * VECTOR_BYTES), low);
      }
    }
  }
}
