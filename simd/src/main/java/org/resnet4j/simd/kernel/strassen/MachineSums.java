package org.resnet4j.simd.kernel.strassen;

import static org.resnet4j.simd.machinecode.HeapCall.bytes;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Objects;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Floor;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.machinecode.ExecutableMemory;
import org.resnet4j.simd.machinecode.HeapCall;

/**
 * {@link StrassenSums} of {@link SumsCode}, called on arrays of the heap where they lie. Before a
 * call it is checked that all of it lies in the arrays. The code's memory is given back when nobody
 * can reach this any more. To load this class needs native access.
 */
final class MachineSums implements StrassenSums {
  private static final int PIXEL = BlockedLayout.BLOCK;
  private static final int OPERANDS = 7;

  private static final MethodHandle OF_INPUT = HeapCall.handle("annnnn" + "nann");
  private static final MethodHandle OF_PRODUCTS = HeapCall.handle("annnnn" + "anaannan");

  private final MemorySegment operands;
  private final MemorySegment four;
  private final MemorySegment two;

  /**
   * With its code, each function called once, so that no later call has to link anything.
   *
   * @throws OutOfMemoryError if the system gives no memory for it
   * @throws IllegalStateException if it does not let this process make memory executable
   */
  MachineSums(VectorWidth width) {
    List<MemorySegment> code =
        ExecutableMemory.map(
            List.of(
                SumsCode.operands(width), SumsCode.sums(width, true), SumsCode.sums(width, false)),
            Arena.ofAuto());
    this.operands = code.get(0);
    this.four = code.get(1);
    this.two = code.get(2);
    float[] some = new float[OPERANDS * PIXEL];
    operands(some, 0, 0, 0, 0, 0, 1, some, 0, PIXEL);
    four(some, 0, 0, 0, 0, 1, some, 0, Floor.of(false), some, 0, 0, some, 0);
    two(some, 0, 0, 1, some, 0, Floor.of(false), some, 0, 0, some, 0);
  }

  @Override
  public void operands(
      float[] x,
      int x11,
      int x12,
      int x21,
      int x22,
      int step,
      int pixels,
      float[] s,
      int at,
      int stride) {
    checkPixels(x, x11, pixels, step);
    checkPixels(x, x12, pixels, step);
    checkPixels(x, x21, pixels, step);
    checkPixels(x, x22, pixels, step);
    if (stride < 0) {
      throw new IllegalArgumentException("operands that go backwards");
    }
    Objects.checkFromIndexSize(
        (long) at, (OPERANDS - 1L) * stride + (long) pixels * PIXEL, s.length);
    try {
      OF_INPUT.invokeExact(
          operands,
          MemorySegment.ofArray(x),
          bytes(x11),
          bytes(x12),
          bytes(x21),
          bytes(x22),
          bytes(step),
          (long) pixels,
          MemorySegment.ofArray(s),
          bytes(at),
          bytes(stride));
    } catch (Error e) {
      throw e; // at the end of the stack
    } catch (Throwable e) {
      throw new IllegalStateException(e); // machine code throws nothing
    }
  }

  @Override
  public void four(
      float[] m,
      int a,
      int b,
      int c,
      int d,
      int pixels,
      float[] bias,
      int biasAt,
      float[] floor,
      float[] residual,
      int residualAt,
      int residualStep,
      float[] y,
      int yAt) {
    sums(
        four,
        m,
        a,
        b,
        c,
        d,
        pixels,
        bias,
        biasAt,
        floor,
        residual,
        residualAt,
        residualStep,
        y,
        yAt);
  }

  @Override
  public void two(
      float[] m,
      int a,
      int b,
      int pixels,
      float[] bias,
      int biasAt,
      float[] floor,
      float[] residual,
      int residualAt,
      int residualStep,
      float[] y,
      int yAt) {
    sums(
        two,
        m,
        a,
        b,
        a,
        b,
        pixels,
        bias,
        biasAt,
        floor,
        residual,
        residualAt,
        residualStep,
        y,
        yAt);
  }

  private static void sums(
      MemorySegment code,
      float[] m,
      int a,
      int b,
      int c,
      int d,
      int pixels,
      float[] bias,
      int biasAt,
      float[] floor,
      float[] residual,
      int residualAt,
      int residualStep,
      float[] y,
      int yAt) {
    checkPixels(m, a, pixels, PIXEL);
    checkPixels(m, b, pixels, PIXEL);
    checkPixels(m, c, pixels, PIXEL);
    checkPixels(m, d, pixels, PIXEL);
    checkPixels(residual, residualAt, pixels, residualStep);
    checkPixels(y, yAt, pixels, PIXEL);
    Objects.checkFromIndexSize(biasAt, PIXEL, bias.length);
    Objects.checkFromIndexSize(0, Floor.LIMIT_AT + PIXEL, floor.length);
    try {
      OF_PRODUCTS.invokeExact(
          code,
          MemorySegment.ofArray(m),
          bytes(a),
          bytes(b),
          bytes(c),
          bytes(d),
          (long) pixels,
          MemorySegment.ofArray(bias),
          bytes(biasAt),
          MemorySegment.ofArray(floor),
          MemorySegment.ofArray(residual),
          bytes(residualAt),
          bytes(residualStep),
          MemorySegment.ofArray(y),
          bytes(yAt));
    } catch (Error e) {
      throw e; // at the end of the stack
    } catch (Throwable e) {
      throw new IllegalStateException(e); // machine code throws nothing
    }
  }

  private static void checkPixels(float[] array, int at, int pixels, int step) {
    if (pixels < 1 || step < 0) {
      throw new IllegalArgumentException("no pixels, or pixels that go backwards");
    }
    Objects.checkFromIndexSize((long) at, (pixels - 1L) * step + PIXEL, array.length);
  }
}
