package org.resnet4j.core.conformance;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.tensor.Shape;

/** How values pass from node to node: paddings, several readers, residuals, kinds of output. */
interface StructureConformance extends Conformance {
  private static Window window(int kernel) {
    return new Window(kernel, 1, kernel / 2);
  }

  @Test
  default void computesAChainDownToALinearLayer() {
    for (Values values : new Values[] {Values.TERNARY, Values.REAL}) {
      TestGraph graph = new TestGraph(new Shape(3, 33, 29), values, 10);
      int x = graph.conv("conv1", TestGraph.INPUT, 24, new Window(7, 2, 3));
      x = graph.maxPool("maxpool", x, new Window(3, 2, 1));
      x = graph.conv("conv2", x, 40, window(3));
      if (values == Values.REAL) {
        x = graph.globalAvgPool("avgpool", x); // a mean of integers is none
        graph.linear("fc", x, 21, true);
      }
      agrees("chain", graph, values);
    }
  }

  /** One value, read with no halo, a halo of 1, of 3, and with a stride. */
  @Test
  default void servesReadersOfDifferentPadding() {
    TestGraph graph = new TestGraph(new Shape(4, 15, 13), Values.TERNARY, 11);
    int v = graph.conv("v", TestGraph.INPUT, 17, window(3));
    int a = graph.conv("a", v, 5, window(7));
    int b = graph.conv("b", v, 5, window(1), a);
    int c = graph.conv("c", v, 5, window(3), b);
    int pool = graph.maxPool("pool", v, new Window(3, 2, 1));
    int half = graph.conv("half", c, 17, new Window(3, 2, 1), pool);
    graph.conv("out", half, 6, window(1));
    agrees("paddings", graph, Values.TERNARY);
  }

  /** The residual has a halo for another reader; the result has none, and the other way round. */
  @Test
  default void addsAResidualOfAnotherPadding() {
    TestGraph graph = new TestGraph(new Shape(3, 14, 7), Values.TERNARY, 12);
    int wide = graph.conv("wide", TestGraph.INPUT, 33, window(3));
    int y = graph.conv("y", wide, 7, window(5));
    int narrow = graph.conv("narrow", y, 33, window(1), wide);
    int z = graph.conv("z", narrow, 7, window(1));
    int padded = graph.conv("padded", z, 7, window(1), y);
    graph.conv("out", padded, 8, window(7));
    agrees("residual padding", graph, Values.TERNARY);
  }

  @Test
  default void addsTheInputItself() {
    for (int channels : new int[] {3, 16, 17}) {
      TestGraph graph = new TestGraph(new Shape(channels, 9, 8), Values.INTEGER, 13);
      graph.conv("conv", TestGraph.INPUT, channels, window(3), TestGraph.INPUT);
      agrees("residual input " + channels, graph, Values.INTEGER);
    }
  }

  /** As the first block of a basic network does. */
  @Test
  default void addsAMaxPoolsValue() {
    TestGraph graph = new TestGraph(new Shape(3, 28, 28), Values.TERNARY, 14);
    int stem = graph.conv("stem", TestGraph.INPUT, 20, window(3));
    int pool = graph.maxPool("pool", stem, new Window(3, 2, 1));
    int a = graph.conv("a", pool, 20, window(3));
    graph.conv("b", a, 20, window(3), pool);
    agrees("residual pool", graph, Values.TERNARY);
  }

  /** One value is a convolution's input and its residual, and later a residual again. */
  @Test
  default void readsOneValueTwice() {
    TestGraph graph = new TestGraph(new Shape(3, 13, 13), Values.TERNARY, 15);
    int v = graph.conv("v", TestGraph.INPUT, 16, window(3));
    int w = graph.conv("w", v, 16, window(3), v);
    graph.conv("x", w, 16, window(1), v);
    agrees("twice", graph, Values.TERNARY);
  }

  /** A residual without ReLU keeps negative sums, here and in the convolution that reads them. */
  @Test
  default void keepsNegativeValuesWhereThereIsNoRelu() {
    TestGraph graph = new TestGraph(new Shape(16, 7, 7), Values.TERNARY, 16);
    Epilogue residual = new Epilogue(true, false);
    int v = graph.conv("v", TestGraph.INPUT, 16, window(1), 1, false, Epilogue.NONE);
    graph.conv("w", v, 16, window(3), 1, false, residual, v, TestGraph.INPUT);
    agrees("negative", graph, Values.TERNARY);
  }

  /** As networks have them that normalise before they convolve, also the image. */
  @Test
  default void computesWhatNoConvolutionTakesIn() {
    for (int channels : new int[] {16, 21}) {
      TestGraph graph = new TestGraph(new Shape(3, 19, 17), Values.REAL, 21);
      int x = graph.batchNorm("data", TestGraph.INPUT);
      x = graph.conv("conv", x, channels, window(3));
      x = graph.maxPool("pool", x, new Window(3, 2, 1));
      int normal = graph.relu("relu1", graph.batchNorm("bn1", x));
      int y = graph.conv("conv1", normal, channels, window(3), 1, false, Epilogue.NONE);
      y = graph.relu("relu2", graph.batchNorm("bn2", y));
      y = graph.conv("conv2", y, channels, window(3), 1, false, Epilogue.NONE);
      int sum = graph.add("add", y, x);
      int last = graph.relu("relu3", graph.batchNorm("bn3", sum));
      int sums = graph.add("sums", graph.relu("relu4", sum), last);
      int mean = graph.globalAvgPool("mean", graph.add("twice", sums, sums));
      int hidden = graph.relu("relu5", graph.linear("fc1", mean, 24, true));
      graph.relu("relu6", graph.linear("fc2", hidden, 9, false));
      agrees("lone " + channels, Passes.inference().apply(graph.build()), Values.REAL);
    }
  }

  @Test
  default void returnsAnImage() {
    TestGraph conv = new TestGraph(new Shape(3, 28, 15), Values.TERNARY, 17);
    conv.conv("y", conv.conv("x", TestGraph.INPUT, 16, window(3)), 17, window(3));
    agrees("conv output", conv, Values.TERNARY);

    TestGraph pool = new TestGraph(new Shape(3, 28, 15), Values.TERNARY, 18);
    int x = pool.conv("x", TestGraph.INPUT, 17, window(3));
    pool.maxPool("y", x, new Window(3, 2, 1));
    agrees("pool output", pool, Values.TERNARY);

    TestGraph embedding = new TestGraph(new Shape(3, 28, 15), Values.REAL, 19);
    embedding.globalAvgPool("y", embedding.conv("x", TestGraph.INPUT, 33, window(3)));
    agrees("average output", embedding, Values.REAL);
  }

  private void agrees(String key, TestGraph built, Values values) {
    agrees(key, built.build(), values);
  }

  private void agrees(String key, Graph graph, Values values) {
    for (int batch = 1; batch <= 3; batch += 2) {
      float[] input =
          values.inputs(new SplittableRandom(20), (int) (batch * graph.inputShape().size()));
      subject().agrees(key + " batch " + batch, graph, values, batch, input);
    }
  }
}
