package org.resnet4j.simd.machinecode;

import org.jspecify.annotations.Nullable;

/**
 * Where an operand lies: {@code [base + index + displacement]}. For a tile the index is what lies
 * between two rows.
 *
 * @param base register
 * @param index register, not {@code RSP}; null for none
 * @param displacement in bytes
 */
public record Address(Register base, @Nullable Register index, int displacement)
    implements Operand {
  /**
   * Checks the index.
   *
   * @throws IllegalArgumentException if it is {@code RSP}, which no address can have there
   */
  public Address {
    if (index == Register.RSP) {
      throw new IllegalArgumentException("rsp cannot be an index");
    }
  }

  /** {@code [base + displacement]}. */
  public static Address of(Register base, int displacement) {
    return new Address(base, null, displacement);
  }

  /** {@code [base + index + displacement]}. */
  public static Address of(Register base, Register index, int displacement) {
    return new Address(base, index, displacement);
  }

  @Override
  public String text() {
    StringBuilder text = new StringBuilder("[").append(base.text());
    if (index != null) {
      text.append('+').append(index.text()).append("*1");
    }
    if (displacement != 0) {
      text.append(displacement < 0 ? "-" : "+").append(Math.abs((long) displacement));
    }
    return text.append(']').toString();
  }
}
