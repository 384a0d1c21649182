package org.resnet4j.simd.machinecode;

/**
 * A tile register of AMX: up to 16 rows of up to 64 bytes.
 *
 * @param number 0 to 7
 */
public record Tile(int number) implements Operand {
  /** Registers there are. */
  public static final int COUNT = 8;

  /** Most rows. */
  public static final int ROWS = 16;

  /** Most bytes in a row. */
  public static final int ROW_BYTES = 64;

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if there is no such register
   */
  public Tile {
    if (number < 0 || number >= COUNT) {
      throw new IllegalArgumentException("there is no tmm" + number);
    }
  }

  /**
   * Asks the system that all threads of this process may use these registers; before that the first
   * use ends the process.
   *
   * @return whether they may
   * @throws IllegalCallerException if this JVM forbids native access
   */
  public static boolean permit() {
    return LinuxCalls.permitTiles();
  }

  @Override
  public String text() {
    return "tmm" + number;
  }
}
