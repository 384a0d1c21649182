package org.resnet4j.core.weights.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.resnet4j.core.weights.safetensors.Samples.announcing;
import static org.resnet4j.core.weights.safetensors.Samples.entry;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.core.conformance.ChildJvm;
import org.resnet4j.core.conformance.ClassPath;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import tools.jackson.core.json.JsonFactory;

/**
 * Headers made to exhaust the heap are refused, all by one JVM whose heap is a fraction of them.
 */
class SafetensorsBombTest {
  private static final int MIB = 1 << 20;
  private static final String HEAP = "-Xmx40m";
  private static final long MOST_MILLIS = 2_000;

  record Bomb(String title, int headerBytes, String open, IntFunction<String> part, Code code) {
    /** A header of this size, padded with spaces where it does not come out even. */
    Path write(Path folder) throws IOException {
      Path file = folder.resolve(title + ".safetensors");
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), MIB)) {
        out.write(announcing(headerBytes));
        byte[] next = open.getBytes(StandardCharsets.UTF_8);
        int written = 0;
        for (int i = 0; written + next.length <= headerBytes; i++) {
          out.write(next);
          written += next.length;
          next = part.apply(i).getBytes(StandardCharsets.UTF_8);
        }
        out.write(" ".repeat(headerBytes - written).getBytes(StandardCharsets.UTF_8));
      }
      return file;
    }
  }

  private static List<Bomb> bombs() {
    IntFunction<String> tiny = i -> entry("" + i, "U8", "[]", 0, 1) + ",";
    IntFunction<String> overlapping =
        i ->
            i > 59_999
                ? " "
                : entry("" + i, "U8", "[160000]", 0, 160_000) + (i == 59_999 ? "}" : ",");
    String name = "\"" + "n".repeat(MIB);
    String shape = "{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,1],\"shape\":[1";
    String text = "{\"__metadata__\":{\"k\":\"";
    return List.of(
        new Bomb("tiny entries", 16 * MIB, "{", tiny, Code.TOO_MANY_TENSORS),
        new Bomb("100 MB of tiny entries", 100_000_000, "{", tiny, Code.TOO_MANY_TENSORS),
        new Bomb("overlapping", 5 * MIB, "{", overlapping, Code.BAD_OFFSETS),
        new Bomb("long name", 2 * MIB, "{", i -> name, Code.LIMIT_EXCEEDED),
        new Bomb("endless name", 16 * MIB, "{\"", i -> "nnnnnnnn", Code.LIMIT_EXCEEDED),
        new Bomb("long shape", 16 * MIB, shape, i -> ",1", Code.LIMIT_EXCEEDED),
        new Bomb("deep root", 16 * MIB, "[", i -> "[[[[[[[[", Code.INVALID_JSON),
        new Bomb("deep field", 16 * MIB, "{\"a\":{\"x\":[", i -> "[[[[[[", Code.INVALID_JSON),
        new Bomb("long number", 16 * MIB, "{\"a\":{\"x\":1", i -> "11111", Code.LIMIT_EXCEEDED),
        new Bomb("long text", 4 * MIB, text, i -> "tttttttt", Code.INVALID_JSON),
        new Bomb("white space", 16 * MIB, " ", i -> "        ", Code.INVALID_JSON));
  }

  @Test
  void aSmallHeapSurvivesThemAll(@TempDir Path folder) throws Exception {
    List<String> files = new ArrayList<>();
    for (Bomb bomb : bombs()) {
      files.add(bomb.write(folder).toString());
    }
    List<String[]> answers =
        ChildJvm.run(
                List.of(HEAP),
                ClassPath.of(SafetensorsFile.class, Reader.class, JsonFactory.class),
                Reader.class,
                files.toArray(String[]::new))
            .lines()
            .stream()
            .map(line -> line.split(" ", 2))
            .toList();
    assertThat(answers)
        .extracting(answer -> answer[0])
        .containsExactlyElementsOf(bombs().stream().map(bomb -> bomb.code.toString()).toList());
    long slowest = answers.stream().mapToLong(answer -> Long.parseLong(answer[1])).max().orElse(0);
    assertThat(slowest).as("processor time in ms").isLessThan(MOST_MILLIS);
    System.out.printf(
        "R3: %d headers of up to 100 MB refused in a heap of 40 MB, slowest %d ms%n",
        answers.size(), slowest);
  }

  /**
   * Opens files within the format's own header limit and prints of each refusal the code and how
   * many milliseconds of processor time it took.
   */
  static final class Reader {
    private Reader() {}

    public static void main(String[] files) throws IOException {
      ThreadMXBean thread = ManagementFactory.getThreadMXBean();
      for (String file : files) {
        long start = thread.getCurrentThreadCpuTime();
        try {
          Path path = Path.of(file);
          boolean large = Files.size(path) > 20 * MIB;
          SafetensorsFile.open(
              path,
              large
                  ? new SafetensorsFile.Limits(100_000_000, 65_536)
                  : SafetensorsFile.Limits.DEFAULT);
          System.out.println("accepted " + file);
        } catch (WeightsFileException e) {
          long nanos = thread.getCurrentThreadCpuTime() - start;
          System.out.println(e.code() + " " + TimeUnit.NANOSECONDS.toMillis(nanos));
        }
      }
    }
  }
}
