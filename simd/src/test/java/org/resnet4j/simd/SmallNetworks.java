package org.resnet4j.simd;

import java.util.List;
import java.util.SplittableRandom;
import org.resnet4j.core.conformance.SeededWeights;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.Block;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;

/** Fused graphs that run in well under a millisecond. */
final class SmallNetworks {
  private static final Window POINT = new Window(1, 1, 0);
  private static final Window SAME = new Window(3, 1, 1);
  private static final Window HALF = new Window(3, 2, 1);

  private SmallNetworks() {}

  /** Every kind of layer but a convolution of three channels. */
  static Graph withoutStem() {
    return withoutStem(true);
  }

  /** The same, with or without biases. */
  static Graph withoutStem(boolean biases) {
    GraphBuilder graph = new GraphBuilder();
    SplittableRandom random = new SplittableRandom(1);
    int x = graph.add("input", new Op.Input(new Shape(16, 14, 14)));
    int first = conv(graph, random, biases, "3x3", 64, SAME, 1, x);
    int wide = conv(graph, random, biases, "1x1", 64, POINT, 1, first);
    int sum = conv(graph, random, biases, "residual", 64, SAME, 1, wide, first);
    int pool = graph.add("pool", new Op.MaxPool(HALF), sum);
    int grouped = conv(graph, random, biases, "grouped", 64, SAME, 8, pool);
    int depthwise = conv(graph, random, biases, "depthwise", 64, SAME, 64, grouped);
    int half = conv(graph, random, biases, "half", 40, HALF, 1, depthwise);
    int mean = graph.add("mean", new Op.GlobalAvgPool(), half);
    Tensor bias = biases ? tensor(random, 10) : null;
    graph.add("fc", new Op.Linear(tensor(random, 10, 40), bias), mean);
    return graph.build();
  }

  /** Two convolutions, each of which two algorithms can compute in blocks. */
  static Graph alternatives() {
    GraphBuilder graph = new GraphBuilder();
    SplittableRandom random = new SplittableRandom(1);
    int x = graph.add("input", new Op.Input(new Shape(16, 14, 14)));
    int half = conv(graph, random, true, "half", 32, HALF, 1, x);
    int grouped = conv(graph, random, true, "grouped", 32, SAME, 8, half);
    graph.add("mean", new Op.GlobalAvgPool(), grouped);
    return graph.build();
  }

  /** Every algorithm there is, in two graphs: Strassen's needs many channels. */
  static List<Graph> everyAlgorithm() {
    SplittableRandom random = new SplittableRandom(5);
    GraphBuilder small = new GraphBuilder();
    int x = small.add("input", new Op.Input(new Shape(3, 64, 64)));
    int stem = conv(small, random, true, "stem", 4, new Window(7, 2, 3), 1, x);
    int im2col = conv(small, random, true, "im2col", 32, SAME, 1, stem);
    int four = conv(small, random, true, "4x4", 32, SAME, 1, im2col);
    int grouped = conv(small, random, true, "grouped", 32, SAME, 8, four);
    int two = conv(small, random, true, "2x2", 64, HALF, 1, grouped);
    int half = conv(small, random, true, "half", 64, HALF, 1, two);
    int rectangle = conv(small, random, true, "4x2", 64, SAME, 1, half);
    int implicit = conv(small, random, true, "implicit", 16, POINT, 1, rectangle);
    classify(small, random, implicit);
    GraphBuilder wide = new GraphBuilder();
    int input = wide.add("input", new Op.Input(new Shape(512, 14, 14)));
    classify(wide, random, conv(wide, random, true, "strassen", 512, POINT, 1, input));
    return List.of(small.build(), wide.build());
  }

  /** The least that all threads work on, for tests of what does not depend on the layers. */
  static Graph least() {
    GraphBuilder graph = new GraphBuilder();
    SplittableRandom random = new SplittableRandom(6);
    int x = graph.add("input", new Op.Input(new Shape(16, 4, 4)));
    classify(graph, random, conv(graph, random, true, "1x1", 32, POINT, 1, x));
    return graph.build();
  }

  private static void classify(GraphBuilder graph, SplittableRandom random, int x) {
    int channels = graph.node(x).shape().channels();
    int mean = graph.add("mean", new Op.GlobalAvgPool(), x);
    graph.add("fc", new Op.Linear(tensor(random, 10, channels), tensor(random, 10)), mean);
  }

  private static int conv(
      GraphBuilder graph,
      SplittableRandom random,
      boolean biases,
      String name,
      int out,
      Window window,
      int groups,
      Integer... inputs) {
    int channels = graph.node(inputs[0]).shape().channels() / groups;
    Tensor weight = tensor(random, out, channels, window.kernel(), window.kernel());
    Epilogue epilogue = new Epilogue(inputs.length > 1, true);
    Tensor bias = biases ? tensor(random, out) : null;
    return graph.add(name, new Op.Conv(weight, bias, window, groups, epilogue), inputs);
  }

  private static Tensor tensor(SplittableRandom random, int... dims) {
    float[] values = new float[Tensor.meta(dims).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-0.1, 0.1);
    }
    return Tensor.of(values, dims);
  }

  /** A narrow bottleneck ResNet of two blocks a stage, for an image of any size. */
  static Graph deep(int height, int width) {
    ResNetSpec spec =
        ResNetSpec.of("deep", Block.BOTTLENECK, List.of(2, 2, 2, 2), 1, 64).withBaseWidth(20);
    return Passes.inference()
        .apply(ResNet.build(spec, height, width, new SeededWeights(3, Block.BOTTLENECK)));
  }

  /** A ResNet with everything there is in one, grouped convolutions included. */
  static Graph resNet() {
    ResNetSpec spec =
        ResNetSpec.of("small", Block.BOTTLENECK, List.of(1, 1, 1, 1), 4, 32).withBaseWidth(32);
    return Passes.inference()
        .apply(ResNet.build(spec, 33, 33, new SeededWeights(1, Block.BOTTLENECK)));
  }
}
