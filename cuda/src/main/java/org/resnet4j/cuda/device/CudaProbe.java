package org.resnet4j.cuda.device;

import java.util.List;
import org.resnet4j.cuda.cublas.Cublas;
import org.resnet4j.cuda.cudnn.Cudnn;
import org.resnet4j.cuda.cudnn.Nvrtc;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.Device;
import org.resnet4j.cuda.driver.Devices;
import org.resnet4j.cuda.driver.DriverNatives;
import org.resnet4j.cuda.driver.DriverStatus;
import org.resnet4j.cuda.library.LibraryFinder;
import org.resnet4j.cuda.library.LibraryStatus;

/**
 * What a backend on one device would be made of, or what stands in its way; found without opening
 * the device. Immutable and thread-safe.
 */
public sealed interface CudaProbe {
  /** All is there, as far as can be told before the device is opened. */
  record Ready(DeviceFacts facts) implements CudaProbe {}

  /** Something is missing. */
  record Blocked(Obstacle obstacle) implements CudaProbe {}

  /** Looks for device {@code number} and the libraries; stops at the first thing missing. */
  static CudaProbe of(LibraryFinder finder, int number) {
    return switch (DriverNatives.status()) {
      case DriverStatus.Missing(String reason, String remedy) ->
          new Blocked(new Obstacle.Driver(reason, remedy));
      case DriverStatus.Usable(int version) -> {
        try {
          yield withDriver(finder, version, Devices.list(), number);
        } catch (CudaException e) {
          yield new Blocked(new Obstacle.Failure(number, e));
        }
      }
    };
  }

  private static CudaProbe withDriver(
      LibraryFinder finder, int driverVersion, List<Device> devices, int number) {
    if (number >= devices.size()) {
      return new Blocked(new Obstacle.UnknownDevice(number, devices));
    }
    Device device = devices.get(number);
    if (!Capabilities.MINIMUM.isIn(device)) {
      return new Blocked(new Obstacle.OldDevice(device));
    }
    return switch (Cudnn.load(finder, driverVersion, null)) {
      case LibraryStatus.Missing<Cudnn>(String reason, String remedy) ->
          new Blocked(new Obstacle.Library(reason, remedy));
      case LibraryStatus.Usable<Cudnn>(Cudnn cudnn) ->
          withCudnn(finder, driverVersion, device, cudnn);
    };
  }

  /** cuDNN calls the cuBLAS of its own CUDA version, and two of them need not be loaded. */
  private static CudaProbe withCudnn(
      LibraryFinder finder, int driverVersion, Device device, Cudnn cudnn) {
    int cudaVersion = Math.toIntExact(cudnn.getCudartVersion());
    LibraryStatus<Nvrtc> nvrtc = Nvrtc.load(finder, cudaVersion, null);
    return switch (Cublas.load(finder, cudaVersion, null)) {
      case LibraryStatus.Missing<Cublas>(String reason, String remedy) ->
          new Blocked(new Obstacle.Library(reason, remedy));
      case LibraryStatus.Usable<Cublas>(Cublas cublas) ->
          new Ready(new DeviceFacts(device, driverVersion, cudnn, cublas, nvrtc));
    };
  }
}
