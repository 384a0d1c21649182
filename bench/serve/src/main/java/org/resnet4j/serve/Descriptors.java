package org.resnet4j.serve;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.OptionalInt;

/** Files and connections that the system lets this process have open at once. */
final class Descriptors {
  /** For jars, libraries and whatever else is opened while the server works. */
  private static final long RESERVE = 64;

  private Descriptors() {}

  /**
   * How many connections leave enough for everything else; empty where the system does not say. A
   * class that cannot be loaded for want of a descriptor would be lost for the life of the process.
   */
  static OptionalInt forConnections() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? forConnections(unix.getMaxFileDescriptorCount(), unix.getOpenFileDescriptorCount())
        : OptionalInt.empty();
  }

  /**
   * The same of a process.
   *
   * @param most descriptors it may have; less than 1 if that is unknown
   * @param open those it has
   */
  static OptionalInt forConnections(long most, long open) {
    return most < 1
        ? OptionalInt.empty()
        : OptionalInt.of((int) Math.clamp(most - open - RESERVE, 1L, Integer.MAX_VALUE));
  }
}
