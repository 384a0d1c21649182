package org.resnet4j.simd.machine;

/**
 * How the kernels of this JVM compute, chosen once from {@link CpuFeatures}.
 *
 * <p>{@link #FMA} gives the same bits at every vector width, and so does {@link #SCALAR} on a
 * processor that has FMA. Without FMA every term is rounded twice, in both {@link #MULTIPLY_ADD}
 * and {@link #SCALAR}; these agree with each other.
 */
public enum KernelPath {
  /** Vectors; a multiply-add is one instruction and rounds once. */
  FMA,
  /** Vectors; a multiply-add is two instructions and rounds twice. */
  MULTIPLY_ADD,
  /**
   * Plain loops. Where C2 does not compile vector code, each vector operation would be a call that
   * allocates, many times slower than this. Also without the {@link VectorApi}; there, what is
   * machine code remains so.
   */
  SCALAR;

  private static final KernelPath CURRENT = of(CpuFeatures.current());

  /** This JVM's; the same during its whole life. */
  public static KernelPath current() {
    return CURRENT;
  }

  /** The fastest path for a JVM. */
  static KernelPath of(CpuFeatures features) {
    if (!features.optimizingCompiler() || features.vectorBits() < VectorWidth.BITS_128.bits()) {
      return SCALAR;
    }
    return features.fma() ? FMA : MULTIPLY_ADD;
  }
}
