package org.resnet4j.core.conformance;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.tensor.Shape;

/** The convolutions every backend is asked for: those of the family, and odd ones. */
public final class ConvCases {
  static final List<Integer> CHANNELS = List.of(1, 3, 4, 7, 13, 16, 17, 31, 32, 33, 48, 64, 65);
  static final List<Integer> EXTENTS = List.of(1, 5, 7, 8, 13, 14, 15, 28);
  static final List<Integer> KERNELS = List.of(1, 3, 5, 7);
  static final List<Integer> GROUPS = List.of(1, 1, 2, 3, 4, 8, 16, 32);

  private static final int RANDOM_CASES = 320;
  private static final long SEED = 20_151_210;
  private static final long MAX_MULTIPLY_ADDS = 2_500_000;
  private static final int ENOUGH_FOR_STATISTICS = 256;

  private static final List<ConvCase> ALL = List.copyOf(make());

  private ConvCases() {}

  /** All of them, in one order. */
  public static List<ConvCase> all() {
    return ALL;
  }

  /**
   * Those for real-valued data: with so many results that an error relative to the largest says
   * something.
   */
  public static List<ConvCase> real() {
    List<ConvCase> large =
        ALL.stream()
            .filter(conv -> conv.batch() * conv.out().size() >= ENOUGH_FOR_STATISTICS)
            .toList();
    return IntStream.range(0, large.size()).filter(i -> i % 2 == 0).mapToObj(large::get).toList();
  }

  private static Set<ConvCase> make() {
    Set<ConvCase> cases = new LinkedHashSet<>(representative());
    int fixed = cases.size();
    SplittableRandom random = new SplittableRandom(SEED);
    while (cases.size() < fixed + RANDOM_CASES) {
      addRandom(cases, random);
    }
    return cases;
  }

  /** The layers of the family, some narrowed, each with the epilogue it has there. */
  private static List<ConvCase> representative() {
    Epilogue relu = new Epilogue(false, true);
    Epilogue both = new Epilogue(true, true);
    Window one = new Window(1, 1, 0);
    Window oneHalving = new Window(1, 2, 0);
    Window three = new Window(3, 1, 1);
    Window threeHalving = new Window(3, 2, 1);
    Window stem = new Window(7, 2, 3);
    List<ConvCase> cases = new ArrayList<>();
    for (int batch = 1; batch <= 3; batch++) {
      cases.add(of(3, 32, 32, 64, stem, 1, relu, true, batch));
      cases.add(of(3, 33, 29, 64, stem, 1, relu, true, batch));
      cases.add(of(64, 14, 14, 64, three, 1, relu, false, batch));
      cases.add(of(64, 14, 14, 64, three, 1, both, false, batch));
      cases.add(of(32, 28, 28, 32, three, 1, both, false, batch));
      cases.add(of(128, 7, 7, 64, three, 1, relu, false, batch));
      cases.add(of(64, 14, 14, 128, threeHalving, 1, relu, false, batch));
      cases.add(of(64, 15, 13, 48, threeHalving, 1, relu, false, batch));
      cases.add(of(256, 7, 7, 64, one, 1, relu, false, batch));
      cases.add(of(64, 14, 14, 256, one, 1, both, false, batch));
      cases.add(of(64, 14, 14, 128, oneHalving, 1, Epilogue.NONE, false, batch));
      cases.add(of(128, 14, 14, 128, three, 32, relu, false, batch));
      cases.add(of(128, 15, 15, 128, threeHalving, 32, relu, false, batch));
      cases.add(of(256, 7, 7, 256, three, 32, relu, false, batch));
      cases.add(of(64, 14, 14, 64, three, 64, relu, false, batch));
      cases.add(of(64, 14, 14, 64, threeHalving, 64, relu, false, batch));
    }
    return cases;
  }

  private static ConvCase of(
      int channels,
      int height,
      int width,
      int outChannels,
      Window window,
      int groups,
      Epilogue epilogue,
      boolean first,
      int batch) {
    Shape in = new Shape(channels, height, width);
    return new ConvCase(in, outChannels, window, groups, true, epilogue, first, batch);
  }

  /** Draws a case and adds it if it exists, is new and small enough. */
  private static void addRandom(Set<ConvCase> cases, SplittableRandom random) {
    int channels = draw(CHANNELS, random);
    boolean depthwise = random.nextInt(8) == 0;
    int groups = depthwise ? channels : draw(GROUPS, random);
    int outChannels = depthwise ? channels * random.nextInt(1, 3) : draw(CHANNELS, random);
    int height = draw(EXTENTS, random);
    int width = random.nextBoolean() ? height : draw(EXTENTS, random);
    int kernel = draw(KERNELS, random);
    int stride = random.nextInt(1, 3);
    int padding = random.nextInt(4);
    boolean bias = random.nextBoolean();
    Epilogue epilogue = new Epilogue(random.nextBoolean(), random.nextBoolean());
    boolean first = random.nextInt(4) == 0;
    int batch = random.nextInt(1, 4);
    if (channels % groups != 0
        || outChannels % groups != 0
        || padding >= kernel
        || Math.min(height, width) + 2 * padding < kernel) {
      return;
    }
    Window window = new Window(kernel, stride, padding);
    Shape in = new Shape(channels, height, width);
    ConvCase conv = new ConvCase(in, outChannels, window, groups, bias, epilogue, first, batch);
    if (conv.multiplyAdds() <= MAX_MULTIPLY_ADDS) {
      cases.add(conv);
    }
  }

  private static int draw(List<Integer> from, SplittableRandom random) {
    return from.get(random.nextInt(from.size()));
  }
}
