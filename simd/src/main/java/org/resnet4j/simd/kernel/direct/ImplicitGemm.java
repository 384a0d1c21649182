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
 * Convolution as a matrix product whose left operand is read in place, for any kernel, stride,
 * padding and groups.
 *
 * <p>The offset table of {@link TileKernel} has an entry for each (channel block, tap); the halo of
 * {@code x} makes the entries valid at the border. Rows of a tile are neighbouring output pixels,
 * columns are output channels.
 *
 * <p>Groups: a tile of outputs reads the blocks that its groups' inputs lie in; weights between
 * different groups are zero. With a multiple of 16 channels per group nothing is wasted; with
 * {@code g} channels per group the work is {@code 16/g} times the necessary one, and an infinite or
 * NaN input spoils the outputs of every group in its block, since zero times infinity is NaN.
 *
 * <p>Rounding: k runs over channel blocks, taps and the 16 channels of a block in this order; every
 * {@value Tiling#CHUNK} terms form a partial sum of their own, which is added to the sum of the
 * earlier ones. The order depends on the convolution's shape alone.
 *
 * <p>Source: implicit GEMM as in Chetlur et al., cuDNN (arXiv 1410.0759), section 3.2; the table is
 * Dukhan's indirect convolution (arXiv 1907.02129) with one entry for all pixels.
 *
 * @param shape the convolution
 * @param width vector width of the kernels
 * @param floor see {@link Floor}
 * @param weights packed, tile after tile
 * @param bias padded to whole blocks
 * @param tiles cover the output channels
 */
public record ImplicitGemm(
    ConvShape shape,
    VectorWidth width,
    float[] floor,
    float[] weights,
    float[] bias,
    List<OutputTile> tiles)
    implements ConvKernel {
  private static final int BLOCK = BlockedLayout.BLOCK;

  /**
   * The output channels of one register tile.
   *
   * @param firstBlock first output block
   * @param blocks number of output blocks
   * @param firstInput first input block it reads
   * @param inputs number of input blocks it reads
   * @param weightOffset where its weights begin
   */
  record OutputTile(int firstBlock, int blocks, int firstInput, int inputs, int weightOffset) {}

  /** See {@link ConvAlgorithms#pack}. */
  public static ImplicitGemm pack(
      ConvShape shape, VectorWidth width, float[] weight, float @Nullable [] bias, boolean relu) {
    List<OutputTile> tiles = tiles(shape, width);
    OutputTile last = tiles.getLast();
    float[] packed = new float[Math.addExact(last.weightOffset(), weightsOf(shape, last))];
    for (OutputTile tile : tiles) {
      pack(shape, tile, weight, packed);
    }
    return new ImplicitGemm(
        shape, width, Floor.of(relu), packed, ConvChecks.paddedBias(shape, bias), tiles);
  }

  private static List<OutputTile> tiles(ConvShape shape, VectorWidth width) {
    int outBlocks = BlockedLayout.blocksFor(shape.outChannels());
    int line = shape.isPointwise() ? shape.outHeight() * shape.outWidth() : shape.outWidth();
    int perTile = Tiling.chooseBlocks(width, line, sharing(shape));
    while (shape.groups() > 1 && sharing(shape) % perTile != 0) {
      perTile /= 2;
    }
    List<OutputTile> tiles = new ArrayList<>();
    int offset = CacheLine.FIRST;
    for (int first = 0; first < outBlocks; first += perTile) {
      int blocks = Math.min(perTile, outBlocks - first);
      int lastChannel = Math.min((first + blocks) * BLOCK, shape.outChannels()) - 1;
      int firstInput = shape.firstInput(first * BLOCK) / BLOCK;
      int lastInput = (shape.firstInput(lastChannel) + shape.inChannelsPerGroup() - 1) / BLOCK;
      OutputTile tile =
          new OutputTile(first, blocks, firstInput, lastInput - firstInput + 1, offset);
      tiles.add(tile);
      offset = Math.addExact(offset, weightsOf(shape, tile));
    }
    return List.copyOf(tiles);
  }

  /**
   * Output blocks that read the same input blocks. A tile may not mix others: the zeros between
   * groups would move the partial sums, and with the tile's size the result would depend on the
   * vector width.
   */
  private static int sharing(ConvShape shape) {
    if (shape.groups() == 1) {
      return BlockedLayout.blocksFor(shape.outChannels());
    }
    return shape.outChannelsPerGroup() % BLOCK == 0 ? shape.outChannelsPerGroup() / BLOCK : 1;
  }

  private static int weightsOf(ConvShape shape, OutputTile tile) {
    int terms = Math.multiplyExact(tile.inputs() * BLOCK, shape.taps());
    return Math.multiplyExact(terms, tile.blocks() * BLOCK);
  }

  /**
   * Writes one tile in the kernel's streaming order, {@code [input block][tap][16 inputs][16 *
   * blocks outputs]}.
   */
  private static void pack(ConvShape shape, OutputTile tile, float[] weight, float[] packed) {
    int taps = shape.taps();
    int columns = tile.blocks() * BLOCK;
    int firstChannel = tile.firstBlock() * BLOCK;
    int count = Math.min(columns, shape.outChannels() - firstChannel);
    // By blocks of channels: each line of the source is read once, and what is written stays in the
    // L1 cache.
    for (int block = 0; block < shape.inChannelsPerGroup(); block += BLOCK) {
      int end = Math.min(block + BLOCK, shape.inChannelsPerGroup());
      for (int column = 0; column < count; column++) {
        int k = firstChannel + column;
        int first = shape.firstInput(k) - tile.firstInput() * BLOCK;
        int from = (k * shape.inChannelsPerGroup() + block) * taps;
        for (int channel = first + block; channel < first + end; channel++) {
          int row = channel / BLOCK * taps * BLOCK + channel % BLOCK;
          int to = tile.weightOffset() + row * columns + column;
          for (int tap = 0; tap < taps; tap++) {
            packed[to] = Tiny.dropped(weight[from++]);
            to += BLOCK * columns;
          }
        }
      }
    }
  }

  @Override
  public ConvAlgorithm algorithm() {
    return ConvAlgorithm.IMPLICIT_GEMM;
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
  public BoundConv bind(
      BlockedLayout x, BlockedLayout y, @Nullable BlockedLayout residual, Workspace workspace) {
    ConvChecks.checkLayouts(shape, x, y, residual, inputHalo());
    return new ImplicitGemmCall(this, x, y, residual, workspace);
  }
}
