package org.resnet4j.simd.machinecode;

import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** One instruction of a {@link Code}. Immutable. */
public final class Instruction {
  private final int offset;
  private final int length;
  private final String mnemonic;
  private final List<Operand> operands;

  /**
   * Of these parts.
   *
   * @param offset of its first byte
   * @param length in bytes
   */
  Instruction(int offset, int length, String mnemonic, Operand... operands) {
    this.offset = offset;
    this.length = length;
    this.mnemonic = mnemonic;
    this.operands = List.of(operands);
  }

  /** Of its first byte. */
  public int offset() {
    return offset;
  }

  /** In bytes. */
  public int length() {
    return length;
  }

  /** As the GNU assembler reads it, in Intel's syntax; made when somebody asks. */
  public String text() {
    return operands.isEmpty()
        ? mnemonic
        : operands.stream().map(Operand::text).collect(Collectors.joining(",", mnemonic + " ", ""));
  }

  /** A line of a listing. */
  String line(byte[] code) {
    String bytes = HexFormat.ofDelimiter(" ").formatHex(code, offset, offset + length);
    return String.format(Locale.ROOT, "%4x:  %-30s %s", offset, bytes, text());
  }
}
