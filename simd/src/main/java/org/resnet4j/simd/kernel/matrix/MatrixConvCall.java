package org.resnet4j.simd.kernel.matrix;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.Bfloat16;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.layout.Workspace;
import org.resnet4j.simd.kernel.matrix.MatrixConv.Panel;
import org.resnet4j.simd.kernel.matrix.PixelCover.Run;
import org.resnet4j.simd.machinecode.NativeMemory;

/**
 * {@link MatrixConv} on one session's layouts: the loops around the kernel. An item of work is a
 * panel of weights and a bundle of units, which the panel meets in chunks of k that stay in the L1
 * cache. Not thread-safe: one run at a time.
 */
public final class MatrixConvCall implements Parallel.Task {
  /**
   * Steps of k in a chunk: one channel block of a 3x3 convolution. Their weights take 18 of 48 KB
   * of the L1 cache.
   */
  private static final int CHUNK_STEPS = 9;

  /** Pixels in a bundle: their sums, which wait for the next chunk, stay in the L2 cache. */
  private static final int BUNDLE_PIXELS = 1024;

  /** Items per thread, so that uneven progress evens out. */
  private static final int ITEMS_PER_THREAD = 4;

  private final MatrixConv conv;
  private final BlockedLayout x;
  private final BlockedLayout y;
  private final @Nullable BlockedLayout residual;
  private final Workspace workspace;
  private final Parallel parallel;
  private final Panel[] panels;
  private final int resultBytes;
  private final boolean flat;
  private final UnitKind kind;
  private final int bundleUnits;
  private final int pixelStride;
  private final int pairs;
  private final MemorySegment steps;
  private final MatrixJob[] jobs;
  private final @Nullable Work[] works;

  // The run in flight.
  private long xAddress;
  private long yAddress;
  private long residualAddress;
  private Work work;

  /**
   * How a batch of some size is computed.
   *
   * @param cover of its pixels
   * @param bundles of units
   * @param kernels for the runs of the cover
   */
  private record Work(PixelCover cover, int bundles, RunKernels[] kernels) {}

  MatrixConvCall(
      MatrixConv conv,
      BlockedLayout x,
      BlockedLayout y,
      @Nullable BlockedLayout residual,
      Workspace workspace) {
    ConvShape shape = conv.shape();
    this.conv = conv;
    this.x = x;
    this.y = y;
    this.residual = residual;
    this.workspace = workspace;
    this.parallel = workspace.parallel();
    this.panels = conv.panels();
    this.resultBytes = conv.floats() ? Float.BYTES : Bfloat16.BYTES;
    this.flat =
        shape.isPointwise() && x.isFlat() && y.isFlat() && (residual == null || residual.isFlat());
    this.kind = conv.kind();
    this.bundleUnits = BUNDLE_PIXELS / (kind.rows() * kind.pieces());
    this.pixelStride = shape.stride() * x.block() * Bfloat16.BYTES;
    this.pairs = conv.stem() ? shape.kernel() * MatrixConv.STEM_BLOCK / 2 : MatrixConv.BLOCK / 2;
    this.steps = steps();
    this.jobs = new MatrixJob[parallel.threads()];
    Arrays.setAll(jobs, _ -> new MatrixJob());
    this.works = new Work[y.batch() + 1];
    this.work = work(y.batch());
    workspace.reserveBeside((long) (bundleUnits + 1) * MatrixJob.SUM_BYTES);
  }

  /** Offsets from a pixel's top left tap, in the order of the packed weights. */
  private MemorySegment steps() {
    ConvShape shape = conv.shape();
    int most = 0;
    for (Panel panel : panels) {
      most = Math.max(most, panel.steps());
    }
    MemorySegment table = NativeMemory.allocate((long) most * Integer.BYTES);
    int columns = conv.stem() ? 1 : shape.kernel();
    for (int step = 0; step < most; step++) {
      int tap = step % (shape.kernel() * columns);
      int block = step / (shape.kernel() * columns);
      int offset =
          block * x.blockStride() + tap / columns * x.rowStride() + tap % columns * x.block();
      table.setAtIndex(ValueLayout.JAVA_INT, step, offset * Bfloat16.BYTES);
    }
    return table;
  }

  private Work work(int batch) {
    Work found = works[batch];
    if (found == null) {
      PixelCover cover =
          PixelCover.of(kind, conv.shape(), x, y, residual, resultBytes, batch, flat);
      int bundles = bundlesFor(cover.units(), batch);
      int ahead = MatrixKernelSpec.aheadFor(cover.units() / bundles);
      RunKernels[] kernels = new RunKernels[cover.runs().size()];
      for (int i = 0; i < kernels.length; i++) {
        Run run = cover.runs().get(i);
        kernels[i] =
            RunKernels.of(
                kind,
                run.rows0(),
                run.rows1(),
                pixelStride,
                pairs,
                residual != null,
                conv.floats(),
                ahead);
      }
      found = new Work(cover, bundles, kernels);
      works[batch] = found;
    }
    return found;
  }

  /**
   * Convolves the first {@code batch} images. The output's halo and the channels beyond K in its
   * last block are set to zero.
   *
   * @param batch no more than each layout has room for
   * @param arena holds input, output and residual, which must not overlap but for a residual that
   *     lies where the output goes, in the same layout
   * @param xOffset where the input's layout begins, in bytes
   * @param yOffset where the output's begins, in bytes
   * @param residualOffset where the residual's begins, in bytes; ignored without one
   * @throws IndexOutOfBoundsException if a layout exceeds the arena
   */
  public void run(int batch, MemorySegment arena, long xOffset, long yOffset, long residualOffset) {
    // Machine code checks nothing.
    Objects.checkFromIndexSize(xOffset, x.extent(batch) * Bfloat16.BYTES, arena.byteSize());
    Objects.checkFromIndexSize(yOffset, y.extent(batch) * resultBytes, arena.byteSize());
    if (residual != null) {
      Objects.checkFromIndexSize(
          residualOffset, residual.extent(batch) * Bfloat16.BYTES, arena.byteSize());
    }
    xAddress = arena.address() + xOffset;
    yAddress = arena.address() + yOffset;
    residualAddress = arena.address() + residualOffset;
    work = work(batch);
    try {
      parallel.run(work.bundles * panels.length, this);
    } finally {
      Reference.reachabilityFence(arena);
    }
    int to = (int) (yOffset / resultBytes);
    y.clearHalo(arena, resultBytes, to, batch);
    y.clearTail(arena, resultBytes, to, batch);
  }

  private int bundlesFor(int units, int batch) {
    long inputBytes = (long) batch * x.height() * x.width() * x.channels() * Bfloat16.BYTES;
    int wanted = Math.ceilDiv(units, bundleUnits);
    if (parallel.threads() > 1 && conv.weightBytes() < inputBytes) {
      wanted = Math.max(wanted, Math.ceilDiv(ITEMS_PER_THREAD * parallel.threads(), panels.length));
    }
    return Math.min(wanted, units);
  }

  @Override
  public void run(int item, int worker) {
    Panel panel = panels[item % panels.length];
    int bundle = item / panels.length;
    int first = firstUnit(bundle);
    int end = firstUnit(bundle + 1);
    MatrixJob job = jobs[worker];
    prepare(job, item % panels.length);
    long sums = workspace.beside(worker).address();
    boolean whole = panel.steps() <= CHUNK_STEPS;
    job.set(MatrixJob.SUMS_STRIDE, whole ? 0 : MatrixJob.SUM_BYTES);
    for (int step = 0; step < panel.steps(); step += CHUNK_STEPS) {
      int until = Math.min(step + CHUNK_STEPS, panel.steps());
      job.set(MatrixJob.STEPS, steps.address() + (long) step * Integer.BYTES);
      job.set(MatrixJob.STEP_COUNT, until - step);
      job.set(
          MatrixJob.WEIGHTS,
          conv.weights().address() + panel.offset() + (long) step * MatrixConv.STEP_BYTES);
      job.set(
          MatrixJob.AHEAD,
          conv.weights().address() + panel.offset() + (long) until * MatrixConv.STEP_BYTES);
      for (int i = 0; i < work.kernels.length; i++) {
        Run run = work.cover.runs().get(i);
        int from = Math.max(first, run.first());
        int to = Math.min(end, run.end());
        if (from < to) {
          job.set(MatrixJob.SUMS, sums + (whole ? 0 : (from - first) * MatrixJob.SUM_BYTES));
          job.set(MatrixJob.ROWS_0, run.rows0());
          job.set(MatrixJob.ROWS_1, run.rows1());
          compute(job, work.kernels[i], from, to, step == 0, until == panel.steps());
        }
      }
    }
  }

  private int firstUnit(int bundle) {
    return (int) ((long) work.cover.units() * bundle / work.bundles);
  }

  /** What is the same for all units of a panel. */
  private void prepare(MatrixJob job, int panel) {
    long firstInput = (long) panels[panel].firstBlock() * x.blockStride() * Bfloat16.BYTES;
    job.set(MatrixJob.X, xAddress + firstInput);
    job.set(MatrixJob.Y, yAddress + (long) panel * y.blockStride() * resultBytes);
    if (residual != null) {
      job.set(
          MatrixJob.RESIDUAL,
          residualAddress + (long) panel * residual.blockStride() * Bfloat16.BYTES);
    }
    job.set(MatrixJob.PIXEL_STRIDE, pixelStride);
    job.set(MatrixJob.PAIRS_OF_PAIRS, pairs / 2);
    job.set(MatrixJob.FLOOR, conv.floor().address());
    job.set(MatrixJob.BIAS, conv.bias().address() + (long) panel * MatrixConv.BLOCK * Float.BYTES);
  }

  /** A chunk of k for some units of one shape. */
  private void compute(
      MatrixJob job, RunKernels kernels, int from, int to, boolean begins, boolean ends) {
    job.set(MatrixJob.SHAPES, kernels.shapes().address());
    job.set(
        MatrixJob.PIECES,
        work.cover.pieces().address() + (long) kind.pieces() * from * MatrixJob.PIECE_BYTES);
    job.set(MatrixJob.UNITS, to - from);
    MatrixKernels.run(kernels.get(begins, ends), job);
  }
}
