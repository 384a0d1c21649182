package org.resnet4j.simd.kernel.matrix;

import static org.resnet4j.simd.machinecode.Register.R10;
import static org.resnet4j.simd.machinecode.Register.RCX;
import static org.resnet4j.simd.machinecode.Register.RDI;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.resnet4j.simd.machinecode.Address;
import org.resnet4j.simd.machinecode.Assembler;
import org.resnet4j.simd.machinecode.ExecutableMemory;
import org.resnet4j.simd.machinecode.Tile;
import org.resnet4j.simd.machinecode.Vector;

/**
 * What one thread multiplies at most in bfloat16: products of registers alone, two operations for
 * each multiply-add. No kernel can be faster.
 */
public final class MatrixPeak {
  /** Rounds of a call, some tens of microseconds. */
  private static final int ROUNDS = 2_000;

  private static final long PATIENCE_NANOS = 400_000_000;

  /** Products of tiles in a round, each into sums of its own. */
  private static final int TILE_CHAINS = 4;

  /** Products of vectors in a round. */
  private static final int VECTOR_CHAINS = 24;

  private static final long TILE_MULTIPLY_ADDS = 16 * 16 * 32;
  private static final long VECTOR_MULTIPLY_ADDS = 32;

  private MatrixPeak() {}

  /**
   * The best of many calls on the calling thread, in GFLOP/s. Takes about half a second.
   *
   * @throws IllegalStateException if this process has no such unit
   */
  public static double gflops() {
    UnitKind kind = MatrixUnit.kind();
    long perRound =
        kind == UnitKind.AMX
            ? TILE_CHAINS * TILE_MULTIPLY_ADDS
            : VECTOR_CHAINS * VECTOR_MULTIPLY_ADDS;
    MatrixJob job = new MatrixJob();
    job.set(MatrixJob.UNITS, ROUNDS);
    job.set(MatrixJob.SHAPES, TileShapes.of(Tile.ROWS, Tile.ROWS, Tile.ROWS).address());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment loop = ExecutableMemory.map(List.of(loop(kind).assemble()), arena).getFirst();
      return 2.0 * perRound * ROUNDS / fastestNanos(loop, job);
    }
  }

  private static long fastestNanos(MemorySegment loop, MatrixJob job) {
    long fastest = Long.MAX_VALUE;
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (System.nanoTime() < end) {
      long start = System.nanoTime();
      MatrixKernels.run(loop, job);
      fastest = Math.min(fastest, System.nanoTime() - start);
    }
    return fastest;
  }

  private static Assembler loop(UnitKind kind) {
    Assembler code = new Assembler();
    code.mov(RCX, Address.of(RDI, MatrixJob.UNITS));
    if (kind == UnitKind.AMX) {
      code.mov(R10, Address.of(RDI, MatrixJob.SHAPES));
      code.ldtilecfg(Address.of(R10, 0));
    } else {
      for (int i = 0; i <= VECTOR_CHAINS; i++) {
        code.vpxord(new Vector(i), new Vector(i), new Vector(i));
      }
    }
    Assembler.Label round = code.label("round");
    code.place(round);
    if (kind == UnitKind.AMX) {
      for (int i = 0; i < TILE_CHAINS; i++) {
        code.tdpbf16ps(new Tile(i), new Tile(4 + i / 2), new Tile(6 + i % 2));
      }
    } else {
      Vector zero = new Vector(VECTOR_CHAINS);
      for (int i = 0; i < VECTOR_CHAINS; i++) {
        code.vdpbf16ps(new Vector(i), zero, zero);
      }
    }
    code.dec(RCX);
    code.jnz(round);
    if (kind == UnitKind.AMX) {
      code.tilerelease();
    }
    code.vzeroupper();
    code.ret();
    return code;
  }
}
