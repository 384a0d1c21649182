package org.resnet4j.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** With a Maven of the test's own. */
@DisabledOnOs(OS.WINDOWS)
class PeerJarsTest {
  @TempDir private Path root;

  private PeerJars jars(String script) throws IOException {
    Path maven = root.resolve("mvn");
    Files.writeString(maven, "#!/bin/sh\n" + script + "\n");
    assertThat(maven.toFile().setExecutable(true)).isTrue();
    return new PeerJars(root, maven.toString());
  }

  @Test
  void mavenIsAskedOnce() throws IOException {
    PeerJars jars =
        jars(
            "echo \"$@\" >> "
                + root
                + "/log; for a; do case $a in -DoutputDirectory=*) touch \"${a#*=}/a.jar\";; esac;"
                + " done");
    Path folder = jars.folder("onnxruntime");
    assertThat(folder)
        .isEqualTo(
            root.resolve("bench/target/peers/onnxruntime-" + PeerJars.version("onnxruntime")))
        .isDirectoryContaining("glob:**/a.jar");
    assertThat(jars.folder("onnxruntime")).isEqualTo(folder);
    assertThat(Files.readAllLines(root.resolve("log")))
        .hasSize(1)
        .first()
        .asString()
        .contains(root.resolve("bench/src/main/peers/onnxruntime/pom.xml").toString())
        .contains("dependency:copy-dependencies");
  }

  @Test
  void itsFirstErrorIsTheReasonAndNothingIsKept() throws IOException {
    PeerJars jars = jars("echo warning; echo '[ERROR] no route to host'; echo '[ERROR] x'; exit 1");
    assertThatThrownBy(() -> jars.folder("pytorch"))
        .isInstanceOf(PeerException.class)
        .hasMessageStartingWith("peer pytorch: Maven cannot fetch it: [ERROR] no route to host; ");
    assertThatThrownBy(() -> jars.folder("pytorch")).isInstanceOf(PeerException.class);
    assertThat(root.resolve("bench/target/peers")).isEmptyDirectory();
  }

  /** A library of which a bit is wrong can end the process that loads it. */
  @Test
  void damagedJarsAreNotLoaded() throws IOException {
    PeerJars jars = jars("exit 1");
    Path folder =
        Files.createDirectories(
            root.resolve("bench/target/peers/onnxruntime-" + PeerJars.version("onnxruntime")));
    Path jar = folder.resolve("a.jar");
    byte[] library = new byte[100_000];
    new Random(1).nextBytes(library);
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      zip.putNextEntry(new ZipEntry("native/lib.so"));
      zip.write(library);
    }
    assertThat(jars.load("onnxruntime").getResourceAsStream("native/lib.so"))
        .hasBinaryContent(library);

    byte[] whole = Files.readAllBytes(jar);
    for (int at : new int[] {0, 50_000, whole.length / 2, whole.length - 10}) {
      byte[] wrong = whole.clone();
      wrong[at] ^= 4;
      Files.write(jar, wrong);
      assertThatThrownBy(() -> jars.load("onnxruntime"))
          .as("byte %s", at)
          .isInstanceOf(PeerException.class)
          .hasMessageContaining("a.jar is damaged; remove the folder " + folder);
    }
    Files.write(jar, Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> jars.load("onnxruntime")).hasMessageContaining("a.jar is damaged");
  }

  @Test
  void aProcessThatEndsLeavesNeitherMavenNorFiles() throws Exception {
    jars(
        "for a; do case $a in -DoutputDirectory=*) touch \"${a#*=}/half.jar\";; esac; done; echo $$ > "
            + root.resolve("pid")
            + "; exec sleep 60");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Fetching.class.getName(),
                root.toString())
            .inheritIO()
            .start();
    Path pid = root.resolve("pid");
    for (int i = 0; i < 30_000 && !(Files.exists(pid) && Files.size(pid) > 1); i++) {
      Thread.sleep(1); // the signal is to meet a process that is just being started
    }
    long maven = Long.parseLong(Files.readString(pid).strip());
    process.destroy(); // SIGTERM
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(root.resolve("bench/target/peers")).isEmptyDirectory();
    ProcessHandle.of(maven) // it is killed, and may not have been buried yet
        .ifPresent(left -> assertThat(left.onExit()).succeedsWithin(Duration.ofSeconds(20)));
  }

  /** Fetches with the root's Maven. */
  static final class Fetching {
    private Fetching() {}

    public static void main(String[] args) throws IOException {
      Path root = Path.of(args[0]);
      new PeerJars(root, root.resolve("mvn").toString()).folder("onnxruntime");
    }
  }

  @Test
  void noMaven() {
    PeerJars jars = new PeerJars(root, root.resolve("nothing").toString());
    assertThatThrownBy(() -> jars.folder("onnxruntime"))
        .isInstanceOf(PeerException.class)
        .hasMessageContaining("does not start; install Maven");
  }

  @Test
  void noCheckout() {
    assertThatThrownBy(() -> new PeerJars(null, "mvn").folder("onnxruntime"))
        .isInstanceOf(PeerException.class)
        .hasMessageContaining("start the command with the launcher");
  }

  @Test
  void everyPeerHasAVersionAndAPom() throws IOException {
    for (String peer : new String[] {OnnxRuntime.NAME, PyTorch.NAME}) {
      assertThat(PeerJars.version(peer)).matches("\\d+\\.\\d+\\.\\d+");
      assertThat(Path.of("src/main/peers", peer, "pom.xml")).isRegularFile();
    }
  }
}
