package org.resnet4j.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.bench.measure.Answers;
import org.resnet4j.bench.measure.BackendEngines;
import org.resnet4j.bench.measure.Engine;
import org.resnet4j.bench.measure.Problem;
import org.resnet4j.bench.measure.WrongAnswerException;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.onnx.OnnxWriter;
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

  /** As where the folder of temporary files is full, or programs may not lie there. */
  @Test
  void aLibraryThatCannotBeLoadedIsAPeerThatIsNotThere() {
    ClassLoader loader =
        new ClassLoader(null) {
          @Override
          protected Class<?> findClass(String name) {
            throw new ExceptionInInitializerError(
                new RuntimeException("x", new UnsatisfiedLinkError("failed to map segment")));
          }
        };
    assertThatThrownBy(() -> new OnnxRuntime(loader).open(problem(1, 1)))
        .isInstanceOf(PeerException.class)
        .hasMessageStartingWith("peer onnxruntime: its library cannot be loaded from ")
        .hasMessageContaining(": failed to map segment; make room there, or name another folder");
  }

  /** As a jar that was cut off. */
  @Test
  void jarsThatLackSomethingAreToBeFetchedAgain(@TempDir Path folder) throws Exception {
    Path jar = Files.writeString(folder.resolve("onnxruntime.jar"), "no jar");
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      assertThatThrownBy(() -> new OnnxRuntime(loader).open(problem(1, 1)))
          .isInstanceOf(PeerException.class)
          .hasMessage(
              "peer onnxruntime: its jars lack ai.onnxruntime.OrtEnvironment; remove the folder "
                  + folder
                  + ", and they are fetched again");
    }
  }

  @Test
  void aFileIsRunAsItIs(@TempDir Path folder) throws Exception {
    Problem problem = problem(3, 2);
    ResNetSpec spec = ResNets.named("resnet18").withBaseWidth(16);
    Path file = folder.resolve("own.onnx");
    OnnxWriter.create(ResNet.build(spec, 40, 32, new SyntheticWeights(7, spec.block())), file);
    OnnxRuntime runtime = new OnnxRuntime(getClass().getClassLoader(), file);
    try (Engine ours = new BackendEngines("reference").open(problem);
        Engine peer = runtime.open(problem)) {
      Answers.check("of the file", List.of(ours, peer));
    }
    OnnxWriter.write(ResNet.build(spec, 40, 32, new SyntheticWeights(8, spec.block())), file);
    try (Engine ours = new BackendEngines("reference").open(problem);
        Engine peer = runtime.open(problem)) {
      assertThatThrownBy(() -> Answers.check("of another file", List.of(ours, peer)))
          .isInstanceOf(WrongAnswerException.class);
    }
    OnnxWriter.write(ResNet.build(spec, 64, 32, new SyntheticWeights(7, spec.block())), file);
    assertThatThrownBy(() -> runtime.open(problem))
        .isInstanceOf(PeerException.class)
        .hasMessageContaining("made for extents [-1, 3, 64, 32], and these are [3, 3, 40, 32]")
        .hasMessageContaining("; choose another --batch or --size");
  }

  @Test
  void aLoaderWithoutItIsRefused() {
    OnnxRuntime peer = new OnnxRuntime(ClassLoader.getPlatformClassLoader());
    assertThatThrownBy(() -> peer.open(problem(1, 1)))
        .isInstanceOf(PeerException.class)
        .hasMessageStartingWith("peer onnxruntime: its jars lack ai.onnxruntime.")
        .hasMessageContaining("; ");
  }

  /** Its answers are near, and not the same: it does compute in 8 bits. */
  @ParameterizedTest
  @ValueSource(strings = {"resnet18", "resnet50", "resnext50_32x4d"})
  void computesInWholeNumbers(String network) throws Exception {
    ResNetSpec spec = ResNets.named(network);
    Graph graph = ResNet.build(spec, 64, 64, new SyntheticWeights(7, spec.block()));
    Problem problem =
        new Problem(
            network, Passes.inference().apply(graph), 2, 2, SyntheticValues.input(7, 2, 64, 64));
    OnnxRuntime factory = OnnxRuntime.inInt8(getClass().getClassLoader());
    try (Engine ours = new BackendEngines("simd").open(problem);
        Engine peer = factory.open(problem)) {
      ours.run();
      peer.run();
      double difference = relativeL2(peer.answer(), ours.answer());
      assertThat(difference).isBetween(1e-3, factory.limit());
      assertThat(peer.name()).isEqualTo("onnxruntime-int8");
    }
  }

  private static double relativeL2(float[] actual, float[] expected) {
    double squares = 0;
    double all = 0;
    for (int i = 0; i < expected.length; i++) {
      squares += Math.pow((double) actual[i] - expected[i], 2);
      all += Math.pow(expected[i], 2);
    }
    return Math.sqrt(squares / all);
  }
}
