package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.simd.Placement.Value;

class PlacementTest {
  private static Value value(SimdSession session, Graph graph, String name) {
    Node node = graph.nodes().stream().filter(n -> n.name().equals(name)).findFirst().orElseThrow();
    return session.values().get(node.id());
  }

  /** The sum of a block lies where its residual was, whatever chain of blocks. */
  @Test
  void aResidualIsOverwritten() {
    Graph graph = SmallNetworks.deep(64, 64);
    try (SimdBackend backend = new SimdBackend(1);
        SimdPlan plan = (SimdPlan) backend.compile(graph);
        SimdSession session = (SimdSession) plan.newSession(2)) {
      Value first = value(session, graph, "layer1.0.conv3");
      assertThat(first).isEqualTo(value(session, graph, "layer1.0.downsample.0"));
      assertThat(first).isEqualTo(value(session, graph, "layer1.1.conv3"));
      assertThat(first).isNotEqualTo(value(session, graph, "layer1.1.conv1"));
    }
  }

  /** Early values have room for an image, those that later stages read for the chunk. */
  @Test
  void onlyWhatLaterStagesReadHasRoomForTheChunk() {
    Graph graph = SmallNetworks.deep(320, 256);
    try (SimdBackend backend = new SimdBackend(1);
        SimdPlan plan = (SimdPlan) backend.compile(graph);
        SimdSession session = (SimdSession) plan.newSession(40)) {
      List<Value> values = session.values();
      assertThat(values.getFirst().layout().batch()).isEqualTo(1);
      assertThat(values.getFirst().partStride()).isZero();
      assertThat(values.getLast().layout().batch()).isEqualTo(16);
      assertThat(values)
          .filteredOn(value -> value.partStride() != 0)
          .isNotEmpty()
          .allSatisfy(value -> {
            assertThat(value.layout().batch()).isEqualTo(16);
            assertThat(value.partStride()).isEqualTo(value.layout().imageStride());
            assertThat(value.at(3)).isEqualTo(value.at(0) + 3 * value.partStride());
          });
      assertThat(values.stream().map(value -> value.layout().batch()).distinct())
          .hasSizeGreaterThan(2);
    }
  }
}
