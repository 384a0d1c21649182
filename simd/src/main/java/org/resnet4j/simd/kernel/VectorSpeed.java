package org.resnet4j.simd.kernel;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Floor;
import org.resnet4j.simd.kernel.tile.TileKernel;
import org.resnet4j.simd.kernel.tile.TileKernels;
import org.resnet4j.simd.kernel.tile.TileSpec;
import org.resnet4j.simd.kernel.tile.Tiling;
import org.resnet4j.simd.machine.KernelPath;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * How much faster than plain loops the micro-kernel of this JVM's {@link KernelPath} is, on a 3x3
 * convolution of 64 to 64 channels on 7x7 pixels. One thread at a time.
 *
 * @param timesScalar time of the plain loops by the kernel's, each the shortest of many runs; 1 if
 *     plain loops are the path
 * @param allocatedBytes by the last runs of the kernel: if not 0, C2 has not compiled its vectors
 */
public record VectorSpeed(double timesScalar, long allocatedBytes) {
  /** What vectors of 128 bits can be expected to give. */
  private static final double ENOUGH = 3;

  private static final double GAIN = 0.05;
  private static final int RUNS = 10;
  private static final long QUIET_NANOS = 150_000_000;
  private static final long LIMIT_NANOS = 5_000_000_000L;

  private static volatile @Nullable VectorSpeed enough;

  /** Whether vectors are worth it. */
  public boolean isEnough() {
    return timesScalar >= ENOUGH;
  }

  /** This JVM's, measured anew until it is enough. Thread-safe. */
  public static VectorSpeed current() {
    VectorSpeed speed = enough;
    if (speed == null) {
      speed = measure();
      enough = speed.isEnough() && speed.allocatedBytes() == 0 ? speed : null;
    }
    return speed;
  }

  /** Until nothing gets faster any more because the JVM has compiled all, or time is up. */
  private static VectorSpeed measure() {
    KernelPath path = KernelPath.current();
    if (path == KernelPath.SCALAR && !TileKernels.areMachineCode(VectorWidth.preferred())) {
      return new VectorSpeed(1, 0);
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Convolution[] both = {
      new Convolution(
          path == KernelPath.SCALAR ? TileKernels::get : spec -> TileKernels.define(spec, path)),
      new Convolution(spec -> TileKernels.define(spec, KernelPath.SCALAR))
    };
    long[] least = {Long.MAX_VALUE, Long.MAX_VALUE};
    long start = System.nanoTime();
    long quietSince = start;
    long now;
    long bytes = 0;
    do {
      for (int i = 0; i < both.length; i++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        long nanos = both[i].leastNanos(RUNS);
        bytes = i == 0 ? threads.getCurrentThreadAllocatedBytes() - before : bytes;
        if (nanos < least[i] * (1 - GAIN)) {
          quietSince = System.nanoTime();
        }
        least[i] = Math.min(least[i], nanos);
      }
      now = System.nanoTime();
    } while ((bytes > 0 || now - quietSince < QUIET_NANOS) && now - start < LIMIT_NANOS);
    return new VectorSpeed((double) least[1] / least[0], bytes);
  }

  /** The convolution by one path's kernel, with a residual and a ReLU. */
  private static final class Convolution {
    private static final int BLOCK = BlockedLayout.BLOCK;
    private static final int BLOCKS = 4;
    private static final int SIZE = 7;
    private static final int TAPS = 3;
    private static final int PADDED = SIZE + TAPS - 1;

    /** Floats of a block of channels in x and in y. */
    private static final int X_BLOCK = PADDED * PADDED * BLOCK;

    private static final int Y_BLOCK = SIZE * SIZE * BLOCK;

    private static final int TERMS = BLOCKS * BLOCK * TAPS * TAPS;

    private final TileKernel kernel;
    private final int rows;
    private final int blocks;
    private final int[] offsets = new int[BLOCKS * TAPS * TAPS];
    private final float[] x = new float[BLOCKS * X_BLOCK];
    private final float[] y = new float[BLOCKS * Y_BLOCK];
    private final float[] weights = new float[TERMS * BLOCKS * BLOCK];
    private final float[] bias = new float[BLOCKS * BLOCK];
    private final float[] residual = new float[BLOCKS * Y_BLOCK];
    private final float[] floor = Floor.of(true);

    Convolution(Function<TileSpec, TileKernel> kernels) {
      VectorWidth width = VectorWidth.preferred();
      blocks = Tiling.chooseBlocks(width, SIZE, BLOCKS);
      rows = Math.min(Tiling.maxRows(width, blocks), SIZE);
      TileSpec spec = TileSpec.product(width, rows, blocks, BLOCK, 1, BLOCK);
      kernel = kernels.apply(spec.with(true, true));
      int q = 0;
      for (int block = 0; block < BLOCKS; block++) {
        for (int r = 0; r < TAPS; r++) {
          for (int s = 0; s < TAPS; s++) {
            offsets[q++] = block * X_BLOCK + (r * PADDED + s) * BLOCK;
          }
        }
      }
      Arrays.fill(x, 1f);
      Arrays.fill(weights, 0.5f);
    }

    long leastNanos(int runs) {
      long least = Long.MAX_VALUE;
      for (int run = 0; run < runs; run++) {
        long start = System.nanoTime();
        run();
        least = Math.min(least, System.nanoTime() - start);
      }
      return least;
    }

    private void run() {
      for (int block = 0; block + blocks <= BLOCKS; block += blocks) {
        for (int line = 0; line < SIZE; line++) {
          for (int pixel = 0; pixel + rows <= SIZE; pixel += rows) {
            tile(block, line, pixel);
          }
        }
      }
    }

    private void tile(int block, int line, int pixel) {
      int to = block * Y_BLOCK + (line * SIZE + pixel) * BLOCK;
      kernel.run(
          offsets,
          0,
          offsets.length,
          x,
          (line * PADDED + pixel) * BLOCK,
          weights,
          block * BLOCK * TERMS,
          y,
          to,
          Y_BLOCK,
          residual,
          to,
          Y_BLOCK,
          bias,
          block * BLOCK,
          floor,
          0,
          0);
    }
  }
}
