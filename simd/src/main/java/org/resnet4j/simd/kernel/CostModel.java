package org.resnet4j.simd.kernel;

/**
 * What a convolution costs by each algorithm on one image, in cycles of a core that does 16
 * multiply-adds in each. For 3x3: the work or the reading of the weights, whichever takes longer,
 * since one overlaps the other. A function of the shape alone, made for one current server core
 * beside a second one; elsewhere its choice may be second best, but it is everywhere the same.
 */
final class CostModel {
  private static final int BLOCK = BlockedLayout.BLOCK;

  /** Floats of weights that arrive from memory in a cycle. */
  private static final double WEIGHTS_PER_CYCLE = 1.0;

  /** Cycles to transform one channel block of one tile, in or out, per element. */
  private static final double TRANSFORM = 6;

  /** Cycles more to sum up the products of Strassen's algorithm, for 16 outputs. */
  private static final double STRASSEN_SUMS = 16;

  /** Cycles to make its operands, for 16 inputs. */
  private static final double STRASSEN_OPERANDS = 8;

  /** Cycles until three quarters more of 16 weights have arrived from memory. */
  private static final double STRASSEN_WEIGHTS = 12;

  private CostModel() {}

  /** The cheapest of {@code IMPLICIT_GEMM} and the Winograd algorithms, which must apply. */
  static ConvAlgorithm cheapest(ConvShape shape) {
    ConvAlgorithm best = ConvAlgorithm.IMPLICIT_GEMM;
    double least = direct(shape);
    for (WinogradTile tile : WinogradTile.values()) {
      double cost = winograd(shape, tile);
      if (cost < least) {
        best = tile.algorithm();
        least = cost;
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
    double work = pairs / BLOCK * shape.outHeight() * shape.outWidth();
    return Math.max(work, pairs / WEIGHTS_PER_CYCLE);
  }

  private static double winograd(ConvShape shape, WinogradTile tile) {
    double tiles =
        (double) Math.ceilDiv(shape.outHeight(), tile.outputs())
            * Math.ceilDiv(shape.outWidth(), tile.outputs());
    double pairs = pairs(shape) * tile.elements();
    double blocks =
        BlockedLayout.blocksFor(shape.inChannels()) + BlockedLayout.blocksFor(shape.outChannels());
    double work = pairs / BLOCK * tiles + blocks * tiles * tile.elements() * TRANSFORM;
    return Math.max(work, pairs / WEIGHTS_PER_CYCLE);
  }

  /** Input and output channels multiplied, both padded to whole blocks. */
  private static double pairs(ConvShape shape) {
    return (double) BlockedLayout.blocksFor(shape.inChannels())
        * BlockedLayout.blocksFor(shape.outChannels())
        * BLOCK
        * BLOCK;
  }
}
