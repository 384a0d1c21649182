package org.resnet4j.core.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads off the extents of its tensors which member of the family a network is. What it finds is a
 * proposal: {@link Fit} shows whether all tensors agree.
 */
final class MemberReader {
  private static final int MAX_DEPTH = 1000;
  private static final int RANK = 4; // of a convolution's weight: K, C, height, width
  private static final String STEM = "conv1.weight";
  private static final int CIFAR_KERNEL = 3;
  private static final int USUAL_WIDTH = 64;

  private final Map<String, List<Long>> shapes;

  private MemberReader(Map<String, List<Long>> shapes) {
    this.shapes = shapes;
  }

  /**
   * The member, with its stride where torchvision has it, which no extent tells; by its name if it
   * has one. Empty if a tensor is missing that tells something, or no such member exists.
   *
   * @param shapes extents by torchvision's names
   */
  static Optional<ResNetSpec> read(Map<String, List<Long>> shapes) {
    MemberReader reader = new MemberReader(shapes);
    try {
      return reader.spec();
    } catch (IllegalArgumentException _) {
      return Optional.empty(); // the specification's own ranges
    }
  }

  /**
   * A network with the stem and the classes of the tensors; where one is missing or out of range
   * its extents stay.
   *
   * @param classes where {@code fc.weight} does not tell them
   * @throws IllegalArgumentException if no such network exists
   */
  static ResNetSpec resized(ResNetSpec spec, Map<String, List<Long>> shapes, int classes) {
    MemberReader reader = new MemberReader(shapes);
    int told = reader.classes();
    spec = spec.withNumClasses(told == 0 ? classes : told);
    int[] stem = reader.convolution(STEM);
    return stem == null
        ? spec
        : spec.withBaseWidth(stem[0]).withInChannels(stem[1]).withStem(stem(stem[2]));
  }

  private static Stem stem(int kernel) {
    return kernel == CIFAR_KERNEL ? Stem.CIFAR : Stem.IMAGENET;
  }

  private Optional<ResNetSpec> spec() {
    int[] stem = convolution(STEM);
    if (stem == null) {
      return Optional.empty();
    }
    Block block = shapes.containsKey("layer1.0.conv3.weight") ? Block.BOTTLENECK : Block.BASIC;
    ResNetSpec shape =
        new ResNetSpec(
            "resnet",
            block,
            IntStream.rangeClosed(1, ResNetSpec.STAGES).mapToObj(this::depth).toList(),
            1,
            USUAL_WIDTH,
            stem[0],
            classes(),
            StridePlacement.V1_5,
            stem[1],
            stem(stem[2]));
    return (block == Block.BASIC ? Optional.of(shape) : grouped(shape)).map(MemberReader::called);
  }

  /** The extents of a convolution's weight, or null if there is none or they are out of range. */
  private int @Nullable [] convolution(String name) {
    List<Long> shape = shapes.getOrDefault(name, List.of());
    boolean sound =
        shape.size() == RANK
            && shape.stream().allMatch(extent -> extent >= 1 && extent <= ResNetSpec.MAX_EXTENT);
    return sound ? shape.stream().mapToInt(Math::toIntExact).toArray() : null;
  }

  private int depth(int stage) {
    int depth = 0;
    while (depth <= MAX_DEPTH
        && shapes.containsKey("layer" + stage + "." + depth + ".conv1.weight")) {
      depth++;
    }
    return depth;
  }

  private int classes() {
    List<Long> shape = shapes.getOrDefault("fc.weight", List.of());
    boolean sound =
        shape.size() == 2 && shape.getFirst() >= 1 && shape.getFirst() <= ResNetSpec.MAX_CLASSES;
    return sound ? shape.getFirst().intValue() : 0;
  }

  /** Groups and their width, from the 3x3 of each stage. */
  private Optional<ResNetSpec> grouped(ResNetSpec shape) {
    List<Integer> widths = new ArrayList<>();
    int groups = 0;
    for (int stage = 1; stage <= ResNetSpec.STAGES; stage++) {
      int[] conv = convolution("layer" + stage + ".0.conv2.weight");
      if (conv == null || conv[0] % conv[1] != 0) {
        return Optional.empty();
      }
      groups = conv[0] / conv[1];
      widths.add(conv[0]);
    }
    // Of the widths of a group that round to these, a published network's comes first.
    int cardinality = groups;
    int last = widths.getLast() / groups;
    int planes = shape.planes(ResNetSpec.STAGES - 1);
    int least = Math.max(1, Math.ceilDiv(last * USUAL_WIDTH, planes));
    return IntStream.rangeClosed(least, Math.ceilDiv((last + 1) * USUAL_WIDTH, planes))
        .mapToObj(width -> tryGroups(shape, cardinality, width, widths))
        .flatMap(Optional::stream)
        .min(Comparator.comparing(spec -> !isKnown(spec)));
  }

  private static Optional<ResNetSpec> tryGroups(
      ResNetSpec shape, int groups, int widthPerGroup, List<Integer> widths) {
    try {
      ResNetSpec spec = shape.withGroups(groups, widthPerGroup);
      boolean fits =
          IntStream.range(0, ResNetSpec.STAGES)
              .allMatch(stage -> spec.width(stage) == widths.get(stage));
      return fits ? Optional.of(spec) : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty(); // beyond the specification's ranges
    }
  }

  private static boolean isKnown(ResNetSpec spec) {
    return ResNets.known().stream().anyMatch(known -> known.hasBlocksOf(spec));
  }

  private static ResNetSpec called(ResNetSpec spec) {
    return spec.withName(
        ResNets.known().stream()
            .filter(known -> known.hasBlocksOf(spec))
            .map(ResNetSpec::name)
            .findFirst()
            .orElseGet(() -> describe(spec)));
  }

  /** Such as {@code resnet_basic_2_3_2_2} or {@code resnet_bottleneck_2_2_2_2_32x4d}. */
  private static String describe(ResNetSpec spec) {
    StringBuilder name = new StringBuilder("resnet_");
    name.append(spec.block() == Block.BASIC ? "basic" : "bottleneck");
    spec.depths().forEach(depth -> name.append('_').append(depth));
    if (spec.groups() != 1 || spec.widthPerGroup() != USUAL_WIDTH) {
      name.append('_').append(spec.groups()).append('x').append(spec.widthPerGroup()).append('d');
    }
    return name.toString();
  }
}
