package org.resnet4j.cuda.driver;

/** Clean-up that loses no failure. Thread-safe. */
public final class Failures {
  private Failures() {}

  /** Releases after a failure; a failing release is added to it and does not hide it. */
  public static void closeAfter(Throwable failure, AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }
}
