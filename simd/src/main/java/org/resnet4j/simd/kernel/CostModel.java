package org.resnet4j.simd.kernel;

/**
 * What a 3x3 convolution costs by each algorithm on one image, in cycles of a core that does 16
 * multiply-adds in each: the work or the reading of the weights, whichever takes longer, since one
 * overlaps the other. A function of the shape alone, made for one current server core beside a
 * second one; elsewhere its choice may be second best, but it is everywhere the same.
 */
final class CostModel {
  private static final int BLOCK = BlockedLayout.BLOCK;

  /** Floats of weights that arrive from memory in a cycle. */
  private static final double WEIGHTS_PER_CYCLE = 1.0;

  /** Cycles to transform one channel block of one tile, in or out, per element. */
  private static final double TRANSFORM = 6;

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
