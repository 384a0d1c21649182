package org.resnet4j.cuda.driver;

/** For an emulator that begins anew within one JVM, as no driver does. */
public final class NewDriver {
  private NewDriver() {}

  /** What was kept of the driver before. */
  public static void forget() {
    GpuThread.forgetContexts();
  }
}
