package org.resnet4j.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.WeightSource;

/** Values no image has, and weights that are not there. */
interface RobustnessConformance extends Conformance {
  /** One bad pixel spoils its own image and neither its neighbours nor the next run. */
  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  default void aBadPixelSpoilsItsOwnImageOnly(float bad) {
    for (NetworkCase network : NetworkCase.few()) {
      int size = (int) network.image().size();
      int classes = network.spec().numClasses();
      float[] images = network.input();
      float[] spoilt = images.clone();
      spoilt[size + size / 2] = bad;
      try (Plan plan = subject().backend().compile(network.graph());
          Session session = plan.newSession(3)) {
        float[] clean = Runs.run(session, plan, 3, images, null);
        float[] logits = Runs.run(session, plan, 3, spoilt, null);
        for (int image = 0; image < 3; image++) {
          float[] own = Runs.image(logits, image, classes);
          if (image == 1) {
            for (float logit : own) {
              assertThat(Float.isFinite(logit)).as("logit " + logit).isFalse();
              assertThat(Float.isNaN(bad) && !Float.isNaN(logit)).as("lost NaN").isFalse();
            }
          } else {
            Subject.assertSameBits("image " + image, own, Runs.image(clean, image, classes));
          }
        }
        Subject.assertSameBits("next run", Runs.run(session, plan, 3, images, null), clean);
      }
    }
  }

  /**
   * What a ReLU makes of minus infinity is 0: nothing else of a pixel may stay infinite or NaN,
   * also where a backend pads 20 channels to more.
   */
  @ParameterizedTest
  @ValueSource(ints = {3, 20})
  default void anInfinityThatAReluStopsGoesNoFurther(int channels) {
    Tensor negative = Tensor.of(filled(20 * channels * 9, -1), 20, channels, 3, 3);
    Tensor ones = Tensor.of(filled(20 * 20, 1), 20, 20, 1, 1);
    GraphBuilder graph = new GraphBuilder();
    graph.add("input", new Op.Input(new Shape(channels, 5, 5)));
    Window same = new Window(3, 1, 1);
    graph.add("stop", new Op.Conv(negative, null, same, 1, Epilogue.NONE.withRelu()), 0);
    graph.add("next", new Op.Conv(ones, null, new Window(1, 1, 0), 1, Epilogue.NONE), 1);
    float[] image = filled(channels * 25, 1);
    image[12] = Float.POSITIVE_INFINITY;
    subject().agrees("stopped infinity " + channels, graph.build(), Values.INTEGER, 1, image);
  }

  private static float[] filled(int size, float value) {
    float[] values = new float[size];
    Arrays.fill(values, value);
    return values;
  }

  /** Values far below the smallest normal float are computed with, not refused. */
  @Test
  default void runsAnImageOfDenormals() {
    NetworkCase network = NetworkCase.tiny();
    float[] images = new float[(int) network.image().size()];
    Arrays.fill(images, Float.MIN_VALUE);
    subject().agrees("denormals", network.graph(), Values.REAL, 1, images);
  }

  @Test
  default void refusesAnImageThatExceedsAnArray() {
    GraphBuilder graph = new GraphBuilder();
    graph.add("input", new Op.Input(new Shape(1, 1 << 16, 1 << 16)));
    graph.add("pool", new Op.MaxPool(new Window(1, 1 << 15, 0)), 0);
    try (Plan plan = subject().backend().compile(graph.build())) {
      assertThatThrownBy(() -> plan.newSession(1)).isInstanceOf(InsufficientMemoryException.class);
    }
  }

  @Test
  default void refusesAMetaTensorAndNamesTheNode() {
    NetworkCase network = NetworkCase.tiny();
    WeightSource real = new SeededWeights(1, network.spec().block());
    WeightSource partial =
        (name, dims) ->
            name.startsWith("layer3.0.") || name.startsWith("layer3.1.")
                ? Tensor.meta(dims)
                : real.get(name, dims);
    Graph graph = Passes.inference().apply(ResNet.build(network.spec(), 33, 33, partial));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> subject().backend().compile(graph))
        .withMessageContainingAll("layer3.0.", "meta");
  }
}
