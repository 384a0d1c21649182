package org.resnet4j.simd.kernel.tile;

import static org.resnet4j.simd.machinecode.HeapCall.bytes;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Floor;
import org.resnet4j.simd.machinecode.ExecutableMemory;
import org.resnet4j.simd.machinecode.HeapCall;

/**
 * A {@link TileKernel} of {@link TileCode}, called on arrays of the heap where they lie: the thread
 * stays in Java, so that no collector moves them meanwhile. Before the call it is checked that all
 * of it lies in the arrays, of A by the first and the last entry of the table. The code's memory is
 * given back when nobody can reach the kernel any more. To load this class needs native access.
 */
final class MachineTile implements TileKernel {
  /**
   * An array or a number each: the table, its first entry, their count; A and B, each with where it
   * begins; C and what is added, with their strides, too; bias, floor, what to fetch; how many
   * tiles, and their distances.
   */
  private static final String ARGUMENTS = "ann" + "anan" + "annann" + "anan" + "nnnn";

  private static final MethodHandle CALL = HeapCall.handle(ARGUMENTS);

  /** Powers of two up to 64 lines, and none. */
  private static final int VARIANTS = 8;

  private final TileSpec spec;
  private final int span;
  private final int columns;
  private final int rowsOfBlock;
  private final MemorySegment plain;
  private final @Nullable MemorySegment[] variants = new MemorySegment[VARIANTS];

  /**
   * With the code that fetches nothing.
   *
   * @throws OutOfMemoryError if the system gives no memory for it
   * @throws IllegalStateException if it does not let this process make memory executable
   */
  MachineTile(TileSpec spec) {
    this.spec = spec;
    this.span = (spec.rows() - 1) * spec.aRowStride() + (spec.inner() - 1) * spec.aStep() + 1;
    this.columns = spec.blocks() * BlockedLayout.BLOCK;
    this.rowsOfBlock = spec.rows() * BlockedLayout.BLOCK;
    this.plain = code(0);
  }

  /**
   * The code that fetches so many lines, 0, 1, 2, 4 ... 64; where there is no memory for it, the
   * code that fetches none.
   */
  private MemorySegment variant(int lines) {
    int index = Integer.SIZE - Integer.numberOfLeadingZeros(lines);
    MemorySegment code = variants[index];
    if (code == null) {
      try {
        code = code(lines);
      } catch (IllegalStateException | OutOfMemoryError _) {
        code = plain;
      }
      variants[index] = code;
    }
    return code;
  }

  private MemorySegment code(int lines) {
    return ExecutableMemory.map(List.of(TileCode.of(spec, lines)), Arena.ofAuto()).getFirst();
  }

  @Override
  public void run(
      int[] offsets,
      int from,
      int to,
      float[] a,
      int aBase,
      float[] b,
      int bBase,
      float[] c,
      int cBase,
      int cBlockStride,
      float[] add,
      int addBase,
      int addBlockStride,
      float[] bias,
      int biasBase,
      float[] floor,
      int ahead,
      int lines) {
    runAll(
        1,
        0,
        0,
        0,
        offsets,
        from,
        to,
        a,
        aBase,
        b,
        bBase,
        c,
        cBase,
        cBlockStride,
        add,
        addBase,
        addBlockStride,
        bias,
        biasBase,
        floor,
        ahead,
        lines);
  }

  @Override
  public void runAll(
      int tiles,
      int aNext,
      int bNext,
      int cNext,
      int[] offsets,
      int from,
      int to,
      float[] a,
      int aBase,
      float[] b,
      int bBase,
      float[] c,
      int cBase,
      int cBlockStride,
      float[] add,
      int addBase,
      int addBlockStride,
      float[] bias,
      int biasBase,
      float[] floor,
      int ahead,
      int lines) {
    if (tiles < 1 || from >= to || (aNext | bNext | cNext) < 0) {
      throw new IllegalArgumentException("no tiles, no terms, or tiles that go backwards");
    }
    long aSpan = (tiles - 1L) * aNext + span;
    long bSpan = (tiles - 1L) * bNext + (long) (to - from) * spec.inner() * columns;
    long cSpan = (tiles - 1L) * cNext + rowsOfBlock;
    Objects.checkFromIndexSize((long) aBase + offsets[from], aSpan, a.length);
    Objects.checkFromIndexSize((long) aBase + offsets[to - 1], aSpan, a.length);
    Objects.checkFromIndexSize(bBase, bSpan, b.length);
    checkBlocks(cBase, cBlockStride, cSpan, c);
    if (spec.accumulate()) {
      checkBlocks(addBase, addBlockStride, cSpan, add);
    }
    if (spec.epilogue()) {
      Objects.checkFromIndexSize(biasBase, columns, bias.length);
      Objects.checkFromIndexSize(0, Floor.LIMIT_AT + BlockedLayout.BLOCK, floor.length);
    }
    try {
      CALL.invokeExact(
          variant(lines),
          MemorySegment.ofArray(offsets),
          bytes(from),
          (long) (to - from),
          MemorySegment.ofArray(a),
          bytes(aBase),
          MemorySegment.ofArray(b),
          bytes(bBase),
          MemorySegment.ofArray(c),
          bytes(cBase),
          bytes(cBlockStride),
          MemorySegment.ofArray(add),
          bytes(addBase),
          bytes(addBlockStride),
          MemorySegment.ofArray(bias),
          bytes(biasBase),
          MemorySegment.ofArray(floor),
          bytes(ahead),
          (long) tiles,
          bytes(aNext),
          bytes(bNext),
          bytes(cNext));
    } catch (Error e) {
      throw e; // at the end of the stack
    } catch (Throwable e) {
      throw new IllegalStateException(e); // machine code throws nothing
    }
  }

  private void checkBlocks(int base, int blockStride, long size, float[] array) {
    long last = base + (spec.blocks() - 1L) * blockStride;
    Objects.checkFromIndexSize(base, size, array.length);
    Objects.checkFromIndexSize(last, size, array.length);
  }
}
