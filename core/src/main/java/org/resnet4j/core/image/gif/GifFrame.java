package org.resnet4j.core.image.gif;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.sample.Samples;
import org.resnet4j.core.image.source.PixelLimit;
import org.resnet4j.core.image.source.Source;

/**
 * A GIF's screen and first frame.
 *
 * @param width of the screen, or as far as the frame goes beyond it
 * @param left where the frame begins
 * @param background the index of what the frame does not cover
 * @param palette 256 colours, R, G, B
 * @param minBits of an index
 * @param data the coded indices
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier within the package, compared by nobody
record GifFrame(
    int width,
    int height,
    int left,
    int top,
    int frameWidth,
    int frameHeight,
    boolean interlaced,
    int background,
    byte[] palette,
    int minBits,
    byte[] data) {

  /**
   * Reads up to the end of the first frame.
   *
   * @throws ImageDecodeException if there is none, or less of it than its pixels take
   */
  static GifFrame parse(Source source, DecodeOptions options) throws ImageDecodeException {
    return new Walk(source, options).parse();
  }

  /** What the blocks so far have told. */
  private static final class Walk {
    private static final int EXTENSION = '!';
    private static final int FRAME = ',';
    private static final int TRAILER = ';';
    private static final int CONTROL = 0xF9;
    private static final int COMMENT = 0xFE;
    private static final int PALETTE = 0x80;
    private static final int INTERLACED = 0x40;

    private final Source source;
    private final DecodeOptions options;
    private int background;

    Walk(Source source, DecodeOptions options) {
      this.source = source;
      this.options = options;
    }

    GifFrame parse() throws ImageDecodeException {
      byte[] signature = source.bytes(6);
      if (!Source.has(signature, 0, "GIF87a") && !Source.has(signature, 0, "GIF89a")) {
        throw source.corrupt("a version that GIF does not define");
      }
      int width = source.u16le();
      int height = source.u16le();
      int flags = source.u8();
      source.skip(2);
      byte[] palette = palette(flags);
      while (true) {
        // Pillow passes over bytes between the blocks, of which writers leave some.
        switch (source.u8()) {
          case EXTENSION -> extension();
          case FRAME -> {
            return frame(width, height, palette);
          }
          case TRAILER -> throw source.corrupt("no frame in it");
          default -> {}
        }
      }
    }

    /** Null where there is none, or one that changes nothing: each colour is its own index. */
    private byte @Nullable [] palette(int flags) throws ImageDecodeException {
      if ((flags & PALETTE) == 0) {
        return null;
      }
      int colours = 2 << (flags & 7);
      byte[] palette = Samples.greyRamp();
      byte[] stated = source.bytes(3 * colours);
      boolean needed = false;
      for (int i = 0; i < stated.length; i++) {
        needed |= stated[i] != palette[i];
        palette[i] = stated[i];
      }
      return needed ? palette : null;
    }

    private void extension() throws ImageDecodeException {
      int kind = source.u8();
      int length = source.u8();
      if (length == 0 && kind != COMMENT) {
        throw source.corrupt("an extension without content");
      }
      if (kind == CONTROL && length >= 4) {
        int flags = source.u8();
        source.skip(2);
        int transparent = source.u8();
        source.skip(length - 4);
        background = (flags & 1) != 0 ? transparent : background;
      } else {
        source.skip(length);
      }
      while (length > 0) {
        length = source.u8();
        source.skip(length);
      }
    }

    private GifFrame frame(int screenWidth, int screenHeight, byte @Nullable [] global)
        throws ImageDecodeException {
      int left = source.u16le();
      int top = source.u16le();
      int frameWidth = source.u16le();
      int frameHeight = source.u16le();
      int flags = source.u8();
      int width = Math.max(screenWidth, left + frameWidth);
      int height = Math.max(screenHeight, top + frameHeight);
      if (frameWidth == 0 || frameHeight == 0) {
        throw source.corrupt("a frame of %sx%s pixels".formatted(frameWidth, frameHeight));
      }
      PixelLimit.check(source, width, height, options);
      byte[] local = palette(flags);
      byte[] palette = local != null ? local : global != null ? global : Samples.greyRamp();
      int minBits = source.u8();
      if (minBits < 2 || minBits > 8) {
        throw source.corrupt(minBits + " bits per index");
      }
      byte[] data = data(frameWidth, frameHeight, minBits);
      boolean interlaced = (flags & INTERLACED) != 0;
      return new GifFrame(
          width,
          height,
          left,
          top,
          frameWidth,
          frameHeight,
          interlaced,
          background,
          palette,
          minBits,
          data);
    }

    private byte[] data(int frameWidth, int frameHeight, int minBits) throws ImageDecodeException {
      long pixels = (long) frameWidth * frameHeight;
      ByteArrayOutputStream data = new ByteArrayOutputStream();
      for (int length = source.u8(); length > 0; length = source.u8()) {
        source.copy(length, data);
        // Even an encoder that compresses nothing needs less than two codes for a pixel.
        if (data.size() > (1 << 20) + 4 * pixels) {
          throw source.corrupt("more data than its pixels take");
        }
      }
      if (GifLzw.maxIndices(data.size(), minBits) < pixels) {
        throw source.corrupt("too little data for its pixels");
      }
      return data.toByteArray();
    }
  }
}
