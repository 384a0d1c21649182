package org.resnet4j.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.ImageDecoder;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.text.Quote;

/**
 * From a value of a column to a picture: the bytes of a file, or the path of one on any file system
 * that Spark reads.
 *
 * @param hadoop how to reach the file systems
 */
record PictureSource(Broadcast<SerializableConfiguration> hadoop, DecodeOptions options)
    implements Serializable {
  /** Large pictures that did not fit beside others are decoded one after the other. */
  private static final Object ALONE = new Object();

  /**
   * Reads and decodes.
   *
   * @param value null, a {@code byte[]} or a {@code String}
   * @throws PictureException if there is no sound picture; says why in one line
   */
  RgbImage read(@Nullable Object value) throws PictureException {
    try {
      return decode(value);
    } catch (ImageDecodeException e) {
      if (!e.isOutOfMemory()) {
        throw new PictureException(String.valueOf(e.getMessage()), e);
      }
    }
    synchronized (ALONE) {
      try {
        return decode(value);
      } catch (ImageDecodeException e) {
        throw new PictureException(String.valueOf(e.getMessage()), e);
      }
    }
  }

  private RgbImage decode(@Nullable Object value) throws PictureException, ImageDecodeException {
    return switch (value) {
      case null ->
          throw new PictureException("NULL instead of a picture; look at what wrote the row", null);
      case byte[] content -> ImageDecoder.decode(content, "picture", options);
      case String path -> decode(path);
      default ->
          throw new IllegalArgumentException(
              "a picture is BINARY, or the path of one is STRING; got " + value.getClass());
    };
  }

  private RgbImage decode(String name) throws PictureException, ImageDecodeException {
    try {
      Path path = new Path(name);
      FileSystem files = path.getFileSystem(hadoop.value().value());
      try (InputStream in = files.open(path)) {
        return ImageDecoder.decode(in, name, options);
      }
    } catch (ImageDecodeException e) {
      throw e;
    } catch (FileNotFoundException e) {
      throw new PictureException(
          Quote.oneLine(name + ": there is no such file; it may have been there before"), e);
    } catch (IOException | RuntimeException e) { // of file systems by many hands
      throw new PictureException(
          Quote.oneLine(name + ": cannot be read: " + e.getMessage() + "; check the path"), e);
    }
  }
}
