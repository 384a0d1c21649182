package org.resnet4j.simd.kernel.direct;

import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.conv.BoundConv;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.gemm.Gemm;
import org.resnet4j.simd.kernel.gemm.Gemm.Matrix;
import org.resnet4j.simd.kernel.gemm.Gemm.Transpose;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.layout.Tiny;

/**
 * {@link Im2colGemm} on one session's layouts. An item of work is a strip of output pixels of one
 * image and one group.
 */
final class Im2colGemmCall implements BoundConv, Parallel.Task {
  private static final int BLOCK = BlockedLayout.BLOCK;

  /**
   * Pixels in a strip: their matrix stays in the L2 cache for kernels of up to a thousand terms.
   */
  private static final int STRIP = 224;

  private final Im2colGemm conv;
  private final ConvShape shape;
  private final BlockedLayout x;
  private final BlockedLayout y;
  private final @Nullable BlockedLayout residual;
  private final Parallel parallel;
  private final Gemm gemm;
  private final int terms;
  private final int pixels;
  private final int strips;
  private final float[][] columns;
  private final float[][] products;

  // The run in flight.
  private float[] data = {};
  private int xOffset;
  private int yOffset;
  private int residualOffset;

  Im2colGemmCall(
      Im2colGemm conv,
      BlockedLayout x,
      BlockedLayout y,
      @Nullable BlockedLayout residual,
      Parallel parallel) {
    this.conv = conv;
    this.shape = conv.shape();
    this.x = x;
    this.y = y;
    this.residual = residual;
    this.parallel = parallel;
    this.gemm = new Gemm(conv.width(), Parallel.SERIAL);
    this.terms = shape.inChannelsPerGroup() * shape.taps();
    this.pixels = y.height() * y.width();
    this.strips = Math.ceilDiv(pixels, STRIP);
    int rows = Math.min(STRIP, pixels);
    int threads = parallel.threads();
    this.columns = new float[threads][Math.multiplyExact(rows, terms)];
    this.products = new float[threads][Math.multiplyExact(rows, shape.outChannelsPerGroup())];
  }

  @Override
  public void run(int batch, float[] arena, int xAt, int yAt, int residualAt) {
    data = arena;
    xOffset = xAt;
    yOffset = yAt;
    residualOffset = residualAt;
    parallel.run(batch * shape.groups() * strips, this);
    y.clearHalo(arena, yAt, batch);
    y.clearTail(arena, yAt, batch);
  }

  @Override
  public void run(int item, int worker) {
    int strip = item % strips;
    int group = item / strips % shape.groups();
    int image = item / strips / shape.groups();
    int first = strip * STRIP;
    int count = Math.min(STRIP, pixels - first);
    im2col(image, group, first, count, columns[worker]);
    int outputs = shape.outChannelsPerGroup();
    gemm.multiply(
        count,
        outputs,
        terms,
        1f,
        Matrix.of(columns[worker], terms),
        new Matrix(conv.weight(), group * outputs * terms, terms, Transpose.YES),
        0f,
        Matrix.of(products[worker], outputs));
    store(image, group, first, count, products[worker]);
  }

  /**
   * Row {@code i} of {@code columns}: what output pixel {@code first + i} depends on, in the order
   * of OIHW weights.
   */
  private void im2col(int image, int group, int first, int count, float[] matrix) {
    int firstChannel = group * shape.inChannelsPerGroup();
    int to = 0;
    for (int p = first; p < first + count; p++) {
      int top = p / y.width() * shape.stride() - shape.padding();
      int left = p % y.width() * shape.stride() - shape.padding();
      int block = xOffset + x.index(firstChannel / BLOCK, image, top, left);
      for (int c = firstChannel; c < firstChannel + shape.inChannelsPerGroup(); c++) {
        int lane = c % BLOCK;
        if (lane == 0 && c > firstChannel) {
          block += x.blockStride();
        }
        int from = block + lane;
        for (int r = 0; r < shape.kernel(); r++, from += x.rowStride()) {
          for (int s = 0; s < shape.kernel(); s++) {
            matrix[to++] = data[from + s * BLOCK];
          }
        }
      }
    }
  }

  private void store(int image, int group, int first, int count, float[] sums) {
    int outputs = shape.outChannelsPerGroup();
    int firstChannel = group * outputs;
    int from = 0;
    for (int p = first; p < first + count; p++) {
      int row = p / y.width();
      int column = p % y.width();
      for (int k = firstChannel; k < firstChannel + outputs; ) {
        int at = yOffset + y.index(k / BLOCK, image, row, column);
        int other =
            residual == null ? 0 : residualOffset + residual.index(k / BLOCK, image, row, column);
        int end = Math.min((k / BLOCK + 1) * BLOCK, firstChannel + outputs);
        for (; k < end; k++) {
          float value = sums[from++] + conv.bias()[k];
          if (residual != null) {
            value += data[other + k % BLOCK];
          }
          data[at + k % BLOCK] = conv.relu() ? Tiny.relu(value) : value;
        }
      }
    }
  }
}
