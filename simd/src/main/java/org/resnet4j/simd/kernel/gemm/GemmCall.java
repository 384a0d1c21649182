package org.resnet4j.simd.kernel.gemm;

import java.util.Arrays;
import org.resnet4j.simd.kernel.gemm.Gemm.Matrix;
import org.resnet4j.simd.kernel.gemm.Gemm.Transpose;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.tile.TileKernel;
import org.resnet4j.simd.kernel.tile.TileKernels;
import org.resnet4j.simd.kernel.tile.TileSpec;
import org.resnet4j.simd.kernel.tile.Tiling;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machine.VectorWidth;

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
 * <p>Where all of packed B fits the L2 cache, the inner two loops are exchanged: a panel of A then
 * stays in L1, and rows of C are written from left to right, as the prefetcher likes it.
 *
 * <p>A panel of A holds MR rows, or {@code [KC][MR]} where op(A) is a transpose: in both, what is
 * contiguous in memory is copied as such. A panel of B is {@code [KC][NR]}. All are padded with
 * zeros to whole tiles, so one kernel does all.
 */
final class GemmCall {
  private static final int BLOCK = BlockedLayout.BLOCK;
  private static final int KC = Tiling.CHUNK;

  /** Rows of A packed at once: {@code MC * KC} floats stay in somewhat less than half of L2. */
  private static final int MC_TARGET = MachineModel.current().l2Floats(7.0 / 16) / KC;

  /** Packed B that stays in the L2 cache. */
  private static final int B_FLOATS = MachineModel.current().l2Floats(1.0 / 2);

  /** Columns of B packed at once: {@code KC * NC} floats are 4 MB of the L3 cache. */
  private static final int NC = 4096;

  private final Parallel parallel;
  private final int m;
  private final int n;
  private final int k;
  private final float alpha;
  private final boolean accumulate;
  private final Matrix a;
  private final Matrix b;
  private final Matrix c;

  private final int mr;
  private final int nr;
  private final int mc;

  /** Distance of packed rows of A: a power of two would map them to the same sets of L1. */
  private final int rowOfA;

  private final boolean byColumns;
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
      boolean accumulate,
      Matrix c) {
    this.parallel = parallel;
    this.m = m;
    this.n = n;
    this.k = k;
    this.alpha = alpha;
    this.accumulate = accumulate;
    this.a = a;
    this.b = b;
    this.c = c;
    int blocks = Tiling.chooseBlocks(width, m, BlockedLayout.blocksFor(n));
    this.mr = Tiling.maxRows(width, blocks);
    this.nr = blocks * BLOCK;
    int share = Math.ceilDiv(Math.ceilDiv(m, parallel.threads()), mr) * mr;
    this.mc = Math.min(MC_TARGET / mr * mr, share);
    this.byColumns = a.transpose() == Transpose.YES;
    int depth = Math.min(KC, Math.ceilDiv(k, BLOCK) * BLOCK);
    this.rowOfA = depth + BLOCK;
    this.kernel =
        TileKernels.get(
            byColumns
                ? TileSpec.product(width, mr, blocks, 1, mr, BLOCK)
                : TileSpec.product(width, mr, blocks, rowOfA, 1, BLOCK));
    this.offsets = new int[KC / BLOCK];
    for (int q = 0; q < offsets.length; q++) {
      offsets[q] = q * BLOCK * (byColumns ? mr : 1);
    }
    this.packedB = new float[depth * Math.ceilDiv(Math.min(n, NC), nr) * nr];
    this.packedA = new float[parallel.threads()][rowOfA * mc];
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
              boolean add = accumulate || from > 0;
              macroKernel(ic, rows, first, columns, depth, worker, add);
            });
      }
    }
  }

  /** Columns {@code jc + panel * NR ...}, rows {@code pc ...} of op(B), as {@code [depth][NR]}. */
  private void packB(int jc, int columns, int pc, int depth, int panel) {
    int padded = Math.ceilDiv(depth, BLOCK) * BLOCK;
    int width = Math.min(nr, columns - panel * nr);
    int to = panel * padded * nr;
    int from = b.offset() + pc * b.rowStep() + (jc + panel * nr) * b.columnStep();
    if (width < nr || depth < padded) {
      Arrays.fill(packedB, to, to + padded * nr, 0f);
    }
    if (b.transpose() == Transpose.NO) {
      for (int p = 0; p < depth; p++) {
        Lanes.copy(b.data(), from + p * b.ld(), packedB, to + p * nr, width);
      }
    } else {
      transpose(b.data(), from, b.ld(), width, depth, packedB, to, nr);
    }
  }

  /**
   * {@code y[p][j] = x[j][p]} for {@code rows} rows of x and {@code columns} columns, by blocks
   * whose lines stay in the L1 cache.
   */
  private static void transpose(
      float[] x, int at, int ld, int rows, int columns, float[] y, int to, int ldTo) {
    for (int first = 0; first < columns; first += BLOCK) {
      int end = Math.min(first + BLOCK, columns);
      for (int j = 0; j < rows; j++) {
        for (int p = first; p < end; p++) {
          y[to + p * ldTo + j] = x[at + j * ld + p];
        }
      }
    }
  }

  /** Rows {@code ic ...}, columns {@code pc ...} of op(A), as panels of MR rows. */
  private void packA(int ic, int rows, int pc, int depth, float[] packed) {
    int padded = Math.ceilDiv(depth, BLOCK) * BLOCK;
    for (int ir = 0; ir < rows; ir += mr) {
      int panel = ir * rowOfA;
      int count = Math.min(mr, rows - ir);
      int from = a.offset() + (ic + ir) * a.rowStep() + pc * a.columnStep();
      if (count < mr || depth < padded) {
        Arrays.fill(packed, panel, panel + mr * rowOfA, 0f);
      }
      if (byColumns) {
        for (int p = 0; p < depth; p++) {
          Lanes.copy(a.data(), from + p * a.ld(), packed, panel + p * mr, count);
        }
      } else {
        for (int i = 0; i < count; i++) {
          Lanes.copy(a.data(), from + i * a.ld(), packed, panel + i * rowOfA, depth);
        }
      }
    }
  }

  private void macroKernel(
      int ic, int rows, int jc, int columns, int depth, int worker, boolean add) {
    int padded = Math.ceilDiv(depth, BLOCK) * BLOCK;
    float[] sums = tile[worker];
    int panels = Math.ceilDiv(columns, nr);
    int strips = Math.ceilDiv(rows, mr);
    boolean byRows = padded * panels * nr <= B_FLOATS;
    for (int t = 0; t < panels * strips; t++) {
      int panel = byRows ? t % panels : t / strips;
      int ir = (byRows ? t / panels : t % strips) * mr;
      int jr = panel * nr;
      kernel.run(
          offsets,
          0,
          padded / BLOCK,
          packedA[worker],
          ir * rowOfA,
          packedB,
          panel * padded * nr,
          sums,
          0,
          mr * BLOCK,
          sums,
          0,
          0,
          sums,
          0,
          sums,
          0,
          0);
      store(sums, ic + ir, Math.min(mr, rows - ir), jc + jr, Math.min(nr, columns - jr), add);
    }
  }

  /** {@code C = alpha * tile [+ C]} for the part of the tile that lies in C. */
  private void store(float[] sums, int row, int rows, int column, int columns, boolean add) {
    int to = c.offset() + row * c.ld() + column;
    int whole = columns / BLOCK;
    if (add) {
      Lanes.addBlocks(sums, mr * BLOCK, alpha, c.data(), to, c.ld(), rows, whole);
    } else {
      Lanes.storeBlocks(sums, mr * BLOCK, alpha, c.data(), to, c.ld(), rows, whole);
    }
    for (int j = whole * BLOCK; j < columns; j++) {
      int from = j / BLOCK * mr * BLOCK + j % BLOCK;
      for (int i = 0; i < rows; i++) {
        float scaled = sums[from + i * BLOCK] * alpha;
        int at = to + i * c.ld() + j;
        c.data()[at] = add ? scaled + c.data()[at] : scaled;
      }
    }
  }
}
