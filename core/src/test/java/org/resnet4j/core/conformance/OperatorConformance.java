package org.resnet4j.core.conformance;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.tensor.Shape;

/** Pooling and linear layers on their own: the output is the input's neighbour. */
interface OperatorConformance extends Conformance {
  @ParameterizedTest(name = "{argumentsWithNames}")
  @CsvSource({
    "3, 2, 1, 16, 14, 14",
    "3, 2, 1, 17, 15, 13",
    "3, 2, 1, 64, 28, 28",
    "3, 2, 1, 5, 1, 1",
    "3, 1, 1, 3, 7, 9",
    "3, 2, 0, 33, 8, 15",
    "2, 2, 0, 31, 14, 5",
    "2, 1, 1, 13, 5, 5",
    "5, 3, 2, 32, 13, 28",
    "7, 2, 3, 4, 7, 15",
    "1, 2, 0, 48, 5, 7",
  })
  default void takesMaxima(
      int kernel, int stride, int padding, int channels, int height, int width) {
    Shape shape = new Shape(channels, height, width);
    TestGraph graph = new TestGraph(shape, Values.INTEGER, 1);
    graph.maxPool("pool", TestGraph.INPUT, new Window(kernel, stride, padding));
    agrees("signed " + kernel + stride + padding + shape, graph.build(), Values.INTEGER, 3);
    // All negative: a zero from outside the image must not win.
    float[] negative = new float[(int) shape.size()];
    for (int i = 0; i < negative.length; i++) {
      negative[i] = -1 - i % 37;
    }
    subject()
        .agrees(
            "negative " + kernel + stride + padding + shape,
            graph.build(),
            Values.INTEGER,
            1,
            negative);
  }

  /** NaN wins in every window that sees it, minus infinity only where there is nothing else. */
  @Test
  default void takesMaximaOfNaNsAndInfinities() {
    Shape shape = new Shape(17, 13, 9);
    TestGraph graph = new TestGraph(shape, Values.INTEGER, 2);
    graph.maxPool("pool", TestGraph.INPUT, new Window(3, 2, 1));
    float[] input = Values.INTEGER.inputs(new SplittableRandom(2), (int) shape.size());
    Arrays.fill(input, 0, 2 * 13 * 9, Float.NEGATIVE_INFINITY);
    input[40] = Float.NaN;
    input[3 * 13 * 9] = Float.NaN;
    input[17 * 13 * 9 - 1] = Float.NaN;
    input[5 * 13 * 9 + 50] = Float.POSITIVE_INFINITY;
    subject().agrees("pooled NaN", graph.build(), Values.INTEGER, 1, input);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "16, 7, 7", "17, 13, 5", "64, 7, 7", "31, 1, 28", "3, 15, 14", "65, 2, 2"})
  default void averages(int channels, int height, int width) {
    Shape shape = new Shape(channels, height, width);
    TestGraph graph = new TestGraph(shape, Values.REAL, 3);
    graph.globalAvgPool("gap", TestGraph.INPUT);
    agrees("average " + shape, graph.build(), Values.REAL, 3);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, true, 1",
    "7, 3, true, 3",
    "16, 10, true, 1",
    "17, 33, false, 2",
    "64, 1000, true, 1",
    "65, 31, true, 3",
    "512, 19, false, 3",
    "2048, 100, true, 2",
  })
  default void multipliesByAMatrix(int channels, int classes, boolean bias, int batch) {
    for (Values values : new Values[] {Values.INTEGER, Values.REAL}) {
      if (values == Values.REAL && classes * batch < 30) {
        continue; // too few results to judge a relative error by
      }
      TestGraph graph = new TestGraph(new Shape(channels, 1, 1), values, 4);
      graph.linear("fc", TestGraph.INPUT, classes, bias);
      agrees("linear " + channels + " " + classes + bias, graph.build(), values, batch);
    }
  }

  private void agrees(String key, Graph graph, Values values, int batch) {
    float[] input =
        values.inputs(new SplittableRandom(5), (int) (batch * graph.inputShape().size()));
    subject().agrees(key + " batch " + batch, graph, values, batch, input);
  }
}
