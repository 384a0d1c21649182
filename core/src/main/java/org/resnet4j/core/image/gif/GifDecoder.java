package org.resnet4j.core.image.gif;

import java.util.Arrays;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.sample.Samples;
import org.resnet4j.core.image.source.Source;

/** A GIF's first frame to RGB: on its screen, transparency looked up like any colour. */
public final class GifDecoder {
  /** First row and step of each pass. */
  private static final int[][] ALL_ROWS = {{0, 1}};

  private static final int[][] INTERLACED = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};

  private GifDecoder() {}

  public static RgbImage decode(Source source, DecodeOptions options) throws ImageDecodeException {
    GifFrame frame = GifFrame.parse(source, options);
    byte[] indices = new byte[frame.frameWidth() * frame.frameHeight()];
    byte[] data = frame.data();
    if (!new GifLzw(data, data.length, frame.minBits()).decode(indices)) {
      throw source.corrupt("its pixels cannot be decoded");
    }
    return new RgbImage(frame.width(), frame.height(), toRgb(frame, indices));
  }

  private static byte[] toRgb(GifFrame frame, byte[] indices) {
    int width = frame.width();
    byte[] rgb = new byte[3 * width * frame.height()];
    byte[] row = new byte[width];
    Arrays.fill(row, (byte) frame.background());
    if (indices.length < width * frame.height()) {
      for (int y = 0; y < frame.height(); y++) {
        Samples.lookUp(row, frame.palette(), rgb, 3 * width * y, width);
      }
    }
    int from = 0;
    for (int[] pass : frame.interlaced() ? INTERLACED : ALL_ROWS) {
      for (int y = pass[0]; y < frame.frameHeight(); y += pass[1]) {
        System.arraycopy(indices, from, row, frame.left(), frame.frameWidth());
        Samples.lookUp(row, frame.palette(), rgb, 3 * width * (frame.top() + y), width);
        from += frame.frameWidth();
      }
    }
    return rgb;
  }
}
