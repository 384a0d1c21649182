package org.resnet4j.simd.support;

import java.util.List;
import java.util.SplittableRandom;
import org.resnet4j.simd.kernel.ConvAlgorithms;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvKernel;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * A convolution and its data.
 *
 * @param x NCHW
 * @param weight OIHW
 * @param bias or null
 * @param residual NKPQ, or null; {@code x} itself where the input is the residual
 * @param seed the data were made from
 */
public record ConvProblem(
    ConvShape shape,
    int batch,
    float[] x,
    float[] weight,
    float[] bias,
    float[] residual,
    boolean relu,
    long seed) {
  /** Where the residual comes from. */
  public enum Residual {
    NONE,
    SEPARATE,
    /** The input, which must have the output's extents. */
    INPUT
  }

  /** What the numbers are like. */
  public enum Numbers {
    /** -32 to 32, the bias -8 to 8: see {@link IntegerOracle}. */
    INTEGERS,
    /** -1 to 1. */
    SIGNED,
    /** 0.1 to 1, which sum up without cancelling. */
    POSITIVE;

    private float[] draw(SplittableRandom random, int size, int largest) {
      float[] values = new float[size];
      for (int i = 0; i < size; i++) {
        values[i] =
            switch (this) {
              case INTEGERS -> random.nextInt(-largest, largest + 1);
              case SIGNED -> (float) random.nextDouble(-1, 1);
              case POSITIVE -> (float) random.nextDouble(0.1, 1);
            };
      }
      return values;
    }
  }

  public static ConvProblem random(
      Numbers numbers,
      ConvShape shape,
      int batch,
      boolean bias,
      Residual residual,
      boolean relu,
      long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int inputs = batch * shape.inChannels() * shape.height() * shape.width();
    int results = batch * shape.outChannels() * shape.outHeight() * shape.outWidth();
    float[] x = numbers.draw(random, inputs, IntegerOracle.LARGEST);
    return new ConvProblem(
        shape,
        batch,
        x,
        numbers.draw(random, shape.weights(), IntegerOracle.LARGEST),
        bias ? numbers.draw(random, shape.outChannels(), IntegerOracle.LARGEST_BIAS) : null,
        switch (residual) {
          case NONE -> null;
          case SEPARATE -> numbers.draw(random, results, IntegerOracle.LARGEST);
          case INPUT -> x;
        },
        relu,
        seed);
  }

  public ConvProblem withRelu() {
    return new ConvProblem(shape, batch, x, weight, bias, residual, true, seed);
  }

  /** The direct algorithms that can compute a shape. */
  public static List<ConvAlgorithm> direct(ConvShape shape) {
    return ConvAlgorithms.applicable(shape).stream().filter(ConvProblem::isDirect).toList();
  }

  public ConvKernel pack(ConvAlgorithm algorithm, VectorWidth width) {
    return ConvAlgorithms.pack(shape, algorithm, width, weight, bias, relu);
  }

  /** Number of output values. */
  public int results() {
    return index(batch, 0, 0, 0);
  }

  /** Index of an output value in NKPQ. */
  public int index(int image, int k, int i, int j) {
    return ((image * shape.outChannels() + k) * shape.outHeight() + i) * shape.outWidth() + j;
  }

  /** First input channel that output channel k sees; an oracle asks no one else. */
  public int firstInput(int k) {
    int group = k * shape.groups() / shape.outChannels();
    return group * (shape.inChannels() / shape.groups());
  }

  /** What output pixel (i, j) sees through tap (r, s). */
  public float input(int image, int channel, int i, int j, int r, int s) {
    int row = i * shape.stride() + r - shape.padding();
    int column = j * shape.stride() + s - shape.padding();
    boolean inside = row >= 0 && row < shape.height() && column >= 0 && column < shape.width();
    int plane = (image * shape.inChannels() + channel) * shape.height();
    return inside ? x[(plane + row) * shape.width() + column] : 0f;
  }

  /** What tap (r, s) of input channel c of its group weighs in output channel k. */
  public float weight(int k, int c, int r, int s) {
    return weight[((k * shape.inChannelsPerGroup() + c) * shape.kernel() + r) * shape.kernel() + s];
  }

  /** Whether an algorithm's results are sums of products of the inputs and weights themselves. */
  public static boolean isDirect(ConvAlgorithm algorithm) {
    return switch (algorithm) {
      case IM2COL_GEMM, IMPLICIT_GEMM, DIRECT_STEM, GROUPED -> true;
      case STRASSEN_GEMM, WINOGRAD_2X2, WINOGRAD_4X2, WINOGRAD_4X4 -> false;
    };
  }
}
