package org.resnet4j.simd.kernel.direct;

import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.conv.BoundConv;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.direct.ImplicitGemm.OutputTile;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Floor;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.layout.Workspace;
import org.resnet4j.simd.kernel.tile.KernelTable;
import org.resnet4j.simd.kernel.tile.Tiling;
import org.resnet4j.simd.kernel.tile.WeightsAhead;
import org.resnet4j.simd.machine.MachineModel;

/**
 * {@link ImplicitGemm} on one session's layouts: the loops around the micro-kernel.
 *
 * <p>The output's pixels form lines: the rows of all images, or one line of all pixels where a
 * pointwise convolution meets layouts without halo. Lines are cut into pieces of at most a tile's
 * rows, and consecutive pieces form bundles whose input stays in the L2 cache while every output
 * tile's weights pass by. An item of work is one bundle and one output tile.
 */
final class ImplicitGemmCall implements BoundConv, Parallel.Task {
  private static final int BLOCK = BlockedLayout.BLOCK;
  private static final int CHUNK_ENTRIES = Tiling.CHUNK / BLOCK;

  /** Input that a bundle of pieces may touch, of the L2 cache. */
  private static final double BUNDLE = 13.0 / 16;

  /** Weights that stay in that cache themselves, beside a small bundle's input and output. */
  private static final double SMALL_WEIGHTS = 1.0 / 4;

  /**
   * Input of a bundle where the weights stay: read again from the cache for every output tile,
   * while output passes through.
   */
  private static final double SMALL_BUNDLE = 7.0 / 64;

  /** For partial sums but the first. */
  private static final float[] NO_BIAS = new float[Tiling.MAX_BLOCKS * BLOCK];

  /** For partial sums but the last. */
  private static final float[] NO_FLOOR = Floor.of(false);

  /** Items per thread, so that uneven progress evens out. */
  private static final int ITEMS_PER_THREAD = 4;

  private final ImplicitGemm conv;
  private final ConvShape shape;
  private final BlockedLayout x;
  private final BlockedLayout y;
  private final @Nullable BlockedLayout residual;
  private final Parallel parallel;
  private final boolean fetches;
  private final int bundleFloats;
  private final OutputTile[] tiles;
  private final int[] offsets;
  private final boolean flat;
  private final int maxRows;
  private final KernelTable kernels;

  // The run in flight.
  private float[] data = {};
  private int xOffset;
  private int yOffset;
  private int residualOffset;
  private int linePixels;
  private int piecesPerLine;
  private int largerPieces; // the first of a line
  private int largerRows;
  private int smallerRows;
  private int pieces;
  private int bundles;

  ImplicitGemmCall(
      ImplicitGemm conv,
      BlockedLayout x,
      BlockedLayout y,
      @Nullable BlockedLayout residual,
      Workspace workspace) {
    this.conv = conv;
    this.shape = conv.shape();
    this.x = x;
    this.y = y;
    this.residual = residual;
    this.parallel = workspace.parallel();
    MachineModel machine = workspace.machine();
    boolean small = conv.weights().length <= machine.l2Floats(SMALL_WEIGHTS);
    this.fetches = !small;
    this.bundleFloats = machine.l2Floats(small ? SMALL_BUNDLE : BUNDLE);
    this.tiles = conv.tiles().toArray(OutputTile[]::new);
    this.offsets = offsetTable();
    this.flat =
        shape.isPointwise() && x.isFlat() && y.isFlat() && (residual == null || residual.isFlat());
    int maxBlocks = tiles[0].blocks();
    this.maxRows = Tiling.maxRows(conv.width(), maxBlocks);
    this.kernels = new KernelTable(conv.width(), shape.stride() * BLOCK, maxBlocks, true);
  }

  /** Offsets from a pixel's top left tap, in the order of the packed weights. */
  private int[] offsetTable() {
    int mostInputs = 0;
    for (OutputTile tile : tiles) {
      mostInputs = Math.max(mostInputs, tile.inputs());
    }
    int[] table = new int[mostInputs * shape.taps()];
    int entry = 0;
    for (int block = 0; block < mostInputs; block++) {
      for (int r = 0; r < shape.kernel(); r++) {
        for (int s = 0; s < shape.kernel(); s++) {
          table[entry++] = block * x.blockStride() + r * x.rowStride() + s * BLOCK;
        }
      }
    }
    return table;
  }

  @Override
  public void run(int batch, float[] arena, int xAt, int yAt, int residualAt) {
    data = arena;
    xOffset = xAt;
    yOffset = yAt;
    residualOffset = residualAt;
    int lines = flat ? 1 : batch * y.height();
    linePixels = flat ? batch * y.height() * y.width() : y.width();
    cutLine();
    pieces = lines * piecesPerLine;
    bundles =
        bundlesFor(
            batch * pixelsRead() * tiles[0].inputs() * BLOCK,
            (long) batch * y.height() * y.width() * shape.outChannels());
    parallel.run(bundles * tiles.length, this);
    y.clearHalo(arena, yAt, batch);
    y.clearTail(arena, yAt, batch);
  }

  /** Into as many pixels as a register tile has and a rest, or evenly if that would be short. */
  private void cutLine() {
    piecesPerLine = Math.ceilDiv(linePixels, maxRows);
    if (Tiling.isShort(conv.width(), linePixels % maxRows, tiles[0].blocks())) {
      smallerRows = linePixels / piecesPerLine;
      largerRows = smallerRows + 1;
      largerPieces = linePixels % piecesPerLine;
    } else {
      smallerRows = linePixels % maxRows;
      largerRows = maxRows;
      largerPieces = linePixels / maxRows;
    }
  }

  /** Of an image; a stride beyond the kernel leaves pixels out. */
  private long pixelsRead() {
    return Math.min((long) x.height() * x.width(), (long) y.height() * y.width() * shape.taps());
  }

  private int bundlesFor(long inputFloats, long outputFloats) {
    int weights = conv.weights().length;
    long wanted = Math.ceilDiv(inputFloats, (long) bundleFloats);
    if (parallel.threads() > 1) {
      wanted = Math.max(wanted, Math.ceilDiv(ITEMS_PER_THREAD * parallel.threads(), tiles.length));
      if (weights < inputFloats + outputFloats) {
        // Each thread takes rows of its own, which the step before and the step after leave in its
        // cache. Otherwise output tiles are shared: to read all weights would take longer.
        wanted = Math.max(wanted, parallel.threads());
      }
    }
    return (int) Math.min(pieces, wanted);
  }

  @Override
  public void run(int item, int worker) {
    OutputTile tile = tiles[item % tiles.length];
    int bundle = item / tiles.length;
    int first = firstPiece(bundle);
    int end = firstPiece(bundle + 1);
    int entries = tile.inputs() * shape.taps();
    int lines = WeightsAhead.lines(tile.blocks(), end - first);
    boolean fetch = fetches && WeightsAhead.pays((end - first) * Math.min(maxRows, linePixels));
    int fetching = first + (fetch ? WeightsAhead.end(tile.blocks(), end - first) : 0);
    // A chunk's weights come from afar for the first piece, and from the L1 cache for the others,
    // which meanwhile fetch those of the next: they lie behind, as do the next tile's.
    for (int entry = 0; entry < entries; entry += CHUNK_ENTRIES) {
      int until = Math.min(entry + CHUNK_ENTRIES, entries);
      int next = tile.weightOffset() + until * BLOCK * tile.blocks() * BLOCK;
      int piece = first;
      while (piece < end) {
        boolean helps = piece < fetching;
        int count = alike(piece, helps ? fetching : end);
        int ahead = next + WeightsAhead.floats((piece - first) * (until - entry), lines);
        compute(tile, piece, count, entry, until, ahead, helps ? lines : 0);
        piece += count;
      }
    }
  }

  /** How many pieces from one on, and before an end, lie in its line and have as many pixels. */
  private int alike(int piece, int end) {
    int inLine = piece % piecesPerLine;
    int behind = inLine < largerPieces ? largerPieces : piecesPerLine;
    return Math.min(behind - inLine, end - piece);
  }

  private int firstPiece(int bundle) {
    return (int) ((long) pieces * bundle / bundles);
  }

  /**
   * A chunk of k for register tiles of as many pixels, in one line.
   *
   * @param piece the first
   * @param count how many
   * @param entry first entry of the offset table
   * @param until after the last one
   * @param ahead where the weights begin that are fetched meanwhile
   * @param lines cache lines of them for each entry
   */
  private void compute(
      OutputTile tile, int piece, int count, int entry, int until, int ahead, int lines) {
    int line = piece / piecesPerLine;
    int inLine = piece % piecesPerLine;
    int larger = Math.min(inLine, largerPieces);
    int start = larger * largerRows + (inLine - larger) * smallerRows;
    int rows = inLine < largerPieces ? largerRows : smallerRows;
    int image = flat ? 0 : line / y.height();
    int row = flat ? 0 : line % y.height();
    int top = row * shape.stride() - shape.padding();
    int from =
        x.index(tile.firstInput(), image, top, -shape.padding()) + start * shape.stride() * BLOCK;
    int to = yOffset + y.index(tile.firstBlock(), image, row, 0) + start * BLOCK;
    boolean begins = entry == 0;
    boolean ends = until == tile.inputs() * shape.taps();
    // What is added: the residual to the first partial sum, the sum so far to the others.
    BlockedLayout added = begins && residual != null ? residual : y;
    int addedAt =
        (begins && residual != null ? residualOffset : yOffset)
            + added.index(tile.firstBlock(), image, row, 0)
            + start * BLOCK;
    kernels
        .get(rows, tile.blocks(), !begins || residual != null)
        .runAll(
            count,
            rows * shape.stride() * BLOCK,
            0,
            rows * BLOCK,
            offsets,
            entry,
            until,
            data,
            xOffset + from,
            conv.weights(),
            tile.weightOffset() + entry * BLOCK * tile.blocks() * BLOCK,
            data,
            to,
            y.blockStride(),
            data,
            addedAt,
            added.blockStride(),
            begins ? conv.bias() : NO_BIAS,
            begins ? tile.firstBlock() * BLOCK : 0,
            ends ? conv.floor() : NO_FLOOR,
            ahead,
            lines);
  }
}
