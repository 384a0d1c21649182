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

  /** The first with tensor cores of twice the width of data-centre Ampere's. */
  private static final int HOPPER = 9;

  private static final double USUAL_HERTZ = 1.7e9;

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

  /**
   * What a device could compute at most, as its architecture says: operations of a multiprocessor
   * in a cycle, dense, by tensor cores where the precision is theirs, at a usual clock.
   */
  public static double operationsPerSecond(Device device, Precision precision) {
    boolean hopper = device.computeMajor() >= HOPPER;
    boolean ampere = device.computeMajor() == AMPERE.major() && device.computeMinor() == 0;
    int half = hopper ? 4096 : ampere ? 2048 : 1024;
    int perCycle =
        switch (precision) {
          case FP32 -> AMPERE.isIn(device) && !ampere ? 256 : 128;
          case TF32 -> half / 2;
          case FP16, BF16 -> half;
        };
    return device.multiprocessors() * USUAL_HERTZ * perCycle;
  }

  /** The precisions that a device computes in, in their order. */
  public static Set<Precision> precisions(Device device) {
    EnumSet<Precision> precisions = EnumSet.allOf(Precision.class);
    precisions.removeIf(precision -> !needed(precision).isIn(device));
    return precisions;
  }
}
