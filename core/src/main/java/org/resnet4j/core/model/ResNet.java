package org.resnet4j.core.model;

import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.weights.WeightSource;

/**
 * The network builder shared by the whole family.
 *
 * <p>Source: He et al. 2015 (arXiv 1512.03385), table 1 and figure 5; Xie et al. 2016 (1611.05431)
 * for groups; Zagoruyko and Komodakis 2016 (1605.07146) for width; torchvision's {@code
 * models/resnet.py} for names, projection shortcuts and constants.
 */
public final class ResNet {
  private static final double BATCH_NORM_EPSILON = 1e-5;

  private final ResNetSpec spec;
  private final WeightSource weights;
  private final GraphBuilder graph = new GraphBuilder();
  private int channels;

  private ResNet(ResNetSpec spec, WeightSource weights) {
    this.spec = spec;
    this.weights = weights;
  }

  /**
   * Builds a network for images of {@code height x width}. Nodes and parameters carry torchvision's
   * names. The graph is not fused; {@link org.resnet4j.core.graph.pass.Passes#inference} does that.
   *
   * @param weights asked once for each parameter
   * @throws IllegalArgumentException if the image is too small for the network, or what {@code
   *     weights} throws
   */
  public static Graph build(ResNetSpec spec, int height, int width, WeightSource weights) {
    return new ResNet(spec, weights).build(new Shape(spec.inChannels(), height, width));
  }

  private Graph build(Shape image) {
    int x = graph.add("input", new Op.Input(image));
    channels = image.channels();
    x = convBn("conv1", "bn1", x, spec.planes(0), spec.stem().window(), 1);
    x = graph.add("relu", new Op.Relu(), x);
    if (spec.stem().isPooled()) {
      x = graph.add("maxpool", new Op.MaxPool(new Window(3, 2, 1)), x);
    }
    for (int stage = 0; stage < ResNetSpec.STAGES; stage++) {
      for (int i = 0; i < spec.depths().get(stage); i++) {
        int stride = stage > 0 && i == 0 ? 2 : 1;
        x = block("layer" + (stage + 1) + "." + i + ".", x, stage, stride);
      }
    }
    x = graph.add("avgpool", new Op.GlobalAvgPool(), x);
    if (spec.numClasses() > 0) {
      graph.add(
          "fc",
          new Op.Linear(
              weights.get("fc.weight", spec.numClasses(), channels),
              weights.get("fc.bias", spec.numClasses())),
          x);
    }
    return graph.build();
  }

  /** A residual block; a projection replaces the identity where stride or channels change. */
  private int block(String prefix, int x, int stage, int stride) {
    int in = channels;
    int out = spec.planes(stage) * spec.block().expansion();
    // The shortcut comes first, so that a fused last convolution can read it.
    int shortcut =
        stride == 1 && in == out
            ? x
            : convBn(
                prefix + "downsample.0",
                prefix + "downsample.1",
                x,
                out,
                new Window(1, stride, 0),
                1);
    channels = in;
    int y =
        switch (spec.block()) {
          case BASIC -> basic(prefix, x, spec.planes(stage), stride);
          case BOTTLENECK -> bottleneck(prefix, x, spec.width(stage), out, stride);
        };
    return graph.add(
        prefix + "relu", new Op.Relu(), graph.add(prefix + "add", new Op.Add(), y, shortcut));
  }

  private int basic(String prefix, int x, int planes, int stride) {
    x = convBnRelu(prefix, 1, x, planes, new Window(3, stride, 1), 1);
    return convBn(prefix + "conv2", prefix + "bn2", x, planes, new Window(3, 1, 1), 1);
  }

  private int bottleneck(String prefix, int x, int width, int out, int stride) {
    boolean strideFirst = spec.stridePlacement() == StridePlacement.V1;
    x = convBnRelu(prefix, 1, x, width, new Window(1, strideFirst ? stride : 1, 0), 1);
    x = convBnRelu(prefix, 2, x, width, new Window(3, strideFirst ? 1 : stride, 1), spec.groups());
    return convBn(prefix + "conv3", prefix + "bn3", x, out, new Window(1, 1, 0), 1);
  }

  private int convBnRelu(String prefix, int i, int x, int out, Window window, int groups) {
    return graph.add(
        prefix + "relu" + i,
        new Op.Relu(),
        convBn(prefix + "conv" + i, prefix + "bn" + i, x, out, window, groups));
  }

  private int convBn(String conv, String bn, int x, int out, Window window, int groups) {
    var weight =
        weights.get(conv + ".weight", out, channels / groups, window.kernel(), window.kernel());
    channels = out;
    x = graph.add(conv, new Op.Conv(weight, null, window, groups, Epilogue.NONE), x);
    return graph.add(
        bn,
        new Op.BatchNorm(
            weights.get(bn + ".weight", out),
            weights.get(bn + ".bias", out),
            weights.get(bn + ".running_mean", out),
            weights.get(bn + ".running_var", out),
            BATCH_NORM_EPSILON),
        x);
  }
}
