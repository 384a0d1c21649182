package org.resnet4j.core.reference;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.tensor.Shape;

/** Each operator on one image in CHW order, as its definition in {@link Op} reads. */
final class ReferenceOps {
  /** Runs a body for each output channel, in any order. */
  @FunctionalInterface
  interface Loop {
    void forEach(int count, IntConsumer body);
  }

  private ReferenceOps() {}

  static float[] compute(Graph graph, Node node, float[][] values, Loop loop) {
    Shape in = graph.nodes().get(node.inputs().getFirst()).shape();
    float[] x = values[node.inputs().getFirst()];
    return switch (node.op()) {
      case Op.Input _ -> throw new IllegalStateException("the input is not computed");
      case Op.Conv conv -> {
        float[] residual = conv.epilogue().residual() ? values[node.inputs().get(1)] : new float[0];
        yield conv(conv, x, in, residual, node.shape(), loop);
      }
      case Op.BatchNorm norm -> batchNorm(norm, x, in);
      case Op.Relu _ -> relu(x);
      case Op.Add _ -> add(x, values[node.inputs().get(1)]);
      case Op.MaxPool pool -> maxPool(pool.window(), x, in, node.shape());
      case Op.GlobalAvgPool _ -> globalAvgPool(x, in);
      case Op.Linear linear -> linear(linear, x);
    };
  }

  private static float[] conv(
      Op.Conv conv, float[] x, Shape in, float[] residual, Shape out, Loop loop) {
    float[] y = new float[(int) out.size()];
    int pixels = (int) out.pixels();
    loop.forEach(
        out.channels(),
        k -> {
          double[] sum = new double[pixels];
          accumulate(conv, k, x, in, out, sum);
          double bias = conv.bias() == null ? 0.0 : conv.bias().data()[k];
          for (int p = 0; p < pixels; p++) {
            double value = sum[p] + bias;
            if (conv.epilogue().residual()) {
              value += residual[k * pixels + p];
            }
            y[k * pixels + p] = (float) (conv.epilogue().relu() ? Math.max(value, 0.0) : value);
          }
        });
    return y;
  }

  /**
   * Adds, for output channel {@code k}, every tap's product to {@code sum}: channels, then rows,
   * then columns of the kernel.
   */
  private static void accumulate(
      Op.Conv conv, int k, float[] x, Shape in, Shape out, double[] sum) {
    Window window = conv.window();
    int kernel = window.kernel();
    int channels = in.channels() / conv.groups();
    int firstChannel = k / (out.channels() / conv.groups()) * channels;
    float[] weight = conv.weight().data();
    for (int c = 0; c < channels; c++) {
      for (int r = 0; r < kernel; r++) {
        for (int s = 0; s < kernel; s++) {
          double w = weight[((k * channels + c) * kernel + r) * kernel + s];
          for (int i = 0; i < out.height(); i++) {
            int row = i * window.stride() + r - window.padding();
            if (row < 0 || row >= in.height()) {
              continue;
            }
            int from = Math.ceilDiv(Math.max(0, window.padding() - s), window.stride());
            int to =
                Math.min(
                    out.width(),
                    Math.floorDiv(in.width() - 1 + window.padding() - s, window.stride()) + 1);
            int source =
                ((firstChannel + c) * in.height() + row) * in.width() + s - window.padding();
            for (int j = from; j < to; j++) {
              sum[i * out.width() + j] += w * x[source + j * window.stride()];
            }
          }
        }
      }
    }
  }

  private static float[] batchNorm(Op.BatchNorm norm, float[] x, Shape in) {
    float[] y = new float[x.length];
    int pixels = (int) in.pixels();
    for (int c = 0; c < in.channels(); c++) {
      double scale = norm.gamma().data()[c] / Math.sqrt(norm.variance().data()[c] + norm.epsilon());
      double mean = norm.mean().data()[c];
      double beta = norm.beta().data()[c];
      for (int p = c * pixels; p < (c + 1) * pixels; p++) {
        y[p] = (float) ((x[p] - mean) * scale + beta);
      }
    }
    return y;
  }

  private static float[] relu(float[] x) {
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = Math.max(x[i], 0f);
    }
    return y;
  }

  private static float[] add(float[] a, float[] b) {
    float[] y = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      y[i] = a[i] + b[i];
    }
    return y;
  }

  private static float[] maxPool(Window window, float[] x, Shape in, Shape out) {
    float[] y = new float[(int) out.size()];
    Arrays.fill(y, Float.NEGATIVE_INFINITY);
    int index = 0;
    for (int c = 0; c < out.channels(); c++) {
      for (int i = 0; i < out.height(); i++) {
        for (int j = 0; j < out.width(); j++, index++) {
          int top = i * window.stride() - window.padding();
          int left = j * window.stride() - window.padding();
          int bottom = Math.min(top + window.kernel(), in.height());
          int right = Math.min(left + window.kernel(), in.width());
          for (int row = Math.max(top, 0); row < bottom; row++) {
            for (int column = Math.max(left, 0); column < right; column++) {
              y[index] = Math.max(y[index], x[(c * in.height() + row) * in.width() + column]);
            }
          }
        }
      }
    }
    return y;
  }

  private static float[] globalAvgPool(float[] x, Shape in) {
    float[] y = new float[in.channels()];
    int pixels = (int) in.pixels();
    for (int c = 0; c < y.length; c++) {
      double sum = 0;
      for (int p = c * pixels; p < (c + 1) * pixels; p++) {
        sum += x[p];
      }
      y[c] = (float) (sum / pixels);
    }
    return y;
  }

  private static float[] linear(Op.Linear linear, float[] x) {
    float[] weight = linear.weight().data();
    float[] y = new float[linear.weight().dim(0)];
    for (int k = 0; k < y.length; k++) {
      double sum = 0;
      for (int c = 0; c < x.length; c++) {
        sum += (double) weight[k * x.length + c] * x[c];
      }
      y[k] = (float) (linear.bias() == null ? sum : sum + linear.bias().data()[k]);
    }
    return y;
  }
}
