package org.resnet4j.core.weights.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.tensor.Tensor;

class SafetensorsWriterTest {
  private static final int ROUND_TRIPS = 300;
  private static final int[] LETTERS = {
    'a', 'b', '.', '"', '\\', '/', '\n', 0, 0x7f, 0xe9, 0x2028, 0xffee, 0x1f600
  };

  @Test
  void whatIsWrittenIsRead() throws IOException {
    SplittableRandom random = new SplittableRandom(42);
    for (int i = 0; i < ROUND_TRIPS; i++) {
      Map<String, float[]> floats = new HashMap<>();
      Map<String, double[]> doubles = new HashMap<>();
      Map<String, int[]> extents = new HashMap<>();
      Map<String, String> metadata = new HashMap<>();
      SafetensorsWriter writer = new SafetensorsWriter();
      for (int n = random.nextInt(6); n > 0; n--) {
        String name = name(random);
        int[] dims = random.ints(random.nextInt(4), 0, 6).toArray();
        int size = Tensor.meta(dims).size();
        if (extents.putIfAbsent(name, dims) != null) {
          continue;
        } else if (random.nextBoolean()) {
          floats.put(name, floats(random, size));
          writer.add(name, Tensor.of(floats.get(name), dims));
        } else {
          doubles.put(name, random.doubles(size, -10, 10).toArray());
          writer.add(name, doubles.get(name), dims);
        }
        metadata.put(name(random), name(random));
      }
      metadata.forEach(writer::metadata);
      SafetensorsFile file = SafetensorsFile.of(writer.toBytes(), "round trip " + i);
      assertThat(file.metadata()).isEqualTo(metadata);
      assertThat(file.tensors().keySet()).isEqualTo(extents.keySet());
      for (String name : extents.keySet()) {
        assertThat(file.read(name).hasDims(extents.get(name))).isTrue();
      }
      for (String name : floats.keySet()) {
        assertThat(bits(file.read(name).data())).isEqualTo(bits(floats.get(name)));
      }
      for (String name : doubles.keySet()) {
        assertThat(file.readDoubles(name)).isEqualTo(doubles.get(name));
      }
    }
  }

  @Test
  void theSameContentGivesTheSameBytesWithAlignedData() throws IOException {
    byte[] one =
        new SafetensorsWriter()
            .metadata("b", "2")
            .metadata("a", "1")
            .add("y", Tensor.of(new float[] {1}, 1))
            .add("x", Tensor.of(new float[] {2}, 1))
            .add("z", new double[] {3}, 1)
            .toBytes();
    byte[] other =
        new SafetensorsWriter()
            .add("z", new double[] {3}, 1)
            .add("x", Tensor.of(new float[] {2}, 1))
            .metadata("a", "1")
            .add("y", Tensor.of(new float[] {1}, 1))
            .metadata("b", "2")
            .toBytes();
    assertThat(one).isEqualTo(other);
    assertThat((one.length - 16) % 8).isZero();
    SafetensorsFile file = SafetensorsFile.of(one, "memory");
    assertThat(file.tensors().keySet()).containsExactly("z", "x", "y");
    assertThat(file.metadata().keySet()).containsExactly("a", "b");
  }

  @Test
  void valuesBeyondOneChunk(@TempDir Path folder) throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    float[] values = floats(random, 200_001);
    Path file = folder.resolve("large.safetensors");
    SafetensorsWriter.write(file, Map.of("a", Tensor.of(values, values.length)), Map.of("k", "v"));
    SafetensorsFile opened = SafetensorsFile.open(file);
    assertThat(bits(opened.read("a").data())).isEqualTo(bits(values));
    assertThat(opened.metadata()).containsExactly(Map.entry("k", "v"));
  }

  @Test
  void replacesAFileWithoutTouchingItsOldContent(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("net.safetensors"), "old");
    Path old = Files.createLink(folder.resolve("old"), file);
    SafetensorsWriter.write(file, Map.of(), Map.of());
    assertThat(old).hasContent("old");
    assertThat(SafetensorsFile.open(file).tensors()).isEmpty();
    assertThat(names(folder)).containsExactlyInAnyOrder("net.safetensors", "old");
  }

  @Test
  void leavesNothingBehindWhenItFails(@TempDir Path folder) throws IOException {
    Path target = Files.createDirectories(folder.resolve("taken/inner")).getParent();
    assertThatThrownBy(() -> SafetensorsWriter.write(target, Map.of(), Map.of()))
        .isInstanceOf(IOException.class);
    assertThat(names(folder)).containsExactly("taken");
    Path missing = folder.resolve("missing/net.safetensors");
    assertThatThrownBy(() -> SafetensorsWriter.write(missing, Map.of(), Map.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"__metadata__", "a", "\ud800", "x\udc00"})
  void refusesNames(String name) {
    Tensor tensor = Tensor.of(new float[1]);
    SafetensorsWriter writer = new SafetensorsWriter().add("a", tensor);
    assertThatIllegalArgumentException().isThrownBy(() -> writer.add(name, tensor));
  }

  @Test
  void refusesWhatHasNoValuesOrOtherExtents() {
    SafetensorsWriter writer = new SafetensorsWriter();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.add("meta", Tensor.meta(2)))
        .withMessageContaining("'meta' has no values");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.add("g", new double[3], 2))
        .withMessageContaining("[2] do not fit 3");
    assertThatIllegalArgumentException().isThrownBy(() -> writer.metadata("k", "\ud800"));
    assertThatIllegalArgumentException().isThrownBy(() -> writer.metadata("\ud800", "v"));
  }

  /** A file that is written can be read. */
  @Test
  void refusesWhatTheReaderDoes() throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    String longest = "n".repeat(65_536);
    writer.add(longest, new double[1], ones(64)).metadata(longest, "v");
    SafetensorsFile file = SafetensorsFile.of(writer.toBytes(), "longest");
    assertThat(file.readDoubles(longest)).hasSize(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.add(longest + "n", Tensor.of(new float[1])))
        .withMessageContaining("longer than 65536");
    assertThatIllegalArgumentException().isThrownBy(() -> writer.metadata(longest + "n", "v"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.add("rank", new double[1], ones(65)))
        .withMessageContaining("more than 64 extents");
  }

  private static int[] ones(int rank) {
    int[] dims = new int[rank];
    Arrays.fill(dims, 1);
    return dims;
  }

  private static String name(SplittableRandom random) {
    int[] letters =
        random.ints(random.nextInt(5), 0, LETTERS.length).map(i -> LETTERS[i]).toArray();
    return new String(letters, 0, letters.length);
  }

  private static float[] floats(SplittableRandom random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = Float.intBitsToFloat(random.nextInt());
    }
    return values;
  }

  private static List<Integer> bits(float[] values) {
    List<Integer> bits = new ArrayList<>(values.length);
    for (float value : values) {
      bits.add(Float.floatToRawIntBits(value));
    }
    return bits;
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(path -> path.getFileName().toString()).toList();
    }
  }
}
