package org.resnet4j.core.backend;

/**
 * A device, its driver or a library on it has failed in the middle of work: whatever a backend on a
 * device is asked to do may end so. The message names the call and what it answered.
 */
public abstract class DeviceFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the call that has failed and its answer. */
  protected DeviceFailedException(String message) {
    super(message);
  }

  /** What a user can do about it, in one sentence without a full stop. */
  public abstract String remedy();
}
