package org.resnet4j.bench.drawing;

import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.WeightSource;

/** Networks to draw. */
final class Graphs {
  private Graphs() {}

  static Graph named(String name) {
    return ResNet.build(ResNets.named(name), 224, 224, WeightSource.META);
  }

  static GraphBuilder input(int channels, int extent) {
    GraphBuilder graph = new GraphBuilder();
    graph.add("input", new Op.Input(new Shape(channels, extent, extent)));
    return graph;
  }

  static Op conv(int in, int out, int kernel, int stride) {
    return new Op.Conv(
        Tensor.meta(out, in, kernel, kernel),
        null,
        new Window(kernel, stride, kernel / 2),
        1,
        Epilogue.NONE);
  }

  static Op norm(int channels) {
    Tensor each = Tensor.meta(channels);
    return new Op.BatchNorm(each, each, each, each, 1e-5);
  }

  /** Convolutions one after the other. */
  static Graph plain(int layers) {
    GraphBuilder graph = input(8, 32);
    for (int i = 0; i < layers; i++) {
      int conv = graph.add("conv" + i, conv(8, 8, 3, 1), 2 * i);
      graph.add("relu" + i, new Op.Relu(), conv);
    }
    return graph.build();
  }

  /** One residual block within another, and a value that nobody reads. */
  static Graph nested() {
    GraphBuilder graph = input(8, 32);
    int a = graph.add("a", conv(8, 8, 3, 1), 0);
    int b = graph.add("b", conv(8, 8, 3, 1), a);
    graph.add("nobody's", conv(8, 8, 3, 1), a);
    int inner = graph.add("inner", new Op.Add(), b, a);
    int outer = graph.add("outer", new Op.Add(), inner, 0);
    graph.add("relu", new Op.Relu(), outer);
    return graph.build();
  }

  /** Blocks whose convolutions have these names, and which all have the same shape. */
  static Graph blocks(String... convs) {
    GraphBuilder graph = input(8, 32);
    int x = 0;
    for (String name : convs) {
      x = graph.add(name + ".add", new Op.Add(), x, graph.add(name, conv(8, 8, 3, 1), x));
    }
    return graph.build();
  }

  /** As many channels as each stage has, a block in each, with names that an exporter gave. */
  static Graph stages(String format, int... channels) {
    GraphBuilder graph = input(channels[0], 32);
    int x = 0;
    int in = channels[0];
    for (int i = 0; i < channels.length; i++) {
      int path = graph.add(format.formatted(i, "conv1"), conv(in, channels[i], 3, 1), x);
      path = graph.add(format.formatted(i, "conv2"), conv(channels[i], channels[i], 3, 1), path);
      int shortcut = graph.add(format.formatted(i, "shortcut"), conv(in, channels[i], 1, 1), x);
      x = graph.add("add" + i, new Op.Add(), shortcut, path);
      in = channels[i];
    }
    return graph.build();
  }
}
