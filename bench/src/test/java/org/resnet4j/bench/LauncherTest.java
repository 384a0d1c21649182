package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** How the launcher finds its JDK; that it builds and runs is seen by {@code .ci/run}. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
  private static final String FIND =
      ". '"
          + TOP
          + "/.mvn/find-jdk.sh'; find_jdk && echo \"$JDK${JDK_LATER:+ later: $JDK_LATER}\" || echo \"no: $JDK_SEARCHED\"";

  @TempDir private Path folder;

  @Test
  void saysInOneLineThatEveryJdkIsTooOld() throws IOException, InterruptedException {
    Path old = fakeJdk("jdk 17", "openjdk version \"17.0.15\" 2025-04-15");
    Path older = fakeJdk("jdk8", "java version \"1.8.0_402\"");
    Result result = run(old, older, "", List.of(TOP.resolve("resnet4j").toString(), "doctor"));
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.text().lines()).hasSize(1);
    assertThat(result.text())
        .startsWith(
            "resnet4j: no JDK 25 or later found; looked at: JAVA_HOME=" + old + " (is 17), ")
        .contains(older + " (is 1)");
  }

  @Test
  void takesJavaHomeFirst() throws IOException, InterruptedException {
    Path home = fakeJdk("home", "openjdk version \"25.0.3\" 2026-04-21");
    Path other = fakeJdk("other", "openjdk version \"25.0.3\" 2026-04-21");
    assertThat(find(home, other, "")).isEqualTo(home + "\n");
    assertThat(find(fakeJdk("old", "openjdk version \"17.0.1\""), other, ""))
        .isEqualTo(other + "\n");
  }

  @Test
  void searchesFoldersWithSpacesAndReadsReleaseFiles() throws IOException, InterruptedException {
    Path old = fakeJdk("old", "openjdk version \"21.0.1\" 2023-10-17");
    Path found = fakeJdk("my jdks/jdk 25", "not asked");
    Files.writeString(
        found.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"25.0.3\"\nOS_ARCH=\"y\"\n");
    fakeJdk("my jdks/a26", "openjdk version \"26\" 2026-03-17");
    String folders = folder.resolve("none") + ":" + folder.resolve("my jdks");
    assertThat(find(old, old, folders)).isEqualTo(found + "\n");
  }

  @Test
  void takesALaterOneWhereThereIsNone25() throws IOException, InterruptedException {
    Path old = fakeJdk("old", "openjdk version \"21.0.1\" 2023-10-17");
    Path later = fakeJdk("later", "openjdk version \"26\" 2026-03-17");
    Path last = fakeJdk("jdks/27", "openjdk version \"27-ea\" 2026-09-15");
    String folders = last.getParent().toString();
    assertThat(find(later, old, folders)).isEqualTo(later + " later: 26\n");
    assertThat(find(old, old, folders)).isEqualTo(last + " later: 27\n");
    Path right = fakeJdk("jdks/x25", "openjdk version \"25.0.3\" 2026-04-21");
    assertThat(find(later, old, folders)).isEqualTo(right + "\n");
    Path runtime = fakeJdk("jre", "openjdk version \"26\" 2026-03-17");
    Files.delete(runtime.resolve("bin/javac"));
    assertThat(find(runtime, old, "")).startsWith("no: ").contains("jre (has no javac)");
  }

  @Test
  void wantsACompilerToo() throws IOException, InterruptedException {
    Path runtime = fakeJdk("jre", "openjdk version \"25.0.3\" 2026-04-21");
    Files.delete(runtime.resolve("bin/javac"));
    assertThat(find(runtime, runtime, "")).startsWith("no: ").contains("has no javac");
  }

  private record Result(int code, String text) {}

  private String find(Path javaHome, Path onPath, String folders)
      throws IOException, InterruptedException {
    return run(javaHome, onPath, folders, List.of("sh", "-c", FIND)).text();
  }

  private Result run(Path javaHome, Path onPath, String folders, List<String> command)
      throws IOException, InterruptedException {
    Path text = Files.createTempFile(folder, "output", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(text.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("JAVA_HOME", javaHome.toString());
    environment.put("PATH", onPath.resolve("bin") + ":" + environment.get("PATH"));
    environment.put("RESNET4J_JDK_PATH", folders);
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), Files.readString(text));
  }

  private Path fakeJdk(String name, String versionLine) throws IOException {
    Path home = folder.resolve(name);
    Files.createDirectories(home.resolve("bin"));
    for (String tool : List.of("java", "javac")) {
      Path file = home.resolve("bin").resolve(tool);
      Files.writeString(file, "#!/bin/sh\necho '" + versionLine + "' >&2\n");
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
    return home;
  }
}
