package org.resnet4j.simd.kernel.winograd;

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
 * A {@link WinogradKernel} of {@link TransformCode}, called on arrays of the heap where they lie.
 * Before the call it is checked that all of it lies in the arrays. The code's memory is given back
 * when nobody can reach the kernel any more. To load this class needs native access.
 */
final class MachineTransforms implements WinogradKernel {
  private static final int PIXEL = BlockedLayout.BLOCK;

  /** An array or a number each, as {@link TransformCode#input} has them. */
  private static final MethodHandle INPUT = HeapCall.handle("ann" + "ann" + "nn" + "a");

  private static final MethodHandle OUTPUT =
      HeapCall.handle("ann" + "an" + "a" + "ann" + "ann" + "nnn" + "a");

  private final WinogradTile tile;
  private final float[] constants;
  private final MemorySegment input;
  private final MemorySegment output;

  /**
   * With its code.
   *
   * @throws OutOfMemoryError if the system gives no memory for it
   * @throws IllegalStateException if it does not let this process make memory executable
   */
  MachineTransforms(WinogradTile tile, VectorWidth width) {
    this.tile = tile;
    WinogradProgram in = WinogradProgram.input(tile);
    WinogradProgram out = WinogradProgram.output(tile);
    this.constants = TransformCode.constants(in, out);
    List<MemorySegment> code =
        ExecutableMemory.map(
            List.of(
                TransformCode.input(in, width, constants),
                TransformCode.output(out, width, constants)),
            Arena.ofAuto());
    this.input = code.getFirst();
    this.output = code.getLast();
  }

  /** Calls both, so that what a call passes through is linked and no later one has to. */
  void link() {
    int rowIn = tile.horizontal().inputs() * PIXEL;
    int rowOut = tile.horizontal().outputs() * PIXEL;
    float[] x = new float[tile.vertical().inputs() * rowIn];
    float[] v = new float[tile.elements() * PIXEL];
    input(x, 0, rowIn, v, 0, PIXEL);
    output(v, 0, PIXEL, x, 0, Floor.of(false), x, 0, 0, x, 0, rowOut);
  }

  @Override
  public void input(float[] x, int xAt, int xRowStride, float[] v, int vAt, int vStride) {
    inputs(1, 0, x, xAt, xRowStride, v, vAt, vStride);
  }

  @Override
  public void inputs(
      int tiles, int xNext, float[] x, int xAt, int xRowStride, float[] v, int vAt, int vStride) {
    checkTiles(tiles, xNext, vStride);
    int columns = tile.horizontal().inputs();
    checkPixels(x, xAt, tiles, xNext, tile.vertical().inputs(), xRowStride, columns);
    checkPixels(v, vAt, tiles, PIXEL, tile.elements(), vStride, 1);
    try {
      INPUT.invokeExact(
          input,
          MemorySegment.ofArray(x),
          bytes(xAt),
          bytes(xRowStride),
          MemorySegment.ofArray(v),
          bytes(vAt),
          bytes(vStride),
          (long) tiles,
          bytes(xNext),
          MemorySegment.ofArray(constants));
    } catch (Error e) {
      throw e; // at the end of the stack
    } catch (Throwable e) {
      throw new IllegalStateException(e); // machine code throws nothing
    }
  }

  @Override
  public void output(
      float[] products,
      int at,
      int stride,
      float[] bias,
      int biasAt,
      float[] floor,
      float[] residual,
      int residualAt,
      int residualRowStride,
      float[] y,
      int yAt,
      int yRowStride) {
    outputs(
        1,
        0,
        0,
        products,
        at,
        stride,
        bias,
        biasAt,
        floor,
        residual,
        residualAt,
        residualRowStride,
        y,
        yAt,
        yRowStride);
  }

  @Override
  public void outputs(
      int tiles,
      int residualNext,
      int yNext,
      float[] products,
      int at,
      int stride,
      float[] bias,
      int biasAt,
      float[] floor,
      float[] residual,
      int residualAt,
      int residualRowStride,
      float[] y,
      int yAt,
      int yRowStride) {
    checkTiles(tiles, residualNext | yNext, stride);
    int rows = tile.vertical().outputs();
    int columns = tile.horizontal().outputs();
    checkPixels(products, at, tiles, PIXEL, tile.elements(), stride, 1);
    checkPixels(residual, residualAt, tiles, residualNext, rows, residualRowStride, columns);
    checkPixels(y, yAt, tiles, yNext, rows, yRowStride, columns);
    Objects.checkFromIndexSize(biasAt, PIXEL, bias.length);
    Objects.checkFromIndexSize(0, Floor.LIMIT_AT + PIXEL, floor.length);
    try {
      OUTPUT.invokeExact(
          output,
          MemorySegment.ofArray(products),
          bytes(at),
          bytes(stride),
          MemorySegment.ofArray(bias),
          bytes(biasAt),
          MemorySegment.ofArray(floor),
          MemorySegment.ofArray(residual),
          bytes(residualAt),
          bytes(residualRowStride),
          MemorySegment.ofArray(y),
          bytes(yAt),
          bytes(yRowStride),
          (long) tiles,
          bytes(residualNext),
          bytes(yNext),
          MemorySegment.ofArray(constants));
    } catch (Error e) {
      throw e; // at the end of the stack
    } catch (Throwable e) {
      throw new IllegalStateException(e); // machine code throws nothing
    }
  }

  private static void checkTiles(int tiles, int next, int stride) {
    if (tiles < 1 || (next | stride) < 0) {
      throw new IllegalArgumentException("no tiles, or tiles that go backwards");
    }
  }

  /** That rows of pixels lie in an array, of the first tile to the last. */
  private static void checkPixels(
      float[] array, int at, int tiles, int next, int rows, int rowStride, int columns) {
    if (rowStride < 0) {
      throw new IllegalArgumentException("rows that go backwards");
    }
    long size = (tiles - 1L) * next + (rows - 1L) * rowStride + (long) columns * PIXEL;
    Objects.checkFromIndexSize((long) at, size, array.length);
  }
}
