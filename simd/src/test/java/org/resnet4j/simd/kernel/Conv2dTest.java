package org.resnet4j.simd.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Both algorithms at every width against plain loops on integers, where every bit must be right.
 */
class Conv2dTest {
  private static List<ConvShape> shapes() {
    List<ConvShape> shapes = new ArrayList<>();
    int[] channels = {1, 3, 4, 7, 13, 16, 17, 20, 31, 32, 33, 48, 64, 65};
    int[] extents = {1, 3, 5, 7, 8, 13, 14, 15};
    int[][] windows = {{1, 1, 0}, {1, 2, 0}, {3, 1, 1}, {3, 2, 1}, {3, 1, 0}, {5, 2, 2}, {7, 2, 3}};
    SplittableRandom random = new SplittableRandom(7);
    while (shapes.size() < 300) {
      int in = channels[random.nextInt(channels.length)];
      int out = channels[random.nextInt(channels.length)];
      int groups = new int[] {1, 1, 1, 2, 4, 8, 16, 32, in}[random.nextInt(9)];
      int[] window = windows[random.nextInt(windows.length)];
      int height = extents[random.nextInt(extents.length)];
      int width = extents[random.nextInt(extents.length)];
      if (in % groups == 0
          && out % groups == 0
          && height + 2 * window[2] >= window[0]
          && width + 2 * window[2] >= window[0]) {
        shapes.add(new ConvShape(in, out, height, width, window[0], window[1], window[2], groups));
      }
    }
    return shapes;
  }

  @ParameterizedTest
  @EnumSource
  void integersAreExact(ConvAlgorithm algorithm) {
    int seed = 0;
    for (ConvShape shape : shapes()) {
      SplittableRandom random = new SplittableRandom(seed++);
      int batch = 1 + random.nextInt(3);
      float[] weight = integers(random, shape.weights());
      float[] bias = random.nextBoolean() ? integers(random, shape.outChannels()) : null;
      boolean relu = random.nextBoolean();
      float[] x = integers(random, batch * shape.inChannels() * shape.height() * shape.width());
      float[] expected = expected(shape, batch, weight, bias, relu, x);
      for (VectorWidth width : VectorWidth.values()) {
        float[] y = new float[expected.length];
        Conv2d.pack(shape, algorithm, width, weight, bias, relu).run(batch, x, y, Parallel.SERIAL);
        assertThat(firstDifference(y, expected)).as("%s at %s", shape, width).isEqualTo(-1);
      }
    }
  }

  private static float[] integers(SplittableRandom random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextInt(-32, 33);
    }
    return values;
  }

  private static float[] expected(
      ConvShape s, int batch, float[] weight, float[] bias, boolean relu, float[] x) {
    float[] y = new float[batch * s.outChannels() * s.outHeight() * s.outWidth()];
    int at = 0;
    for (int n = 0; n < batch; n++) {
      for (int k = 0; k < s.outChannels(); k++) {
        for (int i = 0; i < s.outHeight(); i++) {
          for (int j = 0; j < s.outWidth(); j++) {
            long sum = bias == null ? 0 : (long) bias[k];
            for (int c = 0; c < s.inChannelsPerGroup(); c++) {
              for (int r = 0; r < s.kernel(); r++) {
                for (int q = 0; q < s.kernel(); q++) {
                  int row = i * s.stride() + r - s.padding();
                  int column = j * s.stride() + q - s.padding();
                  if (row >= 0 && row < s.height() && column >= 0 && column < s.width()) {
                    int channel = n * s.inChannels() + s.firstInput(k) + c;
                    sum +=
                        (long) x[(channel * s.height() + row) * s.width() + column]
                            * (long)
                                weight[
                                    ((k * s.inChannelsPerGroup() + c) * s.kernel() + r) * s.kernel()
                                        + q];
                  }
                }
              }
            }
            y[at++] = relu ? Math.max(sum, 0) : sum;
          }
        }
      }
    }
    return y;
  }

  private static int firstDifference(float[] actual, float[] expected) {
    for (int i = 0; i < expected.length; i++) {
      if (actual[i] != expected[i]) {
        return i;
      }
    }
    return -1;
  }

  /** The contract: lanes, tiles and batch change nothing, down to the last bit. */
  @ParameterizedTest
  @EnumSource
  void realNumbersHaveTheSameBitsAtEveryWidthAndBatch(ConvAlgorithm algorithm) {
    for (ConvShape shape :
        List.of(
            new ConvShape(48, 40, 9, 11, 3, 1, 1, 1),
            new ConvShape(300, 33, 5, 7, 1, 1, 0, 1),
            new ConvShape(64, 64, 7, 7, 3, 2, 1, 16))) {
      SplittableRandom random = new SplittableRandom(3);
      float[] weight = reals(random, shape.weights());
      int image = shape.inChannels() * shape.height() * shape.width();
      int result = shape.outChannels() * shape.outHeight() * shape.outWidth();
      float[] x = reals(random, 3 * image);
      float[] expected = new float[3 * result];
      Conv2d.pack(shape, algorithm, VectorWidth.BITS_512, weight, null, true)
          .run(3, x, expected, Parallel.SERIAL);
      for (VectorWidth width : VectorWidth.values()) {
        Conv2d conv = Conv2d.pack(shape, algorithm, width, weight, null, true);
        for (int n = 0; n < 3; n++) {
          float[] alone = new float[result];
          conv.run(
              1,
              java.util.Arrays.copyOfRange(x, n * image, (n + 1) * image),
              alone,
              Parallel.SERIAL);
          assertThat(alone)
              .as("%s at %s, image %d", shape, width, n)
              .isEqualTo(java.util.Arrays.copyOfRange(expected, n * result, (n + 1) * result));
        }
      }
    }
  }

  private static float[] reals(SplittableRandom random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  @Test
  void refusesArraysOfOtherSizes() {
    ConvShape shape = new ConvShape(3, 4, 5, 5, 3, 1, 1, 1);
    assertThatThrownBy(() ->
            Conv2d.pack(
                shape,
                ConvAlgorithm.IMPLICIT_GEMM,
                VectorWidth.BITS_128,
                new float[107],
                null,
                false))
        .hasMessage("weight has 107 values, expected 108");
    assertThatThrownBy(() ->
            ConvKernel.pack(
                shape,
                ConvAlgorithm.IM2COL_GEMM,
                VectorWidth.BITS_128,
                new float[108],
                new float[3],
                false))
        .hasMessage("bias has 3 values, expected 4");
    Conv2d conv =
        Conv2d.pack(
            shape, ConvAlgorithm.IMPLICIT_GEMM, VectorWidth.BITS_128, new float[108], null, false);
    assertThatThrownBy(() -> conv.run(2, new float[150], new float[199], Parallel.SERIAL))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> new ConvShape(6, 4, 5, 5, 3, 1, 1, 4))
        .hasMessageContaining("groups 4");
  }

  @Test
  void refusesShapesThatCannotBe() {
    assertThatThrownBy(() -> new ConvShape(1, 1, 0, 5, 2, 1, 1, 1)).hasMessageContaining("on 0x5");
    ConvShape huge = new ConvShape(1 << 16, 1, 256, 256, 256, 1, 0, 1);
    assertThatThrownBy(huge::weights).isInstanceOf(ArithmeticException.class);
  }
}
