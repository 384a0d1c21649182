package org.resnet4j.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.ResNet;
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

  /** Values far below the smallest normal float are computed with, not refused. */
  @Test
  default void runsAnImageOfDenormals() {
    NetworkCase network = NetworkCase.tiny();
    float[] images = new float[(int) network.image().size()];
    Arrays.fill(images, Float.MIN_VALUE);
    subject().agrees("denormals", network.graph(), Values.REAL, 1, images);
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
