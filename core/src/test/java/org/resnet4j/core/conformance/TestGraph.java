package org.resnet4j.core.conformance;

import java.util.SplittableRandom;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;

/** A graph with seeded parameters; the input has id 0. */
final class TestGraph {
  static final int INPUT = 0;

  private final GraphBuilder graph = new GraphBuilder();
  private final Values values;
  private final SplittableRandom random;

  TestGraph(Shape input, Values values, long seed) {
    this.values = values;
    this.random = new SplittableRandom(seed);
    graph.add("input", new Op.Input(input));
  }

  /** A convolution of one group with bias and ReLU. */
  int conv(String name, int x, int out, Window window) {
    return conv(name, x, out, window, 1, true, Epilogue.NONE.withRelu());
  }

  /** A convolution of one group with bias, residual and ReLU. */
  int conv(String name, int x, int out, Window window, int residual) {
    return conv(name, x, out, window, 1, true, new Epilogue(true, true), x, residual);
  }

  int conv(
      String name,
      int x,
      int out,
      Window window,
      int groups,
      boolean bias,
      Epilogue epilogue,
      Integer... inputs) {
    int channels = graph.node(x).shape().channels() / groups;
    int k = channels * window.kernel() * window.kernel();
    Tensor weight =
        Tensor.of(
            values.weights(random, out * k, k), out, channels, window.kernel(), window.kernel());
    Op.Conv conv = new Op.Conv(weight, bias ? bias(out) : null, window, groups, epilogue);
    return inputs.length == 0 ? graph.add(name, conv, x) : graph.add(name, conv, inputs);
  }

  /**
   * A convolution that copies, for each output channel, one channel of its group at one tap, with
   * either sign: its values are the input's.
   */
  int select(String name, int x, int out, Window window, int groups) {
    int channels = graph.node(x).shape().channels() / groups;
    int taps = window.kernel() * window.kernel();
    float[] weight = new float[out * channels * taps];
    int shift = random.nextInt(channels);
    for (int k = 0; k < out; k++) {
      int tap = random.nextInt(taps);
      weight[(k * channels + (k + shift) % channels) * taps + tap] = random.nextBoolean() ? 1 : -1;
    }
    Tensor tensor = Tensor.of(weight, out, channels, window.kernel(), window.kernel());
    return graph.add(name, new Op.Conv(tensor, null, window, groups, Epilogue.NONE), x);
  }

  int maxPool(String name, int x, Window window) {
    return graph.add(name, new Op.MaxPool(window), x);
  }

  int batchNorm(String name, int x) {
    int channels = graph.node(x).shape().channels();
    float[] variance = new float[channels];
    for (int c = 0; c < channels; c++) {
      variance[c] = (float) (0.5 + random.nextDouble());
    }
    Tensor gamma = Tensor.of(values.weights(random, channels, 2), channels);
    Tensor spread = Tensor.of(variance, channels);
    return graph.add(
        name, new Op.BatchNorm(gamma, bias(channels), bias(channels), spread, 1e-5), x);
  }

  int relu(String name, int x) {
    return graph.add(name, new Op.Relu(), x);
  }

  int add(String name, int x, int y) {
    return graph.add(name, new Op.Add(), x, y);
  }

  int globalAvgPool(String name, int x) {
    return graph.add(name, new Op.GlobalAvgPool(), x);
  }

  int linear(String name, int x, int out, boolean bias) {
    int channels = graph.node(x).shape().channels();
    Tensor weight = Tensor.of(values.weights(random, out * channels, channels), out, channels);
    return graph.add(name, new Op.Linear(weight, bias ? bias(out) : null), x);
  }

  private Tensor bias(int out) {
    return Tensor.of(values.biases(random, out), out);
  }

  Graph build() {
    return graph.build();
  }
}
