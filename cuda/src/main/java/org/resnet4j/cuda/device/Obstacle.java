package org.resnet4j.cuda.device;

import java.util.List;
import java.util.stream.Collectors;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.Device;

/** What keeps a backend from running on a device. Immutable and thread-safe. */
public sealed interface Obstacle {
  /** What is wrong, in one sentence without a full stop. */
  String reason();

  /** What a user can do about it, likewise. */
  String remedy();

  /** No driver, no binding for it, or one that is too old or does not start or sees no device. */
  record Driver(String reason, String remedy) implements Obstacle {}

  /** A library that is missing, cannot be loaded or does not fit the driver. */
  record Library(String reason, String remedy) implements Obstacle {}

  /**
   * There is no device of this number.
   *
   * @param number asked for
   * @param devices those that there are
   */
  record UnknownDevice(int number, List<Device> devices) implements Obstacle {
    /** Copies the list. */
    public UnknownDevice {
      devices = List.copyOf(devices);
    }

    @Override
    public String reason() {
      return "there is no device %s; the driver sees %s: %s"
          .formatted(
              number,
              devices.size(),
              devices.stream()
                  .map(device -> device.ordinal() + " (" + device.name() + ")")
                  .collect(Collectors.joining(", ")));
    }

    @Override
    public String remedy() {
      return "choose one of these, and check CUDA_VISIBLE_DEVICES, which hides and renumbers them";
    }
  }

  /** A device of an architecture that cuDNN 9 and our kernels no longer serve. */
  record OldDevice(Device device) implements Obstacle {
    @Override
    public String reason() {
      return "device %s (%s) has compute capability %s, needed is %s"
          .formatted(
              device.ordinal(), device.name(), device.computeCapability(), Capabilities.MINIMUM);
    }

    @Override
    public String remedy() {
      return "choose a device of the Turing generation or later, if there is one";
    }
  }

  /** A device without instructions for a precision. */
  record UnsupportedPrecision(Device device, Precision precision) implements Obstacle {
    @Override
    public String reason() {
      return "device %s (%s) has compute capability %s, %s needs %s"
          .formatted(
              device.ordinal(),
              device.name(),
              device.computeCapability(),
              precision,
              Capabilities.needed(precision));
    }

    @Override
    public String remedy() {
      return "choose one of " + Capabilities.precisions(device) + ", or a newer device";
    }
  }

  /** A device that is there, and a call that fails when it is asked or opened. */
  record Failure(int number, CudaException cause) implements Obstacle {
    @Override
    public String reason() {
      return "device " + number + " does not start: " + cause.getMessage();
    }

    @Override
    public String remedy() {
      return Remedies.of(cause);
    }
  }
}
