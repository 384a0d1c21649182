package org.resnet4j.cuda.driver;

/**
 * How many threads run a kernel: a grid of blocks of threads. A count below 1 throws {@link
 * IllegalArgumentException}. Immutable and thread-safe.
 *
 * @param gridX blocks along x, at least 1; y and z likewise
 * @param gridY blocks along y
 * @param gridZ blocks along z
 * @param blockX threads of a block along x, at least 1; y and z likewise
 * @param blockY threads of a block along y
 * @param blockZ threads of a block along z
 */
public record LaunchShape(int gridX, int gridY, int gridZ, int blockX, int blockY, int blockZ) {
  /** Checks the counts. */
  public LaunchShape {
    if (gridX < 1 || gridY < 1 || gridZ < 1 || blockX < 1 || blockY < 1 || blockZ < 1) {
      throw new IllegalArgumentException(
          "grid %s x %s x %s, block %s x %s x %s: every count must be at least 1"
              .formatted(gridX, gridY, gridZ, blockX, blockY, blockZ));
    }
  }
}
