package org.resnet4j.simd;

import java.util.List;
import java.util.Optional;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;

/** Times algorithms that compute the same convolution. */
@FunctionalInterface
interface AlgorithmTimer {
  /**
   * Nanoseconds of each, in their order; empty if times did not settle or there was no memory to
   * take them.
   *
   * @throws IllegalStateException if the backend is closed
   */
  Optional<long[]> nanos(ConvShape shape, List<ConvAlgorithm> algorithms);
}
