package org.resnet4j.simd.machinecode;

/**
 * A vector register of 512 bits.
 *
 * @param number 0 to 31
 */
public record Vector(int number) {
  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if there is no such register
   */
  public Vector {
    if (number < 0 || number > 31) {
      throw new IllegalArgumentException("there is no zmm" + number);
    }
  }

  /** Its name in listings. */
  String text() {
    return "zmm" + number;
  }
}
