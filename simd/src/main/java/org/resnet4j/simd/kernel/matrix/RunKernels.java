package org.resnet4j.simd.kernel.matrix;

import java.lang.foreign.MemorySegment;

/**
 * The kernels for units of one shape, by where a chunk of k begins and ends.
 *
 * @param shapes of the tiles
 * @param chunks by {@link #index}
 */
record RunKernels(MemorySegment shapes, MemorySegment[] chunks) {
  /**
   * Those for some units.
   *
   * @param kind of unit
   * @param rows0 pixels of the first piece
   * @param rows1 pixels of the second, 0 if there is none
   * @param pixelStride bytes from a pixel to the next in the input
   * @param pairs of terms in a step
   * @param residual whether one is added
   * @param floats whether results are float32
   * @param ahead lines of weights that are fetched ahead in a step
   */
  static RunKernels of(
      UnitKind kind,
      int rows0,
      int rows1,
      int pixelStride,
      int pairs,
      boolean residual,
      boolean floats,
      int ahead) {
    boolean amx = kind == UnitKind.AMX;
    MemorySegment[] chunks = new MemorySegment[4];
    for (boolean begins : new boolean[] {false, true}) {
      for (boolean ends : new boolean[] {false, true}) {
        chunks[index(begins, ends)] =
            MatrixKernels.get(
                new MatrixKernelSpec(
                    kind,
                    amx ? 0 : rows0,
                    rows1 == 0 ? 1 : 2,
                    amx ? 0 : pixelStride,
                    begins,
                    ends,
                    ends && residual,
                    ends && floats,
                    ahead));
      }
    }
    return new RunKernels(TileShapes.of(rows0, rows1, pairs), chunks);
  }

  private static int index(boolean begins, boolean ends) {
    return (begins ? 2 : 0) + (ends ? 1 : 0);
  }

  /** The kernel of a chunk. */
  MemorySegment get(boolean begins, boolean ends) {
    return chunks[index(begins, ends)];
  }
}
