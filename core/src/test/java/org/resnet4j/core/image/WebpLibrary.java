package org.resnet4j.core.image;

import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.resnet4j.core.image.system.LibWebp;
import org.resnet4j.core.image.system.NoLibraryException;

/**
 * Whether libwebp is there. Without it the tests of WebP's pixels are skipped and say so, or fail
 * under {@code -Dwebp.required=true}.
 */
public final class WebpLibrary {
  private WebpLibrary() {}

  public static void assumeFor(String name) {
    if (!name.contains(".webp")) {
      return;
    }
    String missing = missing();
    if (!missing.isEmpty() && Boolean.getBoolean("webp.required")) {
      fail(missing);
    }
    assumeThat(missing).isEmpty();
  }

  private static String missing() {
    try {
      LibWebp.get();
      return "";
    } catch (NoLibraryException e) {
      return "NO WEBP: " + e.getMessage() + "; " + e.remedy();
    }
  }
}
