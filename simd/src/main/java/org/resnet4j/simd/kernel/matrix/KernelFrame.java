package org.resnet4j.simd.kernel.matrix;

import static org.resnet4j.simd.machinecode.Register.R10;
import static org.resnet4j.simd.machinecode.Register.R14;
import static org.resnet4j.simd.machinecode.Register.R8;
import static org.resnet4j.simd.machinecode.Register.R9;
import static org.resnet4j.simd.machinecode.Register.RBP;
import static org.resnet4j.simd.machinecode.Register.RDI;

import java.util.List;
import org.resnet4j.simd.machinecode.Address;
import org.resnet4j.simd.machinecode.Assembler;
import org.resnet4j.simd.machinecode.Register;

/**
 * What kernels of all units have in common: the way in and out, the loop over units of work, and
 * the weights that are fetched ahead. {@code r10} is free between any two instructions.
 *
 * <p>By System V's convention the argument is in {@code rdi}, and {@code rbx}, {@code rbp} and
 * {@code r12} to {@code r15} belong to the caller.
 *
 * @param code that is written
 * @param saved registers of the caller's that it uses
 */
record KernelFrame(Assembler code, List<Register> saved) {
  /** Address of the current unit's pieces. */
  static final Register UNIT_PIECES = R8;

  /** Address of the current unit's sums. */
  static final Register UNIT_SUMS = R14;

  /** Address of the weights that are fetched ahead next. */
  static final Register AHEAD = RBP;

  private static final Register JOB = RDI;
  private static final Register UNITS_LEFT = R9;
  private static final int LINE_BYTES = 64;

  /** A field of {@link MatrixJob}. */
  static Address field(int field) {
    return Address.of(JOB, field);
  }

  /** Saves registers and finds the first unit. */
  void enter() {
    saved.forEach(code::push);
    code.mov(UNIT_PIECES, field(MatrixJob.PIECES));
    code.mov(UNITS_LEFT, field(MatrixJob.UNITS));
    code.mov(UNIT_SUMS, field(MatrixJob.SUMS));
  }

  /** Goes to the next unit of so many pieces, if there is one. */
  void next(int pieces, Assembler.Label unit) {
    code.mov(R10, field(MatrixJob.SUMS_STRIDE));
    code.add(UNIT_SUMS, R10);
    code.add(UNIT_PIECES, pieces * MatrixJob.PIECE_BYTES);
    code.dec(UNITS_LEFT);
    code.jnz(unit);
  }

  /** Returns to the caller. */
  void leave() {
    code.vzeroupper();
    saved.reversed().forEach(code::pop);
    code.ret();
  }

  /**
   * {@code to =} a piece's address.
   *
   * @param offset of its offset in the current unit's pieces, in bytes
   * @param field what the offset counts from
   */
  void locate(Register to, int offset, int field) {
    code.movsxd(to, Address.of(UNIT_PIECES, offset));
    code.mov(R10, field(field));
    code.add(to, R10);
  }

  /** Fetches cache lines of the weights to come. */
  void fetchAhead(int lines) {
    for (int line = 0; line < lines; line++) {
      code.prefetcht1(Address.of(AHEAD, line * LINE_BYTES));
    }
    code.add(AHEAD, lines * LINE_BYTES);
  }
}
