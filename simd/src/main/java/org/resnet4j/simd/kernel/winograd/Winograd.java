package org.resnet4j.simd.kernel.winograd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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
import org.resnet4j.simd.kernel.tile.Tiling;
import org.resnet4j.simd.machine.CacheLine;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * 3x3 convolution by Winograd's minimal filtering: for each element of a transformed tile one
 * matrix product over the input channels. With groups, each group is a convolution of its own.
 *
 * <p>Weights are transformed in double and rounded once. They lie in the order in which {@link
 * WinogradCall} reads them: {@code [panel][weight of an element][C/groups][16 * blocks]}.
 *
 * <p>Rounding: see {@link WinogradKernel}; each product sums its input channels in ascending order,
 * in partial sums of {@value #CHUNK}. The order depends on the convolution's shape alone. An
 * infinite or NaN input spoils the whole tiles it belongs to.
 *
 * <p>Source: Lavin and Gray, arXiv 1509.09308, section 4.
 *
 * @param shape the convolution: see {@link #applies}
 * @param tile which outputs are computed together
 * @param width vector width of the products
 * @param floor see {@link Floor}
 * @param weights transformed and packed
 * @param bias padded to whole blocks
 * @param panels cover the output channels, as many for each group
 */
public record Winograd(
    ConvShape shape,
    WinogradTile tile,
    VectorWidth width,
    float[] floor,
    float[] weights,
    float[] bias,
    List<Panel> panels)
    implements ConvKernel {
  /** Terms in a partial sum. */
  static final int CHUNK = 512;

  private static final int BLOCK = BlockedLayout.BLOCK;

  /**
   * Output channels that one register tile computes, and their weights.
   *
   * @param firstBlock first output block
   * @param blocks number of output blocks
   * @param offset where its weights begin
   * @param weightStride floats from the weights of one element to those of the next
   */
  record Panel(int firstBlock, int blocks, int offset, int weightStride) {}

  /** Whether there is a tile for the shape, and it has one group or groups of whole blocks. */
  public static boolean applies(ConvShape shape, ConvAlgorithm algorithm) {
    boolean wholeBlocks =
        shape.inChannelsPerGroup() % BLOCK == 0 && shape.outChannelsPerGroup() % BLOCK == 0;
    return shape.kernel() == WinogradAxis.TAPS
        && tile(algorithm, shape.stride()).isPresent()
        && (shape.groups() == 1 || wholeBlocks);
  }

  /** The tile by which an algorithm computes a stride. */
  public static Optional<WinogradTile> tile(ConvAlgorithm algorithm, int stride) {
    return Arrays.stream(WinogradTile.values())
        .filter(tile -> tile.algorithm() == algorithm && tile.stride() == stride)
        .findFirst();
  }

  /** See {@link ConvAlgorithms#pack}. */
  public static Winograd pack(
      ConvShape shape,
      ConvAlgorithm algorithm,
      VectorWidth width,
      float[] weight,
      float @Nullable [] bias,
      boolean relu) {
    if (!applies(shape, algorithm)) {
      throw new IllegalArgumentException(
          algorithm
              + " needs a 3x3 kernel, a stride it has a tile for, and one group or groups of whole"
              + " blocks of 16 channels, got "
              + shape);
    }
    WinogradTile tile = tile(algorithm, shape.stride()).orElseThrow();
    List<Panel> panels = panels(shape, tile, width);
    Panel last = panels.getLast();
    int size = Math.multiplyExact(last.weightStride(), tile.weights());
    float[] packed = new float[Math.addExact(last.offset(), size)];
    for (Panel panel : panels) {
      pack(shape, tile, panel, weight, packed);
    }
    return new Winograd(
        shape, tile, width, Floor.of(relu), packed, ConvChecks.paddedBias(shape, bias), panels);
  }

  /**
   * Transforms the filters of one input channel together: they are neighbours in what is written.
   */
  private static void pack(
      ConvShape shape, WinogradTile tile, Panel panel, float[] weight, float[] packed) {
    double[][] left = tile.vertical().weightMatrix();
    double[][] right = tile.horizontal().weightMatrix();
    int taps = shape.taps();
    int columns = panel.blocks() * BLOCK;
    int first = panel.firstBlock() * BLOCK;
    int count = Math.min(columns, shape.outChannels() - first);
    double[] g = new double[taps * count];
    double[] row = new double[WinogradAxis.TAPS * count];
    double[] u = new double[tile.weights() * count];
    for (int c = 0; c < shape.inChannelsPerGroup(); c++) {
      for (int column = 0; column < count; column++) {
        int from = ((first + column) * shape.inChannelsPerGroup() + c) * taps;
        for (int tap = 0; tap < taps; tap++) {
          g[tap * count + column] = weight[from + tap];
        }
      }
      WinogradTile.transformWeights(left, right, g, count, row, u);
      for (int element = 0; element < tile.weights(); element++) {
        int to = panel.offset() + element * panel.weightStride() + c * columns;
        for (int column = 0; column < count; column++) {
          packed[to + column] = Tiny.dropped((float) u[element * count + column]);
        }
      }
    }
  }

  private static List<Panel> panels(ConvShape shape, WinogradTile tile, VectorWidth width) {
    int blocks = BlockedLayout.blocksFor(shape.outChannelsPerGroup());
    int depth = BlockedLayout.blocksFor(shape.inChannelsPerGroup()) * BLOCK;
    int tiles = tile.tilesFor(shape.outHeight(), shape.outWidth());
    int perPanel = Tiling.chooseBlocks(width, tiles, blocks);
    List<Panel> panels = new ArrayList<>();
    int offset = CacheLine.FIRST;
    for (int group = 0; group < shape.groups(); group++) {
      for (int first = 0; first < blocks; first += perPanel) {
        int count = Math.min(perPanel, blocks - first);
        int weightStride = Math.multiplyExact(depth, count * BLOCK);
        panels.add(new Panel(group * blocks + first, count, offset, weightStride));
        offset = Math.addExact(offset, Math.multiplyExact(weightStride, tile.weights()));
      }
    }
    return List.copyOf(panels);
  }

  @Override
  public ConvAlgorithm algorithm() {
    return tile.algorithm();
  }

  @Override
  public long weightFloats() {
    return CacheLine.floats(weights);
  }

  @Override
  public long multiplyAdds() {
    return weightFloats()
        / tile.weights()
        * tile.elements()
        * tile.tilesFor(shape.outHeight(), shape.outWidth());
  }

  @Override
  public int inputHalo() {
    return shape.padding();
  }

  @Override
  public BoundConv bind(
      BlockedLayout x, BlockedLayout y, @Nullable BlockedLayout residual, Workspace workspace) {
    ConvChecks.checkLayouts(shape, x, y, residual, inputHalo());
    return new WinogradCall(this, x, y, residual, workspace);
  }
}
