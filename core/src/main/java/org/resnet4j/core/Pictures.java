package org.resnet4j.core;

import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.RgbImage;

/** Reads pictures that are decoded already. */
final class Pictures implements PictureReader<RgbImage> {
  static final Pictures READER = new Pictures();

  private Pictures() {}

  @Override
  public RgbImage read(RgbImage picture, DecodeOptions options) {
    return picture;
  }
}
