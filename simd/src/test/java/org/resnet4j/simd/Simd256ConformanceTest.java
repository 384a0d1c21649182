package org.resnet4j.simd;

import org.resnet4j.simd.machine.VectorWidth;

class Simd256ConformanceTest extends SimdConformance {
  Simd256ConformanceTest() {
    super(VectorWidth.BITS_256);
  }
}
