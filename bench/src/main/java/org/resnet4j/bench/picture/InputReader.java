package org.resnet4j.bench.picture;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.option.Inputs;
import org.resnet4j.core.PictureReader;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.decode.ImageDecoder;

/** Reads files and standard input. Thread-safe. */
public final class InputReader implements PictureReader<Path> {
  /** Of standard input, which cannot be read again. */
  private volatile @Nullable ImageDecodeException lacking;

  @Override
  public RgbImage read(Path file, DecodeOptions options) throws ImageDecodeException {
    return file.equals(Inputs.STANDARD_INPUT)
        ? readInput(options)
        : ImageDecoder.decode(file, options);
  }

  private RgbImage readInput(DecodeOptions options) throws ImageDecodeException {
    ImageDecodeException before = lacking;
    if (before != null) {
      throw before;
    }
    try {
      return ImageDecoder.decode(System.in, "standard input", options);
    } catch (ImageDecodeException e) {
      lacking = e.isOutOfMemory() ? e : null;
      throw e;
    }
  }
}
