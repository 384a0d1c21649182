package org.resnet4j.simd.kernel;

/**
 * What a convolution costs by each algorithm on one image, in cycles of a core that does 16
 * multiply-adds in each. For 3x3: the work and a part of the reading of the weights, since one
 * overlaps the other, but not wholly. A function of the shape alone, made for one current server
 * core beside a second one; elsewhere its choice may be second best, but it is everywhere the same.
 */
final class CostModel {
  private static final int BLOCK = BlockedLayout.BLOCK;

  /** Cycles that a core waits for a weight from memory, between one thread's 0.3 and two's 0.6. */
  private static final double WEIGHT = 0.4;

  /**
   * Cycles for one channel block of one tile, in or out, per element: the transform, and what a
   * matrix product costs beside its multiply-adds.
   */
  private static final double TRANSFORM = 8;

  /** Cycles more to sum up the products of Strassen's algorithm, for 16 outputs. */
  private static final double STRASSEN_SUMS = 16;

  /** Cycles to make its operands, for 16 inputs. */
  private static final double STRASSEN_OPERANDS = 8;

  /** Cycles until three quarters more of 16 weights have arrived from memory. */
  private static final double STRASSEN_WEIGHTS = 12;

  private CostModel() {}

  /** The cheapest of {@code IMPLICIT_GEMM} and the Winograd algorithms that apply. */
  static ConvAlgorithm cheapest(ConvShape shape) {
    ConvAlgorithm best = ConvAlgorithm.IMPLICIT_GEMM;
    double least = direct(shape);
    for (WinogradTile tile : WinogradTile.values()) {
      if (tile.stride() == shape.stride() && Winograd.applies(shape, tile.algorithm())) {
        double cost = winograd(shape, tile);
        if (cost < least) {
          best = tile.algorithm();
          least = cost;
        }
      }
    }
    return best;
  }

  /**
   * Whether {@code STRASSEN_GEMM}, which must apply, is cheaper than {@code IMPLICIT_GEMM}: by the
   * cycles for a vector of 16 outputs.
   */
  static boolean strassenPays(ConvShape shape) {
    double inputs = shape.inChannels();
    double pixels = (double) shape.outHeight() * shape.outWidth();
    double saved = inputs / 8;
    return saved
        > STRASSEN_SUMS
            + STRASSEN_OPERANDS * inputs / shape.outChannels()
            + STRASSEN_WEIGHTS * inputs / pixels;
  }

  private static double direct(ConvShape shape) {
    double pairs = pairs(shape) * shape.taps();
    return pairs / BLOCK * shape.outHeight() * shape.outWidth() + pairs * WEIGHT;
  }

  private static double winograd(ConvShape shape, WinogradTile tile) {
    double tiles = tile.tilesFor(shape.outHeight(), shape.outWidth());
    double blocks =
        BlockedLayout.blocksFor(shape.inChannels()) + BlockedLayout.blocksFor(shape.outChannels());
    double work = (pairs(shape) / BLOCK + blocks * TRANSFORM) * tiles * tile.elements();
    return work + pairs(shape) * tile.weights() * WEIGHT;
  }

  /** Input and output channels multiplied, both padded to whole blocks. */
  private static double pairs(ConvShape shape) {
    return (double) BlockedLayout.blocksFor(shape.inChannelsPerGroup())
        * BlockedLayout.blocksFor(shape.outChannelsPerGroup())
        * shape.groups()
        * BLOCK
        * BLOCK;
  }
}
