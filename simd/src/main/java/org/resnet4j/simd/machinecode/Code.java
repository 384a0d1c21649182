package org.resnet4j.simd.machinecode;

import java.util.List;
import java.util.stream.Collectors;

/** The machine code of one function, and what it says. Immutable and thread-safe. */
public final class Code {
  private final byte[] bytes;
  private final List<Instruction> instructions;

  Code(byte[] bytes, List<Instruction> instructions) {
    this.bytes = bytes;
    this.instructions = List.copyOf(instructions);
  }

  /** A copy of its bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Number of its bytes. */
  public int size() {
    return bytes.length;
  }

  /** In their order. */
  public List<Instruction> instructions() {
    return instructions;
  }

  /** For people: offset, bytes and text of each instruction. */
  public String listing() {
    return instructions.stream().map(each -> each.line(bytes)).collect(Collectors.joining("\n"));
  }
}
