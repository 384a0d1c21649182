package org.resnet4j.cuda.kernels;

import org.resnet4j.cuda.driver.LaunchShape;

/**
 * How (row, channel) are spread over threads: a block's x runs over channels, which are neighbours
 * in memory, its y over rows; the grid's x runs over rows, of which there may be more than the
 * 65535 blocks of its y.
 */
final class Grid {
  private static final int THREADS = 256;
  private static final int MOST_CHANNELS = 64;

  private Grid() {}

  /** Blocks of 256 threads that cover every (row, channel). */
  static LaunchShape covering(int rows, int channels) {
    int blockX = 1;
    while (blockX < channels && blockX < MOST_CHANNELS) {
      blockX *= 2;
    }
    int blockY = THREADS / blockX;
    return new LaunchShape(
        Math.ceilDiv(rows, blockY), Math.ceilDiv(channels, blockX), 1, blockX, blockY, 1);
  }
}
