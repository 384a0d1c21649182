package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.backend.AlgorithmChoice;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.conformance.SeededWeights;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.Block;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.StridePlacement;
import org.resnet4j.simd.machine.MachineModel;

/** What a kind of processor changes, and what it does not, on a network of every stage's width. */
class MachineChoiceTest {
  private static final int EXTENT = 64;

  /**
   * A block a stage, of basic and of bottleneck blocks; every kind has choices of its own there.
   */
  private static final List<Graph> NETWORKS =
      Stream.of(Block.BASIC, Block.BOTTLENECK).map(MachineChoiceTest::network).toList();

  private static final float[] PICTURES =
      floats(new SplittableRandom(5).doubles(2L * 3 * EXTENT * EXTENT, -2, 2).toArray());

  static Stream<MachineModel> models() {
    return MachineModel.all().stream();
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static Graph network(Block block) {
    ResNetSpec spec =
        new ResNetSpec("short", block, List.of(1, 2, 2, 2), 1, 64, 64, 10, StridePlacement.V1_5);
    return Passes.inference()
        .apply(ResNet.build(spec, EXTENT, EXTENT, new SeededWeights(3, block)));
  }

  private static BackendOptions on(int threads, MachineModel machine) {
    return new BackendOptions(threads).withMachine(machine.name());
  }

  private static float[] logits(Backend backend, Graph graph, int batch) {
    try (backend;
        Plan plan = backend.compile(graph);
        Session session = plan.newSession(2)) {
      float[] logits = new float[20];
      session.run(batch, PICTURES, logits);
      return logits;
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyModelIsRightWithTheSameBitsForAnyThreadsAndBatch(MachineModel machine) {
    SimdBackendProvider provider = new SimdBackendProvider();
    for (Graph graph : NETWORKS) {
      float[] expected = logits(Backends.open("reference", BackendOptions.defaults()), graph, 2);
      float[] all = logits(provider.open(on(1, machine)), graph, 2);
      assertThat(distance(all, expected)).isLessThan(1e-5);
      assertThat(logits(provider.open(on(2, machine)), graph, 2)).isEqualTo(all);
      float[] alone = logits(provider.open(on(2, machine)), graph, 1);
      for (int i = 0; i < 10; i++) {
        assertThat(alone[i]).isEqualTo(all[i]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void thePortableChoiceIsTheSameOnEveryModel(MachineModel machine) {
    SimdBackendProvider provider = new SimdBackendProvider();
    BackendOptions portable = on(2, machine).withAlgorithms(AlgorithmChoice.PORTABLE);
    for (Graph graph : NETWORKS) {
      float[] expected = logits(provider.open(on(1, MachineModel.PORTABLE)), graph, 2);
      assertThat(logits(provider.open(portable), graph, 2)).isEqualTo(expected);
    }
  }

  /** Else the test above would hold of any choice. */
  @Test
  void modelsDifferInWhatTheyChoose() {
    SimdBackendProvider provider = new SimdBackendProvider();
    List<List<String>> choices =
        models()
            .map(machine -> {
              try (Backend backend = provider.open(on(1, machine));
                  Plan plan = backend.compile(NETWORKS.getLast())) {
                return plan.steps().stream().map(StepInfo::kernel).toList();
              }
            })
            .distinct()
            .toList();
    assertThat(choices).hasSizeGreaterThan(1);
  }

  @Test
  void anotherNameIsRefusedWithThoseThatThereAre() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SimdBackendProvider().open(new BackendOptions(1).withMachine("zen9")))
        .withMessageContaining("'zen9'; choose one of zen4, zen5, xeon, generic");
  }

  @Test
  void aDeviceSaysForWhichMachineItIsIfThatIsAnother() {
    SimdBackendProvider provider = new SimdBackendProvider();
    for (MachineModel machine : MachineModel.all()) {
      try (Backend backend = provider.open(on(1, machine))) {
        boolean own = machine.equals(MachineModel.current());
        assertThat(backend.device().endsWith(", algorithms for " + machine.name())).isEqualTo(!own);
      }
    }
  }

  /** Relative, of vectors. */
  private static double distance(float[] actual, float[] expected) {
    double error = 0;
    double norm = 0;
    for (int i = 0; i < actual.length; i++) {
      error += Math.pow((double) actual[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    return Math.sqrt(error / norm);
  }
}
