package org.resnet4j.simd.kernel;

import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.winograd.Winograd;
import org.resnet4j.simd.kernel.winograd.WinogradTile;
import org.resnet4j.simd.machine.MachineModel;

/**
 * What a convolution costs by each algorithm on one image, in cycles of a core. For 3x3: the work
 * and a part of the reading of the weights, since one overlaps the other, but not wholly. A
 * function of the shape and the kind of processor alone.
 *
 * @param machine the kind of processor
 */
record CostModel(MachineModel machine) {
  private static final int BLOCK = BlockedLayout.BLOCK;

  /** Of the time that weights take from memory, what is not hidden behind the work. */
  private static final double WAITED = 0.8;

  /**
   * What a channel block of one element of a tile costs, in or out, in vectors of multiply-adds:
   * the transform, and what a matrix product costs beside its own.
   */
  private static final double TRANSFORM = 8;

  /**
   * Cycles to sum up the products of Strassen's algorithm, for 16 outputs: loads and stores, which
   * a second unit for multiply-adds makes no faster.
   */
  private static final double STRASSEN_SUMS = 16;

  /** Cycles to make its operands, for 16 inputs. */
  private static final double STRASSEN_OPERANDS = 8;

  /**
   * Floats read for 16 weights of its products beyond the 16 themselves, as if nothing hid them: on
   * two threads, which share the way from memory.
   */
  private static final double STRASSEN_WEIGHTS = 24;

  /** The cheapest of {@code IMPLICIT_GEMM} and the Winograd algorithms that apply. */
  ConvAlgorithm cheapest(ConvShape shape) {
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
  boolean strassenPays(ConvShape shape) {
    double inputs = shape.inChannels();
    double pixels = (double) shape.outHeight() * shape.outWidth();
    double saved = inputs / 8;
    double made = STRASSEN_SUMS + STRASSEN_OPERANDS * inputs / shape.outChannels();
    return vectors(saved) > made + floats(STRASSEN_WEIGHTS * inputs / pixels);
  }

  private double direct(ConvShape shape) {
    double pairs = pairs(shape) * shape.taps();
    return vectors(pairs / BLOCK * shape.outHeight() * shape.outWidth()) + WAITED * floats(pairs);
  }

  private double winograd(ConvShape shape, WinogradTile tile) {
    double tiles = tile.tilesFor(shape.outHeight(), shape.outWidth());
    double blocks =
        BlockedLayout.blocksFor(shape.inChannels()) + BlockedLayout.blocksFor(shape.outChannels());
    double work = (pairs(shape) / BLOCK + blocks * TRANSFORM) * tiles * tile.elements();
    return vectors(work) + WAITED * floats(pairs(shape) * tile.weights());
  }

  /** Cycles for multiply-adds of 16 floats, or what takes as long. */
  private double vectors(double count) {
    return count * BLOCK / machine.multiplyAdds();
  }

  /** Cycles until floats have come from memory. */
  private double floats(double count) {
    return count * Float.BYTES / machine.memoryBytesPerCycle();
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
