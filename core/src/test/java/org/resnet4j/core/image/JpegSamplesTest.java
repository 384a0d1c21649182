package org.resnet4j.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.image.jpeg.FrameHeader;
import org.resnet4j.core.image.jpeg.JpegSamples;
import org.resnet4j.core.image.jpeg.SampleRows;
import org.resnet4j.core.image.jpeg.UnusualJpegException;

/** What is decoded here has the samples of the JDK's reader, and that has no complaint of it. */
class JpegSamplesTest {
  private static final int MUTATIONS = 20_000;
  private static final long SEED = 7;
  private static final int RANDOM = 3000;

  static List<String> pictures() {
    return Goldens.names("pictures").stream().filter(name -> name.startsWith("jpeg-")).toList();
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void soundPicturesAreDecodedHere(String name) throws Exception {
    assertSameAsJdk(name, Goldens.bytes("pictures/" + name));
  }

  /** None is left to the JDK but those whose sampling is fractional, and these it refuses. */
  @Test
  void soundFilesOfEveryKindAreDecodedHere() throws Exception {
    for (int seed = 0; seed < RANDOM; seed++) {
      JpegSegments jpeg = segments(RandomJpeg.of(seed));
      SampleRows own = own(jpeg);
      if (own != null) {
        assertSame("seed " + seed, jpeg, own);
      } else {
        assertThat(isFractional(jpeg.frame())).as("seed %d", seed).isTrue();
      }
    }
  }

  private static boolean isFractional(FrameHeader frame) {
    int maxAcross = most(frame, frame::across);
    int maxDown = most(frame, frame::down);
    return IntStream.range(0, frame.components())
        .anyMatch(i -> maxAcross % frame.across(i) != 0 || maxDown % frame.down(i) != 0);
  }

  private static int most(FrameHeader frame, IntUnaryOperator factor) {
    return IntStream.range(0, frame.components()).map(factor).max().orElseThrow();
  }

  @Test
  void sidesBeyondLibjpegsLimitAreLeftToIt() throws Exception {
    assertThat(own(segments(JpegBytes.sequential(65_500, 1)))).isNotNull();
    assertThat(own(segments(JpegBytes.sequential(65_501, 1)))).isNull();
  }

  /** Bytes of the coded data and of the headers before it, changed by chance. */
  @Test
  void whatIsDecodedOfDamagedPicturesTheJdkDecodesSo() throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    List<byte[]> seeds = new ArrayList<>();
    for (String name : pictures()) {
      seeds.add(Goldens.bytes("pictures/" + name));
      seeds.add(RandomJpeg.of(name.hashCode()));
    }
    int decoded = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] mutant = seeds.get(i % seeds.size()).clone();
      for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
        mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
      }
      decoded += isDecoded("mutant " + i, mutant) ? 1 : 0;
    }
    assertThat(decoded).as("mutants that are decoded").isBetween(1000, MUTATIONS - 1000);
  }

  private static boolean isDecoded(String name, byte[] bytes) throws IOException {
    JpegSegments jpeg;
    try {
      jpeg = segments(bytes);
    } catch (ImageDecodeException _) {
      return false;
    }
    SampleRows own = own(jpeg);
    if (own != null) {
      assertSame(name, jpeg, own);
    }
    return own != null;
  }

  private static void assertSameAsJdk(String name, byte[] bytes) throws Exception {
    JpegSegments jpeg = segments(bytes);
    assertSame(name, jpeg, JpegSamples.decode(jpeg.frame(), jpeg.pixels()));
  }

  private static @Nullable SampleRows own(JpegSegments jpeg) {
    try {
      return JpegSamples.decode(jpeg.frame(), jpeg.pixels());
    } catch (UnusualJpegException _) {
      return null;
    }
  }

  private static void assertSame(String name, JpegSegments jpeg, SampleRows own)
      throws IOException {
    Source source = source(new byte[] {-1, (byte) 0xD8, -1});
    SampleRows jdk = JpegDecoder.samplesOfJdk(jpeg, source);
    assertThat(own.width()).isEqualTo(jdk.width());
    assertThat(own.height()).isEqualTo(jdk.height());
    assertThat(own.components()).isEqualTo(jdk.components());
    byte[][] ownRows = new byte[own.components()][own.width() + 1];
    byte[][] jdkRows = new byte[own.components()][own.width() + 1];
    for (int y = 0; y < own.height(); y++) {
      own.read(y, ownRows);
      jdk.read(y, jdkRows);
      for (int component = 0; component < ownRows.length; component++) {
        if (isRepeatedByJdk(jpeg.frame(), component)) {
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
    int maxAcross = most(frame, frame::across);
    int maxDown = most(frame, frame::down);
    return frame.down(component) * 2 == maxDown
        && frame.across(component) == maxAcross
        && !frame.chromaHalvedInHeightOnly();
  }

  private static JpegSegments segments(byte[] bytes) throws ImageDecodeException {
    return JpegSegments.parse(source(bytes), DecodeOptions.DEFAULT);
  }

  private static Source source(byte[] bytes) throws ImageDecodeException {
    return new Source("a.jpg", new ByteArrayInputStream(bytes));
  }
}
