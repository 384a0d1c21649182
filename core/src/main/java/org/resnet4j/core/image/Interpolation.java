package org.resnet4j.core.image;

/**
 * A resampling filter: the weight of a sample by its distance from the output pixel's centre, in
 * input pixels when enlarging and in output pixels when reducing (antialiasing).
 */
public enum Interpolation {
  /** The triangle {@code 1 - |x|}, over one pixel to each side. */
  BILINEAR(1) {
    @Override
    double weight(double distance) {
      double x = Math.abs(distance);
      return x < 1 ? 1 - x : 0;
    }
  },
  /** Keys's cubic convolution with {@code a = -0.5}, over two pixels to each side. */
  BICUBIC(2) {
    @Override
    double weight(double distance) {
      double x = Math.abs(distance);
      if (x < 1) {
        return ((A + 2) * x - (A + 3)) * x * x + 1;
      }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
    }
  };

  private static final double A = -0.5;

  /** Distance beyond which every weight is 0. */
  final double radius;

  Interpolation(double radius) {
    this.radius = radius;
  }

  abstract double weight(double distance);
}
