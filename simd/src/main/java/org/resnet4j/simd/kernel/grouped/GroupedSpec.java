package org.resnet4j.simd.kernel.grouped;

import org.resnet4j.simd.machine.VectorWidth;

/**
 * What is constant in a {@link GroupedKernel}, and therefore known to the JIT compiler.
 *
 * @param width vector width
 * @param rows output pixels, at least 1
 * @param group channels per group: 1, 2, 4 or 8
 * @param taps extent of the window in pixels
 * @param stride step in pixels
 * @param residual whether a residual is added
 */
record GroupedSpec(VectorWidth width, int rows, int group, int taps, int stride, boolean residual) {
  /**
   * More rows spill registers: C2 permutes all pixels before it multiplies. Seven cut the usual
   * maps of 56, 28, 14 and 7 pixels without a rest.
   */
  private static final int MAX_ROWS = 7;

  /** With vectors of 256 bits. */
  private static final int MAX_ROWS_OF_STRIDE_2 = 5;

  /** Pixels are not permuted there. */
  private static final int MAX_ROWS_DEPTHWISE = 14;

  /**
   * For kernels that C2 compiles: rows whose accumulators and pixels fit the registers beside a row
   * of weights, the permutation and two for whatever else; with the 16 of 256 bits more, which is
   * faster nevertheless.
   */
  static int maxRows(VectorWidth width, int group, int taps, int stride) {
    if (width == VectorWidth.BITS_256 && group > 1) {
      return stride == 1 ? MAX_ROWS : MAX_ROWS_OF_STRIDE_2;
    }
    int left = width.registers() - 3 - taps;
    int fitting = (left - taps + stride) / (1 + stride);
    return Math.clamp(fitting, 2, group == 1 ? MAX_ROWS_DEPTHWISE : MAX_ROWS);
  }

  /** Whether pixels are permuted: the channel of a group of one lies where it is needed. */
  boolean isPermuted() {
    return group > 1;
  }

  /** Pixels of one input row that the outputs depend on. */
  int pixels() {
    return (rows - 1) * stride + taps;
  }

  /** {@code "Grouped4_7x3x3"} and its other constants, as profilers show it. */
  String className() {
    return "Grouped"
        + group
        + "_"
        + rows
        + "x"
        + taps
        + "x"
        + taps
        + "_"
        + width.bits()
        + "_s"
        + stride
        + (residual ? "_residual" : "");
  }
}
