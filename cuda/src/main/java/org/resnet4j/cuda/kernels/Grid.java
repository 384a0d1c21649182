package org.resnet4j.cuda.kernels;

/**
 * Grid and blocks of a launch, in threads and blocks; their z is 1. A block's x runs over channels,
 * which are neighbours in memory, its y over rows; the grid's x runs over rows, of which there may
 * be more than the 65535 blocks of its y.
 */
public record Grid(int gridX, int gridY, int blockX, int blockY) {
  private static final int THREADS = 256;
  private static final int MOST_CHANNELS = 64;

  /** Blocks of 256 threads that cover every (row, channel). */
  static Grid of(int rows, int channels) {
    int blockX = 1;
    while (blockX < channels && blockX < MOST_CHANNELS) {
      blockX *= 2;
    }
    int blockY = THREADS / blockX;
    return new Grid(Math.ceilDiv(rows, blockY), Math.ceilDiv(channels, blockX), blockX, blockY);
  }
}
