package org.resnet4j.core.image.jfif;

import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.JpegCodec;
import org.resnet4j.core.image.system.LibTurboJpeg;
import org.resnet4j.core.image.system.NoLibraryException;

/** The library that a {@link JpegCodec} comes to on this machine. */
final class CodecLibrary {
  /** What {@link JpegCodec#AUTO} found when it looked. */
  private record Found(@Nullable LibTurboJpeg library) {}

  private static volatile @Nullable Found found;

  private CodecLibrary() {}

  /** Null for the decoder in Java. */
  static @Nullable LibTurboJpeg of(JpegCodec codec) throws NoLibraryException {
    return switch (codec) {
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

  private static @Nullable LibTurboJpeg look() {
    try {
      return LibTurboJpeg.isAllowed() ? LibTurboJpeg.get() : null;
    } catch (NoLibraryException _) {
      return null;
    }
  }
}
