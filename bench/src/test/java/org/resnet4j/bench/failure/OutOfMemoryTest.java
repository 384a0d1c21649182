package org.resnet4j.bench.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.bench.screen.Units;

class OutOfMemoryTest {
  private static final long GIGABYTE = 1L << 30;
  private static final OptionalLong NONE = OptionalLong.empty();

  @TempDir private Path folder;

  private static String line(String message, Limits limits) {
    return OutOfMemory.line(new OutOfMemoryError(message), limits);
  }

  private static Limits memory(double heap, double memory, boolean contained) {
    return new Limits(
        (long) (heap * GIGABYTE), (long) (memory * GIGABYTE), contained, NONE, NONE, NONE);
  }

  /** Never less than there is, never more than the machine has. */
  @ParameterizedTest
  @CsvSource({"6, 24, 12g", "4, 6, 4g", "0.006, 24, 6g", "0.5, 2, 1024m", "0.5, 1, 768m"})
  void aLargerHeapFitsTheMachine(double heap, double memory, String suggested) {
    assertThat(line("Java heap space", memory(heap, memory, false)))
        .startsWith(
            "out of memory (Java heap space) with a heap of "
                + Units.bytes((long) (heap * GIGABYTE)))
        .endsWith("raise it: RESNET4J_JAVA_OPTS=-Xmx" + suggested);
  }

  @Test
  void aContainerIsNamed() {
    assertThat(line("Java heap space", memory(0.5, 2, true)))
        .contains("this container has 2.15 GB")
        .endsWith("RESNET4J_JAVA_OPTS=-XX:MaxRAMPercentage=75");
    assertThat(line("Java heap space", memory(1.5, 2, true)))
        .contains("raise its limit")
        .doesNotContain("RESNET4J_JAVA_OPTS");
  }

  @Test
  void aHeapThatCannotGrowIsNotToBeRaised() {
    assertThat(line("Java heap space", memory(6, 8, false)))
        .contains("leaves no room for a larger one")
        .contains("--batch")
        .doesNotContain("RESNET4J_JAVA_OPTS");
    assertThat(line("Requested array size exceeds VM limit", memory(1, 24, false)))
        .contains("no heap holds as much")
        .doesNotContain("RESNET4J_JAVA_OPTS");
  }

  @Test
  void threadsAreNoMatterOfTheHeap() {
    String message = "unable to create native thread: possibly out of memory or process limits";
    OptionalLong hundred = OptionalLong.of(100);
    Limits limits = new Limits(1, 1, true, hundred, OptionalLong.of(50), NONE);
    assertThat(line(message, limits))
        .isEqualTo(
            "no further thread can be started: this user may have 100 (ulimit -u), this container"
                + " 50 (pids.max of its cgroup); raise the limit of threads (ulimit -u, or the"
                + " container's pids limit), or use fewer: --threads 1");
    assertThat(line(message, new Limits(1, 1, true, hundred, NONE, OptionalLong.of(GIGABYTE))))
        .isEqualTo(
            "no further thread can be started: this user may have 100 (ulimit -u), this process"
                + " 1.07 GB of addresses (ulimit -v); raise these limits, or use fewer:"
                + " --threads 1");
    assertThat(line(message, memory(1, 2, false)))
        .startsWith("no further thread can be started; raise the limit of threads")
        .doesNotContain("Xmx");
  }

  @Test
  void otherMemoryHasItsOwnOption() {
    assertThat(line("Metaspace", memory(1, 2, false))).contains("-XX:MaxMetaspaceSize");
    assertThat(line("Cannot reserve 9 bytes of direct buffer memory", memory(1, 2, false)))
        .contains("-XX:MaxDirectMemorySize");
  }

  @Test
  void readsTheSystemsNumbers() throws IOException {
    Path file = Files.writeString(folder.resolve("limits"), "A  1\nMax processes  100  200  x\n");
    assertThat(Limits.number(file, "Max processes", 2)).hasValue(100);
    assertThat(Limits.number(Files.writeString(file, "max\n"), "", 0)).isEmpty();
    assertThat(Limits.number(folder.resolve("none"), "", 0)).isEmpty();
    assertThat(Limits.current().heapBytes()).isEqualTo(Runtime.getRuntime().maxMemory());
  }
}
