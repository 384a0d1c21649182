package org.resnet4j.core.image.jfif;

import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.jpeg.FrameHeader;
import org.resnet4j.core.image.source.Source;

/**
 * How much work a JPEG may be. Each scan of a multi-scan file passes over the blocks of the whole
 * picture, so that a scan of a few bytes costs as much as one of a photo.
 *
 * <p>Work is counted in samples, of which a core makes a thousand million in one to two seconds: at
 * ten scans, which is what encoders write for a photo, a megapixel of three components costs about
 * 40 ms. What may be more depends on the size of the file: small pictures may have many scans, and
 * long files, which nobody gets made for nothing.
 */
final class ScanBudget {
  private static final int USUAL_SCANS = 10;

  /** Of pictures with more samples in a scan, 33 megapixels of three components, a part of that. */
  private static final long USUAL_WORK = 100_000_000;

  private static final long SPARE_SAMPLES = 200_000_000;
  private static final int SAMPLES_PER_BYTE = 100;

  /** A row costs as much as so many samples, beside its own. */
  private static final int SAMPLES_PER_ROW = 128;

  /** The longest code of 8-bit samples, 16 + 11 bits, half of its bytes stuffed, and more. */
  private static final int MAX_BYTES_PER_SAMPLE = 8;

  private static final int SPARE_BYTES = 1 << 20;

  private final Source source;
  private int scans;

  ScanBudget(Source source) {
    this.source = source;
  }

  int scans() {
    return scans;
  }

  /**
   * Counts a scan.
   *
   * @param bytes the length of the file so far
   * @throws ImageDecodeException if it is one too many
   */
  void checkScan(int bytes, FrameHeader frame) throws ImageDecodeException {
    scans++;
    long work = frame.samples() + (long) SAMPLES_PER_ROW * frame.height();
    long allowed =
        SPARE_SAMPLES + (long) SAMPLES_PER_BYTE * bytes + USUAL_SCANS * Math.min(work, USUAL_WORK);
    if (scans * work > allowed) {
      throw source.error(
          "the JPEG has more than %s scans of %sx%s pixels"
              .formatted(scans - 1, frame.width(), frame.height()),
          "save it again as a baseline JPEG");
    }
  }

  /**
   * Checks what has been kept.
   *
   * @param frame null before its header
   * @throws ImageDecodeException if so many bytes cannot be needed for the picture
   */
  void checkBytes(int bytes, @Nullable FrameHeader frame) throws ImageDecodeException {
    long samples = frame == null ? 0 : frame.samples();
    if (bytes > SPARE_BYTES + MAX_BYTES_PER_SAMPLE * samples) {
      throw source.corrupt("more data than its pixels take");
    }
  }
}
