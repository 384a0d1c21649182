package org.resnet4j.cuda;

import java.nio.file.Path;
import java.util.Map;
import org.resnet4j.core.backend.AlgorithmChoice;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.cuda.driver.Device;
import org.resnet4j.cuda.library.LibraryFinder;

/** Devices and places of libraries for tests. */
final class Gpus {
  private Gpus() {}

  /** A device without the emulator. */
  static Device device(int ordinal, int computeMajor, int computeMinor) {
    return new Device(ordinal, "Some GPU", computeMajor, computeMinor, 16, 1L << 30);
  }

  /** Finds the emulated libraries. */
  static LibraryFinder libraries() {
    return libraries(Emulator.library("libcudnn.so.9"), Emulator.library("libcublas.so.12"));
  }

  /** Finds these files, or what is in these folders. */
  static LibraryFinder libraries(Path cudnn, Path cublas) {
    Map<String, String> environment =
        Map.of(
            "RESNET4J_CUDNN",
            cudnn.toString(),
            "RESNET4J_CUBLAS",
            cublas.toString(),
            "RESNET4J_NVRTC",
            Emulator.folder().toString());
    return new LibraryFinder(environment, _ -> null, Path.of("/"));
  }

  /** A backend on the emulated device 0. */
  static Backend open(Precision precision) {
    return open(precision, AlgorithmChoice.BY_SHAPE);
  }

  /** The same with another choice of algorithms. */
  static Backend open(Precision precision, AlgorithmChoice algorithms) {
    BackendOptions options = new BackendOptions(1).withAlgorithms(algorithms);
    return new CudaBackendProvider(libraries()).open(options.withPrecision(precision));
  }

  /** A backend on device 0 of a provider's. */
  static Backend open(CudaBackendProvider provider, Precision precision) {
    return provider.open(new BackendOptions(1).withPrecision(precision));
  }

  /** The emulated device 0 with the emulated libraries. */
  static DeviceFacts facts() {
    return ((CudaProbe.Ready) CudaProbe.of(libraries(), 0)).facts();
  }
}
