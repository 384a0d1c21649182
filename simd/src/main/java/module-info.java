import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.simd.SimdBackendProvider;

/**
 * The CPU backend: GEMM, convolution and pooling kernels on the Vector API, and the engine that
 * runs a graph on them.
 */
module org.resnet4j.simd {
  requires transitive org.resnet4j.core;
  requires jdk.incubator.vector;
  requires jdk.management;

  exports org.resnet4j.simd;
  exports org.resnet4j.simd.kernel;
  exports org.resnet4j.simd.kernel.conv;
  exports org.resnet4j.simd.kernel.gemm;
  exports org.resnet4j.simd.kernel.layout;
  exports org.resnet4j.simd.kernel.matrix;
  exports org.resnet4j.simd.machine;

  provides BackendProvider with
      SimdBackendProvider;
}
