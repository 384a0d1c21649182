package org.resnet4j.simd;

import org.resnet4j.simd.machine.VectorWidth;

class Simd128ConformanceTest extends SimdConformance {
  Simd128ConformanceTest() {
    super(VectorWidth.BITS_128);
  }
}
