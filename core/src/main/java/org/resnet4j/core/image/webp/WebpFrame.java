package org.resnet4j.core.image.webp;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.source.ExifOrientation;
import org.resnet4j.core.image.source.PixelLimit;
import org.resnet4j.core.image.source.Source;

/**
 * A WebP's first frame.
 *
 * @param width of the canvas
 * @param left where the frame begins
 * @param file the frame as a WebP file of its own, without metadata and alpha plane
 * @param orientation EXIF orientation, 1 to 8; 1 where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier within the package, compared by nobody
record WebpFrame(
    int width,
    int height,
    int left,
    int top,
    int frameWidth,
    int frameHeight,
    byte[] file,
    int orientation) {

  /**
   * Walks the chunks of the whole file.
   *
   * @throws ImageDecodeException if a length exceeds what it is part of, the file ends early, or
   *     there is no frame
   */
  static WebpFrame parse(Source source, DecodeOptions options) throws ImageDecodeException {
    return new Walk(source, options).parse();
  }

  /** What the chunks so far have told. */
  private static final class Walk {
    private static final int RIFF = 0x46464952;
    private static final int WEBP = 0x50424557;
    private static final int LOSSY = 0x20385056; // "VP8 ", little-endian like all below
    private static final int LOSSLESS = 0x4C385056; // "VP8L"
    private static final int EXTENDED = 0x58385056; // "VP8X"
    private static final int ANIMATION = 0x4D494E41; // "ANIM"
    private static final int FRAME = 0x464D4E41; // "ANMF"
    private static final int EXIF = 0x46495845; // "EXIF"

    private static final int ANIMATED_FLAG = 2;
    private static final int EXIF_FLAG = 8;
    private static final int CHUNK_BYTES = 8;
    private static final int EXTENDED_BYTES = 10;
    private static final int FRAME_BYTES = 16;
    private static final int LOSSY_BYTES = 10;
    private static final int LOSSLESS_BYTES = 5;
    private static final int MAX_EXIF_BYTES = 1 << 16;

    private final Source source;
    private final DecodeOptions options;
    private boolean extended;
    private int flags;
    private boolean animationSeen;
    private int width;
    private int height;
    private int frameLeft;
    private int frameTop;
    private int frameWidth;
    private int frameHeight;
    private byte @Nullable [] file;
    private int exif = ExifOrientation.ABSENT;

    Walk(Source source, DecodeOptions options) {
      this.source = source;
      this.options = options;
    }

    WebpFrame parse() throws ImageDecodeException {
      source.skip(4);
      long size = source.u32le();
      source.skip(4);
      chunks(size - 4, 0);
      byte[] frame = file;
      if (frame == null) {
        throw source.corrupt("no frame in it");
      }
      return new WebpFrame(
          width,
          height,
          frameLeft,
          frameTop,
          frameWidth,
          frameHeight,
          frame,
          ExifOrientation.of(exif, ExifOrientation.ABSENT));
    }

    /** Takes the chunks that fill {@code size} bytes, at {@code depth} 1 those within a frame. */
    private void chunks(long size, int depth) throws ImageDecodeException {
      long left = size;
      while (left >= CHUNK_BYTES) {
        int kind = (int) source.u32le();
        long length = source.u32le();
        left -= CHUNK_BYTES + length + length % 2;
        if (left < 0) {
          throw source.corrupt("a chunk that exceeds what it is part of");
        }
        if (depth == 0) {
          takeChunk(kind, length);
        } else {
          takePart(kind, length);
        }
        source.skip(length % 2);
      }
      source.skip(Math.max(left, 0));
    }

    private void takeChunk(int kind, long length) throws ImageDecodeException {
      boolean animated = (flags & ANIMATED_FLAG) != 0;
      if (!extended && file == null) {
        takeFirst(kind, length);
      } else if (extended && (kind == LOSSY || kind == LOSSLESS)) {
        if (animated || file != null) {
          throw source.corrupt("two frames in a picture, or one beside an animation");
        }
        takePart(kind, length);
        checkFrame(width, height);
      } else if (extended && animated && kind == FRAME && file == null) {
        takeFrame(length);
      } else if (kind == EXIF && (flags & EXIF_FLAG) != 0 && exif == ExifOrientation.ABSENT) {
        takeExif(length);
      } else {
        animationSeen |= kind == ANIMATION;
        source.skip(length);
      }
    }

    private void takeFirst(int kind, long length) throws ImageDecodeException {
      if (kind == EXTENDED && length >= EXTENDED_BYTES) {
        extended = true;
        flags = source.u8();
        source.skip(3);
        width = u24() + 1;
        height = u24() + 1;
        PixelLimit.check(source, width, height, options);
        source.skip(length - EXTENDED_BYTES);
      } else if (kind == LOSSY || kind == LOSSLESS) {
        takePart(kind, length);
        width = frameWidth;
        height = frameHeight;
      } else {
        throw source.corrupt("it begins with no picture");
      }
    }

    private void takeFrame(long length) throws ImageDecodeException {
      if (!animationSeen || length < FRAME_BYTES) {
        throw source.corrupt("a frame without an animation, or without its header");
      }
      frameLeft = 2 * u24();
      frameTop = 2 * u24();
      int statedWidth = u24() + 1;
      int statedHeight = u24() + 1;
      source.skip(4);
      chunks(length - FRAME_BYTES, 1);
      if (file == null) {
        throw source.corrupt("a frame without pixels");
      }
      checkFrame(statedWidth, statedHeight);
      if (frameLeft > width - frameWidth || frameTop > height - frameHeight) {
        throw source.corrupt("a frame that exceeds its canvas");
      }
    }

    private void checkFrame(int statedWidth, int statedHeight) throws ImageDecodeException {
      if (frameWidth != statedWidth || frameHeight != statedHeight) {
        throw source.corrupt(
            "%sx%s pixels where %sx%s are said to be"
                .formatted(frameWidth, frameHeight, statedWidth, statedHeight));
      }
    }

    /** Of a frame's chunks only the pixels are looked at: Pillow drops alpha. */
    private void takePart(int kind, long length) throws ImageDecodeException {
      if (file != null || (kind != LOSSY && kind != LOSSLESS)) {
        source.skip(length);
        return;
      }
      byte[] header = source.bytes(kind == LOSSY ? LOSSY_BYTES : LOSSLESS_BYTES);
      ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
      if (kind == LOSSY) {
        frameWidth = fields.getShort(6) & 0x3FFF;
        frameHeight = fields.getShort(8) & 0x3FFF;
      } else {
        frameWidth = (fields.getInt(1) & 0x3FFF) + 1;
        frameHeight = (fields.getInt(1) >> 14 & 0x3FFF) + 1;
      }
      PixelLimit.check(source, frameWidth, frameHeight, options);
      if (length < header.length || length > (1 << 20) + 8L * frameWidth * frameHeight) {
        throw source.corrupt(length + " bytes for %sx%s pixels".formatted(frameWidth, frameHeight));
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ByteBuffer start = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
      int padded = (int) (length + length % 2);
      start.putInt(RIFF).putInt(12 + padded).putInt(WEBP).putInt(kind).putInt((int) length);
      out.writeBytes(start.array());
      out.writeBytes(header);
      source.copy(length - header.length, out);
      out.writeBytes(new byte[(int) (length % 2)]);
      file = out.toByteArray();
    }

    private void takeExif(long length) throws ImageDecodeException {
      byte[] data = source.bytes((int) Math.min(length, MAX_EXIF_BYTES));
      source.skip(length - data.length);
      int from = Source.has(data, 0, "Exif\0\0") ? 6 : 0;
      exif = ExifOrientation.parse(data, from, data.length);
    }

    private int u24() throws ImageDecodeException {
      return source.u16le() | source.u8() << 16;
    }
  }
}
