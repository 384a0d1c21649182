package org.resnet4j.cuda.driver;

/**
 * Scratch memory on the device for the time of a call. Immutable and thread-safe.
 *
 * @param address 0 if there is none
 * @param bytes length
 */
public record DeviceRange(long address, long bytes) {
  /** No memory. */
  public static final DeviceRange NONE = new DeviceRange(0, 0);
}
