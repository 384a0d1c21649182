package org.resnet4j.simd.kernel;

import java.util.Comparator;
import java.util.List;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.winograd.Winograd;
import org.resnet4j.simd.kernel.winograd.WinogradTile;
import org.resnet4j.simd.machine.MachineModel;

/**
 * What a convolution costs by each algorithm, in cycles of a core: the work, and then the weights
 * from memory, as if neither hid the other. A function of the shape and the kind of processor
 * alone.
 *
 * @param machine the kind of processor
 */
record CostModel(MachineModel machine) {
  private static final int BLOCK = BlockedLayout.BLOCK;

  /** Of the peak, what kernels reach in a network's loops. */
  private static final double REACHED = 0.8;

  /**
   * What a channel block of one element of a tile costs, in or out, in vectors of multiply-adds:
   * the transform, and what a matrix product costs beside its own.
   */
  private static final double TRANSFORM = 8;

  /** The same of a tile of 4x4, which is transformed by six rows in both directions. */
  private static final double LARGE_TRANSFORM = 10.5;

  /**
   * Cycles to sum up the products of Strassen's algorithm, for 16 outputs: loads and stores, which
   * a second unit for multiply-adds makes no faster.
   */
  private static final double STRASSEN_SUMS = 20;

  /** Cycles to make its operands, for 16 inputs. */
  private static final double STRASSEN_OPERANDS = 10;

  /**
   * Weights of its products for one of the convolution's, and more: it gains little, and where two
   * threads share the way from memory the weights cost that.
   */
  private static final double STRASSEN_WEIGHTS = 2.875;

  /** Multiply-adds of grouped kernels take as long as so many others: each permutes its input. */
  private static final double PERMUTED = 1.1;

  /** Cycles to copy an input into a matrix, one by one. */
  private static final double COPIED = 7;

  /** Cycles to store an output from a matrix. */
  private static final double STORED = 30;

  /** The cheapest for an image. */
  ConvAlgorithm cheapest(ConvShape shape, List<ConvAlgorithm> algorithms) {
    return algorithms.stream()
        .min(Comparator.comparingDouble(algorithm -> cycles(shape, algorithm, 1)))
        .orElseThrow();
  }

  /**
   * Cycles of one core.
   *
   * @param algorithm one that applies
   * @param images that are computed while the weights are in the caches
   */
  double cycles(ConvShape shape, ConvAlgorithm algorithm, int images) {
    return images * work(shape, algorithm) + weights(shape, algorithm);
  }

  /** For one image, the weights in the caches. */
  private double work(ConvShape shape, ConvAlgorithm algorithm) {
    double pixels = (double) shape.outHeight() * shape.outWidth();
    double direct = pairs(shape) * shape.taps() / BLOCK * pixels;
    double defined = (double) shape.multiplyAdds() / BLOCK;
    return switch (algorithm) {
      case IMPLICIT_GEMM -> vectors(direct * filling(shape, lineOf(shape)));
      case DIRECT_STEM -> vectors(defined);
      case IM2COL_GEMM ->
          vectors(defined) + COPIED * copied(shape) + STORED * pixels * shape.outChannels();
      case GROUPED -> vectors(PERMUTED * defined);
      case STRASSEN_GEMM -> {
        double outputs = pixels * shape.outChannels() / BLOCK;
        double inputs = pixels * shape.inChannels() / BLOCK;
        yield vectors(direct * 7 / 8 * filling(shape, shape.outWidth()))
            + STRASSEN_SUMS * outputs
            + STRASSEN_OPERANDS * inputs;
      }
      case WINOGRAD_2X2, WINOGRAD_4X2, WINOGRAD_4X4 -> {
        WinogradTile tile = tile(shape, algorithm);
        double tiles = tile.tilesFor(shape.outHeight(), shape.outWidth());
        double blocks =
            BlockedLayout.blocksFor(shape.inChannels())
                + BlockedLayout.blocksFor(shape.outChannels());
        double transform = algorithm == ConvAlgorithm.WINOGRAD_4X4 ? LARGE_TRANSFORM : TRANSFORM;
        double products = pairs(shape) / BLOCK * filling(shape, (int) tiles);
        yield vectors((products + blocks * transform) * tiles * tile.elements());
      }
    };
  }

  /** Pixels that register tiles are cut from: all where each output needs one input alone. */
  private static int lineOf(ConvShape shape) {
    return shape.isPointwise() ? shape.outHeight() * shape.outWidth() : shape.outWidth();
  }

  /**
   * How much longer a line takes in register tiles than its multiply-adds: a tile of few rows takes
   * as long as a larger one. Where groups are small other costs prevail.
   */
  private double filling(ConvShape shape, int line) {
    if (shape.groups() > 1) {
      return 1;
    }
    int tiles = Math.ceilDiv(line, machine.tileRows());
    int rows = line / tiles;
    int larger = line % tiles; // have a row more
    int busy = machine.busyRows();
    int taken = larger * Math.max(rows + 1, busy) + (tiles - larger) * Math.max(rows, busy);
    return (double) taken / line;
  }

  /** Cycles that a run waits for weights. */
  private double weights(ConvShape shape, ConvAlgorithm algorithm) {
    return switch (algorithm) {
      case IMPLICIT_GEMM -> floats(pairs(shape) * shape.taps());
      case DIRECT_STEM, IM2COL_GEMM, GROUPED -> floats(shape.weights());
      case STRASSEN_GEMM -> floats(STRASSEN_WEIGHTS * shape.weights());
      case WINOGRAD_2X2, WINOGRAD_4X2, WINOGRAD_4X4 ->
          floats(pairs(shape) * tile(shape, algorithm).weights());
    };
  }

  private static WinogradTile tile(ConvShape shape, ConvAlgorithm algorithm) {
    return Winograd.tile(algorithm, shape.stride()).orElseThrow();
  }

  /** Inputs that im2col copies, zeros among them. */
  private static double copied(ConvShape shape) {
    return (double) shape.inChannels() * shape.taps() * shape.outHeight() * shape.outWidth();
  }

  /** Cycles for multiply-adds of 16 floats, or what takes as long. */
  private double vectors(double count) {
    return count * BLOCK / (machine.multiplyAdds() * REACHED);
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
