package org.resnet4j.core.image;

import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.system.LibTurboJpeg;
import org.resnet4j.core.image.system.NoLibraryException;

/** What makes pixels of JPEGs. All give the same; libjpeg-turbo in about half the time. */
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

  /** What {@link #AUTO} found when it looked. */
  private record Found(@Nullable LibTurboJpeg library) {}

  private static volatile @Nullable Found found;

  /**
   * Loads what it needs, so that the first picture does not have to.
   *
   * @throws IllegalArgumentException if that is not there; says why, and what to do about it
   */
  public void requireHere() {
    try {
      library();
    } catch (NoLibraryException e) {
      throw new IllegalArgumentException(e.getMessage() + "; " + e.remedy(), e);
    }
  }

  /** What it comes to on this machine, for people; loads what it needs. */
  public String describe() {
    try {
      return library() == null ? "Java" : "libjpeg-turbo";
    } catch (NoLibraryException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Null for the decoder in Java. */
  @Nullable LibTurboJpeg library() throws NoLibraryException {
    return switch (this) {
      case JAVA -> null;
      case TURBO -> LibTurboJpeg.get();
      case AUTO -> auto();
    };
  }

  private static @Nullable LibTurboJpeg auto() {
    Found known = found;
    if (known == null) {
      known = new Found(look());
      found = known;
    }
    return known.library();
  }

  /** Nobody is warned of native code who did not ask for it. */
  private static @Nullable LibTurboJpeg look() {
    try {
      return JpegCodec.class.getModule().isNativeAccessEnabled() ? LibTurboJpeg.get() : null;
    } catch (NoLibraryException _) {
      return null;
    }
  }
}
