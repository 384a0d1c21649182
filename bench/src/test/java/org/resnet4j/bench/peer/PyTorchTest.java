package org.resnet4j.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
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

/** The real library where it has been fetched before, in processes of their own. */
class PyTorchTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @TempDir private Path folder;

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

  private Process start(Class<?> main) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djava.io.tmpdir=" + folder,
            "-cp",
            System.getProperty("java.class.path"),
            main.getName())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("said").toFile())
        .start();
  }

  @Test
  void givesOurAnswerRunAfterRunAndLeavesNoFile() throws Exception {
    assumeThat(ROOT.resolve("bench/target/peers/pytorch-" + PeerJars.version(PyTorch.NAME)))
        .isDirectory();
    Process process = start(Comparing.class);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(folder.resolve("said"))).isZero();
    assertThat(folder).isDirectoryNotContaining("glob:**/resnet4j-*");
  }

  /** Opens it on a network of ours. */
  static final class Comparing {
    private Comparing() {}

    public static void main(String[] args) throws Exception {
      PeerJars jars = new PeerJars(ROOT, "mvn");
      PyTorch peer = new PyTorch(jars.load(PyTorch.NAME), jars.folder(PyTorch.NAME), null);
      for (int batch : new int[] {1, 3}) {
        Problem problem = problem(batch, 2);
        try (Engine ours = new BackendEngines("reference").open(problem);
            Engine theirs = peer.open(problem)) {
          Answers.check("first", List.of(ours, theirs));
          Answers.check("second", List.of(ours, theirs));
        }
      }
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aProcessThatEndsLeavesNoFile() throws Exception {
    Process process = start(Waiting.class);
    Path said = folder.resolve("said");
    for (int i = 0; i < 600 && Files.size(said) == 0; i++) {
      Thread.sleep(50);
    }
    Path file = Path.of(Files.readString(said).strip());
    assertThat(file).startsWith(folder).isNotEmptyFile();
    process.destroy(); // SIGTERM
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(file.getParent()).doesNotExist();
  }

  /** Says where its file is. */
  static final class Waiting {
    private Waiting() {}

    public static void main(String[] args) throws Exception {
      try (TemporaryScript script = new TemporaryScript()) {
        System.out.println(script.write(problem(1, 1).graph()));
        Thread.sleep(60_000);
      }
    }
  }

  @Test
  void aFileThatIsNotThereIsRefused() {
    PyTorch peer =
        new PyTorch(ClassLoader.getPlatformClassLoader(), folder, folder.resolve("none.pt"));
    assertThatThrownBy(() -> peer.open(problem(1, 1)))
        .isInstanceOf(PeerException.class)
        .hasMessageStartingWith("peer pytorch: " + folder.resolve("none.pt") + " cannot be read; ");
  }

  @Test
  void aLoaderWithoutItIsRefused() {
    PyTorch peer = new PyTorch(ClassLoader.getPlatformClassLoader(), folder, null);
    assertThatThrownBy(() -> peer.open(problem(1, 1)))
        .isInstanceOf(PeerException.class)
        .hasMessageStartingWith("peer pytorch: ")
        .hasMessageContaining("ai.djl.")
        .hasMessageContaining("; ");
  }
}
