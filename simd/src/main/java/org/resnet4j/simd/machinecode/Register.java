package org.resnet4j.simd.machinecode;

import java.util.Locale;

/** The general registers of 64 bits, in the order of their numbers. */
public enum Register implements Operand {
  /** System V leaves it to the callee. */
  RAX(0),
  /** System V's fourth argument. */
  RCX(1),
  /** System V's third argument. */
  RDX(2),
  /** Belongs to the caller. */
  RBX(3),
  /** The stack. */
  RSP(4),
  /** Belongs to the caller. */
  RBP(5),
  /** System V's second argument. */
  RSI(6),
  /** System V's first argument. */
  RDI(7),
  /** System V's fifth argument. */
  R8(8),
  /** System V's sixth argument. */
  R9(9),
  /** System V leaves it to the callee. */
  R10(10),
  /** System V leaves it to the callee. */
  R11(11),
  /** Belongs to the caller. */
  R12(12),
  /** Belongs to the caller. */
  R13(13),
  /** Belongs to the caller. */
  R14(14),
  /** Belongs to the caller. */
  R15(15);

  private final int number;

  Register(int number) {
    this.number = number;
  }

  /** 0 to 15, as instructions have it. */
  int number() {
    return number;
  }

  @Override
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
