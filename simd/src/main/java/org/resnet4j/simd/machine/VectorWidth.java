package org.resnet4j.simd.machine;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/** The vector widths kernels are generated for. Results do not depend on it, bit for bit. */
public enum VectorWidth {
  /** SSE, NEON: 4 floats. */
  BITS_128(4, 16),
  /** AVX, AVX2: 8 floats. */
  BITS_256(8, 16),
  /** AVX-512: 16 floats. */
  BITS_512(16, 32);

  private static volatile @Nullable VectorWidth preferred;

  private final int lanes;
  private final int registers;

  VectorWidth(int lanes, int registers) {
    this.lanes = lanes;
    this.registers = registers;
  }

  /**
   * The widest of these that the JVM uses on this processor; the narrowest where it uses none, see
   * {@link KernelPath#SCALAR}.
   */
  public static VectorWidth preferred() {
    VectorWidth known = preferred;
    if (known == null) {
      known = find();
      preferred = known; // another thread finds the same
    }
    return known;
  }

  private static VectorWidth find() {
    int bits =
        VectorApi.isPresent()
            ? FloatVector.SPECIES_PREFERRED.vectorBitSize()
            : JvmFlags.current().map(JvmFlags::vectorBits).orElse(0);
    return Arrays.stream(values())
        .filter(width -> width.bits() <= bits)
        .reduce((narrower, wider) -> wider)
        .orElse(BITS_128);
  }

  /** Floats in a vector. */
  public int lanes() {
    return lanes;
  }

  /** Width in bits. */
  public int bits() {
    return lanes * Float.SIZE;
  }

  /** Architectural vector registers one may count on at this width. */
  public int registers() {
    return registers;
  }
}
