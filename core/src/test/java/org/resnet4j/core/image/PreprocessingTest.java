package org.resnet4j.core.image;

import static java.util.Collections.nCopies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.tensor.Tensor;

class PreprocessingTest {
  private static final Preprocessing SMALL = like("small", 20, 16, Interpolation.BILINEAR);

  private static final List<Preprocessing> OWN =
      List.of(
          SMALL,
          like("odd", 21, 18, Interpolation.BICUBIC),
          like("padded", 15, 20, Interpolation.BILINEAR),
          new Preprocessing(
              "all-padded",
              7,
              20,
              Interpolation.BICUBIC,
              Preprocessing.FASHION_MNIST.mean(),
              Preprocessing.FASHION_MNIST.std()));

  static List<String> stored() {
    return Goldens.names("tensors");
  }

  static Stream<String> digests() {
    return new String(Goldens.bytes("tensors.tsv"), StandardCharsets.US_ASCII).lines();
  }

  /** The name is {@code picture.type.preset.f32}. */
  @ParameterizedTest
  @MethodSource("stored")
  void equalsTorchvisionBitForBit(String name) {
    String[] parts = name.split("\\.");
    RgbImage image = Goldens.ppm("decoded/" + parts[0] + "." + parts[1] + ".ppm");
    float[] actual = preset(parts[2]).apply(image).data();
    ByteBuffer expected =
        ByteBuffer.wrap(Goldens.bytes("tensors/" + name)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(expected.remaining()).isEqualTo(Float.BYTES * actual.length);
    for (int i = 0; i < actual.length; i++) {
      assertThat(Float.floatToRawIntBits(actual[i]))
          .as("value %d: %s against %s", i, actual[i], expected.getFloat(Float.BYTES * i))
          .isEqualTo(expected.getInt(Float.BYTES * i));
    }
  }

  @ParameterizedTest
  @MethodSource("digests")
  void equalsTorchvisionByDigest(String line) {
    String[] fields = line.split("\t");
    RgbImage image = Goldens.ppm("decoded/" + fields[0] + ".ppm");
    assertThat(sha256(preset(fields[1]).apply(image).data())).isEqualTo(fields[2]);
  }

  @Test
  void theGoldensCoverEveryPreset() {
    assertThat(digests().map(line -> line.split("\t")[1]).distinct())
        .contains("torchvision-v1", "torchvision-v2", "timm-a1", "fashion-mnist");
  }

  @Test
  void writesOneImageOfABatchAndNothingElse() {
    RgbImage image = Goldens.ppm("decoded/png-rgb.png.ppm");
    Tensor alone = SMALL.apply(image);
    float[] batch = new float[3 * SMALL.size()];
    Arrays.fill(batch, Float.NaN);
    SMALL.apply(image, batch, SMALL.size());
    float[] expected = new float[batch.length];
    Arrays.fill(expected, Float.NaN);
    System.arraycopy(alone.data(), 0, expected, SMALL.size(), SMALL.size());
    assertThat(batch).isEqualTo(expected);
    assertThat(alone.hasDims(3, 16, 16)).isTrue();
  }

  /** What normalisation starts from, and nothing beside it; padding is black. */
  @Test
  void cropsSamplesOfOneImageOfABatch() {
    RgbImage image = Goldens.ppm("decoded/png-rgb.png.ppm");
    byte[] batch = new byte[3 * SMALL.size()];
    Arrays.fill(batch, (byte) 77);
    SMALL.crop(image, batch, SMALL.size());
    float[] normalised = new float[SMALL.size()];
    MemorySegment samples = MemorySegment.ofArray(batch).asSlice(SMALL.size());
    SMALL.table().read(samples, 1, 16 * 16, normalised, 0);
    assertThat(normalised).isEqualTo(SMALL.apply(image).data());
    assertThat(Arrays.copyOf(batch, SMALL.size())).containsOnly(77);
    assertThat(Arrays.copyOfRange(batch, 2 * SMALL.size(), batch.length)).containsOnly(77);

    Preprocessing padded = like("padded", 4, 8, Interpolation.BILINEAR);
    byte[] white = new byte[3 * 5 * 5];
    Arrays.fill(white, (byte) 255);
    byte[] out = new byte[padded.size()];
    Arrays.fill(out, (byte) 77);
    padded.crop(new RgbImage(5, 5, white), out, 0);
    int[] counts = new int[256];
    for (byte sample : out) {
      counts[sample & 0xFF]++;
    }
    assertThat(counts[255]).isEqualTo(3 * 4 * 4);
    assertThat(counts[0]).isEqualTo(out.length - 3 * 4 * 4);
    assertThatThrownBy(() -> SMALL.crop(image, batch, 2 * SMALL.size() + 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void refusesAShortArray() {
    RgbImage image = Goldens.ppm("decoded/png-1x1.png.ppm");
    assertThatThrownBy(() -> SMALL.apply(image, new float[SMALL.size()], 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aPictureTooLongForAnArrayOnceResizedIsStillCropped() {
    byte[] data = new byte[3 * 9_000_000];
    Arrays.fill(data, (byte) 51);
    Tensor input = Preprocessing.TORCHVISION_V1.apply(new RgbImage(9_000_000, 1, data));
    float expected = (51 / 255f - 0.485f) / 0.229f;
    assertThat(input.data()[0]).isEqualTo(expected);
    assertThat(input.data()[224 * 224 - 1]).isEqualTo(expected);
  }

  @Test
  void presetsAreFoundByName() {
    assertThat(Preprocessing.named("torchvision-v2")).isSameAs(Preprocessing.TORCHVISION_V2);
    assertThat(Preprocessing.named("timm-a1").resizeShorterSide()).isEqualTo(235);
    assertThatThrownBy(() -> Preprocessing.named("imagenet"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "no preprocessing named 'imagenet'; there are torchvision-v1, torchvision-v2, timm-a1,"
                + " fashion-mnist");
  }

  @Test
  void cannotBeChangedThroughItsLists() {
    List<Float> mean = new ArrayList<>(List.of(0f, 0f, 0f));
    Preprocessing own =
        new Preprocessing("own", 8, 8, Interpolation.BILINEAR, mean, List.of(1f, 1f, 1f));
    mean.set(0, 7f);
    assertThat(own.mean()).containsExactly(0f, 0f, 0f);
  }

  @Test
  void refusesValuesThatMakeNoSense() {
    List<Float> three = List.of(1f, 1f, 1f);
    Interpolation bilinear = Interpolation.BILINEAR;
    assertThatThrownBy(() -> new Preprocessing("x", 0, 8, bilinear, three, three))
        .hasMessageContaining("resize to 0");
    assertThatThrownBy(() -> new Preprocessing("x", 8, 30_000, bilinear, three, three))
        .hasMessageContaining("crop to 30000");
    assertThatThrownBy(() -> new Preprocessing("x", 8, 8, bilinear, List.of(1f), three))
        .hasMessageContaining("as many");
    assertThatThrownBy(() -> new Preprocessing("x", 8, 8, bilinear, List.of(), List.of()))
        .hasMessageContaining("as many");
    assertThatThrownBy(() -> new Preprocessing("x", 8, 8, bilinear, three, List.of(1f, 0f, 1f)))
        .hasMessageContaining("positive");
    List<Float> tiny = List.of(1f, 1e-45f, 1f);
    assertThatThrownBy(() -> new Preprocessing("x", 8, 8, bilinear, three, tiny))
        .hasMessageContaining("a deviation of 1.4E-45 turn samples into -Infinity to 0.0");
    List<Float> huge = List.of(1f, 1f, 3e38f);
    assertThatThrownBy(() -> new Preprocessing("x", 8, 8, bilinear, huge, three))
        .hasMessageContaining("a mean of 3.0E38 and a deviation of 1.0");
    List<Float> bytes = nCopies(3, 1 / 255f); // samples as they are
    assertThat(new Preprocessing("x", 8, 8, bilinear, three, bytes).table().value(0, 0))
        .isCloseTo(-255f, within(1e-4f));
  }

  /** The expected values are those of Pillow's {@code convert("L")}. */
  @Test
  void greyIsPillowsL() {
    byte[] colours = {
      0, 0, 0, -1, -1, -1, -1, 0, 0, 0, -1, 0, 0, 0, -1, 1, 2, 3, -56, 100, 50, 17, -126, -5
    };
    byte[] grey = new RgbImage(8, 1, colours).grey().data();
    int[] expected = {0, 255, 76, 150, 29, 2, 124, 110};
    for (int i = 0; i < expected.length; i++) {
      for (int channel = 0; channel < 3; channel++) {
        assertThat(grey[3 * i + channel] & 0xFF).isEqualTo(expected[i]);
      }
    }
  }

  @Test
  void aNetworkOfOneChannelGetsTheGreyPicture() {
    SplittableRandom random = new SplittableRandom(5);
    byte[] data = new byte[3 * 41 * 29];
    random.nextBytes(data);
    RgbImage image = new RgbImage(41, 29, data);
    Preprocessing rgb =
        new Preprocessing("rgb", 20, 24, Interpolation.BICUBIC, nCopies(3, 0.4f), nCopies(3, 0.2f));
    Preprocessing grey = rgb.withStatistics(List.of(0.4f), List.of(0.2f));
    float[] plane = grey.apply(image).data();
    assertThat(grey.apply(image).dims()).containsExactly(1, 24, 24);
    assertThat(plane).hasSize(grey.size());
    assertThat(rgb.apply(image.grey()).data()).startsWith(plane);
    byte[] samples = new byte[grey.size() + 2];
    grey.crop(image, samples, 1);
    assertThat(samples[0]).isZero();
    assertThat(samples[samples.length - 1]).isZero();
    Preprocessing four = rgb.withStatistics(nCopies(4, 0f), nCopies(4, 1f));
    assertThatThrownBy(() -> four.apply(image)).hasMessageContaining("the network takes 4");
  }

  /**
   * {@code (size - crop) // 2} of transformers and {@code round((size - crop) / 2)} of torchvision.
   */
  @ParameterizedTest
  @CsvSource({
    "8, 8, 0, 0",
    "9, 8, 0, 0",
    "10, 8, 1, 1",
    "11, 8, 1, 2",
    "12, 8, 2, 2",
    "13, 8, 2, 2"
  })
  void theCropIsCentredAsStated(int width, int crop, int down, int even) {
    byte[] data = new byte[3 * width * crop];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (i / 3 % width);
    }
    RgbImage image = new RgbImage(width, crop, data);
    for (CropOffset offset : CropOffset.values()) {
      Preprocessing preprocessing =
          new Preprocessing(
              "x", crop, crop, Interpolation.BILINEAR, nCopies(3, 0f), nCopies(3, 1f), offset);
      byte[] out = new byte[preprocessing.size()];
      preprocessing.crop(image, out, 0);
      assertThat(out[0]).isEqualTo((byte) (offset == CropOffset.DOWN ? down : even));
    }
  }

  @Test
  void theSmallestAndTheLargestSizesAreAllowed() {
    List<Float> mean = List.of(0f, 0f, 0f);
    List<Float> std = List.of(1f, 1f, 1f);
    for (int crop : new int[] {1, 26_754}) {
      assertThat(new Preprocessing("x", 1, crop, Interpolation.BILINEAR, mean, std).crop())
          .isEqualTo(crop);
      int beyond = crop == 1 ? 0 : crop + 1;
      assertThatThrownBy(() -> new Preprocessing("x", 1, beyond, Interpolation.BILINEAR, mean, std))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(26_754L * 26_754 * 3).isLessThanOrEqualTo(Integer.MAX_VALUE);
    assertThat(26_755L * 26_755 * 3).isGreaterThan(Integer.MAX_VALUE);
  }

  private static Preprocessing like(
      String name, int resize, int crop, Interpolation interpolation) {
    Preprocessing imagenet = Preprocessing.TORCHVISION_V1;
    return new Preprocessing(name, resize, crop, interpolation, imagenet.mean(), imagenet.std());
  }

  private static Preprocessing preset(String name) {
    return OWN.stream()
        .filter(own -> own.name().equals(name))
        .findFirst()
        .orElseGet(() -> Preprocessing.named(name));
  }

  private static String sha256(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
