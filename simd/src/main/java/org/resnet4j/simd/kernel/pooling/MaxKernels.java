package org.resnet4j.simd.kernel.pooling;

import org.jspecify.annotations.Nullable;
import org.resnet4j.core.stack.AmpleStack;
import org.resnet4j.simd.kernel.tile.TileKernels;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * The maxima made so far, one for each extent of a window. Thread-safe: two threads that miss at
 * the same time make two that do the same.
 */
public final class MaxKernels {
  /** Larger windows have too much code. */
  private static final int MOST = 8;

  private static final VectorWidth WIDTH = VectorWidth.preferred();
  private static final @Nullable MachineMax[][] KERNELS = new MachineMax[MOST + 1][MOST + 1];

  /** Whether the system has once given no memory for code: the Vector API serves as well. */
  private static volatile boolean refused;

  private MaxKernels() {}

  /** The maximum over so many columns and rows, where it is machine code; else null. */
  public static @Nullable MachineMax get(int columns, int rows) {
    if (columns > MOST || rows > MOST || refused || !TileKernels.areMachineCode(WIDTH)) {
      return null;
    }
    if (KERNELS[columns][rows] == null) {
      refused = !AmpleStack.run(new Making(columns, rows));
    }
    return KERNELS[columns][rows];
  }

  /** Says whether it could. */
  private record Making(int columns, int rows)
      implements AmpleStack.Call<Boolean, RuntimeException> {
    @Override
    public Boolean run() {
      try {
        KERNELS[columns][rows] = new MachineMax(WIDTH, columns, rows);
        return true;
      } catch (IllegalStateException | OutOfMemoryError _) {
        return false;
      }
    }
  }
}
