package org.resnet4j.simd.kernel;

/**
 * What is constant in a {@link TileKernel}, and therefore known to the JIT compiler.
 *
 * @param width vector width
 * @param rows rows of C, at least 1
 * @param blocks blocks of 16 columns of C, at least 1
 * @param aRowStride floats between rows of A
 * @param aStep floats between consecutive k within a run of A
 * @param inner length of a run of A
 * @param accumulate whether C's old value is added: a later chunk of a long k
 * @param epilogue what follows
 */
record TileSpec(
    VectorWidth width,
    int rows,
    int blocks,
    int aRowStride,
    int aStep,
    int inner,
    boolean accumulate,
    Epilogue epilogue) {
  /** What happens to a sum before it is stored. */
  enum Epilogue {
    /** Nothing. */
    NONE(""),
    /** {@code s + bias}, or the floor if that is less. */
    BIAS("_bias"),
    /** {@code s + bias + residual}, or the floor if that is less. */
    BIAS_RESIDUAL("_bias_residual");

    private final String suffix;

    Epilogue(String suffix) {
      this.suffix = suffix;
    }

    /** Part of a kernel's name. */
    String suffix() {
      return suffix;
    }
  }

  /** A kernel that stores the bare sums. */
  static TileSpec plain(
      VectorWidth width, int rows, int blocks, int aRowStride, int aStep, int inner) {
    return new TileSpec(width, rows, blocks, aRowStride, aStep, inner, false, Epilogue.NONE);
  }

  TileSpec accumulating() {
    return new TileSpec(width, rows, blocks, aRowStride, aStep, inner, true, epilogue);
  }

  TileSpec with(Epilogue end) {
    return new TileSpec(width, rows, blocks, aRowStride, aStep, inner, accumulate, end);
  }

  /** Vectors in a row of C. */
  int vectors() {
    return blocks * width.vectorsPerBlock();
  }

  /** {@code "Tile14x2"} and its constants, as profilers show it. */
  String className() {
    return "Tile"
        + rows
        + "x"
        + blocks
        + "_"
        + width.bits()
        + "_r"
        + aRowStride
        + "_s"
        + aStep
        + "_u"
        + inner
        + (accumulate ? "_accumulate" : "")
        + epilogue.suffix();
  }
}
