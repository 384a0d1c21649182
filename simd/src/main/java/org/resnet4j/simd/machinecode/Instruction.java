package org.resnet4j.simd.machinecode;

import java.util.HexFormat;

/**
 * One instruction of a {@link Code}.
 *
 * @param offset of its first byte
 * @param length in bytes
 * @param text as the GNU assembler reads it, in Intel's syntax
 */
public record Instruction(int offset, int length, String text) {
  /** A line of a listing. */
  String line(byte[] code) {
    String bytes = HexFormat.ofDelimiter(" ").formatHex(code, offset, offset + length);
    return "%4x:  %-30s %s".formatted(offset, bytes, text);
  }
}
