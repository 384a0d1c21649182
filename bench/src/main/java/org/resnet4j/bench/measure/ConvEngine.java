package org.resnet4j.bench.measure;

import java.util.List;
import org.resnet4j.simd.kernel.ConvTrial;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * One algorithm for one convolution on random data, the ReLU fused.
 *
 * @param trial what runs
 */
public record ConvEngine(ConvTrial trial) implements Engine {
  /** An image on the calling thread, with weights that stay in the caches where they fit. */
  public static ConvEngine of(ConvShape shape, ConvAlgorithm algorithm) {
    return new ConvEngine(
        ConvTrial.of(shape, List.of(algorithm), VectorWidth.preferred(), 1, Parallel.SERIAL, 0)
            .getFirst());
  }

  /** The algorithm. */
  public ConvAlgorithm algorithm() {
    return trial.algorithm();
  }

  @Override
  public String name() {
    return trial.algorithm().name();
  }

  @Override
  public void run() {
    trial.run();
  }

  /** In the kernels' layout, which is the same for all of them. */
  @Override
  public float[] answer() {
    return trial.answer();
  }

  @Override
  public void close() {}
}
