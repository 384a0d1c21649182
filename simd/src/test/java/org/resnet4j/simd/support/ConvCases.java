package org.resnet4j.simd.support;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.support.ConvProblem.Numbers;
import org.resnet4j.simd.support.ConvProblem.Residual;

/** Convolutions on integers, made from seeds: what the networks have, and what fills nothing. */
public final class ConvCases {
  private ConvCases() {}

  /**
   * A network's channels, window and groups on maps of 1 to 15 pixels; fewer maps for more weights.
   */
  public static Stream<ConvProblem> reduced(ConvShape full, int index) {
    SplittableRandom random = new SplittableRandom(index);
    int maps = full.weights() <= 50_000 ? 15 : full.weights() <= 600_000 ? 5 : 1;
    int first = random.nextInt(15);
    return IntStream.range(0, maps)
        .mapToObj(i -> {
          int width = 1 + (first + i * 15 / maps) % 15;
          int height = 1 + random.nextInt(15 / width);
          ConvShape shape =
              new ConvShape(
                  full.inChannels(),
                  full.outChannels(),
                  height,
                  width,
                  full.kernel(),
                  full.stride(),
                  full.padding(),
                  full.groups());
          return problem(shape, (i + index) % 2 == 0 ? 3 : 1, random, 1000L * index + i);
        });
  }

  public static final int[] CHANNELS =
      IntStream.concat(IntStream.of(1, 3, 7, 64, 65), IntStream.rangeClosed(13, 33)).toArray();
  public static final int[] EXTENTS = {1, 5, 7, 13, 14};
  private static final int[][] WINDOWS = {{1, 0}, {3, 0}, {3, 1}, {7, 0}, {7, 1}, {7, 3}};

  /** Channels and extents that fill no block, no vector and no tile. */
  public static ConvProblem tail(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return problem(tail(random, seed), 1 + random.nextInt(3), random, seed);
  }

  public static ConvShape tail(SplittableRandom random, int seed) {
    while (true) {
      int[] window = WINDOWS[random.nextInt(WINDOWS.length)];
      int height = EXTENTS[random.nextInt(EXTENTS.length)];
      int width = EXTENTS[random.nextInt(EXTENTS.length)];
      int in = CHANNELS[random.nextInt(CHANNELS.length)];
      int groups = new int[] {1, 2, 32, in}[Math.max(seed % 8 - 4, 0)];
      int[] divisible = Arrays.stream(CHANNELS).filter(c -> c % groups == 0).toArray();
      if (in % groups == 0 && Math.min(height, width) + 2 * window[1] >= window[0]) {
        int out = divisible[random.nextInt(divisible.length)];
        int stride = 1 + random.nextInt(2);
        return new ConvShape(in, out, height, width, window[0], stride, window[1], groups);
      }
    }
  }

  public static ConvProblem stem(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return problem(stemShape(random), 1 + random.nextInt(3), random, seed);
  }

  /** Few input channels, every window of a stem and any extents. */
  public static ConvShape stemShape(SplittableRandom random) {
    int kernel = 1 + 2 * random.nextInt(4);
    int padding = random.nextInt(Math.min(kernel, 4));
    int least = Math.max(1, kernel - 2 * padding);
    return new ConvShape(
        1 + random.nextInt(4),
        1 + random.nextInt(70),
        least + random.nextInt(14),
        least + random.nextInt(40),
        kernel,
        1 + random.nextInt(3),
        padding,
        1);
  }

  private static final int[][] GROUPED_WINDOWS = {
    {1, 0}, {2, 1}, {3, 0}, {3, 1}, {5, 2}, {7, 1}, {7, 3}
  };

  /** Few channels per group, in whole blocks, on lines that fill no tile. */
  public static ConvProblem groupedTail(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    while (true) {
      int channels = BlockedLayout.BLOCK * (1 + random.nextInt(4));
      int group = 1 << random.nextInt(4);
      int[] window = GROUPED_WINDOWS[random.nextInt(GROUPED_WINDOWS.length)];
      int height = 1 + random.nextInt(9);
      int width = 1 + random.nextInt(31);
      if (Math.min(height, width) + 2 * window[1] >= window[0]) {
        int stride = 1 + random.nextInt(3);
        int groups = channels / group;
        ConvShape shape =
            new ConvShape(channels, channels, height, width, window[0], stride, window[1], groups);
        return problem(shape, 1 + random.nextInt(3), random, seed);
      }
    }
  }

  private static ConvProblem problem(
      ConvShape shape, int batch, SplittableRandom random, long seed) {
    Residual residual = Residual.values()[random.nextInt(Residual.values().length)];
    boolean sameExtents =
        shape.inChannels() == shape.outChannels()
            && shape.height() == shape.outHeight()
            && shape.width() == shape.outWidth();
    if (residual == Residual.INPUT && !sameExtents) {
      residual = Residual.NONE;
    }
    return ConvProblem.random(
        Numbers.INTEGERS,
        shape,
        batch,
        random.nextInt(4) > 0,
        residual,
        random.nextBoolean(),
        seed);
  }
}
