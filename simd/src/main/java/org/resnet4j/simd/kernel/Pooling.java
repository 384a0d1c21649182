package org.resnet4j.simd.kernel;

import java.util.Arrays;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.SumRuns;
import org.resnet4j.simd.kernel.pooling.MachineMax;
import org.resnet4j.simd.kernel.pooling.MaxKernels;
import org.resnet4j.simd.machine.KernelPath;

/**
 * Max and average pooling on blocked activations. Both write whole blocks, so padding channels stay
 * zero, and leave the halo alone. {@code x} and {@code y} lie in one array and must not overlap;
 * the layouts must have blocks of {@link BlockedLayout#BLOCK} channels, the same channels and
 * batch, and {@code y} the extents the operation gives, which is not checked. Thread-safe.
 *
 * <p>Source: {@code torch.nn.MaxPool2d}, {@code torch.nn.AdaptiveAvgPool2d(1)}.
 */
public final class Pooling {
  private static final int BLOCK = BlockedLayout.BLOCK;
  private static final boolean VECTORS = KernelPath.current() == KernelPath.FMA;

  private Pooling() {}

  /**
   * One output row of one channel block: the maximum over each {@code kernel x kernel} window,
   * where pixels outside the image do not count and NaN wins; of zeros of both signs, either.
   *
   * @param xOffset where the input's layout begins
   * @param yOffset where the output's begins
   * @param kernel extent of the window in pixels
   * @param stride step in pixels
   * @param padding in pixels, less than {@code kernel}
   * @param block channel block
   * @param image index in the batch
   * @param row of the output
   * @throws IndexOutOfBoundsException if a layout exceeds the array
   */
  public static void maxRow(
      float[] data,
      BlockedLayout x,
      int xOffset,
      BlockedLayout y,
      int yOffset,
      int kernel,
      int stride,
      int padding,
      int block,
      int image,
      int row) {
    int top = Math.max(0, row * stride - padding);
    int rows = Math.min(x.height(), row * stride - padding + kernel) - top;
    int rowStride = x.rowStride();
    int first = xOffset + x.index(block, image, top, 0);
    int to = yOffset + y.index(block, image, row, 0);
    int alike;
    for (int column = 0; column < y.width(); column += alike, to += alike * BLOCK) {
      int start = column * stride - padding;
      int left = Math.max(0, start);
      int right = Math.min(x.width(), start + kernel);
      alike = 1;
      MachineMax code = MaxKernels.get(right - left, rows);
      if (code != null) {
        if (right - left == kernel) {
          alike = Math.min((x.width() - start - kernel) / stride + 1, y.width() - column);
        }
        code.run(data, first + left * BLOCK, rowStride, to, alike, stride * BLOCK);
        continue;
      }
      if (!VECTORS) {
        scalarMax(data, first + left * BLOCK, right - left, rows, rowStride, to);
        continue;
      }
      VectorPooling.max(data, first + left * BLOCK, right - left, rows, rowStride, to);
    }
  }

  /** One output pixel from a window of {@code columns x rows} pixels. */
  private static void scalarMax(
      float[] data, int first, int columns, int rows, int rowStride, int to) {
    for (int lane = 0; lane < BLOCK; lane++) {
      float largest = Float.NEGATIVE_INFINITY;
      for (int s = 0; s < columns; s++) {
        for (int r = 0; r < rows; r++) {
          largest = Math.max(largest, data[first + r * rowStride + s * BLOCK + lane]);
        }
      }
      data[to + lane] = largest;
    }
  }

  /**
   * Means over all pixels of one channel block and image; pixels are added as {@link SumRuns} says,
   * the sum divided once. The result is the only pixel of {@code y}.
   *
   * @param xOffset where the input's layout begins
   * @param yOffset where the output's begins
   * @param block channel block
   * @param image index in the batch
   * @throws IndexOutOfBoundsException if a layout exceeds the array
   */
  public static void mean(
      float[] data,
      BlockedLayout x,
      int xOffset,
      BlockedLayout y,
      int yOffset,
      int block,
      int image) {
    int to = yOffset + y.index(block, image, 0, 0);
    if (!VECTORS) {
      scalarMean(data, x, xOffset + x.index(block, image, 0, 0), to);
      return;
    }
    VectorPooling.mean(data, x, xOffset + x.index(block, image, 0, 0), to);
  }

  /** Lanes innermost, which the JVM makes vectors of. */
  private static void scalarMean(float[] data, BlockedLayout x, int first, int to) {
    float pixels = (float) x.height() * x.width();
    boolean one = SumRuns.isOne(x);
    int columns = one ? x.width() : SumRuns.length(x.width());
    int rows = one ? x.height() : SumRuns.length(x.height());
    float[] sum = new float[BLOCK];
    float[] ofRows = new float[BLOCK];
    float[] ofRow = new float[BLOCK];
    float[] ofRun = new float[BLOCK];
    for (int top = 0; top < x.height(); top += rows) {
      Arrays.fill(ofRows, 0f);
      for (int row = top; row < Math.min(top + rows, x.height()); row++) {
        int from = first + row * x.rowStride();
        if (one) {
          addPixels(ofRows, data, from, x.width());
          continue;
        }
        Arrays.fill(ofRow, 0f);
        for (int left = 0; left < x.width(); left += columns) {
          Arrays.fill(ofRun, 0f);
          addPixels(ofRun, data, from + left * BLOCK, Math.min(columns, x.width() - left));
          addPixels(ofRow, ofRun, 0, 1);
        }
        addPixels(ofRows, ofRow, 0, 1);
      }
      addPixels(sum, ofRows, 0, 1);
    }
    for (int lane = 0; lane < BLOCK; lane++) {
      data[to + lane] = sum[lane] / pixels;
    }
  }

  private static void addPixels(float[] sum, float[] data, int first, int count) {
    for (int at = first; at < first + count * BLOCK; at += BLOCK) {
      for (int lane = 0; lane < BLOCK; lane++) {
        sum[lane] += data[at + lane];
      }
    }
  }
}
