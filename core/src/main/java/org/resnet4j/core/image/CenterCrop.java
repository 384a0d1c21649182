package org.resnet4j.core.image;

/**
 * Where torchvision's {@code Resize} and {@code CenterCrop} put a picture.
 *
 * @param width of the whole resized picture; exceeds an {@code int} for a very long picture
 * @param height of the whole resized picture
 * @param window the part of it that is inside the crop
 * @param padLeft black columns before that part
 * @param padTop black rows before that part
 */
record CenterCrop(long width, long height, Resample.Window window, int padLeft, int padTop) {

  static CenterCrop of(RgbImage image, int shorterSide, int crop, CropOffset offset) {
    boolean upright = image.width() <= image.height();
    long width = upright ? shorterSide : longerSide(shorterSide, image.width(), image.height());
    long height = upright ? longerSide(shorterSide, image.height(), image.width()) : shorterSide;
    Resample.Window window =
        new Resample.Window(
            width <= crop ? 0 : offset.of(width, crop),
            height <= crop ? 0 : offset.of(height, crop),
            (int) Math.min(width, crop),
            (int) Math.min(height, crop));
    return new CenterCrop(width, height, window, pad(width, crop), pad(height, crop));
  }

  /** Python's {@code int(size * long / short)}: an exact product, one division in double. */
  private static long longerSide(int size, int longer, int shorter) {
    return (long) ((double) ((long) size * longer) / shorter);
  }

  private static int pad(long extent, int crop) {
    return extent >= crop ? 0 : (int) ((crop - extent) / 2);
  }
}
