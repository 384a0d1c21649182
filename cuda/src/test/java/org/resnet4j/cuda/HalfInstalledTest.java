package org.resnet4j.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.backend.Requirement;
import org.resnet4j.core.model.Block;
import org.resnet4j.cuda.driver.DriverFork;
import org.resnet4j.cuda.support.Emulator;
import org.resnet4j.cuda.support.Networks;

/**
 * Machines on which something of NVIDIA's libraries is missing or lies twice. What a process has
 * loaded stays, so each has a JVM of its own.
 */
class HalfInstalledTest {
  @TempDir Path folder;
  private Path cudnn;
  private Path elsewhere;

  /** Prints what {@code doctor} would list, then what serves a convolution. */
  @SuppressWarnings("restricted")
  static final class Fork {
    private Fork() {}

    /**
     * The process.
     *
     * @param arguments the emulated driver
     */
    public static void main(String[] arguments) {
      System.load(arguments[0]);
      CudaBackendProvider provider = new CudaBackendProvider();
      for (Requirement requirement : provider.requirements()) {
        switch (requirement) {
          case Requirement.Met(String name, String found) ->
              System.out.println(name + ": " + found);
          case Requirement.Unmet(String name, String reason, String remedy) ->
              System.out.println(name + " LACKS: " + reason + "; DO: " + remedy);
          case Requirement.Without(String name, String reason, String remedy) ->
              System.out.println(name + " none: " + reason + "; DO: " + remedy);
        }
      }
      System.out.println("availability: " + provider.availability());
      try (Backend backend = OnEmulator.open(provider, Precision.TF32);
          Plan plan = backend.compile(Networks.tiny(Block.BASIC, 32))) {
        plan.steps().forEach(step -> System.out.println(step.node() + " by " + step.kernel()));
      }
    }
  }

  @BeforeEach
  void build() throws IOException {
    Emulator.build();
    cudnn = Files.createDirectory(folder.resolve("cudnn"));
    elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    put(cudnn, "libcudnn.so.9");
  }

  private static void put(Path folder, String soname) throws IOException {
    Files.copy(Emulator.library(soname), folder.resolve(soname));
  }

  private List<String> run(boolean nvrtc) throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            DriverFork.classPath(),
            Fork.class.getName(),
            Emulator.library("libcuda.so.1").toString());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.remove("JAVA_TOOL_OPTIONS");
    environment.put("LD_LIBRARY_PATH", elsewhere.toString());
    environment.put("RESNET4J_CUDNN", cudnn.toString());
    environment.put("RESNET4J_CUBLAS", Emulator.folder().toString());
    environment.put("RESNET4J_NVRTC", (nvrtc ? Emulator.folder() : elsewhere).toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().toList();
  }

  private void putParts(Path into, boolean all) throws IOException {
    List<String> parts = new ArrayList<>(Emulator.CUDNN_PARTS);
    for (String part : all ? parts : parts.subList(1, parts.size())) {
      put(into, part);
    }
  }

  /** Parts that lie beside the library are taken, also where the loader's path has others. */
  @Test
  void allIsThere() throws Exception {
    putParts(cudnn, true);
    putParts(elsewhere, true);
    assertThat(run(true))
        .contains("its parts: 7 files in " + cudnn)
        .noneMatch(line -> line.contains("LACKS"))
        .anyMatch(line -> line.startsWith("conv1 by GRAPH_FUSED eng 20"));
  }

  @Test
  void noCompiler() throws Exception {
    putParts(cudnn, true);
    assertThat(run(false))
        .anyMatch(line ->
            line.startsWith(
                    "NVRTC LACKS: NVRTC not found: no usable libnvrtc.so.12 in " + elsewhere)
                && line.contains("DO: let RESNET4J_NVRTC name"))
        .anyMatch(line -> line.startsWith("availability: Available") && line.contains("no NVRTC"))
        .anyMatch(line -> line.startsWith("conv1 by GRAPH_FUSED eng 21"));
  }

  @Test
  void partsInDifferentFoldersAndACompilerWithoutItsBuiltins() throws Exception {
    put(cudnn, Emulator.CUDNN_PARTS.getFirst());
    putParts(elsewhere, false);
    put(elsewhere, "libnvrtc.so.12");
    assertThat(run(false))
        .anyMatch(line ->
            line.startsWith("NVRTC LACKS: libnvrtc-builtins.so.12.9 is not beside " + elsewhere))
        .anyMatch(line ->
            line.startsWith("its parts LACKS: parts come from different folders: " + cudnn + " (")
                && line.contains(elsewhere + " (libcudnn_")
                && line.contains("DO: keep one whole cuDNN"));
  }

  @Test
  void aPartThatIsNowhere() throws Exception {
    putParts(cudnn, false);
    putParts(elsewhere, true);
    Files.delete(elsewhere.resolve("libcudnn_cnn.so.9"));
    Files.delete(cudnn.resolve("libcudnn_cnn.so.9"));
    assertThat(run(true))
        .anyMatch(
            line -> line.startsWith("its parts LACKS: libcudnn_cnn.so.9 is neither in " + cudnn));
  }

  @Test
  void partsOfDifferentVersions() throws Exception {
    putParts(cudnn, true);
    rename("libcudnn_graph.so.9", "libcudnn_graph.so.9.8.0");
    rename("libcudnn_ops.so.9", "libcudnn_ops.so.9.10.2");
    assertThat(run(true))
        .anyMatch(line ->
            line.startsWith(
                "its parts LACKS: parts are of different versions: 9.10.2 (libcudnn_ops.so.9.10.2),"
                    + " 9.8.0 (libcudnn_graph.so.9.8.0)"));
  }

  private void rename(String soname, String file) throws IOException {
    Files.move(cudnn.resolve(soname), cudnn.resolve(file));
    Files.createSymbolicLink(cudnn.resolve(soname), Path.of(file));
  }
}
