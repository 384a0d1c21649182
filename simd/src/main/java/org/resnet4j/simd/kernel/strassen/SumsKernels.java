package org.resnet4j.simd.kernel.strassen;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.resnet4j.core.stack.AmpleStack;
import org.resnet4j.simd.kernel.tile.TileKernels;
import org.resnet4j.simd.machine.KernelPath;
import org.resnet4j.simd.machine.VectorWidth;

/** The sums made so far, one for each width. Thread-safe. */
final class SumsKernels {
  private static final ConcurrentMap<VectorWidth, StrassenSums> KERNELS = new ConcurrentHashMap<>();

  private SumsKernels() {}

  /** The sums of a width, made on first use: machine code where tiles are. */
  static StrassenSums get(VectorWidth width) {
    StrassenSums made = KERNELS.get(width);
    return made != null ? made : AmpleStack.run(new Making(width));
  }

  private record Making(VectorWidth width)
      implements AmpleStack.Call<StrassenSums, RuntimeException> {
    @Override
    public StrassenSums run() {
      return KERNELS.computeIfAbsent(width, SumsKernels::make);
    }
  }

  private static StrassenSums make(VectorWidth width) {
    if (TileKernels.areMachineCode(width)) {
      try {
        return new MachineSums(width);
      } catch (IllegalStateException | OutOfMemoryError _) {
        // There is no memory for code: the Vector API serves as well.
      }
    }
    return KernelPath.current() == KernelPath.FMA ? new VectorSums() : new ScalarSums();
  }
}
