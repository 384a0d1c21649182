package org.resnet4j.cuda.driver;

/** Whether this process can use a GPU through the driver, as data. Immutable and thread-safe. */
public sealed interface DriverStatus {
  /**
   * The driver answers and sees at least one device.
   *
   * @param version 1000 times the major version of CUDA plus 10 times the minor: 12060 is 12.6
   */
  record Usable(int version) implements DriverStatus {
    /** For people: {@code "12.6"}. */
    public String text() {
      return versionText(version);
    }
  }

  /**
   * No GPU can be used.
   *
   * @param reason what is wrong, in one sentence without a full stop
   * @param remedy what a user can do about it
   */
  record Missing(String reason, String remedy) implements DriverStatus {}

  /** {@code "12.6"} of 12060. */
  static String versionText(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }
}
