package org.resnet4j.simd.kernel.matrix;

/**
 * What one kernel does with the sums of a unit: one or two pieces of up to 16 pixels, times 32
 * output channels.
 *
 * @param pieces 1 or 2
 * @param begins whether sums begin with zero, or with those of the chunk of k before
 * @param ends whether the epilogue follows, or sums are kept for the next chunk of k
 * @param residual whether a residual is added; false unless it ends
 * @param relu whether negative results become 0; false unless it ends
 * @param floats whether results are float32 instead of bfloat16; false unless it ends
 * @param ahead how many lines of weights it fetches ahead in each step
 */
record MatrixKernelSpec(
    int pieces,
    boolean begins,
    boolean ends,
    boolean residual,
    boolean relu,
    boolean floats,
    Ahead ahead) {
  /** Cache lines of weights that are fetched ahead in a step, whose own weights take 32. */
  enum Ahead {
    /** For 16 units and more. */
    TWO(0, 2),
    /** For 4 and more. */
    EIGHT(1, 8),
    /** For fewer. */
    ALL(2, 32);

    private final int number;
    private final int lines;

    Ahead(int number, int lines) {
      this.number = number;
      this.lines = lines;
    }

    int lines() {
      return lines;
    }

    /** Those that suffice to have the weights of the next chunk when all units are through. */
    static Ahead of(int units) {
      return units * TWO.lines >= ALL.lines ? TWO : units * EIGHT.lines >= ALL.lines ? EIGHT : ALL;
    }
  }

  /** Most pieces of a unit. */
  static final int MOST_PIECES = 2;

  private static final int FLAGS = 5;

  /** Numbers there are, not all of which stand for a kernel. */
  static final int NUMBERS = (3 * MOST_PIECES) << FLAGS;

  MatrixKernelSpec {
    if (pieces < 1 || pieces > MOST_PIECES || (!ends && (residual || relu || floats))) {
      throw new IllegalArgumentException("impossible kernel: " + pieces + " pieces");
    }
  }

  /** Its place in a table. */
  int number() {
    return number(pieces, begins, ends, residual, relu, floats, ahead);
  }

  static int number(
      int pieces,
      boolean begins,
      boolean ends,
      boolean residual,
      boolean relu,
      boolean floats,
      Ahead ahead) {
    return (MOST_PIECES * ahead.number + pieces - 1) << FLAGS
        | (begins ? 16 : 0)
        | (ends ? 8 : 0)
        | (residual ? 4 : 0)
        | (relu ? 2 : 0)
        | (floats ? 1 : 0);
  }

  /** For listings: {@code "2 pieces, from zero, residual, relu"}. */
  String text() {
    return pieces
        + (pieces == 1 ? " piece" : " pieces")
        + (begins ? ", from zero" : ", from sums")
        + (ends ? "" : ", to sums")
        + (residual ? ", residual" : "")
        + (relu ? ", relu" : "")
        + (floats ? ", float32" : "");
  }
}
