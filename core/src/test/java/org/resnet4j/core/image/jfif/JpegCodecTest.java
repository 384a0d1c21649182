package org.resnet4j.core.image.jfif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.Goldens;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.JpegBytes;
import org.resnet4j.core.image.JpegCodec;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.decode.ImageDecoder;
import org.resnet4j.core.image.source.Source;
import org.resnet4j.core.image.system.LibTurboJpeg;
import org.resnet4j.core.image.system.NoLibraryException;

/**
 * With libjpeg-turbo every file has the pixels, or the refusal, that it has without. Skipped where
 * it is not, unless {@code -Dturbojpeg.required=true}.
 */
class JpegCodecTest {
  private static final int MUTATIONS = 8000;
  private static final int RANDOM = 5000;
  private static final DecodeOptions JAVA =
      DecodeOptions.DEFAULT.withJpegCodec(JpegCodec.JAVA).withApplyExif(true);
  private static final DecodeOptions TURBO = JAVA.withJpegCodec(JpegCodec.TURBO);

  private int byTurbo;

  @BeforeEach
  void isThere() {
    String missing = "";
    try {
      LibTurboJpeg.get();
    } catch (NoLibraryException e) {
      missing = "NO TURBOJPEG: " + e.getMessage() + "; " + e.remedy();
    }
    if (!missing.isEmpty() && Boolean.getBoolean("turbojpeg.required")) {
      fail(missing);
    }
    assumeThat(missing).isEmpty();
  }

  static List<String> pictures() {
    return Goldens.names("pictures").stream().filter(name -> name.startsWith("jpeg-")).toList();
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void picturesHaveTheSamePixels(String name) throws Exception {
    byte[] file = Goldens.bytes("pictures/" + name);
    assertThat(ImageDecoder.decode(file, name, TURBO).data())
        .isEqualTo(ImageDecoder.decode(file, name, JAVA).data());
  }

  /** But for the pixels of numbers that no picture has, which exceed its 16 bits. */
  @Test
  void filesOfEveryKindHaveTheSamePixels() throws Exception {
    for (int seed = 0; seed < RANDOM; seed++) {
      if (RandomJpeg.isPlausible(seed)) {
        assertSame("seed " + seed, RandomJpeg.of(seed));
      } else {
        assertSameKind("seed " + seed, RandomJpeg.of(seed));
      }
    }
    assertThat(byTurbo).isGreaterThan(RANDOM / 40);
  }

  @Test
  void damagedFilesHaveTheSameOutcome() throws Exception {
    SplittableRandom random = new SplittableRandom(11);
    List<byte[]> seeds = new ArrayList<>();
    for (String name : pictures()) {
      seeds.add(Goldens.bytes("pictures/" + name));
      seeds.add(RandomJpeg.of(name.hashCode()));
    }
    for (int i = 0; i < MUTATIONS; i++) {
      assertSameKind("mutant " + i, JpegBytes.damaged(seeds.get(i % seeds.size()), random));
    }
    assertThat(byTurbo).isGreaterThan(MUTATIONS / 50);
  }

  /** Cut off anywhere. */
  @Test
  void truncatedFilesHaveTheSameOutcome() throws Exception {
    byte[] file = Goldens.bytes("pictures/jpeg-420.jpg");
    for (int length = 0; length < file.length; length++) {
      assertSame("cut at " + length, Arrays.copyOf(file, length));
    }
  }

  private void assertSame(String name, byte[] file) throws Exception {
    byTurbo += isDecodedByTurbo(file) ? 1 : 0;
    assertThat(outcome(file, TURBO)).as(name).isEqualTo(outcome(file, JAVA));
  }

  private void assertSameKind(String name, byte[] file) throws Exception {
    byTurbo += isDecodedByTurbo(file) ? 1 : 0;
    assertThat(outcome(file, TURBO).replaceFirst("^(\\d+x\\d+) .*", "$1"))
        .as(name)
        .isEqualTo(outcome(file, JAVA).replaceFirst("^(\\d+x\\d+) .*", "$1"));
  }

  private static boolean isDecodedByTurbo(byte[] file) throws Exception {
    try {
      JpegSegments jpeg =
          JpegSegments.parse(new Source("a", new ByteArrayInputStream(file)), TURBO);
      return JpegDecoder.byTurbo(jpeg, LibTurboJpeg.get()) != null;
    } catch (ImageDecodeException _) {
      return false;
    }
  }

  private static String outcome(byte[] file, DecodeOptions options) {
    try {
      RgbImage image = ImageDecoder.decode(file, "a", options);
      return image.width() + "x" + image.height() + " " + Arrays.hashCode(image.data());
    } catch (ImageDecodeException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** The tests' JVM was told that native code may be called. */
  @Test
  void isTakenWhereItIsAllowed() throws Exception {
    @Nullable LibTurboJpeg library = CodecLibrary.of(JpegCodec.AUTO);
    assertThat(library).isNotNull();
    assertThat(JpegCodec.AUTO.describe()).isEqualTo("libjpeg-turbo");
    assertThat(CodecLibrary.of(JpegCodec.JAVA)).isNull();
    assertThat(JpegCodec.JAVA.describe()).isEqualTo("Java");
    JpegCodec.TURBO.requireHere();
  }
}
