package org.resnet4j.core.image.jfif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.Goldens;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.JpegBytes;
import org.resnet4j.core.image.jpeg.FrameHeader;
import org.resnet4j.core.image.jpeg.JpegFaultException;
import org.resnet4j.core.image.jpeg.JpegSamples;
import org.resnet4j.core.image.source.Source;

/**
 * What the JDK's libjpeg decodes without a warning is decoded, with the same samples, and no more.
 */
class JpegSamplesTest {
  private static final int MUTATIONS = 20_000;
  private static final long SEED = 7;
  private static final int RANDOM = 3000;

  /**
   * Faults with which libjpeg decodes nevertheless: what is missing it smooths, or leaves grey, and
   * of surplus bytes it does not notice those in its bit buffer.
   */
  private static final Set<String> UNNOTICED =
      Set.of(
          "missing scans",
          "surplus data between its scans",
          "surplus data before a restart marker");

  static List<String> pictures() {
    return Goldens.names("pictures").stream().filter(name -> name.startsWith("jpeg-")).toList();
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void soundPicturesAreDecodedHere(String name) throws Exception {
    assertSameAsJdk(name, Goldens.bytes("pictures/" + name));
  }

  @Test
  void soundFilesOfEveryKindAreDecoded() throws Exception {
    int decoded = 0;
    for (int seed = 0; seed < RANDOM; seed++) {
      byte[] file = RandomJpeg.of(seed);
      try {
        assertSameAsJdk("seed " + seed, file);
        decoded++;
      } catch (ImageDecodeException e) {
        assertThat(e).as("seed %d", seed).hasMessageContaining("fractional sampling");
      }
    }
    assertThat(decoded).isGreaterThan(RANDOM / 2);
  }

  @Test
  void sidesBeyondLibjpegsLimitAreRefused() throws Exception {
    assertThat(segments(JpegBytes.sequential(65_500, 1)).frame().width()).isEqualTo(65_500);
    for (byte[] file : List.of(JpegBytes.sequential(65_501, 1), JpegBytes.sequential(1, 65_501))) {
      assertThatThrownBy(() -> segments(file)).hasMessageContaining("more than 65500 pixels");
    }
  }

  @Test
  void whatIsDecodedOfDamagedPicturesTheJdkDecodesSo() throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    List<byte[]> seeds = new ArrayList<>();
    for (String name : pictures()) {
      seeds.add(Goldens.bytes("pictures/" + name));
      seeds.add(RandomJpeg.of(name.hashCode()));
    }
    Map<String, Integer> outcomes = new TreeMap<>();
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] mutant = JpegBytes.damaged(seeds.get(i % seeds.size()), random);
      outcomes.merge(outcome("mutant " + i, mutant), 1, Integer::sum);
    }
    assertThat(outcomes).as("kinds of outcome").hasSizeGreaterThan(12);
    assertThat(outcomes.get("")).as("decoded").isBetween(1000, MUTATIONS - 1000);
  }

  /** The fault, empty if it is decoded, as the JDK does. */
  private static String outcome(String name, byte[] bytes) {
    JpegSegments jpeg;
    try {
      jpeg = segments(bytes);
    } catch (ImageDecodeException _) {
      return "segments";
    }
    JdkJpeg jdk = JdkJpeg.decode(jpeg);
    try {
      assertSame(name, jpeg.frame(), JpegSamples.decode(jpeg.frame(), jpeg.pixels()), jdk);
      return "";
    } catch (JpegFaultException e) {
      String fault = String.valueOf(e.getMessage());
      if (!UNNOTICED.contains(fault)) {
        assertThat(jdk).as("%s: %s", name, fault).isNull();
      }
      return fault;
    }
  }

  private static void assertSameAsJdk(String name, byte[] bytes) throws Exception {
    JpegSegments jpeg = segments(bytes);
    JpegSamples own = JpegSamples.decode(jpeg.frame(), jpeg.pixels());
    assertSame(name, jpeg.frame(), own, JdkJpeg.decode(jpeg));
  }

  private static void assertSame(
      String name, FrameHeader frame, JpegSamples own, @Nullable JdkJpeg decoded) {
    JdkJpeg jdk = assertThat(decoded).as("%s, by the JDK", name).isNotNull().actual();
    assertThat(own.width()).isEqualTo(jdk.width());
    assertThat(own.height()).isEqualTo(jdk.height());
    assertThat(own.components()).isEqualTo(jdk.components());
    byte[][] ownRows = new byte[own.components()][own.width() + 1];
    byte[][] jdkRows = new byte[own.components()][own.width() + 1];
    for (int y = 0; y < own.height(); y++) {
      own.read(y, ownRows);
      jdk.read(y, jdkRows);
      for (int component = 0; component < ownRows.length; component++) {
        if (isRepeatedByJdk(frame, component)) {
          continue;
        }
        int different =
            Arrays.mismatch(ownRows[component], 0, own.width(), jdkRows[component], 0, own.width());
        assertThat(different).as("%s, component %d, row %d", name, component, y).isEqualTo(-1);
      }
    }
  }

  /** Where only some components have half the height; the pictures' pixels are Pillow's. */
  private static boolean isRepeatedByJdk(FrameHeader frame, int component) {
    return frame.down(component) * 2 == most(frame, frame::down)
        && frame.across(component) == most(frame, frame::across)
        && !JdkJpeg.halvesChromaInHeightOnly(frame);
  }

  private static int most(FrameHeader frame, IntUnaryOperator factor) {
    return IntStream.range(0, frame.components()).map(factor).max().orElseThrow();
  }

  private static JpegSegments segments(byte[] bytes) throws ImageDecodeException {
    return JpegSegments.parse(
        new Source("a.jpg", new ByteArrayInputStream(bytes)), DecodeOptions.DEFAULT);
  }
}
