package org.resnet4j.simd.kernel;

/**
 * {@link TileKernel} in plain loops: what runs where the JVM does not compile vector code, and the
 * reading aid for what {@link TileGenerator} writes.
 *
 * <p>Four lanes at a time have their sums in locals, which is what keeps it fast without C2: each
 * value of A is loaded once for four terms and no sum passes through memory.
 *
 * @param spec what the kernel computes; its vector width has no meaning here
 * @param fused whether a term is added with one rounding, by {@link Math#fma}, which is slow by
 *     orders of magnitude unless it is an instruction
 */
record ScalarTile(TileSpec spec, boolean fused) implements TileKernel {
  private static final int BLOCK = BlockedLayout.BLOCK;
  private static final int LANES = 4;

  @Override
  public void run(
      int[] offsets,
      int from,
      int to,
      float[] a,
      int aBase,
      float[] b,
      int bBase,
      float[] c,
      int cBase,
      int cBlockStride,
      float[] bias,
      int biasBase,
      float[] floor,
      float[] residual,
      int residualBase,
      int residualBlockStride) {
    boolean one = fused;
    int inner = spec.inner();
    int step = spec.aStep();
    int columns = spec.blocks() * BLOCK;
    for (int i = 0; i < spec.rows(); i++) {
      for (int j = 0; j < columns; j += LANES) {
        float s0 = 0f;
        float s1 = 0f;
        float s2 = 0f;
        float s3 = 0f;
        int bp = bBase + j;
        for (int q = from; q < to; q++) {
          int ap = aBase + offsets[q] + i * spec.aRowStride();
          for (int u = 0; u < inner; u++) {
            float x = a[ap];
            s0 = multiplyAdd(one, x, b[bp], s0);
            s1 = multiplyAdd(one, x, b[bp + 1], s1);
            s2 = multiplyAdd(one, x, b[bp + 2], s2);
            s3 = multiplyAdd(one, x, b[bp + 3], s3);
            ap += step;
            bp += columns;
          }
        }
        int at = j / BLOCK * cBlockStride + cBase + i * BLOCK + j % BLOCK;
        int other = j / BLOCK * residualBlockStride + residualBase + i * BLOCK + j % BLOCK;
        store(s0, c, at, bias, biasBase + j, floor, residual, other);
        store(s1, c, at + 1, bias, biasBase + j + 1, floor, residual, other + 1);
        store(s2, c, at + 2, bias, biasBase + j + 2, floor, residual, other + 2);
        store(s3, c, at + 3, bias, biasBase + j + 3, floor, residual, other + 3);
      }
    }
  }

  private static float multiplyAdd(boolean fused, float x, float y, float sum) {
    return fused ? Math.fma(x, y, sum) : x * y + sum;
  }

  /** The epilogue of one element. */
  private void store(
      float sum,
      float[] c,
      int at,
      float[] bias,
      int biasAt,
      float[] floor,
      float[] residual,
      int residualAt) {
    float s = spec.accumulate() ? sum + c[at] : sum;
    c[at] =
        switch (spec.epilogue()) {
          case NONE -> s;
          case BIAS -> Math.max(s + bias[biasAt], floor[0]);
          case BIAS_RESIDUAL -> Math.max(s + bias[biasAt] + residual[residualAt], floor[0]);
        };
  }
}
