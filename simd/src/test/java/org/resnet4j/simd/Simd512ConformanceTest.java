package org.resnet4j.simd;

import org.resnet4j.simd.machine.VectorWidth;

class Simd512ConformanceTest extends SimdConformance {
  Simd512ConformanceTest() {
    super(VectorWidth.BITS_512);
  }
}
