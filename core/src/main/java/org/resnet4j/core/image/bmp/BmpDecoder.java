package org.resnet4j.core.image.bmp;

import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.sample.Samples;
import org.resnet4j.core.image.source.HeldFile;
import org.resnet4j.core.image.source.PixelLimit;
import org.resnet4j.core.image.source.Source;

/** BMP to RGB, where Pillow reads it as it is meant; what Pillow misreads is refused. */
public final class BmpDecoder {
  private BmpDecoder() {}

  public static RgbImage decode(Source source, DecodeOptions options) throws ImageDecodeException {
    HeldFile file = new HeldFile(source, PixelLimit.maxBytes(options));
    BmpHeader header = BmpHeader.parse(file, options);
    int width = header.width();
    int height = header.height();
    byte[] rgb =
        header.compression() == BmpHeader.RLE4 || header.compression() == BmpHeader.RLE8
            ? ofRuns(file, header)
            : ofRows(file, header);
    return new RgbImage(width, height, rgb);
  }

  private static byte[] ofRows(HeldFile file, BmpHeader header) throws ImageDecodeException {
    int width = header.width();
    long rowBits = (long) width * header.bits();
    long stride = (rowBits + 31) / 32 * 4;
    if (rowBits > Integer.MAX_VALUE) {
      throw file.source().error("rows of " + width + " pixels are too long", "scale it down");
    }
    int rowBytes = (int) ((rowBits + 7) / 8);
    // Writers have left out what fills up the last row, which is no pixel.
    file.need(header.start() + stride * (header.height() - 1) + rowBytes);
    byte[] rgb = new byte[3 * width * header.height()];
    byte[] packed = new byte[rowBytes];
    byte[] row = new byte[width];
    BmpPixel pixel = header.pixel();
    for (int y = 0; y < header.height(); y++) {
      file.copy(header.start() + stride * y, packed, rowBytes);
      int at = 3 * width * (header.topDown() ? y : header.height() - 1 - y);
      if (pixel != null) {
        pixel.convert(packed, rgb, at, width);
      } else {
        Samples.unpack(packed, 0, header.bits(), row, width);
        Samples.lookUp(row, header.palette(), rgb, at, width);
      }
    }
    return rgb;
  }

  private static byte[] ofRuns(HeldFile file, BmpHeader header) throws ImageDecodeException {
    int width = header.width();
    // A row has a run at least.
    file.need(header.start() + 2L * header.height());
    byte[] rgb = new byte[3 * width * header.height()];
    byte[] row = new byte[width];
    BmpRuns runs = new BmpRuns(file, header);
    for (int y = 0; y < header.height(); y++) {
      runs.read(row);
      int at = 3 * width * (header.topDown() ? y : header.height() - 1 - y);
      Samples.lookUp(row, header.palette(), rgb, at, width);
    }
    return rgb;
  }
}
