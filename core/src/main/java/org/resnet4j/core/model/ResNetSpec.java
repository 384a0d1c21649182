package org.resnet4j.core.model;

import java.util.List;
import java.util.Objects;

/**
 * One member of the ResNet family: everything that fixes the network except the image size and the
 * weights.
 *
 * <p>Terms and defaults are torchvision's. Immutable.
 *
 * @param name what messages call it
 * @param block the residual block
 * @param depths blocks in each of the four stages conv2_x to conv5_x (torchvision's layer1 to
 *     layer4)
 * @param groups groups of the bottleneck's 3x3 (ResNeXt's cardinality)
 * @param widthPerGroup width of one group in the first stage (ResNeXt's d, 128 for Wide ResNet)
 * @param baseWidth planes of the first stage and channels of the stem; 64 in every published
 *     network
 * @param numClasses outputs of the classifier; 0 if there is none and the network ends at its
 *     pooled features
 * @param stridePlacement where bottlenecks stride
 * @param inChannels channels of a picture: 3 for RGB, 1 for grey
 * @param stem what comes before the first stage
 */
public record ResNetSpec(
    String name,
    Block block,
    List<Integer> depths,
    int groups,
    int widthPerGroup,
    int baseWidth,
    int numClasses,
    StridePlacement stridePlacement,
    int inChannels,
    Stem stem) {
  /** Number of stages, and of halvings after the stem. */
  public static final int STAGES = 4;

  /** The most channels and groups. */
  public static final int MAX_EXTENT = 1 << 16;

  /** The most classes. */
  public static final int MAX_CLASSES = 1 << 19;

  private static final int DEFAULT_WIDTH = 64;
  private static final int RGB = 3;

  /**
   * Copies the list and checks the ranges.
   *
   * @throws IllegalArgumentException if no such network exists, with the reason
   */
  public ResNetSpec {
    Objects.requireNonNull(block, "block");
    Objects.requireNonNull(stridePlacement, "stridePlacement");
    Objects.requireNonNull(stem, "stem");
    depths = List.copyOf(depths);
    require(depths.size() == STAGES, name, "needs " + STAGES + " stage depths, got " + depths);
    require(
        depths.stream().allMatch(depth -> depth >= 1 && depth <= 1000),
        name,
        "every stage needs 1 to 1000 blocks, got " + depths);
    require(
        inRange(groups) && inRange(widthPerGroup) && inRange(baseWidth) && inRange(inChannels),
        name,
        "groups, widthPerGroup, baseWidth and inChannels must lie between 1 and " + MAX_EXTENT);
    require(
        numClasses >= 0 && numClasses <= MAX_CLASSES,
        name,
        "numClasses must lie between 0 and " + MAX_CLASSES);
    require(
        block == Block.BOTTLENECK || (groups == 1 && widthPerGroup == DEFAULT_WIDTH),
        name,
        "a basic block has groups = 1 and widthPerGroup = 64, got groups = "
            + groups
            + ", widthPerGroup = "
            + widthPerGroup);
    require(
        width(baseWidth, widthPerGroup, groups) >= 1,
        name,
        "widthPerGroup "
            + widthPerGroup
            + " leaves no channel in a stage of "
            + baseWidth
            + " planes");
    require(
        (long) baseWidth << (STAGES - 1) <= MAX_EXTENT / block.expansion()
            && widestStage(baseWidth, widthPerGroup, groups) <= MAX_EXTENT,
        name,
        "more than " + MAX_EXTENT + " channels in the last stage");
  }

  /** A network for RGB pictures of ImageNet's size. */
  public ResNetSpec(
      String name,
      Block block,
      List<Integer> depths,
      int groups,
      int widthPerGroup,
      int baseWidth,
      int numClasses,
      StridePlacement stridePlacement) {
    this(
        name,
        block,
        depths,
        groups,
        widthPerGroup,
        baseWidth,
        numClasses,
        stridePlacement,
        RGB,
        Stem.IMAGENET);
  }

  /** A published member: base width 64, 1000 classes, stride in the 3x3. */
  public static ResNetSpec of(
      String name, Block block, List<Integer> depths, int groups, int widthPerGroup) {
    return new ResNetSpec(
        name, block, depths, groups, widthPerGroup, DEFAULT_WIDTH, 1000, StridePlacement.V1_5);
  }

  /** This network by another name. */
  public ResNetSpec withName(String other) {
    return new ResNetSpec(
        other,
        block,
        depths,
        groups,
        widthPerGroup,
        baseWidth,
        numClasses,
        stridePlacement,
        inChannels,
        stem);
  }

  /** This network with another number of classes, or without a classifier if it is 0. */
  public ResNetSpec withNumClasses(int classes) {
    return new ResNetSpec(
        name,
        block,
        depths,
        groups,
        widthPerGroup,
        baseWidth,
        classes,
        stridePlacement,
        inChannels,
        stem);
  }

  /** This network with other groups of the 3x3, and another width of one. */
  public ResNetSpec withGroups(int count, int width) {
    return new ResNetSpec(
        name,
        block,
        depths,
        count,
        width,
        baseWidth,
        numClasses,
        stridePlacement,
        inChannels,
        stem);
  }

  /** This network with another base width. */
  public ResNetSpec withBaseWidth(int width) {
    return new ResNetSpec(
        name,
        block,
        depths,
        groups,
        widthPerGroup,
        width,
        numClasses,
        stridePlacement,
        inChannels,
        stem);
  }

  /** This network with its bottlenecks' stride elsewhere. */
  public ResNetSpec withStridePlacement(StridePlacement placement) {
    return new ResNetSpec(
        name,
        block,
        depths,
        groups,
        widthPerGroup,
        baseWidth,
        numClasses,
        placement,
        inChannels,
        stem);
  }

  /** This network for pictures of so many channels. */
  public ResNetSpec withInChannels(int channels) {
    return new ResNetSpec(
        name,
        block,
        depths,
        groups,
        widthPerGroup,
        baseWidth,
        numClasses,
        stridePlacement,
        channels,
        stem);
  }

  /** This network with another stem. */
  public ResNetSpec withStem(Stem other) {
    return new ResNetSpec(
        name,
        block,
        depths,
        groups,
        widthPerGroup,
        baseWidth,
        numClasses,
        stridePlacement,
        inChannels,
        other);
  }

  /**
   * Channels of the pooled features: the classifier's inputs, or the outputs where there is none.
   */
  public int features() {
    return planes(STAGES - 1) * block.expansion();
  }

  /** Values that come out for a picture: one for each class, or the pooled features. */
  public int outputs() {
    return numClasses == 0 ? features() : numClasses;
  }

  /** Whether the blocks of {@code other} are of the same kind, number and grouping. */
  boolean hasBlocksOf(ResNetSpec other) {
    return block == other.block
        && depths.equals(other.depths)
        && groups == other.groups
        && widthPerGroup == other.widthPerGroup;
  }

  /** Planes of stage {@code 0..3}: the base width, doubled per stage. */
  public int planes(int stage) {
    return baseWidth << stage;
  }

  /**
   * Width of a bottleneck's 3x3 in stage {@code 0..3}, by torchvision's rule, with its rounding.
   */
  public int width(int stage) {
    return (int) width(planes(stage), widthPerGroup, groups);
  }

  private static long width(int planes, int widthPerGroup, int groups) {
    return (long) (int) (planes * (widthPerGroup / 64.0)) * groups;
  }

  private static long widestStage(int baseWidth, int widthPerGroup, int groups) {
    return width(baseWidth << (STAGES - 1), widthPerGroup, groups);
  }

  private static boolean inRange(int value) {
    return value >= 1 && value <= MAX_EXTENT;
  }

  private static void require(boolean condition, String name, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(name + ": " + problem);
    }
  }
}
