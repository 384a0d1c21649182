package org.resnet4j.cuda;

import org.resnet4j.core.backend.AlgorithmChoice;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.cuda.support.Gpus;

/** Opens backends for tests. */
final class OnEmulator {
  private OnEmulator() {}

  /** A backend on the emulated device 0. */
  public static Backend open(Precision precision) {
    return open(precision, AlgorithmChoice.BY_SHAPE);
  }

  /** The same with another choice of algorithms. */
  static Backend open(Precision precision, AlgorithmChoice algorithms) {
    return open(new BackendOptions(1).withAlgorithms(algorithms).withPrecision(precision));
  }

  /** The same with any options. */
  static Backend open(BackendOptions options) {
    return new CudaBackendProvider(Gpus.libraries()).open(options);
  }

  /** A backend on device 0 of a provider's. */
  public static Backend open(CudaBackendProvider provider, Precision precision) {
    return provider.open(new BackendOptions(1).withPrecision(precision));
  }
}
