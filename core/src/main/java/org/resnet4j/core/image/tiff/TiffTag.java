package org.resnet4j.core.image.tiff;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What of a TIFF makes pixels, by the names of the specification (TIFF 6.0, section 8). */
enum TiffTag {
  IMAGE_WIDTH(256),
  IMAGE_LENGTH(257),
  BITS_PER_SAMPLE(258),
  COMPRESSION(259),
  PHOTOMETRIC_INTERPRETATION(262),
  FILL_ORDER(266),
  STRIP_OFFSETS(273),
  ORIENTATION(274),
  SAMPLES_PER_PIXEL(277),
  ROWS_PER_STRIP(278),
  STRIP_BYTE_COUNTS(279),
  PLANAR_CONFIGURATION(284),
  PREDICTOR(317),
  COLOR_MAP(320),
  TILE_WIDTH(322),
  TILE_LENGTH(323),
  TILE_OFFSETS(324),
  TILE_BYTE_COUNTS(325),
  EXTRA_SAMPLES(338),
  SAMPLE_FORMAT(339);

  private static final List<TiffTag> ALL = List.of(values());

  private final int number;

  TiffTag(int number) {
    this.number = number;
  }

  /** Null for any other. */
  static @Nullable TiffTag of(int number) {
    for (TiffTag tag : ALL) {
      if (tag.number == number) {
        return tag;
      }
    }
    return null;
  }
}
