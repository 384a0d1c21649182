package org.resnet4j.simd.machinecode;

import java.util.List;

/**
 * A function's stack frame, to which {@code rbp} points. Arguments as System V has them: six in
 * registers, the others on the stack.
 */
public final class Frame {
  /** Vectors lie on cache lines. */
  private static final int LINE = 64;

  private final Assembler code;
  private final List<Register> saved;

  /**
   * Without any code yet.
   *
   * @param saved registers that are used though they are the caller's, but not {@code rbp}
   */
  public Frame(Assembler code, List<Register> saved) {
    this.code = code;
    this.saved = saved;
  }

  /** Begins the function. */
  public void enter() {
    enter(0);
  }

  /**
   * Begins the function.
   *
   * @param bytes that are free from {@code rsp} on
   */
  void enter(int bytes) {
    code.push(Register.RBP);
    code.mov(Register.RBP, Register.RSP);
    saved.forEach(code::push);
    if (bytes > 0) {
      code.add(Register.RSP, -bytes);
      code.and(Register.RSP, -LINE);
    }
  }

  /** Loads an argument by its number among those on the stack, from 0 on. */
  public static void argument(Assembler code, Register to, int number) {
    // Below them are the return address and the caller's frame.
    code.mov(to, Address.of(Register.RBP, (number + 2) * Long.BYTES));
  }

  /** Ends the function. */
  public void leave() {
    code.vzeroupper();
    code.lea(Register.RSP, Address.of(Register.RBP, -saved.size() * Long.BYTES));
    saved.reversed().forEach(code::pop);
    code.pop(Register.RBP);
    code.ret();
  }
}
