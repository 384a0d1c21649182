package org.resnet4j.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.resnet4j.core.PictureReader;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.decode.ImageDecoder;
import org.resnet4j.core.text.Quote;

/**
 * From a value of a column to a picture: the bytes of a file, or the path of one on any file system
 * that Spark reads.
 *
 * @param hadoop how to reach the file systems
 */
record PictureSource(Broadcast<SerializableConfiguration> hadoop)
    implements PictureReader<Picture>, Serializable {
  private static final String LOCAL = "file:";

  /**
   * Reads and decodes.
   *
   * @throws PictureException if there is nothing to decode; says why in one line
   */
  @Override
  public RgbImage read(Picture picture, DecodeOptions options) throws ImageDecodeException {
    return switch (picture.value()) {
      case null ->
          throw new PictureException("NULL instead of a picture; look at what wrote the row", null);
      case byte[] content -> ImageDecoder.decode(content, picture.toString(), options);
      case String path when path.startsWith(LOCAL) && !path.startsWith(LOCAL + "//") ->
          ImageDecoder.decode(local(path), options);
      case String path -> decode(path, options);
      default ->
          throw new IllegalArgumentException(
              "a picture is BINARY, or the path of one is STRING; got "
                  + picture.value().getClass());
    };
  }

  /** Hadoop would take a colon in a name for its own. */
  private static java.nio.file.Path local(String path) {
    try {
      return java.nio.file.Path.of(path.substring(LOCAL.length()));
    } catch (IllegalArgumentException e) {
      throw unreadable(path, e);
    }
  }

  private RgbImage decode(String name, DecodeOptions options) throws ImageDecodeException {
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
      throw unreadable(name, e);
    }
  }

  private static PictureException unreadable(String name, Exception e) {
    return new PictureException(
        Quote.oneLine(name + ": cannot be read: " + e.getMessage() + "; check the path"), e);
  }
}
