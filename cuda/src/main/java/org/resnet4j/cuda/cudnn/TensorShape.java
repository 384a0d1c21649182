package org.resnet4j.cuda.cudnn;

/**
 * Dimensions N, C, H, W and their strides, in elements. Immutable and thread-safe.
 *
 * @param n images
 * @param c channels
 * @param h rows
 * @param w columns
 * @param nStride from image to image
 * @param cStride from channel to channel
 * @param hStride from row to row
 * @param wStride from column to column
 */
public record TensorShape(
    int n, int c, int h, int w, int nStride, int cStride, int hStride, int wStride) {

  /**
   * Without gaps, channels innermost.
   *
   * @throws ArithmeticException from 2^31 elements on, which cuDNN's legacy functions cannot
   *     address
   */
  public static TensorShape nhwc(int n, int c, int h, int w) {
    int row = Math.multiplyExact(w, c);
    int image = Math.multiplyExact(h, row);
    Math.multiplyExact(n, image);
    return new TensorShape(n, c, h, w, image, 1, row, c);
  }

  /** Without gaps, columns innermost; throws as {@link #nhwc}. */
  public static TensorShape nchw(int n, int c, int h, int w) {
    int plane = Math.multiplyExact(h, w);
    int image = Math.multiplyExact(c, plane);
    Math.multiplyExact(n, image);
    return new TensorShape(n, c, h, w, image, plane, w, 1);
  }

  long[] dimensions() {
    return new long[] {n, c, h, w};
  }

  long[] strides() {
    return new long[] {nStride, cStride, hStride, wStride};
  }
}
