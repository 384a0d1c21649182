package org.resnet4j.simd.kernel.matrix;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.Bfloat16;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.machinecode.NativeMemory;

/**
 * How the output pixels of a batch are cut into pieces whose pixels lie at a constant distance, and
 * pieces joined to units. A line of pixels is cut into as few pieces as possible of lengths that
 * differ by 1 at most: a product of tiles takes a cycle for each pixel, but no fewer than ten, and
 * a product of vectors has one for each.
 *
 * @param pieces for each its offsets in bytes, 32 bits, in input, output and residual
 * @param runs of units of the same shape, in their order
 * @param units in all
 */
record PixelCover(MemorySegment pieces, List<Run> runs, int units) {
  /**
   * Consecutive units.
   *
   * @param first of them
   * @param end after the last
   * @param rows0 pixels of their first piece
   * @param rows1 pixels of their second, 0 if they have none
   */
  record Run(int first, int end, int rows0, int rows1) {}

  private record Piece(int x, int y, int residual, int rows) {}

  /**
   * The cover of the first {@code batch} images.
   *
   * @param kind of unit that computes it
   * @param resultBytes of an element of the output
   * @param flat whether the pixels of all images form one line, in all layouts
   */
  static PixelCover of(
      UnitKind kind,
      ConvShape shape,
      BlockedLayout x,
      BlockedLayout y,
      @Nullable BlockedLayout residual,
      int resultBytes,
      int batch,
      boolean flat) {
    List<Piece> pieces = new ArrayList<>();
    int lines = flat ? 1 : batch * y.height();
    int width = flat ? batch * y.height() * y.width() : y.width();
    for (int line = 0; line < lines; line++) {
      int image = line / y.height();
      int row = line % y.height();
      int count = Math.ceilDiv(width, kind.rows());
      for (int i = 0; i < count; i++) {
        int start = (int) ((long) width * i / count);
        int end = (int) ((long) width * (i + 1) / count);
        int from =
            x.index(0, image, row * shape.stride() - shape.padding(), -shape.padding())
                + start * shape.stride() * x.block();
        int to = y.index(0, image, row, 0) + start * y.block();
        int added =
            residual == null ? 0 : residual.index(0, image, row, 0) + start * residual.block();
        pieces.add(
            new Piece(
                from * Bfloat16.BYTES, to * resultBytes, added * Bfloat16.BYTES, end - start));
      }
    }
    int units = Math.ceilDiv(pieces.size(), kind.pieces());
    return new PixelCover(table(pieces), runs(pieces, units, kind), units);
  }

  private static MemorySegment table(List<Piece> pieces) {
    MemorySegment table = NativeMemory.allocate((long) pieces.size() * MatrixJob.PIECE_BYTES);
    long at = 0;
    for (Piece piece : pieces) {
      table.setAtIndex(ValueLayout.JAVA_INT, at++, piece.x);
      table.setAtIndex(ValueLayout.JAVA_INT, at++, piece.y);
      table.setAtIndex(ValueLayout.JAVA_INT, at++, piece.residual);
    }
    return table;
  }

  private static List<Run> runs(List<Piece> pieces, int units, UnitKind kind) {
    List<Run> runs = new ArrayList<>();
    int first = 0;
    for (int unit = 1; unit <= units; unit++) {
      int rows0 = rows(pieces, first, 0, kind);
      int rows1 = rows(pieces, first, 1, kind);
      if (unit == units
          || rows(pieces, unit, 0, kind) != rows0
          || rows(pieces, unit, 1, kind) != rows1) {
        runs.add(new Run(first, unit, rows0, rows1));
        first = unit;
      }
    }
    return List.copyOf(runs);
  }

  /** Pixels of a unit's first or second piece, 0 if it has none. */
  private static int rows(List<Piece> pieces, int unit, int which, UnitKind kind) {
    int index = kind.pieces() * unit + which;
    return which < kind.pieces() && index < pieces.size() ? pieces.get(index).rows : 0;
  }
}
