package org.resnet4j.core.image.tiff;

import org.jspecify.annotations.Nullable;

/** How a TIFF's strips and tiles are compressed. */
enum TiffCompression {
  NONE(1),
  PACK_BITS(64),
  LZW(4096),
  DEFLATE(1032);

  private final int maxExpansion;

  TiffCompression(int maxExpansion) {
    this.maxExpansion = maxExpansion;
  }

  /** By the tag's number; null for those not supported. */
  static @Nullable TiffCompression of(long number) {
    return switch ((int) number) {
      case 1 -> NONE;
      case 5 -> LZW;
      case 8, 32_946 -> DEFLATE;
      case 32_773 -> PACK_BITS;
      default -> null;
    };
  }

  /** What a number that {@link #of} does not know is called. */
  static String name(long number) {
    return switch ((int) number) {
      case 2, 3, 4 -> "fax compression (CCITT)";
      case 6, 7 -> "JPEG compression";
      case 34_887 -> "LERC compression";
      case 34_925 -> "LZMA compression";
      case 50_000 -> "Zstandard compression";
      case 50_001 -> "WebP compression";
      default -> "compression " + number;
    };
  }

  /** Whether {@code length} bytes can stand for {@code size}. */
  boolean canFill(long length, long size) {
    return length * maxExpansion >= size;
  }
}
