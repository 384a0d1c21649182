package org.resnet4j.cuda.driver;

/** Clean-up that loses no failure. Thread-safe. */
public final class Failures {
  private Failures() {}

  /** {@code thrown} for a throw statement, as if it were what the compiler takes it for. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  static <T extends Throwable> T sneaked(Throwable thrown) throws T {
    throw (T) thrown;
  }

  /** Releases after a failure; a failing release is added to it and does not hide it. */
  @SuppressWarnings("ReferenceEquality") // the same object, which cannot be added to itself
  public static void closeAfter(Throwable failure, AutoCloseable resource) {
    try {
      resource.close();
    } catch (Throwable e) {
      if (e != failure) { // the JVM has some errors once
        failure.addSuppressed(e);
      }
    }
  }
}
