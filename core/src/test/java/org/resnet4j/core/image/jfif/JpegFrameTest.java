package org.resnet4j.core.image.jfif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.jpeg.FrameHeader;
import org.resnet4j.core.image.source.Source;

class JpegFrameTest {
  private static Source source() throws ImageDecodeException {
    return new Source("a.jpg", new ByteArrayInputStream(new byte[] {-1, (byte) 0xD8, -1, 0}));
  }

  /** Components 1, 2, .. with the given samplings, as 0x21 for two across and one down. */
  private static byte[] header(int width, int height, int... samplings) {
    byte[] header = new byte[6 + 3 * samplings.length];
    header[0] = 8;
    header[1] = (byte) (height >> 8);
    header[2] = (byte) height;
    header[3] = (byte) (width >> 8);
    header[4] = (byte) width;
    header[5] = (byte) samplings.length;
    for (int i = 0; i < samplings.length; i++) {
      header[6 + 3 * i] = (byte) (i + 1);
      header[7 + 3 * i] = (byte) samplings[i];
    }
    return header;
  }

  private static FrameHeader frame(int width, int height, int... samplings)
      throws ImageDecodeException {
    return JpegFrame.parse(0, header(width, height, samplings), source());
  }

  @Test
  void extentsAreUnsigned() throws ImageDecodeException {
    FrameHeader frame = frame(0xFEDC, 0x8001, 0x11);
    assertThat(frame.width()).isEqualTo(0xFEDC);
    assertThat(frame.height()).isEqualTo(0x8001);
  }

  @Test
  void componentsAreNumberedAsTheFileSays() throws ImageDecodeException {
    byte[] header = header(8, 8, 0x11, 0x11, 0x11);
    header[6] = (byte) 200;
    FrameHeader frame = JpegFrame.parse(2, header, source());
    assertThat(frame.components()).isEqualTo(3);
    assertThat(frame.id(0)).isEqualTo(200);
    assertThat(frame.id(2)).isEqualTo(3);
    assertThat(JpegFrame.blocks(frame, new byte[] {(byte) 200}, source())).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"0, true", "1, true", "2, true", "3, false", "15, false"})
  void isBaselineExtendedOrProgressive(int kind, boolean supported) {
    if (supported) {
      assertThatCode(() -> JpegFrame.parse(kind, header(1, 1, 0x11), source()))
          .doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> JpegFrame.parse(kind, header(1, 1, 0x11), source()))
          .hasMessageContaining("SOF" + kind);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 6, 8, 10, 11, 255})
  void refusesAHeaderOfAnotherLength(int length) throws ImageDecodeException {
    byte[] header = new byte[length];
    System.arraycopy(header(1, 1, 0x11), 0, header, 0, Math.min(length, 9));
    Source source = source();
    assertThatThrownBy(() -> JpegFrame.parse(0, header, source))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageContaining("a frame header of wrong length");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 9, 12, 16, 255})
  void hasEightBits(int bits) throws ImageDecodeException {
    byte[] header = header(1, 1, 0x11);
    header[0] = (byte) bits;
    Source source = source();
    assertThatThrownBy(() -> JpegFrame.parse(0, header, source))
        .hasMessageContaining(bits + "-bit JPEG");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 5, 255})
  void refusesOtherNumbersOfComponents(int components) throws ImageDecodeException {
    byte[] header = header(1, 1, new int[components]);
    Source source = source();
    assertThatThrownBy(() -> JpegFrame.parse(0, header, source))
        .hasMessageContaining("of " + components + " components");
  }

  @ParameterizedTest
  @CsvSource({
    "0x11, true",
    "0x44, true",
    "0x41, true",
    "0x14, true",
    "0x01, false",
    "0x10, false",
    "0x51, false",
    "0x15, false",
    "0xF1, false",
    "0x1F, false"
  })
  void samplesOneToFourBlocksOfAComponent(String sampling, boolean valid)
      throws ImageDecodeException {
    byte[] header = header(8, 8, 0x11, 0x11, Integer.decode(sampling));
    Source source = source();
    if (valid) {
      assertThat(JpegFrame.parse(0, header, source).components()).isEqualTo(3);
    } else {
      assertThatThrownBy(() -> JpegFrame.parse(0, header, source))
          .hasMessageContaining("sampling factors");
    }
  }

  /** ITU-T T.81, A.2: a scan of one component has no padding, others are of whole MCUs. */
  @ParameterizedTest
  @CsvSource({
    "16, 16, 1, 4",
    "16, 16, 2, 1",
    "17, 16, 1, 6",
    "17, 16, 2, 2",
    "24, 17, 1, 9",
    "1, 1, 1, 1",
    "24, 17, 3, 4",
    "16, 8, 1, 2",
    "16, 8, 2, 1",
  })
  void blocksOfOneComponentAreNotPadded(int width, int height, byte component, long blocks)
      throws ImageDecodeException {
    FrameHeader frame = frame(width, height, 0x22, 0x11, 0x11);
    assertThat(JpegFrame.blocks(frame, new byte[] {component}, source())).isEqualTo(blocks);
  }

  @ParameterizedTest
  @CsvSource({"16, 16, 6", "17, 16, 12", "17, 17, 24", "1, 1, 6", "160, 32, 120"})
  void blocksOfSeveralAreOfWholeUnits(int width, int height, long blocks)
      throws ImageDecodeException {
    FrameHeader frame = frame(width, height, 0x22, 0x11, 0x11);
    assertThat(JpegFrame.blocks(frame, new byte[] {1, 2, 3}, source())).isEqualTo(blocks);
    assertThat(JpegFrame.blocks(frame, new byte[] {2, 3}, source())).isEqualTo(blocks / 3);
  }

  @Test
  void aScanHasComponentsOfTheFrame() throws ImageDecodeException {
    FrameHeader frame = frame(8, 8, 0x11, 0x11, 0x11);
    Source source = source();
    assertThat(JpegFrame.blocks(frame, new byte[] {3}, source)).isEqualTo(1);
    assertThatThrownBy(() -> JpegFrame.blocks(frame, new byte[] {4}, source))
        .hasMessageContaining("a component that the frame lacks");
    assertThatThrownBy(() -> JpegFrame.blocks(frame, new byte[] {1, 0}, source))
        .hasMessageContaining("a component that the frame lacks");
  }

  @ParameterizedTest
  @CsvSource({
    "16, 16, 768",
    "17, 16, 1536",
    "16, 17, 1536",
    "1, 1, 768",
    "65535, 65535, 12884901888"
  })
  void samplesAreOfWholeUnits(int width, int height, long samples) throws ImageDecodeException {
    assertThat(frame(width, height, 0x22, 0x11, 0x11).samples()).isEqualTo(samples);
  }

  @Test
  void samplesCountEveryComponent() throws ImageDecodeException {
    assertThat(frame(9, 8, 0x11).samples()).isEqualTo(128);
    assertThat(frame(9, 8, 0x11, 0x11, 0x11, 0x11).samples()).isEqualTo(512);
    assertThat(frame(9, 9, 0x41, 0x11, 0x11).samples()).isEqualTo(3 * 32 * 16);
  }

  @ParameterizedTest
  @CsvSource({
    "0x22, 0x11, 0x11, false", "0x41, 0x21, 0x11, false", "0x14, 0x12, 0x11, false",
    "0x33, 0x11, 0x31, false", "0x31, 0x21, 0x11, true", "0x13, 0x12, 0x11, true",
    "0x11, 0x21, 0x31, true", "0x43, 0x33, 0x11, true", "0x33, 0x33, 0x33, false"
  })
  void aSampleCoversWholePixels(String y, String cb, String cr, boolean fractional)
      throws ImageDecodeException {
    FrameHeader frame = frame(8, 8, Integer.decode(y), Integer.decode(cb), Integer.decode(cr));
    assertThat(frame.hasFractionalSampling()).isEqualTo(fractional);
    Source source = source();
    if (fractional) {
      assertThatThrownBy(() -> JpegFrame.requireDecodable(frame, source))
          .hasMessage(
              "a.jpg: fractional sampling of a JPEG's colours is not supported;"
                  + " save it again as an ordinary JPEG or PNG");
    } else {
      JpegFrame.requireDecodable(frame, source);
    }
  }

  @Test
  void aScanTooManyIsRefusedAndTheOneBeforeIsNot() throws ImageDecodeException {
    // 3 * 4096 * 4096 samples and 128 a row: 10 usual scans, 200 million samples, 100 for a byte.
    FrameHeader frame = frame(4096, 4096, 0x11, 0x11, 0x11);
    long work = 3L * 4096 * 4096 + 128 * 4096;
    long spare = 200_000_000 / work;
    ScanBudget budget = new ScanBudget(source());
    for (int scan = 0; scan < 10 + spare; scan++) {
      budget.checkScan(0, frame);
    }
    assertThat(budget.scans()).isEqualTo(10 + (int) spare);
    assertThatThrownBy(() -> budget.checkScan(0, frame))
        .hasMessageContaining("more than %d scans of 4096x4096 pixels".formatted(10 + spare));
    ScanBudget longer = new ScanBudget(source());
    int bytes = (int) ((work * (spare + 1) - 200_000_000 + 99) / 100);
    for (int scan = 0; scan < 11 + spare; scan++) {
      longer.checkScan(bytes, frame);
    }
    assertThatThrownBy(() -> longer.checkScan(bytes - 1, frame)).hasMessageContaining("scans");
  }

  @Test
  void bytesThatNoPixelTakesAreRefused() throws ImageDecodeException {
    ScanBudget budget = new ScanBudget(source());
    budget.checkBytes(1 << 20, null);
    assertThatThrownBy(() -> budget.checkBytes((1 << 20) + 1, null))
        .hasMessageContaining("more data than its pixels take");
    FrameHeader frame = frame(8, 8, 0x11);
    budget.checkBytes((1 << 20) + 8 * 64, frame);
    assertThatThrownBy(() -> budget.checkBytes((1 << 20) + 8 * 64 + 1, frame))
        .hasMessageContaining("more data than its pixels take");
  }
}
