package org.resnet4j.simd.kernel;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * 3x3 convolution of stride 1 by Winograd's minimal filtering: tiles of {@code m x m} outputs, for
 * each of the {@code (m + 2)^2} elements of a transformed tile one matrix product over the input
 * channels.
 *
 * <p>Weights are transformed in double and rounded once. They lie in the order in which {@link
 * WinogradCall} reads them: {@code [group][element][C][16 * blocks]}.
 *
 * <p>Rounding: see {@link WinogradTransform}; each product sums its input channels in ascending
 * order, in partial sums of {@value #CHUNK}. The order depends on the convolution's shape alone. An
 * infinite or NaN input spoils the whole tiles it belongs to.
 *
 * <p>Source: Lavin and Gray, arXiv 1509.09308, section 4.
 *
 * @param shape the convolution: 3x3, stride 1, one group
 * @param tile which m
 * @param width vector width of the products
 * @param floor lower bound of the results, 16 times: 0 for a ReLU, negative infinity for none
 * @param weights transformed and packed
 * @param bias padded to whole blocks
 * @param groups cover the output channels
 */
record Winograd(
    ConvShape shape,
    WinogradTile tile,
    VectorWidth width,
    float[] floor,
    float[] weights,
    float[] bias,
    List<OutputGroup> groups)
    implements ConvKernel {
  /** Terms in a partial sum. */
  static final int CHUNK = 512;

  private static final int BLOCK = BlockedLayout.BLOCK;

  /**
   * Output channels that one register tile computes.
   *
   * @param firstBlock first output block
   * @param blocks number of output blocks
   * @param weightOffset where the first element's weights begin
   * @param elementStride floats from an element's weights to the next element's
   */
  record OutputGroup(int firstBlock, int blocks, int weightOffset, int elementStride) {}

  /** Whether the transforms exist for a shape. */
  static boolean applies(ConvShape shape) {
    return shape.kernel() == WinogradTile.KERNEL && shape.stride() == 1 && shape.groups() == 1;
  }

  /** See {@link ConvKernel#pack}. */
  static Winograd pack(
      ConvShape shape,
      WinogradTile tile,
      VectorWidth width,
      float[] weight,
      float @Nullable [] bias,
      boolean relu) {
    if (!applies(shape)) {
      throw new IllegalArgumentException(
          tile.algorithm() + " needs a 3x3 kernel, stride 1 and one group, got " + shape);
    }
    int depth = BlockedLayout.blocksFor(shape.inChannels()) * BLOCK;
    List<OutputGroup> groups = groups(shape, tile, width, depth);
    OutputGroup last = groups.getLast();
    int size = Math.multiplyExact(last.elementStride(), tile.elements());
    float[] packed = new float[Math.addExact(last.weightOffset(), size)];
    double[][] g = tile.weightMatrix();
    double[] u = new double[tile.elements()];
    for (OutputGroup group : groups) {
      int columns = group.blocks() * BLOCK;
      int first = group.firstBlock() * BLOCK;
      int count = Math.min(columns, shape.outChannels() - first);
      for (int c = 0; c < shape.inChannels(); c++) {
        for (int column = 0; column < count; column++) {
          int from = ((first + column) * shape.inChannels() + c) * shape.taps();
          WinogradTile.transformWeights(g, weight, from, u);
          int to = group.weightOffset() + c * columns + column;
          for (double element : u) {
            packed[to] = (float) element;
            to += group.elementStride();
          }
        }
      }
    }
    return new Winograd(
        shape,
        tile,
        width,
        ConvChecks.floor(relu),
        packed,
        ConvChecks.paddedBias(shape, bias),
        groups);
  }

  private static List<OutputGroup> groups(
      ConvShape shape, WinogradTile tile, VectorWidth width, int depth) {
    int blocks = BlockedLayout.blocksFor(shape.outChannels());
    int tiles =
        Math.ceilDiv(shape.outHeight(), tile.outputs())
            * Math.ceilDiv(shape.outWidth(), tile.outputs());
    int perGroup = Tiling.chooseBlocks(width, tiles, blocks);
    List<OutputGroup> groups = new ArrayList<>();
    int offset = 0;
    for (int first = 0; first < blocks; first += perGroup) {
      int count = Math.min(perGroup, blocks - first);
      int elementStride = Math.multiplyExact(depth, count * BLOCK);
      groups.add(new OutputGroup(first, count, offset, elementStride));
      offset = Math.addExact(offset, Math.multiplyExact(elementStride, tile.elements()));
    }
    return List.copyOf(groups);
  }

  @Override
  public ConvAlgorithm algorithm() {
    return tile.algorithm();
  }

  @Override
  public long weightFloats() {
    return weights.length;
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
