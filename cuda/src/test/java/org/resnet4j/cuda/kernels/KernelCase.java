package org.resnet4j.cuda.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * A call of a kernel and its answer by plain loops. {@code buffers} are what device memory holds
 * before; {@code call} takes their addresses; {@code expected} is buffer {@code target} afterwards.
 */
public record KernelCase(
    String name,
    ElementType type,
    List<byte[]> buffers,
    Function<List<Long>, KernelCall> call,
    int target,
    ElementType targetType,
    float[] expected) {

  private static final int[][] SIZES = {{1, 1}, {3, 5}, {7, 64}, {130, 8}, {5, 67}, {300, 3}};

  /** Every kernel at odd sizes for one type. */
  public static List<KernelCase> all(ElementType type) {
    List<KernelCase> cases = new ArrayList<>();
    for (int[] size : SIZES) {
      int rows = size[0];
      int channels = size[1];
      cases.add(input(type, 2, rows, channels, channels + 3));
      cases.add(input(type, 1, rows, channels, channels));
      cases.add(input(type, 2, rows, 3, 8));
      cases.add(samples(type, rows, 3, channels + 2));
      cases.add(samples(type, rows, 3, 8));
      cases.add(samples(type, rows, channels + 1, channels + 1));
      for (boolean relu : new boolean[] {false, true}) {
        cases.add(epilogue(type, rows, channels, relu, "no residual"));
        cases.add(epilogue(type, rows, channels, relu, "residual"));
        cases.add(epilogue(type, rows, channels, relu, "in place"));
        cases.add(epilogue(type, rows, channels, relu, "over the residual"));
      }
      cases.add(averagePool(type, rows, 7, channels));
      cases.add(averagePool(type, 2, 1 + rows, channels));
      cases.add(averagePool(type, 1, 49, 5 * channels));
      cases.add(logits(type, rows, channels, channels));
      cases.add(logits(type, rows, channels, channels + 5));
    }
    cases.add(averagePool(type, 1, 1300, 8));
    cases.add(maxPool(type, 2, 5, new SlidingWindow(9, 6, 3, 2, 1)));
    cases.add(maxPool(type, 1, 66, new SlidingWindow(4, 5, 2, 1, 1)));
    cases.add(maxPool(type, 3, 8, new SlidingWindow(7, 7, 7, 1, 0)));
    cases.add(maxPool(type, 1, 3, new SlidingWindow(8, 11, 2, 3, 0)));
    cases.add(maxPool(type, 2, 1, new SlidingWindow(1, 1, 3, 2, 1)));
    for (boolean full : new boolean[] {false, true}) {
      cases.add(convolution(type, 2, 6, 10, 2, new SlidingWindow(7, 5, 3, 2, 1), full));
      cases.add(convolution(type, 1, 5, 5, 5, new SlidingWindow(6, 9, 3, 1, 2), full));
      cases.add(convolution(type, 3, 4, 67, 1, new SlidingWindow(4, 4, 1, 1, 0), full));
      cases.add(convolution(type, 1, 3, 2, 1, new SlidingWindow(9, 8, 7, 2, 3), full));
    }
    return cases;
  }

  /**
   * A convolution.
   *
   * @param full whether with a residual and a ReLU
   */
  private static KernelCase convolution(
      ElementType type,
      int images,
      int sourceChannels,
      int channels,
      int groups,
      SlidingWindow window,
      boolean full) {
    int height = window.height();
    int width = window.width();
    int kernel = window.kernel();
    int perGroup = sourceChannels / groups;
    float[] source =
        Numbers.kept(type, Numbers.random(images * height * width * sourceChannels, 8));
    float[] filter = Numbers.kept(type, Numbers.random(channels * kernel * kernel * perGroup, 9));
    float[] bias = Numbers.random(channels, 10);
    int rows = images * window.targetHeight() * window.targetWidth();
    float[] residual = Numbers.kept(type, Numbers.random(rows * channels, 11));
    float[] expected = new float[rows * channels];
    for (int i = 0; i < expected.length; i++) {
      int k = i % channels;
      int q = i / channels % window.targetWidth();
      int p = i / channels / window.targetWidth() % window.targetHeight();
      int n = i / channels / window.targetWidth() / window.targetHeight();
      int first = k / (channels / groups) * perGroup;
      float sum = 0;
      for (int dy = 0; dy < kernel; dy++) {
        for (int dx = 0; dx < kernel; dx++) {
          int y = p * window.stride() - window.padding() + dy;
          int x = q * window.stride() - window.padding() + dx;
          if (y >= 0 && y < height && x >= 0 && x < width) {
            for (int c = 0; c < perGroup; c++) {
              float value = source[((n * height + y) * width + x) * sourceChannels + first + c];
              float weight = filter[((k * kernel + dy) * kernel + dx) * perGroup + c];
              sum = Math.fma(value, weight, sum);
            }
          }
        }
      }
      sum += bias[k];
      sum += full ? residual[i] : 0;
      expected[i] = full && sum < 0 ? 0 : sum;
    }
    return new KernelCase(
        "convolution %s of %d x %d to %d in %d%s"
            .formatted(window, images, sourceChannels, channels, groups, full ? ", full" : ""),
        type,
        List.of(
            Numbers.encode(type, source),
            Numbers.encode(type, filter),
            Numbers.encode(ElementType.F32, bias),
            Numbers.encode(type, residual),
            poison(type, expected.length)),
        at ->
            new KernelCall.Convolution(
                at.get(0),
                at.get(1),
                at.get(2),
                full ? at.get(3) : 0,
                at.get(4),
                images,
                sourceChannels,
                channels,
                groups,
                window,
                full),
        4,
        type,
        expected);
  }

  private static KernelCase input(
      ElementType type, int images, int pixels, int sourceChannels, int channels) {
    float[] source = Numbers.random(images * sourceChannels * pixels, pixels);
    float[] expected = new float[images * pixels * channels];
    for (int n = 0; n < images; n++) {
      for (int c = 0; c < sourceChannels; c++) {
        for (int pixel = 0; pixel < pixels; pixel++) {
          expected[(n * pixels + pixel) * channels + c] =
              source[(n * sourceChannels + c) * pixels + pixel];
        }
      }
    }
    return new KernelCase(
        "input %d %d %d".formatted(images, pixels, sourceChannels),
        type,
        List.of(Numbers.encode(ElementType.F32, source), poison(type, expected.length)),
        at -> new KernelCall.Input(at.get(0), at.get(1), images, pixels, sourceChannels, channels),
        1,
        type,
        expected);
  }

  private static KernelCase samples(ElementType type, int rows, int sourceChannels, int channels) {
    byte[] source = new byte[rows * sourceChannels];
    new Random(rows).nextBytes(source);
    float[] table = Numbers.random(sourceChannels * 256, 8);
    float[] expected = new float[rows * channels];
    for (int row = 0; row < rows; row++) {
      for (int c = 0; c < sourceChannels; c++) {
        int sample = Byte.toUnsignedInt(source[row * sourceChannels + c]);
        expected[row * channels + c] = table[c * 256 + sample];
      }
    }
    return new KernelCase(
        "input_u8 %d %d %d".formatted(rows, sourceChannels, channels),
        type,
        List.of(source, Numbers.encode(ElementType.F32, table), poison(type, expected.length)),
        at ->
            new KernelCall.InputSamples(
                at.get(0), at.get(1), at.get(2), rows, sourceChannels, channels),
        2,
        type,
        expected);
  }

  private static KernelCase epilogue(
      ElementType type, int rows, int channels, boolean relu, String kind) {
    float[] source = Numbers.kept(type, Numbers.random(rows * channels, 1));
    float[] bias = Numbers.random(channels, 2);
    float[] residual = Numbers.kept(type, Numbers.random(rows * channels, 3));
    float[] expected = new float[rows * channels];
    for (int i = 0; i < expected.length; i++) {
      float sum = source[i] + bias[i % channels];
      if (!kind.equals("no residual")) {
        sum += residual[i];
      }
      expected[i] = relu && sum < 0 ? 0 : sum;
    }
    int target =
        switch (kind) {
          case "in place" -> 0;
          case "over the residual" -> 2;
          default -> 3;
        };
    return new KernelCase(
        "epilogue %d %d %s, %s".formatted(rows, channels, relu, kind),
        type,
        List.of(
            Numbers.encode(type, source),
            Numbers.encode(ElementType.F32, bias),
            Numbers.encode(type, residual),
            poison(type, expected.length)),
        at ->
            new KernelCall.Epilogue(
                at.get(0),
                at.get(1),
                kind.equals("no residual") ? 0 : at.get(2),
                at.get(target),
                rows,
                channels,
                relu),
        target,
        type,
        expected);
  }

  private static KernelCase averagePool(ElementType type, int images, int pixels, int channels) {
    float[] source = Numbers.kept(type, Numbers.random(images * pixels * channels, 4));
    float[] expected = new float[images * channels];
    for (int i = 0; i < expected.length; i++) {
      int first = i / channels * pixels * channels + i % channels;
      for (int part = 0; part < 8; part++) {
        float sum = 0;
        for (int run = part; run < pixels; run += 8 * 64) {
          float ofRun = 0;
          for (int pixel = run; pixel < Math.min(pixels, run + 8 * 64); pixel += 8) {
            ofRun += source[first + pixel * channels];
          }
          sum += ofRun;
        }
        expected[i] = part == 0 ? sum : expected[i] + sum;
      }
      expected[i] /= pixels;
    }
    return new KernelCase(
        "average_pool %d %d %d".formatted(images, pixels, channels),
        type,
        List.of(Numbers.encode(type, source), poison(type, expected.length)),
        at -> new KernelCall.AveragePool(at.get(0), at.get(1), images, pixels, channels),
        1,
        type,
        expected);
  }

  private static KernelCase maxPool(
      ElementType type, int images, int channels, SlidingWindow window) {
    int height = window.height();
    int width = window.width();
    int rows = window.targetHeight();
    int columns = window.targetWidth();
    float[] source = Numbers.kept(type, Numbers.random(images * height * width * channels, 5));
    float[] expected = new float[images * rows * columns * channels];
    Arrays.fill(expected, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < expected.length; i++) {
      int c = i % channels;
      int q = i / channels % columns;
      int p = i / channels / columns % rows;
      int n = i / channels / columns / rows;
      for (int dy = 0; dy < window.kernel(); dy++) {
        for (int dx = 0; dx < window.kernel(); dx++) {
          int y = p * window.stride() - window.padding() + dy;
          int x = q * window.stride() - window.padding() + dx;
          if (y >= 0 && y < height && x >= 0 && x < width) {
            float value = source[((n * height + y) * width + x) * channels + c];
            expected[i] = value == expected[i] ? expected[i] : Math.max(expected[i], value);
          }
        }
      }
    }
    return new KernelCase(
        "max_pool %s of %d x %d".formatted(window, images, channels),
        type,
        List.of(Numbers.encode(type, source), poison(type, expected.length)),
        at -> new KernelCall.MaxPool(at.get(0), at.get(1), images, channels, window),
        1,
        type,
        expected);
  }

  private static KernelCase logits(ElementType type, int images, int channels, int pitch) {
    int read = (images - 1) * pitch + channels;
    float[] source = Numbers.kept(type, Numbers.random(read, 6));
    float[] bias = Numbers.random(channels, 7);
    float[] expected = new float[images * channels];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = source[i / channels * pitch + i % channels] + bias[i % channels];
    }
    return new KernelCase(
        "logits %d %d %d".formatted(images, channels, pitch),
        type,
        List.of(
            Numbers.encode(type, source),
            Numbers.encode(ElementType.F32, bias),
            poison(ElementType.F32, expected.length)),
        at -> new KernelCall.Logits(at.get(0), at.get(1), at.get(2), images, channels, pitch),
        2,
        ElementType.F32,
        expected);
  }

  private static byte[] poison(ElementType type, int numbers) {
    byte[] bytes = new byte[numbers * type.bytes()];
    Arrays.fill(bytes, (byte) 0xCB);
    return bytes;
  }

  @Override
  public String toString() {
    return name + " " + type;
  }
}
