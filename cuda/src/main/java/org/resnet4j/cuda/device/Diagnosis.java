package org.resnet4j.cuda.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.backend.Requirement;
import org.resnet4j.cuda.cublas.Cublas;
import org.resnet4j.cuda.cudnn.Cudnn;
import org.resnet4j.cuda.cudnn.CudnnParts;
import org.resnet4j.cuda.cudnn.Nvrtc;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.Device;
import org.resnet4j.cuda.driver.DeviceMemory;
import org.resnet4j.cuda.driver.Devices;
import org.resnet4j.cuda.driver.DriverNatives;
import org.resnet4j.cuda.driver.DriverStatus;
import org.resnet4j.cuda.library.LibraryFinder;
import org.resnet4j.cuda.library.LibraryStatus;

/**
 * All that the backend needs, each thing looked for whatever else is missing, each device opened
 * and closed again. Serves one thread at a time.
 */
public final class Diagnosis {
  /** For a driver that is not there yet: any library may fit it. */
  private static final int ANY_VERSION = Integer.MAX_VALUE;

  private final LibraryFinder finder;
  private final List<Requirement> requirements = new ArrayList<>();

  private Diagnosis(LibraryFinder finder) {
    this.finder = finder;
  }

  /** Driver, libraries, then each device. Never throws. */
  public static List<Requirement> of(LibraryFinder finder) {
    Diagnosis diagnosis = new Diagnosis(finder);
    try {
      diagnosis.run();
    } catch (CudaException e) {
      diagnosis.unmet("CUDA", String.valueOf(e.getMessage()), Remedies.of(e));
    }
    return List.copyOf(diagnosis.requirements);
  }

  private void run() {
    switch (DriverNatives.status()) {
      case DriverStatus.Missing(String reason, String remedy) -> {
        unmet("driver", reason, remedy);
        libraries(ANY_VERSION);
      }
      case DriverStatus.Usable usable -> {
        met("driver", "for CUDA " + usable.text());
        libraries(usable.version());
        Devices.list().forEach(this::device);
      }
    }
  }

  private void libraries(int driverVersion) {
    int cudaVersion = driverVersion;
    switch (Cudnn.load(finder, driverVersion, null)) {
      case LibraryStatus.Missing<Cudnn>(String reason, String remedy) ->
          unmet("cuDNN", reason, remedy);
      case LibraryStatus.Usable<Cudnn>(Cudnn cudnn) -> {
        met("cuDNN", cudnn.versionText() + ", " + cudnn.location());
        parts(cudnn.parts());
        cudaVersion = Math.toIntExact(cudnn.getCudartVersion());
      }
    }
    switch (Nvrtc.load(finder, cudaVersion, null)) {
      case LibraryStatus.Missing<Nvrtc>(String reason, String remedy) ->
          unmet("NVRTC", reason, remedy);
      case LibraryStatus.Usable<Nvrtc>(Nvrtc nvrtc) ->
          met("NVRTC", nvrtc.versionText() + ", " + nvrtc.location());
    }
    switch (Cublas.load(finder, cudaVersion, null)) {
      case LibraryStatus.Missing<Cublas>(String reason, String remedy) ->
          unmet("cuBLAS", reason, remedy);
      case LibraryStatus.Usable<Cublas>(Cublas cublas) ->
          met("cuBLAS", cublas.versionText() + ", " + cublas.location());
    }
  }

  private void parts(CudnnParts parts) {
    if (parts.problems().isEmpty()) {
      met("its parts", "%s files in %s".formatted(parts.files().size(), parts.folder()));
    } else {
      unmet(
          "its parts",
          String.join("; ", parts.problems()),
          "keep one whole cuDNN, and no other in LD_LIBRARY_PATH or the system's folders");
    }
  }

  private void device(Device device) {
    String name = "device " + device.ordinal();
    switch (CudaProbe.of(finder, device.ordinal())) {
      case CudaProbe.Ready(DeviceFacts facts) -> open(name, facts);
      case CudaProbe.Blocked(Obstacle.Library _) ->
          met(name, device.text() + "; not opened, since libraries are missing");
      case CudaProbe.Blocked(Obstacle obstacle) -> unmet(name, obstacle);
    }
  }

  private void open(String name, DeviceFacts facts) {
    Device device = facts.device();
    try (CudaContext context = CudaContext.open(facts, Precision.FP32)) {
      long freeBytes = context.call(() -> DeviceMemory.freeBytes(context.gpu()));
      met(
          name,
          String.format(
              Locale.ROOT,
              "%s, %.1f of %.1f GB free, computes in %s",
              device.text(),
              freeBytes / 1e9,
              device.totalBytes() / 1e9,
              Capabilities.precisions(device)));
    } catch (CudaException e) {
      unmet(name, new Obstacle.Failure(device.ordinal(), e));
    }
  }

  private void met(String name, String found) {
    requirements.add(new Requirement.Met(name, found));
  }

  private void unmet(String name, Obstacle obstacle) {
    unmet(name, obstacle.reason(), obstacle.remedy());
  }

  private void unmet(String name, String reason, String remedy) {
    requirements.add(new Requirement.Unmet(name, reason, remedy));
  }
}
