package org.resnet4j.core.image.tiff;

import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.source.ExifOrientation;
import org.resnet4j.core.image.source.HeldFile;
import org.resnet4j.core.image.source.PixelLimit;
import org.resnet4j.core.image.source.Source;

/**
 * A TIFF's first picture to RGB, turned upright by its orientation as Pillow does it, whatever is
 * said of EXIF.
 */
public final class TiffDecoder {
  private TiffDecoder() {}

  public static RgbImage decode(Source source, DecodeOptions options) throws ImageDecodeException {
    HeldFile file = new HeldFile(source, PixelLimit.maxBytes(options));
    TiffDirectory tags = TiffDirectory.parse(file);
    TiffLayout layout = TiffLayout.of(tags, source, options);
    TiffBlocks blocks = TiffBlocks.of(tags, layout, file);
    byte[] rgb = new byte[3 * layout.width() * layout.height()];
    try (TiffReader reader = new TiffReader(file, layout, blocks)) {
      TiffRows rows = new TiffRows(layout, blocks, file.isBigEndian());
      for (int y = 0; y < blocks.down(); y++) {
        for (int x = 0; x < blocks.across(); x++) {
          rows.convert(reader.read(x, y), x, y, rgb);
        }
      }
    }
    RgbImage image = new RgbImage(layout.width(), layout.height(), rgb);
    return ExifOrientation.apply(image, layout.orientation());
  }
}
