package org.resnet4j.core.image.webp;

import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.source.ExifOrientation;
import org.resnet4j.core.image.source.Source;
import org.resnet4j.core.image.system.LibWebp;
import org.resnet4j.core.image.system.NoLibraryException;

/** A WebP's first frame to RGB on its canvas, which is black elsewhere; alpha is dropped. */
public final class WebpDecoder {
  private WebpDecoder() {}

  public static RgbImage decode(Source source, DecodeOptions options) throws ImageDecodeException {
    WebpFrame frame = WebpFrame.parse(source, options);
    byte[] pixels = library(source).decode(frame.file(), frame.frameWidth(), frame.frameHeight());
    if (pixels == null) {
      throw source.corrupt("libwebp does not decode it");
    }
    RgbImage image = new RgbImage(frame.width(), frame.height(), onCanvas(frame, pixels));
    return options.applyExif() ? ExifOrientation.apply(image, frame.orientation()) : image;
  }

  private static LibWebp library(Source source) throws ImageDecodeException {
    try {
      return LibWebp.get();
    } catch (NoLibraryException e) {
      throw source.error(
          "it is a WebP picture, and " + e.getMessage(),
          e.remedy() + ", or convert the picture to PNG",
          e);
    }
  }

  private static byte[] onCanvas(WebpFrame frame, byte[] pixels) {
    if (frame.frameWidth() == frame.width() && frame.frameHeight() == frame.height()) {
      return pixels;
    }
    byte[] rgb = new byte[3 * frame.width() * frame.height()];
    int rowBytes = 3 * frame.frameWidth();
    for (int y = 0; y < frame.frameHeight(); y++) {
      int at = 3 * ((frame.top() + y) * frame.width() + frame.left());
      System.arraycopy(pixels, y * rowBytes, rgb, at, rowBytes);
    }
    return rgb;
  }
}
