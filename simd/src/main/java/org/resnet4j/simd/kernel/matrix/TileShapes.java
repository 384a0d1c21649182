package org.resnet4j.simd.kernel.matrix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.resnet4j.simd.machinecode.Tile;

/**
 * The shapes of all tiles, as {@code ldtilecfg} reads them: a palette of 1, then from byte 16 the
 * bytes of a row of each tile, from byte 48 its rows.
 *
 * <p>Tiles 0 and 1 are the sums of the first piece for the lower and the upper 16 channels, 2 and 3
 * those of the second; 4 and 5 are the pieces' inputs, 6 and 7 the weights.
 */
final class TileShapes {
  private static final int BYTES = 64;
  private static final int ROW_BYTES = 16;
  private static final int ROWS = 48;
  private static final byte PALETTE = 1;

  /** A few dozen serve all networks. */
  private static final Map<Unit, MemorySegment> MADE = new ConcurrentHashMap<>();

  private record Unit(int rows0, int rows1, int pairs) {}

  private TileShapes() {}

  /**
   * The shapes of a unit.
   *
   * @param rows0 pixels of its first piece, 1 to 16
   * @param rows1 pixels of its second, 0 to 16; with 0 its tiles may not be used
   * @param pairs pairs of k in a step, 1 to 16
   */
  static MemorySegment of(int rows0, int rows1, int pairs) {
    return MADE.computeIfAbsent(new Unit(rows0, rows1, pairs), TileShapes::make);
  }

  private static MemorySegment make(Unit unit) {
    int rows0 = unit.rows0;
    int rows1 = unit.rows1;
    int pairs = unit.pairs;
    MemorySegment shapes = Arena.ofAuto().allocate(BYTES, BYTES);
    shapes.set(ValueLayout.JAVA_BYTE, 0, PALETTE);
    int pairBytes = pairs * 2 * Short.BYTES;
    set(shapes, 0, rows0, Tile.ROW_BYTES);
    set(shapes, 1, rows0, Tile.ROW_BYTES);
    set(shapes, 4, rows0, pairBytes);
    set(shapes, 6, pairs, Tile.ROW_BYTES);
    set(shapes, 7, pairs, Tile.ROW_BYTES);
    if (rows1 > 0) {
      set(shapes, 2, rows1, Tile.ROW_BYTES);
      set(shapes, 3, rows1, Tile.ROW_BYTES);
      set(shapes, 5, rows1, pairBytes);
    }
    return shapes;
  }

  private static void set(MemorySegment shapes, int tile, int rows, int rowBytes) {
    shapes.set(ValueLayout.JAVA_SHORT, ROW_BYTES + tile * (long) Short.BYTES, (short) rowBytes);
    shapes.set(ValueLayout.JAVA_BYTE, ROWS + tile, (byte) rows);
  }
}
