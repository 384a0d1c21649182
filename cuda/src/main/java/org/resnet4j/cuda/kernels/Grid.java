package org.resnet4j.cuda.kernels;

import org.resnet4j.cuda.driver.LaunchShape;

/**
 * How (row, channel) are spread over threads: a block's x runs over channels, which are neighbours
 * in memory, its y over rows, or over the pixels that make one; the grid's x runs over rows, of
 * which there may be more than the 65535 blocks of its y.
 */
final class Grid {
  private static final int THREADS = 256;
  private static final int MOST_CHANNELS = 64;

  private Grid() {}

  /** Of threads along x that share a row's channels, where those along y share its pixels. */
  private static final int POOLED_CHANNELS = 32;

  /**
   * A block of 256 threads for up to 32 channels of a row: 8 threads share each.
   *
   * @param channels of which a thread may take several at once
   */
  static LaunchShape sharing(int rows, int channels) {
    return new LaunchShape(
        rows,
        Math.ceilDiv(channels, POOLED_CHANNELS),
        1,
        POOLED_CHANNELS,
        THREADS / POOLED_CHANNELS,
        1);
  }

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
