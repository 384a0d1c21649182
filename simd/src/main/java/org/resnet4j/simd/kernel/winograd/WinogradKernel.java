package org.resnet4j.simd.kernel.winograd;

import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Floor;

/**
 * The transforms of one {@link WinogradTile} on one channel block of one tile, {@code B^T d B} and
 * {@code A^T M A}.
 *
 * <p>A pixel is 16 floats; offsets and strides count floats. Results must not overlap anything
 * else, but for {@code y}, which may be where the residual lies. Thread-safe; indices are checked
 * by the JVM only.
 *
 * <p>Rounding: each multiply-add once where the processor has FMA, else twice; columns first, then
 * rows, operations in the order of {@link WinogradProgram}. Lanes are channels and do not mix, so
 * the vector width changes nothing.
 */
interface WinogradKernel {
  /**
   * {@code V = B^T d B}.
   *
   * @param x pixels of the tile, {@code xRowStride} from row to row
   * @param v receives element {@code e} at {@code vAt + e * vStride}
   */
  void input(float[] x, int xAt, int xRowStride, float[] v, int vAt, int vStride);

  /**
   * {@code y = relu(A^T M A + bias + residual)}, the ReLU if {@code floor} has one.
   *
   * @param products element {@code e} of M at {@code at + e * stride}
   * @param bias one pixel from {@code biasAt}
   * @param floor see {@link Floor}
   * @param residual pixels like {@code y}'s; zeros for none
   * @param y receives the tile's outputs, {@code yRowStride} from row to row
   */
  void output(
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
      int yRowStride);

  /**
   * {@link #input} for tiles in a row.
   *
   * @param tiles how many, at least one
   * @param xNext floats from a tile to the next in {@code x}; in {@code v} it is a pixel
   */
  default void inputs(
      int tiles, int xNext, float[] x, int xAt, int xRowStride, float[] v, int vAt, int vStride) {
    for (int tile = 0; tile < tiles; tile++) {
      input(x, xAt + tile * xNext, xRowStride, v, vAt + tile * BlockedLayout.BLOCK, vStride);
    }
  }

  /**
   * {@link #output} for tiles in a row.
   *
   * @param tiles how many, at least one
   * @param residualNext floats from a tile to the next in {@code residual}
   * @param yNext in {@code y}; in {@code products} it is a pixel
   */
  default void outputs(
      int tiles,
      int residualNext,
      int yNext,
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
    for (int tile = 0; tile < tiles; tile++) {
      output(
          products,
          at + tile * BlockedLayout.BLOCK,
          stride,
          bias,
          biasAt,
          floor,
          residual,
          residualAt + tile * residualNext,
          residualRowStride,
          y,
          yAt + tile * yNext,
          yRowStride);
    }
  }
}
