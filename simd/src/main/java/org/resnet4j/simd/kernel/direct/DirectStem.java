package org.resnet4j.simd.kernel.direct;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.ConvAlgorithms;
import org.resnet4j.simd.kernel.conv.BoundConv;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvChecks;
import org.resnet4j.simd.kernel.conv.ConvKernel;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Floor;
import org.resnet4j.simd.kernel.layout.Tiny;
import org.resnet4j.simd.kernel.layout.Workspace;
import org.resnet4j.simd.kernel.tile.TileKernel;
import org.resnet4j.simd.kernel.tile.Tiling;
import org.resnet4j.simd.machine.CacheLine;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * Convolution of an image with few channels, as a matrix product whose left operand is read in
 * place: {@code y = relu(conv(x, w) + bias + residual)}.
 *
 * <p>The input lies pixel-interleaved ({@link BlockedLayout#block} = C), so the S pixels under a
 * kernel row are a run of {@code S*C} consecutive floats. The offset table of {@link TileKernel}
 * has one entry per kernel row; neighbouring output pixels lie {@code stride*C} floats apart. No
 * matrix of patches, no packing, and no channel that is there only to fill a block.
 *
 * <p>One group, at most {@link #MAX_CHANNELS} input channels, at most {@link Tiling#CHUNK} terms;
 * any kernel, stride and padding within that.
 *
 * <p>Rounding: k runs over kernel rows, kernel columns and channels in this order, in a single sum;
 * bias and residual are added to it, each rounded once.
 *
 * <p>Source: the NHWC direct convolution of XNNPACK's {@code conv-hwc2chw} kernels, here with
 * {@link TileKernel}'s table.
 *
 * @param shape the convolution
 * @param width vector width of the kernels
 * @param floor see {@link Floor}
 * @param weights packed, tile after tile
 * @param bias padded to whole blocks
 * @param tiles cover the output channels
 */
public record DirectStem(
    ConvShape shape,
    VectorWidth width,
    float[] floor,
    float[] weights,
    float[] bias,
    List<OutputTile> tiles)
    implements ConvKernel {
  /** Input channels up to which padding them to a block costs more than copying. */
  public static final int MAX_CHANNELS = 4;

  private static final int BLOCK = BlockedLayout.BLOCK;

  /**
   * The output channels of one register tile.
   *
   * @param firstBlock first output block
   * @param blocks number of output blocks
   * @param weightOffset where its weights begin
   */
  record OutputTile(int firstBlock, int blocks, int weightOffset) {}

  /** Whether this algorithm can compute the convolution. */
  public static boolean applies(ConvShape shape) {
    return shape.groups() == 1
        && shape.inChannels() <= MAX_CHANNELS
        && (long) shape.kernel() * shape.kernel() * shape.inChannels() <= Tiling.CHUNK;
  }

  /** See {@link ConvAlgorithms#pack}. */
  public static DirectStem pack(
      ConvShape shape, VectorWidth width, float[] weight, float @Nullable [] bias, boolean relu) {
    if (!applies(shape)) {
      throw new IllegalArgumentException("DIRECT_STEM cannot compute " + shape);
    }
    int terms = shape.inChannels() * shape.taps();
    int outBlocks = BlockedLayout.blocksFor(shape.outChannels());
    int perTile = Tiling.chooseBlocks(width, shape.outWidth(), outBlocks);
    int floats = Math.multiplyExact(outBlocks * BLOCK, terms);
    float[] packed = new float[Math.addExact(CacheLine.FIRST, floats)];
    List<OutputTile> tiles = new ArrayList<>();
    for (int first = 0; first < outBlocks; first += perTile) {
      OutputTile tile =
          new OutputTile(
              first, Math.min(perTile, outBlocks - first), CacheLine.FIRST + first * BLOCK * terms);
      pack(shape, tile, weight, packed);
      tiles.add(tile);
    }
    return new DirectStem(
        shape,
        width,
        Floor.of(relu),
        packed,
        ConvChecks.paddedBias(shape, bias),
        List.copyOf(tiles));
  }

  /** Writes one tile in the kernel's streaming order, {@code [r][s][c][16 * blocks outputs]}. */
  private static void pack(ConvShape shape, OutputTile tile, float[] weight, float[] packed) {
    int columns = tile.blocks() * BLOCK;
    int firstChannel = tile.firstBlock() * BLOCK;
    int count = Math.min(columns, shape.outChannels() - firstChannel);
    for (int column = 0; column < count; column++) {
      for (int c = 0; c < shape.inChannels(); c++) {
        for (int tap = 0; tap < shape.taps(); tap++) {
          int row = tap * shape.inChannels() + c;
          packed[tile.weightOffset() + row * columns + column] =
              Tiny.dropped(
                  weight[((firstChannel + column) * shape.inChannels() + c) * shape.taps() + tap]);
        }
      }
    }
  }

  @Override
  public ConvAlgorithm algorithm() {
    return ConvAlgorithm.DIRECT_STEM;
  }

  @Override
  public long weightFloats() {
    return CacheLine.floats(weights);
  }

  @Override
  public int inputHalo() {
    return shape.padding();
  }

  @Override
  public int inputBlock() {
    return shape.inChannels();
  }

  @Override
  public BoundConv bind(
      BlockedLayout x, BlockedLayout y, @Nullable BlockedLayout residual, Workspace workspace) {
    ConvChecks.checkLayouts(shape, x, y, residual, inputHalo(), inputBlock());
    return new DirectStemCall(this, x, y, residual, workspace.parallel());
  }
}
