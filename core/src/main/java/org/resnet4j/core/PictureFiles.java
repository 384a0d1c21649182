package org.resnet4j.core;

import java.nio.file.Path;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.decode.ImageDecoder;

/** Reads pictures from their files. */
final class PictureFiles implements PictureReader<Path> {
  static final PictureFiles READER = new PictureFiles();

  private PictureFiles() {}

  @Override
  public RgbImage read(Path file, DecodeOptions options) throws ImageDecodeException {
    return ImageDecoder.decode(file, options);
  }
}
