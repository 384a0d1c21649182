package org.resnet4j.cuda.device;

import org.resnet4j.cuda.cublas.Cublas;
import org.resnet4j.cuda.cudnn.Cudnn;
import org.resnet4j.cuda.cudnn.Nvrtc;
import org.resnet4j.cuda.driver.Device;
import org.resnet4j.cuda.driver.DriverStatus;
import org.resnet4j.cuda.library.LibraryStatus;

/**
 * A device and what drives it, not opened. Immutable and thread-safe.
 *
 * @param device the GPU
 * @param driverVersion as in {@link DriverStatus.Usable#version}
 * @param cudnn that the driver can serve
 * @param cublas of cuDNN's CUDA version or the nearest older
 * @param nvrtc of cuDNN's CUDA version, without which cuDNN has fewer engines
 */
public record DeviceFacts(
    Device device, int driverVersion, Cudnn cudnn, Cublas cublas, LibraryStatus<Nvrtc> nvrtc) {
  /** For people. */
  public String text() {
    return "%s, driver for CUDA %s, cuDNN %s, cuBLAS %s%s"
        .formatted(
            device.text(),
            DriverStatus.versionText(driverVersion),
            cudnn.versionText(),
            cublas.versionText(),
            nvrtc instanceof LibraryStatus.Missing<Nvrtc> ? ", no NVRTC" : "");
  }
}
