package org.resnet4j.core.conformance;

import static org.resnet4j.core.model.Block.BASIC;
import static org.resnet4j.core.model.Block.BOTTLENECK;
import static org.resnet4j.core.model.StridePlacement.V1;
import static org.resnet4j.core.model.StridePlacement.V1_5;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.Block;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.Stem;
import org.resnet4j.core.model.StridePlacement;
import org.resnet4j.core.tensor.Shape;

/**
 * A small whole network and its images.
 *
 * @param spec the network
 * @param image shape of one image
 * @param batch number of images
 */
record NetworkCase(ResNetSpec spec, Shape image, int batch) {
  private static final long SEED = 7;

  /** Every kind of the family, narrow and shallow, on images of several sizes. */
  static List<NetworkCase> all() {
    List<NetworkCase> cases = new ArrayList<>();
    List<Shape> images = List.of(new Shape(3, 33, 33), new Shape(3, 64, 48), new Shape(3, 97, 65));
    for (ResNetSpec spec : specs()) {
      for (Shape image : images) {
        cases.add(new NetworkCase(spec, image, 1));
        cases.add(new NetworkCase(spec, image, 3));
      }
    }
    for (ResNetSpec spec : others()) {
      Shape image = new Shape(spec.inChannels(), 33, 28);
      cases.add(new NetworkCase(spec, image, 1));
      cases.add(new NetworkCase(spec, image, 3));
    }
    return cases;
  }

  /** One network a kind of block, for tests of what does not depend on the size. */
  static List<NetworkCase> few() {
    return List.of(
        new NetworkCase(specs().get(0), new Shape(3, 64, 48), 5),
        new NetworkCase(specs().get(5), new Shape(3, 33, 37), 5),
        new NetworkCase(others().getLast(), new Shape(2, 29, 24), 5));
  }

  /** The smallest. */
  static NetworkCase tiny() {
    return new NetworkCase(specs().getFirst(), new Shape(3, 33, 33), 3);
  }

  private static List<ResNetSpec> specs() {
    List<Integer> ones = List.of(1, 1, 1, 1);
    List<Integer> mixed = List.of(2, 1, 2, 1);
    return List.of(
        spec("basic", BASIC, ones, 1, 64, 8, V1_5),
        spec("basic, odd width", BASIC, mixed, 1, 64, 13, V1_5),
        spec("resnet18 at a quarter", BASIC, List.of(2, 2, 2, 2), 1, 64, 16, V1_5),
        spec("bottleneck", BOTTLENECK, mixed, 1, 64, 8, V1_5),
        spec("bottleneck, stride first", BOTTLENECK, mixed, 1, 64, 8, V1),
        spec("32 groups, depthwise first", BOTTLENECK, ones, 32, 4, 16, V1_5),
        spec("4 groups", BOTTLENECK, mixed, 4, 16, 16, V1_5),
        spec("8 groups, stride first", BOTTLENECK, ones, 8, 24, 8, V1),
        spec("wide", BOTTLENECK, ones, 1, 128, 12, V1_5));
  }

  /** Other stems, other channels, and no classifier. */
  private static List<ResNetSpec> others() {
    ResNetSpec basic = specs().getFirst();
    ResNetSpec bottleneck = specs().get(3);
    return List.of(
        basic.withName("grey").withInChannels(1),
        basic.withName("17 channels").withInChannels(17),
        basic.withName("3x3 stem").withStem(Stem.CIFAR),
        bottleneck.withName("3x3 stem, grey").withStem(Stem.CIFAR).withInChannels(1),
        basic.withName("features").withNumClasses(0),
        bottleneck
            .withName("3x3 stem, 2 channels, features")
            .withStem(Stem.CIFAR)
            .withInChannels(2)
            .withNumClasses(0));
  }

  private static ResNetSpec spec(
      String name,
      Block block,
      List<Integer> depths,
      int groups,
      int widthPerGroup,
      int baseWidth,
      StridePlacement placement) {
    return new ResNetSpec(name, block, depths, groups, widthPerGroup, baseWidth, 19, placement);
  }

  /** As the builder makes it. */
  Graph unfused() {
    return ResNet.build(spec, image.height(), image.width(), new SeededWeights(SEED, spec.block()));
  }

  /** As a fast backend takes it. */
  Graph graph() {
    return Passes.inference().apply(unfused());
  }

  /** NCHW. */
  float[] input() {
    return Values.REAL.inputs(new SplittableRandom(SEED), (int) (batch * image.size()));
  }

  @Override
  public String toString() {
    return spec.name() + ", " + image + ", batch " + batch;
  }
}
