package org.resnet4j.simd;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.resnet4j.simd.kernel.ConvAlgorithms;
import org.resnet4j.simd.kernel.conv.BoundConv;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvKernel;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.BlockedCopy;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Workspace;
import org.resnet4j.simd.machine.CacheLine;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * Times algorithms on the backend's threads, on one image of random pixels. As in a network,
 * activations and scratch memory are in the caches and weights are not: each run takes another copy
 * of them, and before a copy's turn comes again the others have driven it out.
 *
 * <p>A kernel that C2 has not compiled may look steady for a long time on a busy machine, but gives
 * itself away: its vectors are objects.
 */
final class KernelTimer implements AlgorithmTimer {
  /** Weights between two runs on the same copy: those of a network, and more than most caches. */
  private static final long OTHER_BYTES = 64L << 20;

  /** Small weights are soon read, wherever they lie. */
  private static final int MAX_COPIES = 64;

  /** Far below what interpreted vectors take; a compiled run allocates nothing. */
  private static final long COMPILED_BYTES = 1 << 16;

  private static final long SEED = 1;

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
    float[] weight = random(shape.weights());
    List<ConvKernel> kernels = algorithms.stream().map(each -> pack(shape, each, weight)).toList();
    int halo = kernels.stream().mapToInt(ConvKernel::inputHalo).max().orElse(0);
    BlockedLayout x = new BlockedLayout(shape.inChannels(), 1, shape.height(), shape.width(), halo);
    BlockedLayout y =
        new BlockedLayout(shape.outChannels(), 1, shape.outHeight(), shape.outWidth(), 0);
    Workspace workspace = new Workspace(pool);
    int copies = copies(kernels);
    BoundConv[][] bound = new BoundConv[kernels.size()][copies];
    for (int i = 0; i < bound.length; i++) {
      for (int copy = 0; copy < copies; copy++) {
        ConvKernel kernel = copy == 0 ? kernels.get(i) : pack(shape, algorithms.get(i), weight);
        bound[i][copy] = kernel.bind(x, y, null, workspace);
      }
    }
    workspace.allocate();
    int input = CacheLine.FIRST;
    int output = Math.toIntExact(input + x.size());
    float[] data = new float[Math.toIntExact(output + y.size())];
    float[] image =
        random(Math.toIntExact((long) shape.inChannels() * shape.height() * shape.width()));
    BlockedCopy.pack(image, 0, x, data, input, 0);
    return (i, round) -> {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      bound[i][round % copies].run(1, data, input, output, 0);
      return THREADS.getCurrentThreadAllocatedBytes() - before < COMPILED_BYTES;
    };
  }

  private ConvKernel pack(ConvShape shape, ConvAlgorithm algorithm, float[] weight) {
    return ConvAlgorithms.pack(shape, algorithm, width, weight, null, true);
  }

  /** Enough that all but the largest kernel's copy add up to {@link #OTHER_BYTES}. */
  private static int copies(List<ConvKernel> kernels) {
    long all = 0;
    long largest = 0;
    for (ConvKernel kernel : kernels) {
      long bytes = kernel.weightFloats() * Float.BYTES;
      all += bytes;
      largest = Math.max(largest, bytes);
    }
    return (int) Math.clamp(Math.ceilDiv(OTHER_BYTES + largest, all), 1L, MAX_COPIES);
  }

  private static float[] random(int count) {
    SplittableRandom random = new SplittableRandom(SEED);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }
}
