package org.resnet4j.simd.kernel.grouped;

import static org.resnet4j.simd.machinecode.HeapCall.bytes;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Objects;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Floor;
import org.resnet4j.simd.machinecode.ExecutableMemory;
import org.resnet4j.simd.machinecode.HeapCall;

/**
 * A {@link GroupedKernel} of {@link GroupedCode}, called on arrays of the heap where they lie.
 * Before a call it is checked that all of it lies in the arrays. To load this class needs native
 * access.
 */
final class MachineGrouped implements GroupedKernel {
  private static final MethodHandle CALL = HeapCall.handle("annann" + "anan" + "aan" + "nna");
  private static final int PIXEL = BlockedLayout.BLOCK;

  private final GroupedSpec spec;
  private final int lanes;
  private final MemorySegment function;

  /**
   * With its code, called once, so that no later call has to link anything.
   *
   * @throws OutOfMemoryError if the system gives no memory for it
   * @throws IllegalStateException if it does not let this process make memory executable
   */
  MachineGrouped(GroupedSpec spec) {
    this.spec = spec;
    this.lanes = spec.width().lanes();
    this.function = ExecutableMemory.map(List.of(GroupedCode.of(spec)), Arena.ofAuto()).getFirst();
    float[] x = new float[spec.pixels() * PIXEL];
    float[] w = new float[weights()];
    float[] y = new float[spec.rows() * PIXEL];
    run(x, 0, 0, x, w, 0, y, 0, new float[lanes], 0, Floor.of(false), y.clone(), 0);
  }

  private int weights() {
    return spec.group() * spec.taps() * spec.taps() * lanes;
  }

  @Override
  public void run(
      float[] x,
      int xAt,
      int xRowStride,
      float[] from,
      float[] w,
      int wAt,
      float[] y,
      int yAt,
      float[] bias,
      int biasAt,
      float[] floor,
      float[] residual,
      int residualAt) {
    runAll(
        1,
        0,
        0,
        x,
        xAt,
        xRowStride,
        from,
        w,
        wAt,
        y,
        yAt,
        bias,
        biasAt,
        floor,
        residual,
        residualAt);
  }

  @Override
  public void runAll(
      int pieces,
      int xNext,
      int yNext,
      float[] x,
      int xAt,
      int xRowStride,
      float[] from,
      float[] w,
      int wAt,
      float[] y,
      int yAt,
      float[] bias,
      int biasAt,
      float[] floor,
      float[] residual,
      int residualAt) {
    if (pieces < 1 || (xNext | yNext | xRowStride) < 0) {
      throw new IllegalArgumentException("no pieces, or what goes backwards");
    }
    long xSpan =
        (pieces - 1L) * xNext
            + (spec.taps() - 1L) * xRowStride
            + (spec.pixels() - 1L) * PIXEL
            + lanes;
    long ySpan = (pieces - 1L) * yNext + (spec.rows() - 1L) * PIXEL + lanes;
    Objects.checkFromIndexSize((long) xAt, xSpan, x.length);
    Objects.checkFromIndexSize(wAt, weights(), w.length);
    Objects.checkFromIndexSize((long) yAt, ySpan, y.length);
    Objects.checkFromIndexSize(biasAt, lanes, bias.length);
    Objects.checkFromIndexSize(0, Floor.LIMIT_AT + lanes, floor.length);
    if (spec.residual()) {
      Objects.checkFromIndexSize((long) residualAt, ySpan, residual.length);
    }
    try {
      CALL.invokeExact(
          function,
          MemorySegment.ofArray(x),
          bytes(xAt),
          bytes(xRowStride),
          MemorySegment.ofArray(w),
          bytes(wAt),
          (long) pieces,
          MemorySegment.ofArray(y),
          bytes(yAt),
          MemorySegment.ofArray(bias),
          bytes(biasAt),
          MemorySegment.ofArray(floor),
          MemorySegment.ofArray(residual),
          bytes(residualAt),
          bytes(xNext),
          bytes(yNext),
          MemorySegment.ofArray(GroupedCode.PLACES));
    } catch (Error e) {
      throw e; // at the end of the stack
    } catch (Throwable e) {
      throw new IllegalStateException(e); // machine code throws nothing
    }
  }
}
