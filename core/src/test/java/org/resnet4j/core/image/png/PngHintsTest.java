package org.resnet4j.core.image.png;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The orientations are those that Pillow 9.4 finds in such files. */
class PngHintsTest {
  private static final int UPRIGHT = 1;

  private static boolean add(PngHints hints, String type, byte[] bytes) {
    int number = ByteBuffer.wrap(type.getBytes(ISO_8859_1)).getInt();
    assertThat(PngHints.may(number)).isTrue();
    return hints.add(number, bytes);
  }

  private static boolean add(PngHints hints, String type, String latin1) {
    return add(hints, type, latin1.getBytes(ISO_8859_1));
  }

  /** A directory with that orientation. */
  private static byte[] exif(int orientation) {
    ByteBuffer tiff = ByteBuffer.allocate(26).putShort((short) 0x4D4D).putShort((short) 42);
    tiff.putInt(8).putShort((short) 1).putShort((short) 0x0112).putShort((short) 3).putInt(1);
    return tiff.putShort((short) orientation).array();
  }

  /** As ImageMagick writes it, which has 72 digits in a line. */
  private static String profile(int orientation) {
    String digits =
        HexFormat.of().formatHex("Exif\0\0".getBytes(ISO_8859_1))
            + HexFormat.of().formatHex(exif(orientation));
    return "\nexif\n      32\n" + digits.replaceAll("(.{60})", "$1\n") + "\n";
  }

  private static String xmp(int orientation) {
    return "<rdf:Description tiff:Orientation=\"" + orientation + "\"/>";
  }

  private static byte[] deflated(String before, String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(before.getBytes(ISO_8859_1));
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
      out.write(text.getBytes(ISO_8859_1));
    }
    return bytes.toByteArray();
  }

  @Test
  void aProfileOfDigitsIsExif() throws IOException {
    PngHints plain = new PngHints();
    assertThat(add(plain, "tEXt", "Raw profile type exif\0" + profile(6))).isTrue();
    assertThat(plain.orientation()).isEqualTo(6);
    PngHints compressed = new PngHints();
    assertThat(add(compressed, "zTXt", deflated("Raw profile type exif\0\0", profile(8)))).isTrue();
    assertThat(compressed.orientation()).isEqualTo(8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\nexif", "\nexif\n 26\n", "\nexif\n 26\n4", "\nexif\n 26\n4d4x"})
  void aProfileThatSpellsNothingSaysNothing(String text) {
    PngHints hints = new PngHints();
    assertThat(add(hints, "tEXt", "Raw profile type exif\0" + text)).isTrue();
    assertThat(hints.orientation()).isEqualTo(UPRIGHT);
  }

  @Test
  void exifComesBeforeItsDigitsAndBothBeforeXmp() {
    PngHints hints = new PngHints();
    add(hints, "iTXt", "XML:com.adobe.xmp\0\0\0\0\0" + xmp(3));
    assertThat(hints.orientation()).isEqualTo(3);
    add(hints, "tEXt", "Raw profile type exif\0" + profile(6));
    assertThat(hints.orientation()).isEqualTo(6);
    add(hints, "eXIf", exif(5));
    assertThat(hints.orientation()).isEqualTo(5);
  }

  @Test
  void theLastOfItsKindCounts() {
    PngHints hints = new PngHints();
    add(hints, "iTXt", "XML:com.adobe.xmp\0\0\0\0\0" + xmp(3));
    add(hints, "tEXt", "XML:com.adobe.xmp\0" + xmp(6));
    assertThat(hints.orientation()).isEqualTo(6);
    add(hints, "eXIf", exif(2));
    add(hints, "eXIf", exif(4));
    assertThat(hints.orientation()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({"tEXt, Comment", "iTXt, XML", "zTXt, ''", "tEXt, exif"})
  void otherTextsAreNone(String type, String keyword) {
    PngHints hints = new PngHints();
    assertThat(add(hints, type, keyword + "\0" + xmp(6))).isFalse();
    assertThat(hints.orientation()).isEqualTo(UPRIGHT);
  }

  @Test
  void cutAnywhereATextSaysWhatItSaidOrNothing() throws IOException {
    byte[][] texts = {
      ("XML:com.adobe.xmp\0\0\0en\0\0" + xmp(6)).getBytes(ISO_8859_1),
      deflated("XML:com.adobe.xmp\0\1\0en\0\0", xmp(6)),
      deflated("XML:com.adobe.xmp\0\1", ""),
      deflated("XML:com.adobe.xmp\0\0", xmp(6)),
      deflated("Raw profile type exif\0\0", profile(6))
    };
    for (byte[] text : texts) {
      for (String type : new String[] {"tEXt", "zTXt", "iTXt"}) {
        for (int length = 0; length <= text.length; length++) {
          PngHints hints = new PngHints();
          add(hints, type, Arrays.copyOf(text, length));
          assertThat(hints.orientation()).isIn(UPRIGHT, 6);
        }
      }
    }
  }
}
