package org.resnet4j.simd.kernel.strassen;

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
import org.resnet4j.simd.kernel.tile.Tiling;
import org.resnet4j.simd.machine.CacheLine;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * 1x1 convolution by one level of Strassen's algorithm: the matrix product of pixels and input
 * channels with input and output channels, both cut in two along each side, takes seven products of
 * halves instead of eight.
 *
 * <pre>
 *   X = [ X11 X12 ]  even rows of an image      W = [ W11 W12 ]  lower half of the input channels
 *       [ X21 X22 ]  odd rows                       [ W21 W22 ]  upper half
 *
 *   M0 = (X11 + X22) (W11 + W22)    M4 = (X11 + X12) W22            Y11 = M0 + M3 - M4 + M6
 *   M1 = (X21 + X22) W11            M5 = (X21 - X11) (W11 + W12)    Y12 = M2 + M4
 *   M2 = X11 (W12 - W22)            M6 = (X12 - X22) (W21 + W22)    Y21 = M1 + M3
 *   M3 = X22 (W21 - W11)                                            Y22 = M0 + M2 - M1 + M5
 * </pre>
 *
 * <p>Rows of an image are paired with their neighbours, so that images stay independent and pairs
 * near to each other in memory; the last row of an odd number is paired with itself. The
 * combinations of weights are made once, in double, and take 7/4 of the weights' memory: {@code
 * [group][product][C/2][16 * blocks]}.
 *
 * <p>Rounding: each combination of inputs once; each product sums its input channels in ascending
 * order, in partial sums of {@value #CHUNK}; then the sums above from left to right, the bias and
 * the residual. An infinite or NaN input spoils the pixel in the other row, too.
 *
 * <p>Source: Strassen, Numerische Mathematik 13 (1969); Huang et al., Strassen's Algorithm Reloaded
 * (SC 2016), whose packing makes the combinations on the way.
 *
 * @param shape the convolution: 1x1, one group, channels in multiples of 32
 * @param width vector width of the products
 * @param floor see {@link Floor}
 * @param weights combined and packed
 * @param bias of all outputs
 * @param groups cover the lower half of the output channels
 */
public record Strassen(
    ConvShape shape,
    VectorWidth width,
    float[] floor,
    float[] weights,
    float[] bias,
    List<OutputGroup> groups)
    implements ConvKernel {
  /** Terms in a partial sum. */
  static final int CHUNK = 512;

  /** Products of halves. */
  static final int PRODUCTS = 7;

  private static final int BLOCK = BlockedLayout.BLOCK;

  /**
   * What a product's weights are made of: factors of W11, W12, W21, W22.
   *
   * @see Strassen
   */
  private static final int[][] FACTORS = {
    {1, 0, 0, 1},
    {1, 0, 0, 0},
    {0, 1, 0, -1},
    {-1, 0, 1, 0},
    {0, 0, 0, 1},
    {1, 1, 0, 0},
    {0, 0, 1, 1}
  };

  /**
   * Output channels of one register tile, in both halves.
   *
   * @param firstBlock first block in the lower half
   * @param blocks number of blocks
   * @param weightOffset where the first product's weights begin
   * @param productStride floats from a product's weights to the next one's
   */
  record OutputGroup(int firstBlock, int blocks, int weightOffset, int productStride) {}

  /** Whether this algorithm can compute the convolution. */
  public static boolean applies(ConvShape shape) {
    return shape.kernel() == 1
        && shape.groups() == 1
        && shape.inChannels() % (2 * BLOCK) == 0
        && shape.outChannels() % (2 * BLOCK) == 0;
  }

  /** See {@link ConvAlgorithms#pack}. */
  public static Strassen pack(
      ConvShape shape, VectorWidth width, float[] weight, float @Nullable [] bias, boolean relu) {
    if (!applies(shape)) {
      throw new IllegalArgumentException(
          "STRASSEN_GEMM needs a 1x1 kernel, one group and channels in multiples of 32, got "
              + shape);
    }
    List<OutputGroup> groups = groups(shape, width);
    OutputGroup last = groups.getLast();
    float[] packed =
        new float
            [Math.addExact(
                last.weightOffset(), Math.multiplyExact(PRODUCTS, last.productStride()))];
    for (OutputGroup group : groups) {
      for (int product = 0; product < PRODUCTS; product++) {
        pack(shape, group, product, weight, packed);
      }
    }
    return new Strassen(
        shape, width, Floor.of(relu), packed, ConvChecks.paddedBias(shape, bias), groups);
  }

  private static List<OutputGroup> groups(ConvShape shape, VectorWidth width) {
    int blocks = shape.outChannels() / BLOCK / 2;
    int perGroup = Tiling.chooseBlocks(width, shape.outWidth(), blocks);
    List<OutputGroup> groups = new ArrayList<>();
    int offset = CacheLine.FIRST;
    for (int first = 0; first < blocks; first += perGroup) {
      int count = Math.min(perGroup, blocks - first);
      int stride = Math.multiplyExact(shape.inChannels() / 2, count * BLOCK);
      groups.add(new OutputGroup(first, count, offset, stride));
      offset = Math.addExact(offset, Math.multiplyExact(stride, PRODUCTS));
    }
    return List.copyOf(groups);
  }

  private static void pack(
      ConvShape shape, OutputGroup group, int product, float[] weight, float[] packed) {
    int halfInputs = shape.inChannels() / 2;
    int halfOutputs = shape.outChannels() / 2;
    int columns = group.blocks() * BLOCK;
    int[] factors = FACTORS[product];
    int base = group.weightOffset() + product * group.productStride();
    // By blocks of channels, as in ImplicitGemm; half of the channels are whole blocks.
    for (int block = 0; block < halfInputs; block += BLOCK) {
      for (int column = 0; column < columns; column++) {
        int k = group.firstBlock() * BLOCK + column;
        int lower = k * shape.inChannels();
        int upper = (k + halfOutputs) * shape.inChannels();
        for (int c = block; c < block + BLOCK; c++) {
          double sum =
              factors[0] * (double) weight[lower + c]
                  + factors[1] * (double) weight[upper + c]
                  + factors[2] * (double) weight[lower + halfInputs + c]
                  + factors[3] * (double) weight[upper + halfInputs + c];
          packed[base + c * columns + column] = Tiny.dropped((float) sum);
        }
      }
    }
  }

  @Override
  public ConvAlgorithm algorithm() {
    return ConvAlgorithm.STRASSEN_GEMM;
  }

  @Override
  public long weightFloats() {
    return CacheLine.floats(weights);
  }

  @Override
  public long multiplyAdds() {
    return weightFloats() * Math.ceilDiv(shape.outHeight(), 2) * shape.outWidth();
  }

  @Override
  public int inputHalo() {
    return 0;
  }

  @Override
  public BoundConv bind(
      BlockedLayout x, BlockedLayout y, @Nullable BlockedLayout residual, Workspace workspace) {
    ConvChecks.checkLayouts(shape, x, y, residual, inputHalo());
    return new StrassenCall(this, x, y, residual, workspace);
  }
}
