package org.resnet4j.core.image;

/** Where a centre crop begins if the pixels left over are odd in number. */
public enum CropOffset {
  /** Half of them, rounded half to even: torchvision's {@code round((size - crop) / 2)}. */
  HALF_EVEN,
  /** Half of them, rounded down: {@code (size - crop) // 2} of Hugging Face transformers. */
  DOWN;

  /** Pixels before the crop, for {@code extent >= crop}. */
  long of(long extent, int crop) {
    return switch (this) {
      case HALF_EVEN -> (long) Math.rint((extent - crop) / 2.0);
      case DOWN -> (extent - crop) / 2;
    };
  }
}
