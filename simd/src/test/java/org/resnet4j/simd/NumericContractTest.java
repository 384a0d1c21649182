package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.conformance.SeededWeights;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.simd.kernel.VectorWidth;

/**
 * The numeric contract on the ten networks: a picture's logits have the same bits at every vector
 * width, for any number of threads, and wherever it stands in a batch.
 */
class NumericContractTest {
  private static final int HEIGHT = 72;
  private static final int WIDTH = 56;
  private static final int BATCH = 3;

  static Stream<ResNetSpec> networks() {
    return ResNets.all().stream();
  }

  @ParameterizedTest
  @MethodSource("networks")
  void sameBits(ResNetSpec spec) {
    Graph graph =
        Passes.inference()
            .apply(ResNet.build(spec, HEIGHT, WIDTH, new SeededWeights(7, spec.block())));
    float[] pictures = pictures();
    float[] expected = null;
    for (VectorWidth width : VectorWidth.values()) {
      for (int threads : threads(width)) {
        try (SimdBackend backend = new SimdBackend(threads, width);
            SimdPlan plan = (SimdPlan) backend.compile(graph);
            SimdSession session = (SimdSession) plan.newSession(BATCH)) {
          float[] logits = new float[BATCH * spec.numClasses()];
          session.run(BATCH, pictures, logits);
          String what = width + ", " + threads + " threads";
          expected = expected == null ? logits : expected;
          assertThat(logits).as(what).isEqualTo(expected);
          checkAlone(session, pictures, expected, what);
        }
      }
    }
    assertThat(Arrays.hashCode(expected)).isNotEqualTo(Arrays.hashCode(new float[expected.length]));
  }

  /** Fewer for the widths that a processor may have to emulate. */
  private static int[] threads(VectorWidth width) {
    return width == VectorWidth.preferred() ? new int[] {1, 2, 3, 16} : new int[] {2};
  }

  /** The last picture of the batch, alone in the session. */
  private static void checkAlone(
      SimdSession session, float[] pictures, float[] expected, String what) {
    int pixels = pictures.length / BATCH;
    int classes = expected.length / BATCH;
    float[] logits = new float[classes];
    session.run(1, Arrays.copyOfRange(pictures, 2 * pixels, 3 * pixels), logits);
    assertThat(logits)
        .as("%s, alone", what)
        .isEqualTo(Arrays.copyOfRange(expected, 2 * classes, 3 * classes));
  }

  private static float[] pictures() {
    SplittableRandom random = new SplittableRandom(8);
    float[] pictures = new float[BATCH * 3 * HEIGHT * WIDTH];
    for (int i = 0; i < pictures.length; i++) {
      pictures[i] = (float) random.nextGaussian();
    }
    return pictures;
  }
}
