package org.resnet4j.simd.machinecode;

import java.util.List;
import java.util.function.Consumer;

/**
 * A function that computes some {@link VectorValues} in a loop, on the stack frame that they need.
 */
public final class VectorLoop {
  private final List<Register> saved;
  private final VectorValues values;
  private final Vector scratch;
  private final Cursor cursor;

  /**
   * Without a body yet.
   *
   * @param bits of a vector
   * @param registers of vectors, the last of which is no value's
   * @param saved of the caller, as for a {@link Frame}
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
   * @param before what is done once; has {@link Frame#argument}
   * @param left counts the turns that are left, at least one
   * @param next what is done after each turn
   */
  public Code write(Consumer<Assembler> before, Register left, Consumer<Assembler> next) {
    Assembler code = new Assembler();
    Frame frame = new Frame(code, saved);
    frame.enter(values.stackBytes());
    before.accept(code);
    Assembler.Label turn = code.label("turn");
    code.place(turn);
    cursor.forget();
    values.write(code);
    next.accept(code);
    code.dec(left);
    code.jnz(turn);
    frame.leave();
    return code.assemble();
  }
}
