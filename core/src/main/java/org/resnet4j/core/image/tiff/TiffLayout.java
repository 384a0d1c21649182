package org.resnet4j.core.image.tiff;

import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.sample.Samples;
import org.resnet4j.core.image.source.PixelLimit;
import org.resnet4j.core.image.source.Source;

/**
 * What a TIFF's directory says of its pixels, checked: one of the kinds that Pillow reads as they
 * are meant.
 *
 * @param bits per sample
 * @param samples per pixel
 * @param separate whether each sample of a pixel is in a plane of its own
 * @param palette 256 colours, R, G, B
 * @param reversed whether a byte's first bit is its lowest
 * @param orientation as EXIF's, 1 to 8
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier within the package, compared by nobody
record TiffLayout(
    int width,
    int height,
    TiffColor color,
    int bits,
    int samples,
    boolean separate,
    byte[] palette,
    TiffCompression compression,
    boolean differences,
    boolean reversed,
    int orientation) {
  private static final String AS_PNG = "convert it to PNG";
  private static final int MAX_SAMPLES = 4;
  private static final int MAX_NUMBERS = 16;

  static TiffLayout of(TiffDirectory tags, Source source, DecodeOptions options)
      throws ImageDecodeException {
    long width = tags.number(TiffTag.IMAGE_WIDTH);
    long height = tags.number(TiffTag.IMAGE_LENGTH);
    PixelLimit.check(source, width, height, options);
    TiffCompression compression = compression(tags, source);
    long samples = tags.number(TiffTag.SAMPLES_PER_PIXEL, 1);
    if (samples < 1 || samples > MAX_SAMPLES) {
      throw source.error(samples + " samples per pixel are not supported", AS_PNG);
    }
    int bits = bits(tags, source, (int) samples);
    TiffColor color = color(tags, source, (int) samples, bits);
    // Of one sample there is one plane, whatever the tag says.
    boolean separate = number(tags, source, TiffTag.PLANAR_CONFIGURATION, 2) == 2 && samples > 1;
    boolean deepRaw = bits == 16 && compression == TiffCompression.NONE;
    if (separate && (deepRaw || !isReadSeparate(tags, color, (int) samples))) {
      throw source.error("these samples in separate planes are not supported", AS_PNG);
    }
    boolean reversed = number(tags, source, TiffTag.FILL_ORDER, 2) == 2;
    if (reversed && (bits == 16 || (samples != 1 && samples != 3))) {
      throw source.error("these samples with their lowest bit first are not supported", AS_PNG);
    }
    return new TiffLayout(
        (int) width,
        (int) height,
        color,
        bits,
        (int) samples,
        separate,
        color == TiffColor.PALETTE ? palette(tags, bits) : new byte[0],
        compression,
        differences(tags, source, compression, bits),
        reversed,
        orientation(tags));
  }

  private static TiffCompression compression(TiffDirectory tags, Source source)
      throws ImageDecodeException {
    long method = tags.number(TiffTag.COMPRESSION, 1);
    TiffCompression compression = TiffCompression.of(method);
    if (compression == null) {
      throw source.error(
          "%s of TIFF is not supported".formatted(TiffCompression.name(method)),
          "save it without compression, or convert it to PNG");
    }
    return compression;
  }

  /** A tag's number from 1, which it is if it is missing, to {@code most}. */
  private static long number(TiffDirectory tags, Source source, TiffTag tag, int most)
      throws ImageDecodeException {
    long value = tags.number(tag, 1);
    if (value < 1 || value > most) {
      throw source.corrupt("its tag %s is %s".formatted(tag, value));
    }
    return value;
  }

  private static int bits(TiffDirectory tags, Source source, int samples)
      throws ImageDecodeException {
    long[] bits =
        tags.has(TiffTag.BITS_PER_SAMPLE)
            ? tags.numbers(TiffTag.BITS_PER_SAMPLE, MAX_NUMBERS)
            : new long[] {1};
    if (bits.length != 1 && bits.length < samples) {
      throw source.corrupt("bits for %s of %s samples".formatted(bits.length, samples));
    }
    for (int i = 1; i < Math.min(bits.length, samples); i++) {
      if (bits[i] != bits[0]) {
        throw source.error("samples of different sizes are not supported", AS_PNG);
      }
    }
    if (tags.has(TiffTag.SAMPLE_FORMAT)) {
      for (long format : tags.numbers(TiffTag.SAMPLE_FORMAT, MAX_NUMBERS)) {
        if (format != 1) {
          throw source.error("samples that are no unsigned integers are not supported", AS_PNG);
        }
      }
    }
    return switch ((int) bits[0]) {
      case 1, 2, 4, 8, 16 -> (int) bits[0];
      default -> throw source.error(bits[0] + " bits per sample are not supported", AS_PNG);
    };
  }

  private static TiffColor color(TiffDirectory tags, Source source, int samples, int bits)
      throws ImageDecodeException {
    long meaning = tags.number(TiffTag.PHOTOMETRIC_INTERPRETATION, 0);
    long[] extra =
        tags.has(TiffTag.EXTRA_SAMPLES)
            ? tags.numbers(TiffTag.EXTRA_SAMPLES, MAX_NUMBERS)
            : new long[0];
    boolean plain = extra.length == 0;
    long alpha = extra.length == 1 ? extra[0] : -1;
    TiffColor color =
        switch ((int) meaning) {
          case 0 -> samples == 1 && plain && bits <= 8 ? TiffColor.WHITE_IS_ZERO : null;
          case 1 ->
              (samples == 1 && plain) || (samples == 2 && alpha == 2 && bits == 8)
                  ? TiffColor.BLACK_IS_ZERO
                  : null;
          case 2 -> colors(samples, bits, plain, alpha);
          case 3 -> samples == 1 && plain && bits <= 8 ? TiffColor.PALETTE : null;
          case 5 -> samples == 4 && plain && bits == 8 ? TiffColor.CMYK : null;
          default -> null;
        };
    if (color == null) {
      throw source.error(
          "%s samples of %s bits, %s of them extra, of photometric interpretation %s are not supported"
              .formatted(samples, bits, extra.length, meaning),
          AS_PNG);
    }
    return color;
  }

  private static @Nullable TiffColor colors(int samples, int bits, boolean plain, long alpha) {
    if (bits < 8 || samples < 3 || (samples == 3 && !plain)) {
      return null;
    }
    if (samples == 4 && alpha == 1) {
      return TiffColor.PREMULTIPLIED;
    }
    // Corel Draw calls its alpha 999.
    boolean known = plain || alpha == 0 || alpha == 2 || (alpha == 999 && bits == 8);
    return known ? TiffColor.RGB : null;
  }

  /** Of the others Pillow takes the planes for something else. */
  private static boolean isReadSeparate(TiffDirectory tags, TiffColor color, int samples) {
    return switch (samples) {
      case 3 -> true;
      case 4 ->
          color == TiffColor.CMYK || (color == TiffColor.RGB && tags.has(TiffTag.EXTRA_SAMPLES));
      default -> false;
    };
  }

  private static byte[] palette(TiffDirectory tags, int bits) throws ImageDecodeException {
    int colours = 1 << bits;
    long[] map = tags.exactly(TiffTag.COLOR_MAP, 3 * colours);
    byte[] palette = Samples.greyRamp();
    for (int i = 0; i < map.length; i++) {
      palette[3 * (i % colours) + i / colours] = (byte) (map[i] >> 8);
    }
    return palette;
  }

  private static boolean differences(
      TiffDirectory tags, Source source, TiffCompression compression, int bits)
      throws ImageDecodeException {
    if (compression != TiffCompression.LZW && compression != TiffCompression.DEFLATE) {
      return false;
    }
    long predictor = tags.number(TiffTag.PREDICTOR, 1);
    if (predictor != 1 && (predictor != 2 || bits < 8)) {
      throw source.error(
          "predictor %s of %s bits is not supported".formatted(predictor, bits), AS_PNG);
    }
    return predictor == 2;
  }

  private static int orientation(TiffDirectory tags) throws ImageDecodeException {
    long value = tags.number(TiffTag.ORIENTATION, 1);
    return value >= 1 && value <= 8 ? (int) value : 1;
  }

  long pixels() {
    return (long) width * height;
  }

  /** What {@code pixels} beside each other take in a strip or tile, in whole bytes. */
  long rowBytes(long pixels) {
    return (pixels * (separate ? 1 : samples) * bits + 7) / 8;
  }
}
