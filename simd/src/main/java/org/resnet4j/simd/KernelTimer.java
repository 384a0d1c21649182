package org.resnet4j.simd;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import org.resnet4j.simd.kernel.ConvTrial;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * Times algorithms on the backend's threads, on one image, by {@link ConvTrial}.
 *
 * <p>A kernel that C2 has not compiled may look steady for a long time on a busy machine, but gives
 * itself away: its vectors are objects.
 */
final class KernelTimer implements AlgorithmTimer {
  /** Far below what interpreted vectors take; a compiled run allocates nothing. */
  private static final long COMPILED_BYTES = 1 << 16;

  private static final ThreadMXBean THREADS =
      ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

  private final VectorWidth width;
  private final WorkerPool pool;

  KernelTimer(VectorWidth width, WorkerPool pool) {
    this.width = width;
    this.pool = pool;
  }

  @Override
  public Optional<long[]> nanos(ConvShape shape, List<ConvAlgorithm> algorithms) {
    pool.checkOpen(); // a closed one would work on the caller's thread alone
    try {
      return SteadyTimes.medians(algorithms.size(), kernels(shape, algorithms), System::nanoTime);
    } catch (OutOfMemoryError | ArithmeticException _) {
      return Optional.empty(); // the copies need more than a plan; sizes may exceed an array
    }
  }

  private SteadyTimes.Alternatives kernels(ConvShape shape, List<ConvAlgorithm> algorithms) {
    List<ConvTrial> trials =
        ConvTrial.of(shape, algorithms, width, 1, pool, ConvTrial.NETWORK_BYTES);
    return (i, _) -> {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      trials.get(i).run();
      return THREADS.getCurrentThreadAllocatedBytes() - before < COMPILED_BYTES;
    };
  }
}
