package org.resnet4j.simd.kernel;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.resnet4j.simd.kernel.conv.BoundConv;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.support.ConvProblem;
import org.resnet4j.simd.support.ConvProblem.Numbers;
import org.resnet4j.simd.support.ConvProblem.Residual;
import org.resnet4j.simd.support.GuardedRun;

/**
 * Convolutions until none allocates any more: what {@link CompilationTest} watches. Prints {@code
 * bytes=[...]}.
 */
final class CompilationProbe {
  private static final int RUNS = 100;
  private static final long LIMIT_NANOS = 60_000_000_000L;

  private CompilationProbe() {}

  public static void main(String[] args) {
    List<Long> bytes = new ArrayList<>();
    for (ConvShape shape :
        List.of(
            new ConvShape(64, 64, 28, 28, 1, 1, 0, 1),
            new ConvShape(512, 40, 8, 8, 1, 1, 0, 1),
            new ConvShape(512, 512, 14, 14, 1, 1, 0, 1),
            new ConvShape(64, 64, 28, 28, 3, 1, 1, 1),
            new ConvShape(128, 128, 7, 7, 3, 1, 1, 1),
            new ConvShape(64, 64, 28, 28, 3, 2, 1, 1),
            new ConvShape(64, 64, 5, 5, 3, 3, 1, 1),
            new ConvShape(64, 64, 14, 14, 3, 1, 1, 8))) {
      bytes.add(leastBytes(shape));
    }
    // The JVM prints what it compiles in parts; in between, this would break its line.
    System.out.println("bytes=" + bytes);
  }

  private static long leastBytes(ConvShape shape) {
    ConvProblem problem =
        ConvProblem.random(Numbers.SIGNED, shape, 1, true, Residual.SEPARATE, true, 1);
    GuardedRun run = new GuardedRun(problem);
    BoundConv conv =
        run.bind(
            problem.pack(
                ConvAlgorithms.choose(shape, MachineModel.PORTABLE), VectorWidth.preferred()),
            Parallel.SERIAL);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    long start = System.nanoTime();
    while (least > 0 && System.nanoTime() - start < LIMIT_NANOS) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < RUNS; i++) {
        run.run(conv);
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }
}
