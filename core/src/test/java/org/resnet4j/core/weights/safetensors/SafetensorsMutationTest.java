package org.resnet4j.core.weights.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.resnet4j.core.weights.safetensors.Samples.entry;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;

/**
 * Ten thousand damaged files: each is read or refused with a {@link WeightsFileException}, at
 * little cost.
 */
class SafetensorsMutationTest {
  private static final long SEED = 0x5afe7e45L;
  private static final int MUTATIONS = 10_000;
  private static final long P99_NANOS = 5_000_000;
  private static final long SLOWEST_NANOS = 50_000_000;

  /** Three times what the dearest takes, and far below a heap of 128 MB. */
  private static final long MOST_BYTES = 1 << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final List<String> TOKENS =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"",
          "0",
          "1",
          "-1",
          "4",
          "1e9",
          "1.0",
          "null",
          "true",
          "18446744073709551615",
          "9223372036854775807",
          "4294967296",
          "\"F32\"",
          "\"F16\"",
          "\"F64\"",
          "\"U8\"",
          "\"I64\"",
          "\"dtype\"",
          "\"shape\"",
          "\"data_offsets\"",
          "\"__metadata__\"",
          "\"a\"",
          "\\u0061",
          "\\ud800",
          "\0",
          " ",
          "\u00ff",
          "[0,4]",
          "[]",
          "{}");

  @Test
  void onlyEverThrowsItsOwnExceptionAndCostsLittle() {
    List<byte[]> seeds = seeds();
    SplittableRandom random = new SplittableRandom(SEED);
    Set<Code> seen = EnumSet.noneOf(Code.class);
    for (byte[] seed : seeds) {
      read(seed); // Loading the classes is no cost of a file.
    }
    int accepted = 0;
    long mostBytes = 0;
    long[] nanos = new long[MUTATIONS];
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] mutant = mutate(seeds.get(i % seeds.size()), random);
      Outcome outcome = read(mutant);
      nanos[i] = outcome.nanos();
      mostBytes = Math.max(mostBytes, outcome.bytes());
      switch (outcome.thrown()) {
        case null -> accepted++;
        case WeightsFileException e -> {
          seen.add(e.code());
          assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(8000);
        }
        case Throwable e -> {
          String header = new String(mutant, StandardCharsets.ISO_8859_1);
          throw new AssertionError("mutation " + i + " of seed " + SEED + ": " + header, e);
        }
      }
    }
    assertThat(accepted).isBetween(MUTATIONS / 100, MUTATIONS / 2);
    assertThat(seen)
        .contains(
            Code.HEADER_TOO_SMALL,
            Code.HEADER_TOO_LARGE,
            Code.HEADER_BEYOND_FILE,
            Code.INVALID_UTF8,
            Code.INVALID_JSON,
            Code.BAD_NUMBER,
            Code.BAD_TENSOR_ENTRY,
            Code.DUPLICATE_KEY,
            Code.BAD_METADATA,
            Code.UNKNOWN_DTYPE,
            Code.UNSUPPORTED_DTYPE,
            Code.BAD_OFFSETS,
            Code.OVERFLOW,
            Code.SIZE_MISMATCH,
            Code.DATA_TRUNCATED,
            Code.TRAILING_BYTES);
    Arrays.sort(nanos);
    long p99 = nanos[MUTATIONS * 99 / 100];
    long slowest = nanos[MUTATIONS - 1];
    assertThat(p99).as("99th percentile in ns").isLessThan(P99_NANOS);
    assertThat(slowest).as("slowest in ns").isLessThan(SLOWEST_NANOS);
    assertThat(mostBytes).as("bytes allocated for a file").isLessThan(MOST_BYTES);
    System.out.printf(
        Locale.ROOT,
        "R1: %d mutations, 0 other throwables, p99 %.2f ms, slowest %.1f ms, at most %d kB of heap%n",
        MUTATIONS,
        p99 / 1e6,
        slowest / 1e6,
        mostBytes / 1000);
  }

  /** How reading a file ended, the processor time it took and the bytes it allocated. */
  private record Outcome(@Nullable Throwable thrown, long nanos, long bytes) {}

  /**
   * Measured twice where that was slow: the first time may have met the compiler or a page fault.
   */
  private static Outcome read(byte[] content) {
    Outcome first = readOnce(content);
    if (first.nanos() < P99_NANOS) {
      return first;
    }
    long again = readOnce(content).nanos();
    return new Outcome(first.thrown(), Math.min(first.nanos(), again), first.bytes());
  }

  private static Outcome readOnce(byte[] content) {
    Throwable thrown = null;
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    long nanos = THREADS.getCurrentThreadCpuTime();
    try {
      readAll(content);
    } catch (WeightsFileException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
      thrown = e;
    }
    return new Outcome(
        thrown,
        THREADS.getCurrentThreadCpuTime() - nanos,
        THREADS.getCurrentThreadAllocatedBytes() - bytes);
  }

  private static void readAll(byte[] content) throws WeightsFileException {
    SafetensorsFile file = SafetensorsFile.of(content, "memory");
    for (String name : file.tensors().keySet()) {
      file.read(name);
      file.readDoubles(name);
    }
  }

  private static List<byte[]> seeds() {
    String mixed =
        "{\"__metadata__\":{\"format\":\"pt\",\"k\":\"\\u00e4\"},"
            + entry("a", "F32", "[1,2]", 0, 8)
            + ","
            + entry("b", "I64", "[1]", 8, 16)
            + ","
            + entry("c", "F16", "[3]", 16, 22)
            + ","
            + entry("d", "BF16", "[]", 22, 24)
            + "}   ";
    String extra =
        "{\"a\":{\"x\":[1,{\"y\":\"z\"}],\"data_offsets\":[0,4],\"shape\":[4],\"dtype\":\"U8\"}}";
    return List.of(
        Samples.valid(),
        Samples.file(mixed, 24),
        Samples.file(extra, 4),
        Samples.file("{}", 0),
        Samples.file("{" + entry("e", "F32", "[0]", 0, 0) + "}", 0),
        Samples.file("{" + entry("f", "F64", "[2,2]", 0, 32) + "}", 32));
  }

  /** One to three edits; most keep the length field in step, so that they reach the parser. */
  private static byte[] mutate(byte[] seed, SplittableRandom random) {
    byte[] content = seed.clone();
    int edits = random.nextInt(1, 4);
    for (int i = 0; i < edits; i++) {
      content = random.nextInt(8) == 0 ? damage(content, random) : edit(content, random);
    }
    return content;
  }

  /** Flips a byte anywhere, or cuts or extends the file. */
  private static byte[] damage(byte[] content, SplittableRandom random) {
    switch (random.nextInt(3)) {
      case 0 -> {
        if (content.length > 0) {
          content[random.nextInt(content.length)] = (byte) random.nextInt(256);
        }
        return content;
      }
      case 1 -> {
        return Arrays.copyOf(content, random.nextInt(content.length + 1));
      }
      default -> {
        return Arrays.copyOf(content, content.length + random.nextInt(1, 9));
      }
    }
  }

  /** Replaces a short stretch of the header by a token or another stretch of it. */
  private static byte[] edit(byte[] content, SplittableRandom random) {
    int headerBytes = content.length < 9 ? 0 : (content[0] & 0xff) | (content[1] & 0xff) << 8;
    if (headerBytes == 0 || headerBytes > content.length - 8) {
      return damage(content, random);
    }
    String header = new String(content, 8, headerBytes, StandardCharsets.ISO_8859_1);
    int from = random.nextInt(header.length() + 1);
    int to = Math.min(header.length(), from + (random.nextBoolean() ? 0 : random.nextInt(6)));
    String with = TOKENS.get(random.nextInt(TOKENS.size()));
    if (random.nextInt(4) == 0) {
      int begin = random.nextInt(header.length());
      with = header.substring(begin, random.nextInt(begin, header.length() + 1));
    } else if (random.nextBoolean()) {
      String digits = header.replaceAll("[^0-9]", "#");
      from = Math.max(0, digits.replaceAll("[0-9]", "0").indexOf('0', from));
      to = Math.min(header.length(), from + 1);
    }
    byte[] edited = Samples.ascii(header.substring(0, from) + with + header.substring(to));
    byte[] data = Arrays.copyOfRange(content, 8 + headerBytes, content.length);
    return Samples.file(edited, data);
  }
}
