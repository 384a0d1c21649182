package org.resnet4j.simd.kernel.conv;

/** A convolution bound to the layouts of one session. Not thread-safe: one run at a time. */
public interface BoundConv {
  /**
   * Convolves the first {@code batch} images. The output's halo and the channels beyond K in its
   * last block are set to zero.
   *
   * @param batch no more than each layout has room for
   * @param data holds input, output and residual, which must not overlap but for a residual that is
   *     the input, or lies where the output goes, in the same layout
   * @param xOffset where the input's layout begins
   * @param yOffset where the output's begins
   * @param residualOffset where the residual's begins; ignored without one
   */
  void run(int batch, float[] data, int xOffset, int yOffset, int residualOffset);
}
