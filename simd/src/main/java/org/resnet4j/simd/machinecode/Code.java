package org.resnet4j.simd.machinecode;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The machine code of one function, and what it says. Immutable and thread-safe. */
public final class Code {
  private final byte[] bytes;
  private final List<Instruction> instructions;
  private final Map<Integer, String> labels;

  /**
   * Of these parts.
   *
   * @param labels by the offset before which they stand
   */
  Code(byte[] bytes, List<Instruction> instructions, Map<Integer, String> labels) {
    this.bytes = bytes;
    this.instructions = List.copyOf(instructions);
    this.labels = Map.copyOf(labels);
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

  /** For people: offset, bytes and text of each instruction, labels on lines of their own. */
  public String listing() {
    StringBuilder listing = new StringBuilder();
    for (Instruction instruction : instructions) {
      @Nullable String label = labels.get(instruction.offset());
      if (label != null) {
        listing.append(label).append(":\n");
      }
      listing.append(instruction.line(bytes)).append('\n');
    }
    return listing.toString().stripTrailing();
  }
}
