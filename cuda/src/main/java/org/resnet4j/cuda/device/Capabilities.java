package org.resnet4j.cuda.device;

import java.util.EnumSet;
import java.util.Set;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.cuda.driver.Device;

/**
 * What devices of which compute capability can do. Stateless. Source: NVIDIA, CUDA C++ Programming
 * Guide, compute capabilities; the cuDNN support matrix.
 */
public final class Capabilities {
  /** Of our kernels' PTX, and the lowest that both CUDA 12 and 13 compile for. */
  static final Version MINIMUM = new Version(7, 5);

  /** The first with tensor cores for TF32 and bfloat16. */
  private static final Version AMPERE = new Version(8, 0);

  private Capabilities() {}

  /** A compute capability. */
  record Version(int major, int minor) {
    boolean isIn(Device device) {
      return device.computeMajor() > major
          || (device.computeMajor() == major && device.computeMinor() >= minor);
    }

    @Override
    public String toString() {
      return major + "." + minor;
    }
  }

  /** The lowest compute capability that computes in a precision. */
  static Version needed(Precision precision) {
    return switch (precision) {
      case FP32, FP16 -> MINIMUM;
      case TF32, BF16 -> AMPERE;
    };
  }

  /** The precisions that a device computes in, in their order. */
  public static Set<Precision> precisions(Device device) {
    EnumSet<Precision> precisions = EnumSet.allOf(Precision.class);
    precisions.removeIf(precision -> !needed(precision).isIn(device));
    return precisions;
  }
}
