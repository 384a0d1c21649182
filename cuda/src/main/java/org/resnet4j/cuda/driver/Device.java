package org.resnet4j.cuda.driver;

/**
 * What a GPU is. Immutable and thread-safe.
 *
 * @param ordinal its number in this process, from 0
 * @param name for people, for example {@code "NVIDIA H200"}
 * @param computeMajor compute capability before the point
 * @param computeMinor compute capability after the point
 * @param multiprocessors streaming multiprocessors
 * @param totalBytes device memory
 */
public record Device(
    int ordinal,
    String name,
    int computeMajor,
    int computeMinor,
    int multiprocessors,
    long totalBytes) {
  private static final int MULTIPROCESSORS = 16;
  private static final int COMPUTE_MAJOR = 75;
  private static final int COMPUTE_MINOR = 76;

  static Device read(DriverApi api, int ordinal) {
    int device = api.deviceGet(ordinal);
    return new Device(
        ordinal,
        api.deviceGetName(device),
        api.deviceGetAttribute(COMPUTE_MAJOR, device),
        api.deviceGetAttribute(COMPUTE_MINOR, device),
        api.deviceGetAttribute(MULTIPROCESSORS, device),
        api.deviceTotalMem(device));
  }

  /** {@code "NVIDIA H200, compute capability 9.0"}. */
  public String text() {
    return name + ", compute capability " + computeCapability();
  }

  /** {@code "9.0"}. */
  public String computeCapability() {
    return computeMajor + "." + computeMinor;
  }
}
