package org.resnet4j.simd.machinecode;

import org.jspecify.annotations.Nullable;

/**
 * A register that goes from place to place in a field of rows and columns, in the order in which
 * code is written: where the next place lies behind the last one, by the difference. Not
 * thread-safe.
 */
public final class Cursor {
  private final Register register;
  private @Nullable Register base;
  private int rows;
  private int columns;

  Cursor(Register register) {
    this.register = register;
  }

  /** Nothing is known of the register. */
  void forget() {
    base = null;
  }

  /**
   * A register that points so many rows and columns behind a base: it, or this one.
   *
   * @param row holds the bytes from row to row
   * @param column holds the bytes from column to column
   */
  public Register at(
      Assembler code, Register from, Register row, int atRow, Register column, int atColumn) {
    if (atRow == 0 && atColumn == 0) {
      return from;
    }
    if (base != from || atRow < rows || atColumn < columns) {
      boolean down = atRow > 0;
      code.lea(register, Address.of(from, down ? row : column, 0));
      base = from;
      rows = down ? 1 : 0;
      columns = down ? 0 : 1;
    }
    for (; rows < atRow; rows++) {
      code.add(register, row);
    }
    for (; columns < atColumn; columns++) {
      code.add(register, column);
    }
    return register;
  }

  /** The same in a single row of places. */
  public Register at(Assembler code, Register from, Register stride, int at) {
    return at(code, from, stride, at, stride, 0);
  }
}
