package org.resnet4j.core.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;

/** The shape of each operator's value, and the checks that its inputs and parameters fit. */
final class ShapeInference {
  private ShapeInference() {}

  static Shape infer(String name, Op op, List<Node> sources) {
    return switch (op) {
      case Op.Input input -> input.shape();
      case Op.Conv conv -> conv(name, conv, sources);
      case Op.BatchNorm norm -> batchNorm(name, norm, sources.getFirst().shape());
      case Op.Relu _ -> sources.getFirst().shape();
      case Op.Add _ -> equal(name, "add", sources.get(0), sources.get(1));
      case Op.MaxPool pool -> maxPool(name, pool, sources.getFirst().shape());
      case Op.GlobalAvgPool _ -> new Shape(sources.getFirst().shape().channels(), 1, 1);
      case Op.Linear linear -> linear(name, linear, sources.getFirst().shape());
    };
  }

  private static Shape conv(String name, Op.Conv conv, List<Node> sources) {
    Shape x = sources.getFirst().shape();
    Tensor weight = conv.weight();
    int kernel = conv.window().kernel();
    if (weight.rank() != 4
        || weight.dim(2) != kernel
        || weight.dim(3) != kernel
        || weight.size() == 0) {
      throw new IllegalArgumentException(
          name
              + ": weight is "
              + weight
              + ", expected [K, C/groups, "
              + kernel
              + ", "
              + kernel
              + "]");
    }
    int groups = conv.groups();
    if (groups < 1 || x.channels() % groups != 0 || weight.dim(0) % groups != 0) {
      throw new IllegalArgumentException(
          name
              + ": "
              + groups
              + " groups do not divide "
              + x.channels()
              + " input and "
              + weight.dim(0)
              + " output channels");
    }
    if (weight.dim(1) != x.channels() / groups) {
      throw new IllegalArgumentException(
          name
              + ": input "
              + x
              + " has "
              + x.channels() / groups
              + " channels per group, weight "
              + weight
              + " expects "
              + weight.dim(1));
    }
    checkVector(name, "bias", conv.bias(), weight.dim(0));
    Shape y = slide(name, conv.window(), x, weight.dim(0));
    if (conv.epilogue().residual() && !sources.get(1).shape().equals(y)) {
      throw new IllegalArgumentException(
          name
              + ": residual "
              + sources.get(1).name()
              + " is "
              + sources.get(1).shape()
              + ", expected "
              + y);
    }
    return y;
  }

  private static Shape batchNorm(String name, Op.BatchNorm norm, Shape x) {
    checkVector(name, "weight", norm.gamma(), x.channels());
    checkVector(name, "bias", norm.beta(), x.channels());
    checkVector(name, "running_mean", norm.mean(), x.channels());
    checkVector(name, "running_var", norm.variance(), x.channels());
    if (!(norm.epsilon() >= 0 && Double.isFinite(norm.epsilon()))) {
      throw new IllegalArgumentException(
          name + ": epsilon is " + norm.epsilon() + ", expected a finite number from 0 on");
    }
    return x;
  }

  private static Shape maxPool(String name, Op.MaxPool pool, Shape x) {
    if (pool.window().padding() > pool.window().kernel() / 2) {
      throw new IllegalArgumentException(
          name + ": padding exceeds half the kernel: " + pool.window());
    }
    return slide(name, pool.window(), x, x.channels());
  }

  private static Shape linear(String name, Op.Linear linear, Shape x) {
    Tensor weight = linear.weight();
    if (weight.rank() != 2
        || weight.size() == 0
        || x.pixels() != 1
        || weight.dim(1) != x.channels()) {
      throw new IllegalArgumentException(
          name
              + ": input "
              + x
              + " does not fit weight "
              + weight
              + ", expected [K, "
              + x.channels()
              + "] on a 1x1 image");
    }
    checkVector(name, "bias", linear.bias(), weight.dim(0));
    return new Shape(weight.dim(0), 1, 1);
  }

  private static Shape equal(String name, String verb, Node a, Node b) {
    if (!a.shape().equals(b.shape())) {
      throw new IllegalArgumentException(
          name
              + ": cannot "
              + verb
              + " "
              + a.name()
              + " ("
              + a.shape()
              + ") and "
              + b.name()
              + " ("
              + b.shape()
              + ")");
    }
    return a.shape();
  }

  private static Shape slide(String name, Window window, Shape x, int channels) {
    int height = window.outputExtent(x.height());
    int width = window.outputExtent(x.width());
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          name
              + ": window "
              + window
              + " does not fit an image of "
              + x.height()
              + "x"
              + x.width());
    }
    return new Shape(channels, height, width);
  }

  private static void checkVector(String name, String what, @Nullable Tensor vector, int size) {
    if (vector != null && !vector.hasDims(size)) {
      throw new IllegalArgumentException(
          name + ": " + what + " is " + vector + ", expected [" + size + "]");
    }
  }
}
