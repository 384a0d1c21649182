package org.resnet4j.simd.machinecode;

/**
 * A mask register: a bit for each lane of a vector.
 *
 * @param number 1 to 7; the register 0 stands for no mask
 */
public record Mask(int number) implements Operand {
  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if there is no such register
   */
  public Mask {
    if (number < 1 || number > 7) {
      throw new IllegalArgumentException("there is no mask k" + number);
    }
  }

  @Override
  public String text() {
    return "k" + number;
  }
}
