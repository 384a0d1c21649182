package org.resnet4j.simd.machinecode;

/**
 * A vector register.
 *
 * @param number 0 to 31, of 256 bits to 15
 * @param bits 256 or 512
 */
public record Vector(int number, int bits) {
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

  /** Its name in listings. */
  String text() {
    return (isWide() ? "zmm" : "ymm") + number;
  }

  /** What listings call as many bytes in memory. */
  String memory() {
    return isWide() ? "ZMMWORD PTR " : "YMMWORD PTR ";
  }
}
