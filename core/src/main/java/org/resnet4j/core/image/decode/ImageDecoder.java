package org.resnet4j.core.image.decode;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.bmp.BmpDecoder;
import org.resnet4j.core.image.gif.GifDecoder;
import org.resnet4j.core.image.jfif.JpegDecoder;
import org.resnet4j.core.image.png.PngDecoder;
import org.resnet4j.core.image.source.PixelLimit;
import org.resnet4j.core.image.source.Source;
import org.resnet4j.core.image.tiff.TiffDecoder;
import org.resnet4j.core.image.webp.WebpDecoder;
import org.resnet4j.core.stack.AmpleStack;
import org.resnet4j.core.stack.StackReserve;

/**
 * Reads JPEG, PNG, GIF, BMP, TIFF and WebP files into 8-bit RGB, to the same bytes as Pillow's
 * {@code Image.open(file).convert("RGB")}.
 *
 * <p>Grey is replicated, a palette looked up, alpha dropped without blending, ICC profiles and
 * gamma ignored, CMYK converted by Pillow's formula. Of 16-bit samples the high byte counts, for
 * grey too, where Pillow 9.4 would clip everything above 255 to white. EXIF orientation is ignored
 * unless {@link DecodeOptions#applyExif()} asks for it; a TIFF's own is always applied. Of several
 * frames or pages the first counts.
 *
 * <p>Whatever is wrong with a file ends in an {@link ImageDecodeException}: a picture that lost
 * data is refused rather than returned with grey rows, as is a PNG with a wrong checksum. So is
 * what Pillow reads as something else than it means.
 *
 * <p>WebP is decoded by the system's libwebp, which is loaded when the first one comes; all else in
 * Java.
 *
 * <p>The methods are thread-safe and keep nothing.
 */
public final class ImageDecoder {
  /** What Java makes of bytes of a name that are no characters. */
  private static final char REPLACEMENT = '\uFFFD';

  private ImageDecoder() {}

  /**
   * Reads {@code file} with {@link DecodeOptions#DEFAULT}.
   *
   * @throws ImageDecodeException if it cannot be read or is no sound picture
   */
  public static RgbImage decode(Path file) throws ImageDecodeException {
    return AmpleStack.run(new OfFile(file, null));
  }

  /**
   * Reads {@code file}, once and in pieces: what no pixel needs is never held.
   *
   * @throws ImageDecodeException if it cannot be read, is no sound picture, or is too large
   */
  public static RgbImage decode(Path file, DecodeOptions options) throws ImageDecodeException {
    return AmpleStack.run(new OfFile(file, Objects.requireNonNull(options, "options")));
  }

  private static RgbImage read(Path file, DecodeOptions options) throws ImageDecodeException {
    String name = file.toString();
    try (InputStream in = open(file, options)) {
      return read(in, name, options);
    } catch (NoSuchFileException | FileNotFoundException e) {
      throw new ImageDecodeException(
          name,
          "there is no such file",
          name.indexOf(REPLACEMENT) < 0
              ? "check the path"
              : "name its folder, or give it on standard input, as -: Java finds no file whose name is not in"
                  + " the locale's encoding",
          e);
    } catch (AccessDeniedException e) {
      throw new ImageDecodeException(name, "access is denied", "check its permissions", e);
    } catch (ImageDecodeException e) {
      throw e;
    } catch (IOException e) {
      throw new ImageDecodeException(
          name,
          "cannot be read (" + e.getMessage() + ")",
          "check the path, the disk and the network",
          e);
    }
  }

  /**
   * Decodes a file's content with {@link DecodeOptions#DEFAULT}.
   *
   * @param content the bytes, which are not kept
   * @param description what to call them in messages
   * @throws ImageDecodeException if they are no sound picture
   */
  public static RgbImage decode(byte[] content, String description) throws ImageDecodeException {
    return AmpleStack.run(new OfContent(content, description, null));
  }

  /**
   * Decodes a file's content.
   *
   * @param content the bytes, which are not kept
   * @param description what to call them in messages
   * @throws ImageDecodeException if they are no sound picture, or it is too large
   */
  public static RgbImage decode(byte[] content, String description, DecodeOptions options)
      throws ImageDecodeException {
    return AmpleStack.run(
        new OfContent(content, description, Objects.requireNonNull(options, "options")));
  }

  /**
   * Decodes what a stream gives, such as an upload, in pieces and as far as the picture goes.
   *
   * @param in stays the caller's, who closes it
   * @param description what to call it in messages
   * @throws ImageDecodeException if it cannot be read, is no sound picture, or is too large
   */
  public static RgbImage decode(InputStream in, String description, DecodeOptions options)
      throws ImageDecodeException {
    StackReserve.requireForFirstUse(); // on this thread, which may hold what the stream needs
    return read(in, description, options);
  }

  private static RgbImage read(InputStream in, String description, DecodeOptions options)
      throws ImageDecodeException {
    try {
      Source source = new Source(description, in);
      return switch (source.format()) {
        case JPEG -> JpegDecoder.decode(source, options);
        case PNG -> PngDecoder.decode(source, options);
        case GIF -> GifDecoder.decode(source, options);
        case BMP -> BmpDecoder.decode(source, options);
        case TIFF -> TiffDecoder.decode(source, options);
        case WEBP -> WebpDecoder.decode(source, options);
        case HEIF, PDF, HTML, UNKNOWN ->
            throw source.error("it is " + source.format().description, "convert it to JPEG or PNG");
      };
    } catch (OutOfMemoryError e) {
      // A picture within the pixel limit can still exceed a small heap; the caller can go on.
      throw ImageDecodeException.outOfMemory(description, e);
    }
  }

  /** Opens a regular file that is not too large: a device or a pipe may never end. */
  private static InputStream open(Path file, DecodeOptions options) throws IOException {
    String name = file.toString();
    if (Files.isDirectory(file) && !Files.isReadable(file)) {
      throw new AccessDeniedException(name);
    }
    if (Files.isDirectory(file)) {
      throw new ImageDecodeException(name, "is a directory", "name a picture file", null);
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new ImageDecodeException(name, "is no regular file", "copy it to a file", null);
    }
    long size = Files.size(file);
    if (size == 0) { // also a system's file that has no size and may have no end
      throw new ImageDecodeException(name, "the file is empty", "copy or download it again", null);
    }
    if (size > PixelLimit.maxBytes(options)) {
      throw new ImageDecodeException(
          name, size + " bytes are too many for a picture", "scale it down", null);
    }
    return Files.newInputStream(file);
  }

  /** Without options: those that a class has to be initialised for. */
  private record OfFile(Path file, @Nullable DecodeOptions options)
      implements AmpleStack.Call<RgbImage, ImageDecodeException> {
    @Override
    public RgbImage run() throws ImageDecodeException {
      return read(file, options == null ? DecodeOptions.DEFAULT : options);
    }
  }

  private record OfContent(byte[] content, String description, @Nullable DecodeOptions options)
      implements AmpleStack.Call<RgbImage, ImageDecodeException> {
    @Override
    public RgbImage run() throws ImageDecodeException {
      InputStream in = new ByteArrayInputStream(content);
      return read(in, description, options == null ? DecodeOptions.DEFAULT : options);
    }
  }
}
