package org.resnet4j.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.resnet4j.bench.measure.Answers;
import org.resnet4j.bench.measure.BackendEngines;
import org.resnet4j.bench.measure.Engine;
import org.resnet4j.bench.measure.Problem;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.golden.SyntheticValues;
import org.resnet4j.golden.SyntheticWeights;

/** The real library, from the tests' class path. */
class OnnxRuntimeTest {
  private static Problem problem(int batch, int threads) {
    ResNetSpec spec = ResNets.named("resnet18").withBaseWidth(16);
    Graph graph = ResNet.build(spec, 40, 32, new SyntheticWeights(7, spec.block()));
    return new Problem(
        "resnet18",
        Passes.inference().apply(graph),
        batch,
        threads,
        SyntheticValues.input(7, batch, 40, 32));
  }

  @Test
  void givesOurAnswerRunAfterRun() throws Exception {
    Problem problem = problem(3, 2);
    try (Engine ours = new BackendEngines("reference").open(problem);
        Engine peer = new OnnxRuntime(getClass().getClassLoader()).open(problem)) {
      assertThat(peer.name()).isEqualTo("onnxruntime");
      assertThat(peer.answer()).containsOnly(0f);
      Answers.check("first", List.of(ours, peer));
      Answers.check("second", List.of(ours, peer));
      assertThat(peer.answer()).hasSize(3000);
    }
  }

  @Test
  void aLoaderWithoutItIsRefused() {
    OnnxRuntime peer = new OnnxRuntime(ClassLoader.getPlatformClassLoader());
    assertThatThrownBy(() -> peer.open(problem(1, 1)))
        .isInstanceOf(PeerException.class)
        .hasMessageStartingWith("peer onnxruntime: ai.onnxruntime.")
        .hasMessageContaining("; ");
  }
}
