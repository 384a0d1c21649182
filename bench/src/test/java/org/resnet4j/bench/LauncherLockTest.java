package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.simd.machine.Processor;

/** The launcher in a tree of its own, with a Maven that notes its builds and a Java that greets. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class LauncherLockTest {
  private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
  private static final String NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups ";

  /** All that the launcher and the tests call but flock, which some systems lack. */
  private static final String TOOLS =
      "awk cat chmod dirname find grep head ln ls mkdir mv ps readlink rm rmdir sed setpriv sh sleep"
          + " stty tr true uname";

  @TempDir private Path folder;
  private Path root;
  private Path tools;
  private Path builds;

  private record Result(int code, String text) {}

  @BeforeEach
  void makeTree() throws IOException, InterruptedException {
    root = Files.createDirectories(folder.resolve("a tree"));
    tools = Files.createDirectory(folder.resolve("tools"));
    builds = root.resolve("builds");
    Files.createDirectories(root.resolve("core/src/main"));
    Files.createDirectories(root.resolve("bench/target"));
    Files.createDirectory(root.resolve("target"));
    Files.createDirectory(root.resolve(".mvn"));
    Files.writeString(root.resolve("pom.xml"), "");
    Files.writeString(root.resolve("core/pom.xml"), "");
    Files.writeString(builds, "");
    Files.copy(TOP.resolve("resnet4j"), root.resolve("resnet4j"));
    Files.copy(TOP.resolve(".mvn/find-jdk.sh"), root.resolve(".mvn/find-jdk.sh"));
    Path jdk = Files.createDirectories(folder.resolve("jdk/bin"));
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25.0.3\"\n");
    script(jdk.resolve("java"), "echo started");
    script(jdk.resolve("javac"), "exit 1");
    for (String tool : TOOLS.split(" ")) {
      Files.createSymbolicLink(tools.resolve(tool), program(tool));
    }
    script(
        tools.resolve("mvn"),
        "echo begin >> builds; sleep 0.3; mkdir -p bench/target/quick/lib;"
            + " echo x > bench/target/quick/resnet4j-bench-1.jar; echo end >> builds");
    assertThat(sh("chmod -R a+rwX '" + folder + "'").code()).isZero();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  private static Path program(String name) {
    Path first = Path.of("/usr/bin", name);
    return Files.exists(first) ? first : Path.of("/bin", name);
  }

  private static void script(Path file, String body) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    assertThat(file.toFile().setExecutable(true, false)).isTrue();
  }

  private Process start(String command, Path output) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", "-c", command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("PATH", tools.toString());
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    return builder.start();
  }

  private Result sh(String command) throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "output", ".txt");
    Process process = start(command, output);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(command).isTrue();
    return new Result(process.exitValue(), Files.readString(output));
  }

  private String launcher() {
    return "'" + root.resolve("resnet4j") + "'";
  }

  /** With the machine's flock, or without any. */
  private void use(boolean flock) throws IOException {
    if (flock) {
      Path system = Path.of("/usr/bin/flock");
      assumeTrue(Files.isExecutable(system), "no flock here");
      Files.createSymbolicLink(tools.resolve("flock"), system);
    }
  }

  private void lock(String owner) throws IOException {
    Files.createSymbolicLink(root.resolve("target/build.owner"), Path.of(owner));
  }

  private String host() throws IOException, InterruptedException {
    return sh("uname -n").text().strip();
  }

  private static void awaitText(Path file, String text) throws IOException, InterruptedException {
    while (!Files.readString(file).contains(text)) {
      Thread.sleep(20); // the class's limit ends it
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void manyAtOnceBuildOnce(boolean flock) throws IOException, InterruptedException {
    use(flock);
    List<Process> launchers = new ArrayList<>();
    List<Path> outputs = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Path output = folder.resolve("launcher" + i);
      outputs.add(output);
      launchers.add(start(launcher(), output));
    }
    for (int i = 0; i < 5; i++) {
      assertThat(launchers.get(i).waitFor()).as(Files.readString(outputs.get(i))).isZero();
      assertThat(Files.readString(outputs.get(i))).endsWith("started\n");
    }
    assertThat(Files.readString(builds)).isEqualTo("begin\nend\n");
    assertThat(Files.exists(root.resolve("target/build.owner"), LinkOption.NOFOLLOW_LINKS))
        .isFalse();
  }

  /** A dead owner, and one whose number another process has now: several see it, one builds. */
  @ParameterizedTest
  @ValueSource(strings = {"999999999 12", "SELF 12"})
  void whatADeadOwnerLeftIsTakenOnce(String owner) throws IOException, InterruptedException {
    lock(owner.replace("SELF", "" + ProcessHandle.current().pid()) + " " + host());
    manyAtOnceBuildOnce(false);
  }

  @Test
  void aLiveOwnerOfAnotherUserIsWaitedFor() throws IOException, InterruptedException {
    assumeTrue(sh(NOBODY + "true").code() == 0, "cannot run as another user here");
    String began = sh("awk '{print $22}' /proc/" + ProcessHandle.current().pid() + "/stat").text();
    lock(ProcessHandle.current().pid() + " " + began.strip() + " " + host());
    Path output = folder.resolve("waiting");
    Process launcher = start(NOBODY + launcher(), output);
    awaitText(output, "waiting for another build");
    assertThat(Files.readString(builds)).isEmpty();
    Files.delete(root.resolve("target/build.owner"));
    assertThat(launcher.waitFor()).as(Files.readString(output)).isZero();
    assertThat(Files.readString(builds)).isEqualTo("begin\nend\n");
  }

  @Test
  void theLockOfAnotherMachineIsWaitedFor() throws IOException, InterruptedException {
    lock("999999999 12 another-machine");
    Path output = folder.resolve("waiting");
    Process launcher = start(launcher(), output);
    awaitText(output, "waiting for another build of resnet4j (if there is none, remove " + root);
    assertThat(Files.readString(builds)).isEmpty();
    Files.delete(root.resolve("target/build.owner"));
    assertThat(launcher.waitFor()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFolderThatIsAFileIsRefusedInOneLine(boolean flock)
      throws IOException, InterruptedException {
    use(flock);
    Files.delete(root.resolve("target"));
    Files.writeString(root.resolve("target"), "");
    assertRefused(sh(launcher()), "target: cannot be made");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFolderThatMayNotBeWrittenIsRefusedInOneLine(boolean flock)
      throws IOException, InterruptedException {
    use(flock);
    assumeTrue(sh(NOBODY + "true").code() == 0, "cannot run as another user here");
    Files.setPosixFilePermissions(
        root.resolve("target"), PosixFilePermissions.fromString("rwxr-xr-x"));
    assertRefused(sh(NOBODY + launcher()), "cannot be written; check its permissions");
  }

  @Test
  void aDeadOwnersLockThatMayNotBeRemovedIsNoEndlessLoop()
      throws IOException, InterruptedException {
    assumeTrue(sh(NOBODY + "true").code() == 0, "cannot run as another user here");
    lock("999999999 12 " + host());
    Files.setPosixFilePermissions(
        root.resolve("target"), PosixFilePermissions.fromString("rwxr-xr-x"));
    assertRefused(sh(NOBODY + launcher()), "cannot be written; check its permissions");
  }

  private static void assertRefused(Result result, String cause) {
    assertThat(result.code()).as(result.text()).isEqualTo(2);
    assertThat(result.text().lines()).hasSize(1);
    assertThat(result.text()).startsWith("resnet4j: ").contains(cause);
  }

  /** Neither goes on alone, nor is waited for. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoIsToldToEndTakesItsBuildAlong(boolean flock) throws IOException, InterruptedException {
    use(flock);
    script(tools.resolve("mvn"), "echo $$ > builds; exec sleep 30");
    Process building = start("exec " + launcher(), folder.resolve("building"));
    awaitText(builds, "\n");
    Process waiting = start("exec " + launcher(), folder.resolve("waiting"));
    awaitText(folder.resolve("waiting"), "waiting for another build");
    waiting.destroy();
    assertThat(waiting.waitFor(5, TimeUnit.SECONDS)).isTrue();
    assertThat(waiting.exitValue()).isEqualTo(143);
    ProcessHandle maven =
        ProcessHandle.of(Long.parseLong(Files.readString(builds).strip())).orElseThrow();
    building.destroy();
    assertThat(building.waitFor(5, TimeUnit.SECONDS)).isTrue();
    assertThat(building.exitValue()).isEqualTo(143);
    assertThat(maven.onExit()).succeedsWithin(Duration.ofSeconds(5));
    script(
        tools.resolve("mvn"),
        "mkdir -p bench/target/quick/lib; echo x > bench/target/quick/resnet4j-bench-1.jar");
    assertThat(sh(launcher()).text()).endsWith("started\n");
  }

  /** With some libraries and a jar there, and no more. */
  @Test
  void aBuildThatWasKilledIsMadeAnew() throws IOException, InterruptedException {
    script(
        tools.resolve("mvn"),
        "mkdir -p bench/target/quick/lib; echo x > bench/target/quick/resnet4j-bench-1.jar;"
            + " echo x > bench/target/quick/lib/half.jar; kill -KILL $PPID $$");
    assertThat(sh(launcher()).code()).isNotZero();
    assertThat(root.resolve("bench/target/quick/lib/half.jar")).exists();
    script(
        tools.resolve("mvn"),
        "mkdir -p bench/target/quick/lib; echo x > bench/target/quick/resnet4j-bench-1.jar;"
            + " echo again >> builds");
    assertThat(sh(launcher()).text()).endsWith("started\n");
    assertThat(Files.readString(builds)).isEqualTo("again\n");
    assertThat(sh("find '" + root + "' -name half.jar").text()).isEmpty();
    assertThat(sh(launcher()).text()).isEqualTo("started\n");
  }

  /** Its jars are opened when they are needed; and they go when it has ended. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aProcessKeepsItsBuildWhileTheNextIsMade(boolean flock)
      throws IOException, InterruptedException {
    use(flock);
    Path java = folder.resolve("jdk/bin/java");
    script(
        java,
        ": > running; until [ -e go ]; do sleep 0.05; done; find target/builds -name '*.jar'");
    Path output = folder.resolve("running");
    Process running = start("cd '" + root + "' && exec ./resnet4j", output);
    while (!Files.exists(root.resolve("running"))) {
      Thread.sleep(20);
    }
    String first = Files.readString(root.resolve("target/built")).strip();
    Files.delete(java); // the shell that runs it reads on
    script(java, "echo started");
    Thread.sleep(50); // file systems have clocks of some milliseconds
    Files.writeString(root.resolve("core/src/main/new"), "");
    assertThat(sh(launcher()).text()).endsWith("started\n");
    assertThat(Files.readString(builds)).isEqualTo("begin\nend\nbegin\nend\n");
    Files.writeString(root.resolve("go"), "");
    assertThat(running.waitFor()).isZero();
    assertThat(Files.readString(output)).contains("builds/" + first + "/resnet4j-bench-1.jar");
    Thread.sleep(50);
    Files.writeString(root.resolve("core/src/main/newer"), "");
    assertThat(sh(launcher()).text()).endsWith("started\n");
    if (flock) {
      assertThat(sh("ls -d '" + root + "'/target/builds/*").text().lines()).hasSize(1);
    }
  }

  /** Between its look at the build and its lock, another launch makes the next one. */
  @Test
  void aBuildThatIsReplacedMeanwhileIsNotRun() throws IOException, InterruptedException {
    use(true);
    assertThat(sh(launcher()).text()).endsWith("started\n");
    Path find = tools.resolve("find");
    Path real = find.toRealPath();
    Files.delete(find);
    Path once = Files.writeString(folder.resolve("once"), "");
    script(
        find,
        ("[ ! -e '%1$s' ] || { rm '%1$s'; sleep 0.05; : > core/src/main/new; ./resnet4j; }"
                + " > /dev/null 2>&1\nexec %2$s \"$@\"")
            .formatted(once, real));
    script(
        folder.resolve("jdk/bin/java"),
        "until [ $1 = -cp ]; do shift; done; [ -e \"${2%%:*}\" ] && echo \"$2\"");
    Result result = sh("cd '" + root + "' && ./resnet4j");
    assertThat(once).doesNotExist();
    assertThat(result.text()).contains("/target/builds/2/resnet4j-bench-1.jar:");
    assertThat(result.code()).isZero();
  }

  @Test
  void theCallersDescriptorsStayTheCallers() throws IOException, InterruptedException {
    use(true);
    script(folder.resolve("jdk/bin/java"), "cat <&8; cat <&9; cat <&3");
    for (int launch = 0; launch < 2; launch++) { // one that builds, and one that need not
      assertThat(
              sh("cd '"
                      + folder
                      + "'; for i in 3 8 9; do echo $i > $i; done; exec 3< 3 8< 8 9< 9; "
                      + launcher())
                  .text())
          .endsWith("8\n9\n3\n");
    }
  }

  /** What Java keeps of a first start, in place of all that a real one does. */
  private void trainable(String training) throws IOException {
    Files.createDirectories(root.resolve("golden/samples"));
    Files.writeString(root.resolve("golden/samples/00.png"), "");
    script(
        folder.resolve("jdk/bin/java"),
        "for each; do case $each in -XX:AOTCacheOutput=*) "
            + training
            + ";; -XX:AOTCache=*) [ -e \"${each#*=}\" ] && echo \"with ${each##*/}\" ;; esac; done;"
            + " echo started");
  }

  @Test
  void startsWithWhatJavaHasKeptOfTheFirst() throws IOException, InterruptedException {
    use(true);
    trainable(": > \"${each#*=}\"");
    assertThat(sh(launcher()).text()).endsWith(")...\nwith start.aot\nstarted\n");
    assertThat(sh(launcher()).text()).isEqualTo("with start.aot\nstarted\n");
    assertThat(sh("RESNET4J_JAVA_OPTS=-Xshare:off " + launcher()).text()).isEqualTo("started\n");
    assertThat(sh("ls '" + root + "'/target/builds/1").text())
        .isEqualTo("lib\nresnet4j-bench-1.jar\nused\n");
  }

  /** The Vector API's module is for what measures with it, and where kernels may be others. */
  @Test
  void takesTheVectorApiWhereItIsNeeded() throws IOException, InterruptedException {
    use(true);
    script(
        folder.resolve("jdk/bin/java"),
        "for each; do [ \"$each\" != jdk.incubator.vector ] || echo with it; done");
    sh(launcher());
    String help = sh(launcher() + " classify x.png").text();
    boolean hasMachineCode =
        sh("uname -sm").text().equals("Linux x86_64\n")
            && Processor.current().flags().containsAll(Set.of("avx2", "fma"));
    assertThat(help).isEqualTo(hasMachineCode ? "" : "with it\n");
    assertThat(
            sh("RESNET4J_JAVA_OPTS='-Xmx1g -Xss2m -XX:AOTMode=on' " + launcher() + " embed x")
                .text())
        .isEqualTo(help);
    for (String command : List.of("bench", "compare", "profile", "doctor", "--debug bench")) {
      assertThat(sh(launcher() + " " + command).text()).as(command).isEqualTo("with it\n");
    }
    assertThat(sh(launcher() + " classify --precision=bf16 x.png").text()).isEqualTo("with it\n");
    for (String option : List.of("-XX:UseAVX=1", "-Xint", "-Dresnet4j.machinecode=false")) {
      for (String variable : List.of("RESNET4J_JAVA_OPTS", "JAVA_TOOL_OPTIONS")) {
        // Java is tried first then, which prints it, too.
        assertThat(sh(variable + "='-Xmx1g " + option + "' " + launcher() + " classify x").text())
            .contains("with it\n");
      }
    }
  }

  @Test
  void whatUsersWriteIsNoPattern() throws IOException, InterruptedException {
    script(folder.resolve("jdk/bin/java"), "for each; do echo \"$each\"; done");
    sh(launcher());
    assertThat(sh("cd '" + folder + "'; RESNET4J_JAVA_OPTS='-Da=*' " + launcher() + " '*'").text())
        .contains("\n-Da=*\n")
        .endsWith("\n*\n");
  }

  /** As Java does not those with letters beyond 16 bits, nor bytes that are no text. */
  @Test
  void saysThatJavaCannotReadTheFoldersName() throws IOException, InterruptedException {
    script(
        folder.resolve("jdk/bin/java"),
        "echo 'Error: Could not find or load main class x'; exit 1");
    assertThat(sh("RESNET4J_JAVA_OPTS=-Xmx1g " + launcher()).text())
        .contains("Java does not start: Error: Could not find or load main class x; check");
    Result result =
        sh(
            "name='"
                + folder
                + "'/$(printf '\\303\\251'); mv '"
                + root
                + "' \"$name\"; \"$name/resnet4j\"");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.text())
        .contains(
            ": Java cannot read the name of this folder; move it to where names are of plain");
  }

  @Test
  void namesTheProgramThatItLacks() throws IOException, InterruptedException {
    Files.delete(tools.resolve("find"));
    Result result = sh(launcher());
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.text())
        .isEqualTo("resnet4j: find: no such program on PATH; add /usr/bin and /bin to it\n");
  }

  @Test
  void aTrainingThatWasCutShortIsDoneAgain() throws IOException, InterruptedException {
    use(true);
    trainable(": > \"${each#*=}\"; kill $PPID; exec sleep 30");
    assertThat(sh(launcher()).code()).isEqualTo(143);
    assertThat(root.resolve("target/builds/1/training")).exists();
    trainable(": > \"${each#*=}\"");
    assertThat(sh(launcher()).text()).isEqualTo("with start.aot\nstarted\n");
    assertThat(root.resolve("target/builds/1/training")).doesNotExist();
    assertThat(Files.readString(builds)).isEqualTo("begin\nend\n");
  }

  /** Nor of a source of tomorrow, for which each launch would build. */
  @ParameterizedTest
  @ValueSource(strings = {"exit 1", ":", ": > \"${each#*=}\"; exit 1"})
  void nothingNeedBeKept(String training) throws IOException, InterruptedException {
    use(true);
    trainable(training);
    Path source = Files.writeString(root.resolve("core/src/main/tomorrow"), "");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plus(Duration.ofDays(1))));
    Result result = sh(launcher());
    assertThat(result.text()).endsWith("touch it\nstarted\n");
    assertThat(result.code()).isZero();
  }

  @Test
  void aSourceOfTomorrowIsNamed() throws IOException, InterruptedException {
    Path source = Files.writeString(root.resolve("core/src/main/tomorrow"), "");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plus(Duration.ofDays(1))));
    assertThat(sh(launcher()).text()).contains(source + " is dated in the future").endsWith("d\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"at the end!", "a: colon", "back\\slash", "a ${user.home}"})
  void aFolderThatJavaCannotNameIsRefusedInOneLine(String name)
      throws IOException, InterruptedException {
    Path other = root.resolveSibling(name);
    Files.move(root, other);
    assertRefused(sh("'" + other.resolve("resnet4j") + "'"), "rename it");
  }

  @Test
  void aFolderWhoseNameEndsInALineBreak() throws IOException, InterruptedException {
    Path other = root.resolveSibling("line\n");
    Files.move(root, other);
    assertThat(sh("'" + other.resolve("resnet4j") + "'").text()).endsWith("started\n");
  }

  /** A JVM's own failure is not the command's 1, and what the command returns comes through. */
  @Test
  void aJvmThatDoesNotStartIsNoPartialFailure() throws IOException, InterruptedException {
    assertThat(sh(launcher()).code()).isZero();
    Path java = folder.resolve("jdk/bin/java");
    script(
        java,
        "case \" $* \" in *' -Xbad '*) echo 'Error occurred during initialization of VM';"
            + " echo 'Unrecognized -Xbad'; exit 1 ;; *--dry-run*) exit 0 ;; *) exit 1 ;; esac");
    assertRefused(
        sh("RESNET4J_JAVA_OPTS=-Xbad " + launcher()), "Java does not start: Unrecognized -Xbad;");
    assertThat(sh("RESNET4J_JAVA_OPTS=-Xmx1g " + launcher()).code()).isEqualTo(1);
    assertThat(sh(launcher()).code()).isEqualTo(1);
  }

  /** The JVM has the launcher's own process number, so that signals reach it. */
  @Test
  void takesTheShellsPlace() throws IOException, InterruptedException {
    script(folder.resolve("jdk/bin/java"), "echo $$; kill -TERM $$");
    Path output = folder.resolve("place");
    Process launcher = start("exec " + launcher(), output);
    assertThat(launcher.waitFor()).isEqualTo(143);
    assertThat(Files.readString(output)).endsWith("\n" + launcher.pid() + "\n");
  }
}
