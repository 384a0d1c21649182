package org.resnet4j.simd.kernel.pooling;

import static org.resnet4j.simd.machinecode.HeapCall.bytes;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Objects;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.machinecode.ExecutableMemory;
import org.resnet4j.simd.machinecode.HeapCall;

/**
 * Maxima over windows of one extent, by {@link MaxCode}, on arrays of the heap where they lie.
 * Before a call it is checked that all of it lies in the array. Thread-safe. To load this class
 * needs native access.
 */
public final class MachineMax {
  private static final MethodHandle CALL = HeapCall.handle("annnnn");
  private static final int PIXEL = BlockedLayout.BLOCK;

  private final int columns;
  private final int rows;
  private final MemorySegment function;

  /**
   * With its code, called once, so that no later call has to link anything.
   *
   * @throws OutOfMemoryError if the system gives no memory for it
   * @throws IllegalStateException if it does not let this process make memory executable
   */
  MachineMax(VectorWidth width, int columns, int rows) {
    this.columns = columns;
    this.rows = rows;
    this.function =
        ExecutableMemory.map(List.of(MaxCode.of(width, columns, rows)), Arena.ofAuto()).getFirst();
    run(new float[columns * rows * PIXEL], 0, columns * PIXEL, 0, 1, 0);
  }

  /**
   * The maxima of some windows in a row; NaN wins, and of zeros of both signs the negative one.
   *
   * @param from index of the first window's first pixel
   * @param rowStride floats from a row of a window to the next
   * @param to index of the first output pixel, which no window reaches
   * @param outputs how many, at least one
   * @param next floats from a window to the next
   */
  public void run(float[] data, int from, int rowStride, int to, int outputs, int next) {
    if (outputs < 1 || (next | rowStride) < 0) {
      throw new IllegalArgumentException("no windows, or windows that go backwards");
    }
    long size = (outputs - 1L) * next + (rows - 1L) * rowStride + (long) columns * PIXEL;
    Objects.checkFromIndexSize((long) from, size, data.length);
    Objects.checkFromIndexSize((long) to, (long) outputs * PIXEL, data.length);
    try {
      CALL.invokeExact(
          function,
          MemorySegment.ofArray(data),
          bytes(from),
          bytes(to),
          (long) outputs,
          bytes(next),
          bytes(rowStride));
    } catch (Error e) {
      throw e; // at the end of the stack
    } catch (Throwable e) {
      throw new IllegalStateException(e); // machine code throws nothing
    }
  }
}
