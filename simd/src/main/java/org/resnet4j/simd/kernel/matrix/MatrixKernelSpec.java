package org.resnet4j.simd.kernel.matrix;

/**
 * What one kernel does with the sums of a unit of work: some pixels times 32 output channels.
 *
 * @param kind of unit that it is for
 * @param rows pixels of each piece, or 0 if the kernel does not depend on it
 * @param pieces of pixels
 * @param pixelStride bytes from a pixel of a piece to the next in the input, or 0 if the kernel
 *     does not depend on it
 * @param begins whether sums begin with zero, or with those of the chunk of k before
 * @param ends whether the epilogue follows, or sums are kept for the next chunk of k
 * @param residual whether a residual is added; false unless it ends
 * @param floats whether results are float32 instead of bfloat16; false unless it ends
 * @param ahead cache lines of weights that are fetched ahead in a step, whose own take 32
 */
record MatrixKernelSpec(
    UnitKind kind,
    int rows,
    int pieces,
    int pixelStride,
    boolean begins,
    boolean ends,
    boolean residual,
    boolean floats,
    int ahead) {
  /** Cache lines of a step's weights. */
  private static final int STEP_LINES = 32;

  MatrixKernelSpec {
    if (pieces < 1
        || pieces > kind.pieces()
        || rows < 0
        || rows > kind.rows()
        || (!ends && (residual || floats))) {
      throw new IllegalArgumentException("impossible kernel: " + pieces + " pieces of " + rows);
    }
  }

  /**
   * Lines to fetch ahead in each step, so that the weights of the next chunk are there when all
   * units are through.
   */
  static int aheadFor(int units) {
    return units >= 16 ? 2 : units >= 4 ? 8 : STEP_LINES;
  }

  /** For listings: {@code "AMX, 2 pieces, from zero, residual"}. */
  String text() {
    return kind
        + (rows == 0 ? "" : ", " + rows + " pixels")
        + (pieces == 1 ? ", 1 piece" : ", " + pieces + " pieces")
        + (pixelStride == 0 ? "" : ", " + pixelStride + " bytes apart")
        + (begins ? ", from zero" : ", from sums")
        + (ends ? "" : ", to sums")
        + (residual ? ", residual" : "")
        + (floats ? ", float32" : "")
        + ", "
        + ahead
        + " lines ahead";
  }
}
