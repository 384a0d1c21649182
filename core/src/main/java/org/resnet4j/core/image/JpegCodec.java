package org.resnet4j.core.image;

import org.resnet4j.core.image.system.LibTurboJpeg;
import org.resnet4j.core.image.system.NoLibraryException;

/**
 * What makes pixels of JPEGs. All give the same of what is not damaged; libjpeg-turbo in about a
 * third of the time.
 */
public enum JpegCodec {
  /**
   * The system's libjpeg-turbo where it is there and the JVM was told that native code may be
   * called, else the decoder in Java.
   */
  AUTO,
  /** The decoder in Java. */
  JAVA,
  /** The system's libjpeg-turbo; without it, JPEGs are refused. */
  TURBO;

  /**
   * Checks that what was asked for by name is there; else it is loaded when the first JPEG comes.
   *
   * @throws IllegalArgumentException if it is not; says why, and what to do about it
   */
  public void requireHere() {
    try {
      if (this == TURBO) {
        LibTurboJpeg.get();
      }
    } catch (NoLibraryException e) {
      throw new IllegalArgumentException(e.getMessage() + "; " + e.remedy(), e);
    }
  }

  /** What it comes to on this machine, for people. */
  public String describe() {
    boolean turbo =
        this == TURBO || (this == AUTO && LibTurboJpeg.isAllowed() && LibTurboJpeg.isThere());
    return turbo ? "libjpeg-turbo" : "Java";
  }
}
