package org.resnet4j.simd.machinecode;

import java.util.List;
import java.util.function.Consumer;

/**
 * A function that computes some {@link VectorValues} in a loop, on the stack frame that they need.
 * Arguments as System V has them: six in registers, the others on the stack. {@code rbp} is the
 * frame's.
 */
public final class VectorLoop {
  /** Spilled vectors lie on cache lines. */
  private static final int LINE = 64;

  private final List<Register> saved;
  private final VectorValues values;
  private final Vector scratch;
  private final Cursor cursor;

  /**
   * Without a body yet.
   *
   * @param bits of a vector
   * @param registers of vectors, the last of which is no value's
   * @param saved general registers that are used though they are the caller's
   * @param cursor the register of {@link #cursor}
   */
  public VectorLoop(int bits, int registers, List<Register> saved, Register cursor) {
    this.saved = saved;
    this.values = new VectorValues(bits, registers - 1);
    this.scratch = new Vector(registers - 1, bits);
    this.cursor = new Cursor(cursor);
  }

  /** What a turn of the loop computes. */
  public VectorValues values() {
    return values;
  }

  /** A register for what a single instruction leaves to the next. */
  public Vector scratch() {
    return scratch;
  }

  /** To be moved by what a turn of the loop writes, and by nothing else. */
  public Cursor cursor() {
    return cursor;
  }

  /**
   * Writes the function.
   *
   * @param before what is done once; has {@link #argument}
   * @param left counts the turns that are left, at least one
   * @param next what is done after each turn
   */
  public Code write(Consumer<Assembler> before, Register left, Consumer<Assembler> next) {
    Assembler code = new Assembler();
    code.push(Register.RBP);
    code.mov(Register.RBP, Register.RSP);
    saved.forEach(code::push);
    int frame = values.stackBytes();
    if (frame > 0) {
      code.add(Register.RSP, -frame);
      code.and(Register.RSP, -LINE);
    }
    before.accept(code);
    Assembler.Label turn = code.label("turn");
    code.place(turn);
    cursor.forget();
    values.write(code);
    next.accept(code);
    code.dec(left);
    code.jnz(turn);
    code.vzeroupper();
    code.lea(Register.RSP, Address.of(Register.RBP, -saved.size() * Long.BYTES));
    saved.reversed().forEach(code::pop);
    code.pop(Register.RBP);
    code.ret();
    return code.assemble();
  }

  /** Loads an argument by its number among those on the stack, from 0 on. */
  public static void argument(Assembler code, Register to, int number) {
    // Below them are the return address and the caller's frame.
    code.mov(to, Address.of(Register.RBP, (number + 2) * Long.BYTES));
  }
}
