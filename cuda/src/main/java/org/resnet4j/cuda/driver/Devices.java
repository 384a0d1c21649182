package org.resnet4j.cuda.driver;

import java.util.List;
import java.util.stream.IntStream;

/** The GPUs that this process sees. Thread-safe. */
public final class Devices {
  private Devices() {}

  /**
   * Every device, in the driver's order.
   *
   * @throws IllegalStateException if the driver is not usable: ask {@link DriverNatives#status()}
   *     first
   * @throws CudaException if a device cannot be asked
   */
  public static List<Device> list() {
    requireDriver();
    DriverApi api = new JCudaApi();
    return IntStream.range(0, api.deviceGetCount())
        .mapToObj(ordinal -> Device.read(api, ordinal))
        .toList();
  }

  static void requireDriver() {
    switch (DriverNatives.status()) {
      case DriverStatus.Usable _ -> {}
      case DriverStatus.Missing missing -> throw new IllegalStateException(missing.reason());
    }
  }
}
