package org.resnet4j.core.conformance;

import java.util.Objects;
import java.util.SplittableRandom;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.tensor.Shape;

/**
 * One convolution and the data to run it on; all data follows from the components.
 *
 * @param in shape of the convolution's input
 * @param outChannels K
 * @param window kernel, stride and padding
 * @param groups divides both channel counts
 * @param bias whether it has one
 * @param epilogue with a residual, another convolution of the same window makes it
 * @param first whether it reads the network's input, as a stem does, or another convolution's value
 * @param batch number of images
 */
public record ConvCase(
    Shape in,
    int outChannels,
    Window window,
    int groups,
    boolean bias,
    Epilogue epilogue,
    boolean first,
    int batch) {

  /** Products in each sum. */
  public int chain() {
    return in.channels() / groups * window.kernel() * window.kernel();
  }

  /** Shape of the result. */
  public Shape out() {
    return new Shape(
        outChannels, window.outputExtent(in.height()), window.outputExtent(in.width()));
  }

  /** Multiply-adds of one image. */
  public long multiplyAdds() {
    return out().size() * chain();
  }

  /**
   * A graph whose output is this convolution. What comes before it only permutes, shifts and
   * negates the input.
   */
  public Graph graph(Values values) {
    TestGraph graph = new TestGraph(in, values, seed());
    int x =
        first
            ? TestGraph.INPUT
            : graph.select("before", TestGraph.INPUT, in.channels(), new Window(1, 1, 0), 1);
    if (epilogue.residual()) {
      int residual = graph.select("residual", x, outChannels, window, groups);
      graph.conv("conv", x, outChannels, window, groups, bias, epilogue, x, residual);
    } else {
      graph.conv("conv", x, outChannels, window, groups, bias, epilogue);
    }
    return graph.build();
  }

  /** The input of {@link #graph}, NCHW. */
  public float[] input(Values values) {
    return values.inputs(new SplittableRandom(~seed()), (int) (batch * in.size()));
  }

  private long seed() {
    return Objects.hash(
        in.channels(),
        in.height(),
        in.width(),
        outChannels,
        window.kernel(),
        window.stride(),
        window.padding(),
        groups,
        bias,
        epilogue.residual(),
        epilogue.relu(),
        first,
        batch);
  }

  /** {@code "17x13x14 -> 32, 3x3/2 pad 1, 1 group, bias, residual, relu, batch 2"}. */
  @Override
  public String toString() {
    return in
        + " -> "
        + outChannels
        + ", "
        + window
        + (groups == 1 ? "" : ", " + groups + " groups")
        + (bias ? ", bias" : "")
        + (epilogue.residual() ? ", residual" : "")
        + (epilogue.relu() ? ", relu" : "")
        + (first ? ", first" : "")
        + (batch == 1 ? "" : ", batch " + batch);
  }
}
