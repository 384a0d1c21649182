package org.resnet4j.simd.machinecode;

/**
 * A vector register.
 *
 * @param number 0 to 31, of 256 bits to 15
 * @param bits 256 or 512
 */
public record Vector(int number, int bits) implements Operand {
  static final int WIDE = 512;
  private static final int HALF = 256;

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if there is no such register
   */
  public Vector {
    if ((bits != WIDE && bits != HALF) || number < 0 || number >= (bits == WIDE ? 32 : 16)) {
      throw new IllegalArgumentException(
          "there is no vector %s of %s bits".formatted(number, bits));
    }
  }

  /** One of 512 bits. */
  public Vector(int number) {
    this(number, WIDE);
  }

  public boolean isWide() {
    return bits == WIDE;
  }

  @Override
  public String text() {
    return (isWide() ? "zmm" : "ymm") + number;
  }

  /** The GNU assembler's name for as many bytes in memory. */
  String memory() {
    return isWide() ? "ZMMWORD" : "YMMWORD";
  }
}
