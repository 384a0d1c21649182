package org.resnet4j.cuda.support;

import java.nio.file.Path;
import java.util.Map;
import org.resnet4j.cuda.device.CudaProbe;
import org.resnet4j.cuda.device.DeviceFacts;
import org.resnet4j.cuda.driver.Device;
import org.resnet4j.cuda.library.LibraryFinder;

/** Devices and places of libraries for tests. */
public final class Gpus {
  private Gpus() {}

  /** A device without the emulator. */
  public static Device device(int ordinal, int computeMajor, int computeMinor) {
    return new Device(ordinal, "Some GPU", computeMajor, computeMinor, 16, 1L << 30);
  }

  /** Finds the emulated libraries. */
  public static LibraryFinder libraries() {
    return libraries(Emulator.library("libcudnn.so.9"), Emulator.library("libcublas.so.12"));
  }

  /** Finds these files, or what is in these folders. */
  public static LibraryFinder libraries(Path cudnn, Path cublas) {
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

  /** The emulated device 0 with the emulated libraries. */
  public static DeviceFacts facts() {
    return ((CudaProbe.Ready) CudaProbe.of(libraries(), 0)).facts();
  }
}
