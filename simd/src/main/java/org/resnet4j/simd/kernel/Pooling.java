package org.resnet4j.simd.kernel;

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

  /** Lanes that are added at once. */
  private static final int TOGETHER = 8;

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
   * Means over all pixels of one channel block and image, in plain loops, which a new process is
   * not slow at. Pixels are added as {@link SumRuns} says, the sum divided once. The result is the
   * only pixel of {@code y}.
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
    int first = xOffset + x.index(block, image, 0, 0);
    int to = yOffset + y.index(block, image, 0, 0);
    float pixels = (float) x.height() * x.width();
    if (SumRuns.isOne(x)) {
      for (int lane = 0; lane < BLOCK; lane += TOGETHER) {
        meanOfOne(data, x, first + lane, to + lane, pixels);
      }
    } else {
      for (int lane = 0; lane < BLOCK; lane++) {
        data[to + lane] = sumOfRuns(data, x, first + lane) / pixels;
      }
    }
  }

  /** {@link #TOGETHER} lanes, whose sums need not wait for each other. */
  private static void meanOfOne(float[] data, BlockedLayout x, int first, int to, float pixels) {
    float s0 = 0f;
    float s1 = 0f;
    float s2 = 0f;
    float s3 = 0f;
    float s4 = 0f;
    float s5 = 0f;
    float s6 = 0f;
    float s7 = 0f;
    for (int row = 0; row < x.height(); row++) {
      int from = first + row * x.rowStride();
      for (int at = from; at < from + x.width() * BLOCK; at += BLOCK) {
        s0 += data[at];
        s1 += data[at + 1];
        s2 += data[at + 2];
        s3 += data[at + 3];
        s4 += data[at + 4];
        s5 += data[at + 5];
        s6 += data[at + 6];
        s7 += data[at + 7];
      }
    }
    data[to] = s0 / pixels;
    data[to + 1] = s1 / pixels;
    data[to + 2] = s2 / pixels;
    data[to + 3] = s3 / pixels;
    data[to + 4] = s4 / pixels;
    data[to + 5] = s5 / pixels;
    data[to + 6] = s6 / pixels;
    data[to + 7] = s7 / pixels;
  }

  /** Of one lane: sums of runs in a row, of rows, and of runs of rows. */
  private static float sumOfRuns(float[] data, BlockedLayout x, int first) {
    int columns = SumRuns.length(x.width());
    int rows = SumRuns.length(x.height());
    float sum = 0f;
    for (int top = 0; top < x.height(); top += rows) {
      float ofRows = 0f;
      for (int row = top; row < Math.min(top + rows, x.height()); row++) {
        float ofRow = 0f;
        for (int left = 0; left < x.width(); left += columns) {
          int from = first + row * x.rowStride() + left * BLOCK;
          float ofRun = 0f;
          for (int column = left; column < Math.min(left + columns, x.width()); column++) {
            ofRun += data[from];
            from += BLOCK;
          }
          ofRow += ofRun;
        }
        ofRows += ofRow;
      }
      sum += ofRows;
    }
    return sum;
  }
}
