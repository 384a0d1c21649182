package org.resnet4j.core.image;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads JPEG and PNG files into 8-bit RGB, to the same bytes as Pillow's {@code
 * Image.open(file).convert("RGB")}.
 *
 * <p>Grey is replicated, a palette looked up, alpha dropped without blending, ICC profiles and
 * gamma ignored, CMYK converted by Pillow's formula. Of 16-bit samples the high byte counts, for
 * grey too, where Pillow 9.4 would clip everything above 255 to white. EXIF orientation is ignored
 * unless {@link DecodeOptions#applyExif()} asks for it.
 *
 * <p>Whatever is wrong with a file ends in an {@link ImageDecodeException}: a picture that lost
 * data is refused rather than returned with grey rows, as is a PNG with a wrong checksum.
 *
 * <p>The methods are thread-safe and keep nothing.
 */
public final class ImageDecoder {
  /** The most a pixel takes uncompressed, 16-bit RGBA. A file much larger holds something else. */
  private static final long MAX_BYTES_PER_PIXEL = 8;

  private static final long METADATA_BYTES = 64L << 20;

  private ImageDecoder() {}

  /**
   * Reads {@code file} with {@link DecodeOptions#DEFAULT}.
   *
   * @throws ImageDecodeException if it cannot be read or is no sound JPEG or PNG
   */
  public static RgbImage decode(Path file) throws ImageDecodeException {
    return decode(file, DecodeOptions.DEFAULT);
  }

  /**
   * Reads {@code file}, once and whole.
   *
   * @throws ImageDecodeException if it cannot be read, is no sound JPEG or PNG, or is too large
   */
  public static RgbImage decode(Path file, DecodeOptions options) throws ImageDecodeException {
    return decode(read(file, options), file.toString(), options);
  }

  /**
   * Decodes a file's content with {@link DecodeOptions#DEFAULT}.
   *
   * @param content the bytes, which are not kept
   * @param description what to call them in messages
   * @throws ImageDecodeException if they are no sound JPEG or PNG
   */
  public static RgbImage decode(byte[] content, String description) throws ImageDecodeException {
    return decode(content, description, DecodeOptions.DEFAULT);
  }

  /**
   * Decodes a file's content.
   *
   * @param content the bytes, which are not kept
   * @param description what to call them in messages
   * @throws ImageDecodeException if they are no sound JPEG or PNG, or the picture is too large
   */
  public static RgbImage decode(byte[] content, String description, DecodeOptions options)
      throws ImageDecodeException {
    Source source = new Source(description, content);
    if (content.length == 0) {
      throw source.error("the file is empty", "copy or download it again");
    }
    ImageFormat format = ImageFormat.of(source);
    try {
      return switch (format) {
        case JPEG -> JpegDecoder.decode(source, options);
        case PNG -> PngDecoder.decode(source, options);
        case GIF, BMP, TIFF, WEBP, HEIF, PDF, HTML, UNKNOWN ->
            throw source.error("it is " + format.description, "convert it to JPEG or PNG");
      };
    } catch (OutOfMemoryError e) {
      // A picture within the pixel limit can still exceed a small heap; the caller can go on.
      throw source.outOfMemory(e);
    }
  }

  /** Refuses a picture by its header, before anything is allocated for its pixels. */
  static void checkPixels(Source source, long width, long height, DecodeOptions options)
      throws ImageDecodeException {
    if (width < 1 || height < 1) {
      throw source.corrupt("picture", width + "x" + height + " pixels");
    }
    // The RGB bytes must fit one array, whatever the option says.
    long limit = Math.min(options.maxPixels(), (Integer.MAX_VALUE - 8) / 3);
    if (height > limit / width) {
      throw source.error(
          "%dx%d pixels are more than the limit of %d".formatted(width, height, limit),
          limit < options.maxPixels()
              ? "scale it down"
              : "scale it down or raise the limit (maxPixels)");
    }
  }

  private static byte[] read(Path file, DecodeOptions options) throws ImageDecodeException {
    String name = file.toString();
    try {
      if (Files.isDirectory(file)) {
        throw new ImageDecodeException(name, "is a directory", "name a JPEG or PNG file", null);
      }
      // A device or a pipe may never end.
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw new ImageDecodeException(name, "is no regular file", "copy it to a file", null);
      }
      long size = Files.size(file);
      long limit = METADATA_BYTES + MAX_BYTES_PER_PIXEL * Math.min(options.maxPixels(), 1L << 40);
      if (size > Math.min(limit, Integer.MAX_VALUE - 8)) {
        throw new ImageDecodeException(
            name, size + " bytes are too many for a picture", "scale it down", null);
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException | FileNotFoundException e) {
      throw new ImageDecodeException(name, "there is no such file", "check the path", e);
    } catch (AccessDeniedException e) {
      throw new ImageDecodeException(name, "access is denied", "check its permissions", e);
    } catch (ImageDecodeException e) {
      throw e;
    } catch (IOException e) {
      throw new ImageDecodeException(
          name, "cannot be read (" + e.getMessage() + ")", "check the disk or the network", e);
    }
  }
}
