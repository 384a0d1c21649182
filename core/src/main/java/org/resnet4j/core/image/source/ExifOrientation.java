package org.resnet4j.core.image.source;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.resnet4j.core.image.RgbImage;

/**
 * EXIF tag 0x0112: where the first stored row and column lie in the upright picture. 1 is upright,
 * 2 mirrored, 3 upside down, 4 flipped, 5 transposed, 6 to be turned clockwise, 7 transverse, 8 to
 * be turned counterclockwise.
 */
public final class ExifOrientation {
  /** What {@link #parse} returns where nothing is said. */
  public static final int ABSENT = 0;

  /** Of a picture that is stored as it is seen. */
  public static final int UPRIGHT = 1;

  private static final int TAG = 0x0112;

  /** The number behind the byte order, which Pillow takes in either order. */
  private static final char TIFF = 42;

  private static final char BIG_TIFF = 43;

  private static final int ENTRY_BYTES = 12;
  private static final int HEADER_BYTES = 8;
  private static final Pattern XMP = Pattern.compile("tiff:Orientation(=\"|>)([0-9])");

  private ExifOrientation() {}

  /**
   * The orientation in the TIFF structure at {@code [from, to)}: of a number of any type its value
   * or, where that is no orientation, 1; {@link #ABSENT} where there is none or the structure is
   * damaged, since EXIF is a hint and not a part of the picture. Source: Pillow's {@code
   * Image.getexif}.
   */
  public static int parse(byte[] bytes, int from, int to) {
    if (to - from < HEADER_BYTES || to > bytes.length) {
      return ABSENT;
    }
    ByteBuffer tiff = ByteBuffer.wrap(bytes, from, to - from).slice();
    char order = (char) tiff.getShort(0);
    if (order == 0x4949) {
      tiff.order(ByteOrder.LITTLE_ENDIAN);
    } else if (order != 0x4D4D) {
      return ABSENT;
    }
    char magic = tiff.getChar(2);
    if (magic != TIFF && magic != Character.reverseBytes(TIFF) && magic != BIG_TIFF) {
      return ABSENT;
    }
    long directory = Integer.toUnsignedLong(tiff.getInt(4));
    if (directory + 2 > tiff.limit()) {
      return ABSENT;
    }
    int first = (int) directory + 2;
    int count = Math.min(tiff.getChar(first - 2), (tiff.limit() - first) / ENTRY_BYTES);
    for (int entry = first; entry < first + count * ENTRY_BYTES; entry += ENTRY_BYTES) {
      if (tiff.getChar(entry) == TAG && tiff.getInt(entry + 4) != 0) {
        return orientation(value(tiff, entry));
      }
    }
    return ABSENT;
  }

  /** The entry's first value as a number, or NaN if it is none. */
  private static double value(ByteBuffer tiff, int entry) {
    int type = tiff.getChar(entry + 2);
    long count = Integer.toUnsignedLong(tiff.getInt(entry + 4));
    int bytes =
        switch (type) {
          case 6 -> 1; // SBYTE
          case 3, 8 -> 2; // SHORT, SSHORT
          case 4, 9, 11, 13 -> 4; // LONG, SLONG, FLOAT, IFD
          case 5, 10, 12, 16 -> 8; // RATIONAL, SRATIONAL, DOUBLE, LONG8
          default -> 0; // text, or bytes without a meaning
        };
    long at = count * bytes <= 4 ? entry + 8L : Integer.toUnsignedLong(tiff.getInt(entry + 8));
    if (bytes == 0 || at + bytes > tiff.limit()) {
      return Double.NaN;
    }
    int place = (int) at;
    return switch (type) {
      case 6 -> tiff.get(place);
      case 3 -> tiff.getChar(place);
      case 8 -> tiff.getShort(place);
      case 4, 13 -> Integer.toUnsignedLong(tiff.getInt(place));
      case 9 -> tiff.getInt(place);
      case 11 -> tiff.getFloat(place);
      case 12 -> tiff.getDouble(place);
      case 16 -> tiff.getLong(place);
      default -> (double) tiff.getInt(place) / tiff.getInt(place + 4);
    };
  }

  private static int orientation(double value) {
    return value >= 1 && value <= 8 && value == (int) value ? (int) value : UPRIGHT;
  }

  /**
   * The orientation in an XMP packet, which counts where EXIF has none; {@link #ABSENT} if it says
   * nothing.
   */
  public static int parseXmp(String packet) {
    Matcher found = XMP.matcher(packet);
    return found.find() ? orientation(Integer.parseInt(found.group(2))) : ABSENT;
  }

  /** What both say together. */
  public static int of(int exif, int xmp) {
    return exif != ABSENT ? exif : xmp != ABSENT ? xmp : UPRIGHT;
  }

  /** The upright picture; {@code image} itself for orientation 1. */
  public static RgbImage apply(RgbImage image, int orientation) {
    if (orientation == UPRIGHT) {
      return image;
    }
    boolean transposed = orientation >= 5;
    int width = transposed ? image.height() : image.width();
    int height = transposed ? image.width() : image.height();
    byte[] in = image.data();
    byte[] out = new byte[in.length];
    int to = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int from = 3 * sourcePixel(image.width(), image.height(), orientation, x, y);
        out[to++] = in[from];
        out[to++] = in[from + 1];
        out[to++] = in[from + 2];
      }
    }
    return new RgbImage(width, height, out);
  }

  /** Index of the stored pixel that belongs at column x, row y of the upright picture. */
  private static int sourcePixel(int width, int height, int orientation, int x, int y) {
    int right = width - 1;
    int bottom = height - 1;
    return switch (orientation) {
      case 2 -> y * width + right - x;
      case 3 -> (bottom - y) * width + right - x;
      case 4 -> (bottom - y) * width + x;
      case 5 -> x * width + y;
      case 6 -> (bottom - x) * width + y;
      case 7 -> (bottom - x) * width + right - y;
      case 8 -> x * width + right - y;
      default -> throw new IllegalArgumentException("orientation " + orientation);
    };
  }
}
