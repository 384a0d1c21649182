package org.resnet4j.golden;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Files beside this package's classes. */
final class Resources {
  private Resources() {}

  /**
   * The whole of a file.
   *
   * @throws IllegalStateException if the jar lacks it
   * @throws UncheckedIOException if it cannot be read
   */
  static byte[] bytes(String path) {
    try (InputStream in = Resources.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException(
            "the resource " + path + " is missing from resnet4j-golden's jar; build it again");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the resource " + path, e);
    }
  }
}
