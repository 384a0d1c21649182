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
   * @throws IllegalArgumentException from 2^31 elements on, which cuDNN's legacy functions cannot
   *     address
   */
  public static TensorShape nhwc(int n, int c, int h, int w) {
    requireAddressable(n, c, h, w);
    return new TensorShape(n, c, h, w, h * w * c, 1, w * c, c);
  }

  /** Without gaps, columns innermost; throws as {@link #nhwc}. */
  public static TensorShape nchw(int n, int c, int h, int w) {
    requireAddressable(n, c, h, w);
    return new TensorShape(n, c, h, w, c * h * w, h * w, w, 1);
  }

  private static void requireAddressable(int n, int c, int h, int w) {
    try {
      Math.multiplyExact(Math.multiplyExact(n, c), Math.multiplyExact(h, w));
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "%s x %s x %s x %s elements, less than 2^31 can be addressed".formatted(n, c, h, w), e);
    }
  }

  long[] dimensions() {
    return new long[] {n, c, h, w};
  }

  long[] strides() {
    return new long[] {nStride, cStride, hStride, wStride};
  }
}
