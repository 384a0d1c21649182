package org.resnet4j.simd.kernel.tile;

import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Floor;

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
      float[] add,
      int addBase,
      int addBlockStride,
      float[] bias,
      int biasBase,
      float[] floor,
      int ahead,
      int lines) {
    boolean one = fused;
    int inner = spec.inner();
    int step = spec.aStep();
    int columns = spec.blocks() * BLOCK;
    for (int i = 0; i < spec.rows(); i++) {
      for (int j = 0; j < columns; j += LANES) {
        float s0 = spec.epilogue() ? bias[biasBase + j] : 0f;
        float s1 = spec.epilogue() ? bias[biasBase + j + 1] : 0f;
        float s2 = spec.epilogue() ? bias[biasBase + j + 2] : 0f;
        float s3 = spec.epilogue() ? bias[biasBase + j + 3] : 0f;
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
        int inBlock = i * BLOCK + j % BLOCK;
        int at = cBase + j / BLOCK * cBlockStride + inBlock;
        int other = addBase + j / BLOCK * addBlockStride + inBlock;
        c[at] = finish(s0, add, other, floor);
        c[at + 1] = finish(s1, add, other + 1, floor);
        c[at + 2] = finish(s2, add, other + 2, floor);
        c[at + 3] = finish(s3, add, other + 3, floor);
      }
    }
  }

  private static float multiplyAdd(boolean fused, float x, float y, float sum) {
    return fused ? Math.fma(x, y, sum) : x * y + sum;
  }

  private float finish(float sum, float[] add, int addAt, float[] floor) {
    float value = spec.accumulate() ? sum + add[addAt] : sum;
    return spec.epilogue() && value < floor[Floor.LIMIT_AT] ? floor[0] : value;
  }
}
