package org.resnet4j.simd.kernel;

import java.lang.invoke.MethodHandles;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The kernels generated so far, one per spec. Thread-safe. */
final class TileKernels {
  private static final ConcurrentMap<TileSpec, TileKernel> KERNELS = new ConcurrentHashMap<>();
  private static final boolean FUSED = CpuFeatures.current().fma();

  private TileKernels() {}

  /** The kernel for {@code spec}, generated on first use. */
  static TileKernel get(TileSpec spec) {
    return KERNELS.computeIfAbsent(spec, key -> define(key, FUSED));
  }

  /** Generates a kernel whatever the processor has; for tests. */
  static TileKernel define(TileSpec spec, boolean fused) {
    try {
      return (TileKernel)
          MethodHandles.lookup()
              .defineHiddenClass(TileGenerator.generate(spec, fused), true)
              .lookupClass()
              .getConstructor()
              .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot define " + spec.className(), e);
    }
  }
}
