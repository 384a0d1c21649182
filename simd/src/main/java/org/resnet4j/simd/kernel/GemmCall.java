package org.resnet4j.simd.kernel;

import org.resnet4j.simd.kernel.Gemm.Matrix;

/**
 * One matrix product: BLIS's five loops around the micro-kernel.
 *
 * <pre>
 *   for jc in 0..n step NC                          5th loop
 *     for pc in 0..k step KC                        4th    pack B[pc..][jc..] into NR-wide panels    (L3)
 *       for ic in 0..m step MC        in parallel   3rd    pack A[ic..][pc..] into MR-high panels    (L2)
 *         for jr in 0..NC step NR                   2nd    one panel of B                            (L1)
 *           for ir in 0..MC step MR                 1st    micro-kernel: MR x NR of C in registers
 * </pre>
 *
 * <p>A panel of A is {@code [KC][MR]}, of B {@code [KC][NR]}; both are padded with zeros to whole
 * tiles, so one kernel does all.
 */
final class GemmCall {
  private static final int BLOCK = BlockedLayout.BLOCK;
  private static final int KC = ImplicitGemm.CHUNK;

  /** Rows of A packed at once: {@code MC * KC} floats stay in half of a 1 MB L2 cache. */
  private static final int MC_TARGET = 448;

  /** Columns of B packed at once: {@code KC * NC} floats are 4 MB of the L3 cache. */
  private static final int NC = 4096;

  private final Parallel parallel;
  private final int m;
  private final int n;
  private final int k;
  private final float alpha;
  private final Matrix a;
  private final Matrix b;
  private final Matrix c;

  private final int mr;
  private final int nr;
  private final int mc;
  private final TileKernel kernel;
  private final int[] offsets;
  private final float[] packedB;
  private final float[][] packedA;
  private final float[][] tile;

  GemmCall(
      VectorWidth width,
      Parallel parallel,
      int m,
      int n,
      int k,
      float alpha,
      Matrix a,
      Matrix b,
      Matrix c) {
    this.parallel = parallel;
    this.m = m;
    this.n = n;
    this.k = k;
    this.alpha = alpha;
    this.a = a;
    this.b = b;
    this.c = c;
    int blocks = Tiling.chooseBlocks(width, m, BlockedLayout.blocksFor(n));
    this.mr = Tiling.maxRows(width, blocks);
    this.nr = blocks * BLOCK;
    int share = Math.ceilDiv(Math.ceilDiv(m, parallel.threads()), mr) * mr;
    this.mc = Math.min(MC_TARGET / mr * mr, share);
    this.kernel = TileKernels.get(TileSpec.plain(width, mr, blocks, 1, mr, BLOCK));
    this.offsets = new int[KC / BLOCK];
    for (int q = 0; q < offsets.length; q++) {
      offsets[q] = q * BLOCK * mr;
    }
    int depth = Math.min(KC, Math.ceilDiv(k, BLOCK) * BLOCK);
    this.packedB = new float[depth * Math.ceilDiv(Math.min(n, NC), nr) * nr];
    this.packedA = new float[parallel.threads()][depth * mc];
    this.tile = new float[parallel.threads()][mr * nr];
  }

  void run() {
    for (int jc = 0; jc < n; jc += NC) {
      int columns = Math.min(NC, n - jc);
      for (int pc = 0; pc < k; pc += KC) {
        int first = jc;
        int from = pc;
        int depth = Math.min(KC, k - pc);
        parallel.run(
            Math.ceilDiv(columns, nr), (panel, _) -> packB(first, columns, from, depth, panel));
        parallel.run(
            Math.ceilDiv(m, mc),
            (block, worker) -> {
              int ic = block * mc;
              int rows = Math.min(mc, m - ic);
              packA(ic, rows, from, depth, packedA[worker]);
              macroKernel(ic, rows, first, columns, depth, worker);
            });
      }
    }
  }

  /** Columns {@code jc + panel * NR ...}, rows {@code pc ...} of op(B), as {@code [depth][NR]}. */
  private void packB(int jc, int columns, int pc, int depth, int panel) {
    int padded = Math.ceilDiv(depth, BLOCK) * BLOCK;
    int width = Math.min(nr, columns - panel * nr);
    int to = panel * padded * nr;
    for (int p = 0; p < padded; p++, to += nr) {
      int from = b.offset() + (pc + p) * b.rowStep() + (jc + panel * nr) * b.columnStep();
      for (int j = 0; j < nr; j++) {
        packedB[to + j] = p < depth && j < width ? b.data()[from + j * b.columnStep()] : 0f;
      }
    }
  }

  /** Rows {@code ic ...}, columns {@code pc ...} of op(A), as panels of {@code [depth][MR]}. */
  private void packA(int ic, int rows, int pc, int depth, float[] packed) {
    int padded = Math.ceilDiv(depth, BLOCK) * BLOCK;
    for (int ir = 0; ir < rows; ir += mr) {
      int panel = ir / mr * padded * mr;
      for (int i = 0; i < mr; i++) {
        int from = a.offset() + (ic + ir + i) * a.rowStep() + pc * a.columnStep();
        for (int p = 0; p < padded; p++) {
          packed[panel + p * mr + i] =
              p < depth && ir + i < rows ? a.data()[from + p * a.columnStep()] : 0f;
        }
      }
    }
  }

  private void macroKernel(int ic, int rows, int jc, int columns, int depth, int worker) {
    int padded = Math.ceilDiv(depth, BLOCK) * BLOCK;
    float[] sums = tile[worker];
    for (int jr = 0; jr < columns; jr += nr) {
      for (int ir = 0; ir < rows; ir += mr) {
        kernel.run(
            offsets,
            0,
            padded / BLOCK,
            packedA[worker],
            ir / mr * padded * mr,
            packedB,
            jr / nr * padded * nr,
            sums,
            0,
            mr * BLOCK,
            sums,
            0,
            sums,
            sums,
            0,
            0);
        add(sums, ic + ir, Math.min(mr, rows - ir), jc + jr, Math.min(nr, columns - jr));
      }
    }
  }

  /** {@code C += alpha * tile} for the part of the tile that lies in C. */
  private void add(float[] sums, int row, int rows, int column, int columns) {
    for (int i = 0; i < rows; i++) {
      int to = c.offset() + (row + i) * c.ld() + column;
      for (int j = 0; j < columns; j += BLOCK) {
        Lanes.addScaled(
            sums, j * mr + i * BLOCK, alpha, c.data(), to + j, Math.min(BLOCK, columns - j));
      }
    }
  }
}
