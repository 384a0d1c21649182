package org.resnet4j.simd.kernel.strassen;

import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.conv.BoundConv;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.layout.Workspace;
import org.resnet4j.simd.kernel.strassen.Strassen.OutputGroup;
import org.resnet4j.simd.kernel.tile.KernelTable;
import org.resnet4j.simd.kernel.tile.Tiling;
import org.resnet4j.simd.machine.CacheLine;

/**
 * {@link Strassen} on one session's layouts. Pairs of rows are cut into pieces of a register tile's
 * rows; consecutive pieces form bundles:
 *
 * <pre>
 *   for each bundle
 *     S = operands of the seven products                   [product][C/2/16][pixel][16]   (L2)
 *     for each group of output channels
 *       for each piece
 *         M = seven products of S and the group's weights  [product][blocks][pixel][16]   (L1)
 *         sum M into both rows and both halves of y, with bias, residual and ReLU
 * </pre>
 *
 * <p>An item of work is a bundle and, where there are few bundles, a part of the groups. Threads
 * take neighbouring items: pixels of their own, or, where weights are many times the input, weights
 * of their own, which no two of them read then.
 */
final class StrassenCall implements BoundConv, Parallel.Task {
  private static final int BLOCK = BlockedLayout.BLOCK;
  private static final int CHUNK_ENTRIES = Strassen.CHUNK / BLOCK;
  private static final int PRODUCTS = Strassen.PRODUCTS;

  /** S of a bundle, of the L2 cache. */
  private static final double BUNDLE = 1.0 / 2;

  /** Items per thread, so that uneven progress evens out. */
  private static final int ITEMS_PER_THREAD = 4;

  /** Weights for an input, from which on threads share the weights and not the pixels. */
  private static final long MANY_WEIGHTS = 4;

  /** A pixel that is added to all where there is no residual. */
  private static final float[] NO_RESIDUAL = new float[BLOCK];

  private final Strassen conv;
  private final BlockedLayout x;
  private final BlockedLayout y;
  private final @Nullable BlockedLayout residual;
  private final Workspace workspace;
  private final Parallel parallel;
  private final OutputGroup[] groups;
  private final int inBlocks;
  private final int outBlocks;
  private final int pixelStep;
  private final int rowPairs;
  private final int rowPieces;
  private final int mostPieces;
  private final int pieceFloats;
  private final int productFloats;
  private final int operandsAt;
  private final int operandStride;
  private final int[] offsets;
  private final KernelTable kernels;
  private final StrassenSums sums;

  // The run in flight.
  private float[] data = {};
  private int xOffset;
  private int yOffset;
  private int residualOffset;
  private int pieces;
  private int bundles;
  private int parts;
  private boolean weightsApart;

  StrassenCall(
      Strassen conv,
      BlockedLayout x,
      BlockedLayout y,
      @Nullable BlockedLayout residual,
      Workspace workspace) {
    this.conv = conv;
    this.x = x;
    this.y = y;
    this.residual = residual;
    this.workspace = workspace;
    this.parallel = workspace.parallel();
    this.groups = conv.groups().toArray(OutputGroup[]::new);
    this.inBlocks = x.blocks() / 2;
    this.outBlocks = y.blocks() / 2;
    this.pixelStep = conv.shape().stride() * BLOCK;
    this.rowPairs = Math.ceilDiv(y.height(), 2);
    int maxBlocks = groups[0].blocks();
    this.rowPieces = Math.ceilDiv(y.width(), Tiling.maxRows(conv.width(), maxBlocks));
    this.pieceFloats = Math.ceilDiv(y.width(), rowPieces) * BLOCK;
    int all = Math.min(x.batch(), y.batch()) * rowPairs * rowPieces;
    this.mostPieces =
        Math.clamp(
            workspace.machine().l2Floats(BUNDLE) / (PRODUCTS * inBlocks * pieceFloats), 1, all);
    this.productFloats = odd(maxBlocks * pieceFloats);
    this.operandsAt = CacheLine.FIRST + PRODUCTS * productFloats;
    this.operandStride = odd(inBlocks * mostPieces * pieceFloats);
    this.offsets = new int[inBlocks];
    for (int block = 0; block < inBlocks; block++) {
      offsets[block] = block * mostPieces * pieceFloats;
    }
    this.kernels = new KernelTable(conv.width(), BLOCK, maxBlocks, false);
    this.sums = SumsKernels.get(conv.width());
    workspace.reserve(0, operandsAt + (long) PRODUCTS * operandStride);
  }

  /** An odd number of pixels, or arrays would fall into the same sets of the L1 cache. */
  private static int odd(int floats) {
    return (floats / BLOCK | 1) * BLOCK;
  }

  @Override
  public void run(int batch, float[] arena, int xAt, int yAt, int residualAt) {
    data = arena;
    xOffset = xAt;
    yOffset = yAt;
    residualOffset = residualAt;
    pieces = batch * rowPairs * rowPieces;
    int wanted = parallel.threads() == 1 ? 1 : ITEMS_PER_THREAD * parallel.threads();
    bundles = Math.max(Math.ceilDiv(pieces, mostPieces), Math.min(wanted / 2, pieces));
    weightsApart = conv.weights().length > MANY_WEIGHTS * batch * x.blocks() * x.imageStride();
    int needed = Math.ceilDiv(wanted, bundles);
    parts =
        Math.clamp(weightsApart ? Math.max(needed, parallel.threads()) : needed, 1, groups.length);
    parallel.run(bundles * parts, this);
    y.clearHalo(arena, yAt, batch);
  }

  @Override
  public void run(int item, int worker) {
    float[] memory = workspace.worker(worker);
    int bundle = weightsApart ? item % bundles : item / parts;
    int part = weightsApart ? item / bundles : item % parts;
    int first = (int) ((long) pieces * bundle / bundles);
    int end = (int) ((long) pieces * (bundle + 1) / bundles);
    for (int piece = first; piece < end; piece++) {
      operands(piece, memory, operandsAt + (piece - first) * pieceFloats);
    }
    int lastGroup = groups.length * (part + 1) / parts;
    for (int group = groups.length * part / parts; group < lastGroup; group++) {
      for (int piece = first; piece < end; piece++) {
        int pixels = pixels(piece);
        products(groups[group], pixels, memory, operandsAt + (piece - first) * pieceFloats);
        sums(groups[group], piece, pixels, memory);
      }
    }
  }

  private int image(int piece) {
    return piece / rowPieces / rowPairs;
  }

  /** The upper row of a pair. */
  private int upper(int piece) {
    return piece / rowPieces % rowPairs * 2;
  }

  /** The lower row of a pair: the upper one again if there is no other. */
  private int lower(int piece) {
    return Math.min(upper(piece) + 1, y.height() - 1);
  }

  private int column(int piece) {
    return piece % rowPieces * y.width() / rowPieces;
  }

  private int pixels(int piece) {
    return (piece % rowPieces + 1) * y.width() / rowPieces - column(piece);
  }

  private void operands(int piece, float[] memory, int at) {
    int stride = conv.shape().stride();
    int column = column(piece) * stride;
    int above = xOffset + x.index(0, image(piece), upper(piece) * stride, column);
    int below = xOffset + x.index(0, image(piece), lower(piece) * stride, column);
    int half = inBlocks * x.blockStride();
    int pixels = pixels(piece);
    for (int block = 0; block < inBlocks; block++) {
      int from = block * x.blockStride();
      sums.operands(
          data,
          above + from,
          above + from + half,
          below + from,
          below + from + half,
          pixelStep,
          pixels,
          memory,
          at + offsets[block],
          operandStride);
    }
  }

  private void products(OutputGroup group, int pixels, float[] memory, int at) {
    int columns = group.blocks() * BLOCK;
    for (int entry = 0; entry < inBlocks; entry += CHUNK_ENTRIES) {
      kernels
          .get(pixels, group.blocks(), entry > 0)
          .runAll(
              PRODUCTS,
              operandStride,
              group.productStride(),
              productFloats,
              offsets,
              entry,
              Math.min(entry + CHUNK_ENTRIES, inBlocks),
              memory,
              at,
              conv.weights(),
              group.weightOffset() + entry * BLOCK * columns,
              memory,
              CacheLine.FIRST,
              pieceFloats,
              memory,
              CacheLine.FIRST,
              pieceFloats,
              memory,
              0,
              memory,
              0,
              0);
    }
  }

  private void sums(OutputGroup group, int piece, int pixels, float[] memory) {
    int upper = upper(piece);
    int lower = lower(piece);
    for (int b = 0; b < group.blocks(); b++) {
      int low = group.firstBlock() + b;
      int high = low + outBlocks;
      int m = CacheLine.FIRST + b * pieceFloats;
      four(memory, m, 0, 3, 4, 6, low, piece, upper, pixels);
      two(memory, m, 2, 4, high, piece, upper, pixels);
      if (lower != upper) {
        two(memory, m, 1, 3, low, piece, lower, pixels);
        four(memory, m, 0, 2, 1, 5, high, piece, lower, pixels);
      }
    }
  }

  /** {@code Ma + Mb - Mc + Md} into one block of a row of y. */
  private void four(
      float[] memory,
      int m,
      int a,
      int b,
      int c,
      int d,
      int block,
      int piece,
      int row,
      int pixels) {
    sums.four(
        memory,
        m + a * productFloats,
        m + b * productFloats,
        m + c * productFloats,
        m + d * productFloats,
        pixels,
        conv.bias(),
        block * BLOCK,
        conv.floor(),
        residual == null ? NO_RESIDUAL : data,
        residualAt(block, piece, row),
        residual == null ? 0 : BLOCK,
        data,
        yOffset + y.index(block, image(piece), row, column(piece)));
  }

  /** {@code Ma + Mb} into one block of a row of y. */
  private void two(float[] memory, int m, int a, int b, int block, int piece, int row, int pixels) {
    sums.two(
        memory,
        m + a * productFloats,
        m + b * productFloats,
        pixels,
        conv.bias(),
        block * BLOCK,
        conv.floor(),
        residual == null ? NO_RESIDUAL : data,
        residualAt(block, piece, row),
        residual == null ? 0 : BLOCK,
        data,
        yOffset + y.index(block, image(piece), row, column(piece)));
  }

  private int residualAt(int block, int piece, int row) {
    return residual == null
        ? 0
        : residualOffset + residual.index(block, image(piece), row, column(piece));
  }
}
