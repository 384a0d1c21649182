package org.resnet4j.cuda.cudnn;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A convolution, its numbers and, by plain loops, its result. All numbers are small integers, so
 * that sums are exact in float32 and only storing the result rounds.
 */
record ConvolutionCase(
    GraphSpec spec, TensorFormat format, float[] x, float[] w, float[] residual, float[] bias) {

  static List<ConvolutionCase> all() {
    int[][] shapes = {
      // n, c, h, w, k, r, s, pad, stride, groups
      {1, 1, 1, 1, 1, 1, 1, 0, 1, 1},
      {2, 4, 5, 7, 3, 1, 1, 0, 1, 1},
      {1, 3, 9, 8, 5, 7, 7, 3, 2, 1},
      {2, 4, 6, 5, 8, 3, 3, 1, 1, 1},
      {1, 8, 7, 7, 4, 1, 1, 0, 2, 1},
      {2, 6, 5, 6, 9, 3, 3, 1, 2, 3},
      {1, 5, 4, 4, 5, 3, 3, 1, 1, 5},
      {1, 4, 5, 9, 6, 1, 3, 1, 1, 2},
    };
    ConvolutionGeometry[] uneven = {
      new ConvolutionGeometry(0, 2, 1, 2, 1, 1, 1),
      new ConvolutionGeometry(2, 1, 3, 1, 1, 1, 2),
      new ConvolutionGeometry(2, 3, 1, 2, 2, 3, 1),
    };
    List<ConvolutionCase> cases = new ArrayList<>();
    for (ConvolutionGeometry geometry : uneven) {
      for (TensorFormat format : TensorFormat.values()) {
        cases.add(of(DataType.FLOAT, format, geometry, 2, 4, 8, 9, 6, 3, 2));
      }
    }
    for (int[] s : shapes) {
      for (DataType type : new DataType[] {DataType.FLOAT, DataType.HALF, DataType.BFLOAT16}) {
        for (TensorFormat format : TensorFormat.values()) {
          cases.add(of(type, format, s));
        }
      }
    }
    return cases;
  }

  private static ConvolutionCase of(DataType type, TensorFormat format, int[] s) {
    return of(type, format, ConvolutionGeometry.square(s[7], s[8], s[9]), s);
  }

  private static ConvolutionCase of(
      DataType type, TensorFormat format, ConvolutionGeometry geometry, int... s) {
    TensorShape x =
        format == TensorFormat.NHWC
            ? TensorShape.nhwc(s[0], s[1], s[2], s[3])
            : TensorShape.nchw(s[0], s[1], s[2], s[3]);
    GraphSpec spec = new GraphSpec(type, x, s[4], s[5], s[6], geometry, true, true, true);
    Random random = new Random(s[1] * 31L + s[4]);
    int y = count(spec.y());
    return new ConvolutionCase(
        spec,
        format,
        numbers(random, count(x)),
        numbers(random, s[4] * (s[1] / geometry.groups()) * s[5] * s[6]),
        numbers(random, y),
        numbers(random, s[4]));
  }

  static ConvolutionCase small(DataType type, int groups) {
    return of(type, TensorFormat.NHWC, new int[] {1, 4, 5, 5, 4, 3, 3, 1, 1, groups});
  }

  private static float[] numbers(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(-5, 6);
    }
    return values;
  }

  static int count(TensorShape s) {
    return s.n() * s.c() * s.h() * s.w();
  }

  TensorShape y() {
    TensorShape y = spec.y();
    return format == TensorFormat.NHWC ? y : TensorShape.nchw(y.n(), y.c(), y.h(), y.w());
  }

  private TensorShape filter() {
    int c = spec.x().c() / spec.geometry().groups();
    return format == TensorFormat.NHWC
        ? TensorShape.nhwc(spec.k(), c, spec.r(), spec.s())
        : TensorShape.nchw(spec.k(), c, spec.r(), spec.s());
  }

  private static int index(TensorShape s, int n, int c, int h, int w) {
    return n * s.nStride() + c * s.cStride() + h * s.hStride() + w * s.wStride();
  }

  /** In y's order, before rounding. */
  float[] expected(boolean withResidual, boolean withBias, boolean relu) {
    TensorShape y = y();
    float[] result = new float[count(y)];
    for (int n = 0; n < y.n(); n++) {
      for (int k = 0; k < y.c(); k++) {
        for (int h = 0; h < y.h(); h++) {
          for (int v = 0; v < y.w(); v++) {
            int at = index(y, n, k, h, v);
            float value = sum(n, k, h, v);
            value += withResidual ? residual[at] : 0;
            value += withBias ? bias[k] : 0;
            result[at] = relu ? Math.max(value, 0) : value;
          }
        }
      }
    }
    return result;
  }

  private float sum(int n, int k, int row, int column) {
    ConvolutionGeometry g = spec.geometry();
    TensorShape f = filter();
    int first = k / (spec.k() / g.groups()) * f.c();
    float sum = 0;
    for (int c = 0; c < f.c(); c++) {
      for (int r = 0; r < f.h(); r++) {
        for (int s = 0; s < f.w(); s++) {
          int h = row * g.strideH() + r * g.dilationH() - g.padH();
          int v = column * g.strideW() + s * g.dilationW() - g.padW();
          if (h >= 0 && h < spec.x().h() && v >= 0 && v < spec.x().w()) {
            sum += x[index(spec.x(), n, first + c, h, v)] * w[index(f, k, c, r, s)];
          }
        }
      }
    }
    return sum;
  }

  @Override
  public String toString() {
    return spec.type() + " " + format + " " + spec.x() + " to " + spec.k() + " " + spec.geometry();
  }
}
