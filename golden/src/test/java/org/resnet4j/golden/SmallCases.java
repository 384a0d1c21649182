package org.resnet4j.golden;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.model.Block;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.StridePlacement;
import org.resnet4j.core.reference.ReferenceBackendProvider;

/** Cases of narrow networks, whose truth is the reference backend on the unfused graph. */
final class SmallCases {
  private static final int BATCH = 2;

  private SmallCases() {}

  /** A ResNet-18 an eighth as wide, for 40x33 pixels. */
  static GoldenCase basic() {
    return make(
        new ResNetSpec(
            "basic", Block.BASIC, List.of(2, 2, 2, 2), 1, 64, 8, 10, StridePlacement.V1_5));
  }

  /** A bottleneck network with groups. */
  static GoldenCase grouped() {
    return make(
        new ResNetSpec(
            "grouped", Block.BOTTLENECK, List.of(1, 2, 1, 1), 4, 32, 8, 7, StridePlacement.V1_5));
  }

  private static GoldenCase make(ResNetSpec spec) {
    Graph graph = ResNet.build(spec, 40, 33, new SyntheticWeights(5, spec.block()));
    float[] input = SyntheticValues.input(5, BATCH, 40, 33);
    return new GoldenCase(spec.name(), spec.name(), () -> graph, BATCH, input, truth(graph, input));
  }

  private static List<Tap> truth(Graph graph, float[] input) {
    Map<Stage, double[]> values = new EnumMap<>(Stage.class);
    for (Stage stage : Stage.values()) {
      values.put(stage, new double[(int) stage.node(graph).shape().size() * BATCH]);
    }
    try (Backend reference = new ReferenceBackendProvider().open(BackendOptions.defaults());
        Plan plan = reference.compile(graph);
        Session session = plan.newSession(BATCH)) {
      session.run(
          BATCH,
          MemorySegment.ofArray(input),
          MemorySegment.ofArray(new float[values.get(Stage.LOGITS).length]),
          (step, image, whole) ->
              values.forEach((stage, to) -> {
                if (stage.node(graph).name().equals(step.node())) {
                  for (int i = 0; i < whole.length; i++) {
                    to[image * whole.length + i] = whole[i];
                  }
                }
              }));
    }
    List<Tap> taps = new ArrayList<>();
    values.forEach((stage, expected) ->
        taps.add(new Tap(stage, expected, null, RoundingErrors.ofFloat32(1e-6))));
    return taps;
  }
}
