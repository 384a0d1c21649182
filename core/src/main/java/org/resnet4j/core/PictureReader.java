package org.resnet4j.core;

import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.decode.ImageDecoder;

/**
 * Makes a picture of what stands for it: {@link ImageDecoder#decode(java.nio.file.Path,
 * DecodeOptions)} of a file. Called by several threads at once.
 *
 * @param <S> what stands for a picture
 */
@FunctionalInterface
public interface PictureReader<S> {
  /**
   * Reads and decodes. May be called a second time for the same picture, alone, where memory did
   * not suffice for it beside others; so it must not wait for other pictures of a stream.
   *
   * @throws ImageDecodeException if there is no sound picture
   */
  RgbImage read(S picture, DecodeOptions options) throws ImageDecodeException;
}
