package org.resnet4j.simd.kernel;

/**
 * The transforms of {@link WinogradTile} on one channel block of one tile, {@code B^T d B} and
 * {@code A^T M A}.
 *
 * <p>A pixel is 16 floats; offsets and strides count floats. Results must not overlap anything
 * else, but for {@code y}, which may be where the residual lies. Stateless and thread-safe; indices
 * are checked by the JVM only.
 *
 * <p>Rounding: each multiply-add once where the processor has FMA, else twice; columns first, then
 * rows, sums in the order of the expressions of {@link ScalarTransform}. Lanes are channels and do
 * not mix, so the vector width changes nothing.
 *
 * <p>The vector code calls the Vector API and nothing else: beyond a number of nodes C2 inlines
 * only what the JDK forces it to, and a vector passed to a method of ours would be allocated.
 */
final class WinogradTransform {
  private static final boolean VECTORS = KernelPath.current() == KernelPath.FMA;

  private WinogradTransform() {}

  /**
   * {@code V = B^T d B}.
   *
   * @param x pixels of the tile, {@code xRowStride} from row to row
   * @param v receives element {@code (i, j)} at {@code vAt + (i * extent + j) * vStride}
   */
  static void input(
      WinogradTile tile, float[] x, int xAt, int xRowStride, float[] v, int vAt, int vStride) {
    if (!VECTORS) {
      ScalarTransform.input(tile, x, xAt, xRowStride, v, vAt, vStride);
      return;
    }
    switch (tile) {
      case F2 -> WinogradF2.input(x, xAt, xRowStride, v, vAt, vStride);
      case F4 -> WinogradF4.input(x, xAt, xRowStride, v, vAt, vStride);
    }
  }

  /**
   * {@code y = max(A^T M A + bias + residual, floor)}.
   *
   * @param products element {@code (i, j)} of M at {@code at + (i * extent + j) * stride}; unusable
   *     afterwards
   * @param bias one pixel from {@code biasAt}
   * @param floor one pixel of equal lower bounds: 0 for a ReLU, negative infinity for none
   * @param residual pixels like {@code y}'s; zeros for none
   * @param y receives {@code m} rows of {@code m} pixels, {@code yRowStride} from row to row
   */
  static void output(
      WinogradTile tile,
      float[] products,
      int at,
      int stride,
      float[] bias,
      int biasAt,
      float[] floor,
      float[] residual,
      int residualAt,
      int residualRowStride,
      float[] y,
      int yAt,
      int yRowStride) {
    if (!VECTORS) {
      ScalarTransform.output(
          tile,
          products,
          at,
          stride,
          bias,
          biasAt,
          floor,
          residual,
          residualAt,
          residualRowStride,
          y,
          yAt,
          yRowStride);
      return;
    }
    switch (tile) {
      case F2 ->
          WinogradF2.output(
              products,
              at,
              stride,
              bias,
              biasAt,
              floor,
              residual,
              residualAt,
              residualRowStride,
              y,
              yAt,
              yRowStride);
      case F4 ->
          WinogradF4.output(
              products,
              at,
              stride,
              bias,
              biasAt,
              floor,
              residual,
              residualAt,
              residualRowStride,
              y,
              yAt,
              yRowStride);
    }
  }
}
