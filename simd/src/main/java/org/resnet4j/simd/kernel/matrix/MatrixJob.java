package org.resnet4j.simd.kernel.matrix;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.resnet4j.simd.machinecode.NativeMemory;

/**
 * The one argument of a kernel: what lies where. Each field is 64 bits wide; addresses are in
 * bytes.
 */
final class MatrixJob {
  /** Address of the tiles' shapes, 64 bytes: see {@link TileShapes}. */
  static final int SHAPES = 0;

  /** Address that a piece's first offset counts from. */
  static final int X = 8;

  /** Address that a piece's second offset counts from. */
  static final int Y = 16;

  /** Address that a piece's third offset counts from. */
  static final int RESIDUAL = 24;

  /** Address of the first unit's pieces: for each three offsets of 32 bits. */
  static final int PIECES = 32;

  /** Number of units. */
  static final int UNITS = 40;

  /** Bytes from a pixel of a piece to the next in the input. */
  static final int PIXEL_STRIDE = 48;

  /** Address of the chunk's offsets in the input, 32 bits for each step of k. */
  static final int STEPS = 56;

  /** Number of steps. */
  static final int STEP_COUNT = 64;

  /** Address of the chunk's weights, {@link MatrixConv#STEP_BYTES} for each step. */
  static final int WEIGHTS = 72;

  /** Address of the bias, 32 floats. */
  static final int BIAS = 80;

  /** Address of the first unit's sums. */
  static final int SUMS = 88;

  /** Bytes from a unit's sums to the next one's. */
  static final int SUMS_STRIDE = 96;

  /** Pixels of a unit's first piece. */
  static final int ROWS_0 = 104;

  /** Pixels of its second. */
  static final int ROWS_1 = 112;

  /** Address of the weights that are fetched ahead next; kernels move it on. */
  static final int AHEAD = 120;

  /** Address of what results are at least, 16 times the same float. */
  static final int FLOOR = 128;

  /** Half of the pairs of terms in a step. */
  static final int PAIRS_OF_PAIRS = 136;

  /** Bytes in all. */
  static final int BYTES = 192;

  /** Offsets of a piece. */
  static final int PIECE_BYTES = 3 * Integer.BYTES;

  /** Sums of a unit: 32 pixels, 32 channels, float32. */
  static final int SUM_BYTES = 4096;

  /** Sums of 16 pixels and 16 channels. */
  static final int TILE_BYTES = 1024;

  private final MemorySegment fields;

  MatrixJob() {
    this.fields = NativeMemory.allocate(BYTES);
  }

  /** What kernels are called with. */
  MemorySegment fields() {
    return fields;
  }

  void set(int field, long value) {
    fields.set(ValueLayout.JAVA_LONG, field, value);
  }
}
