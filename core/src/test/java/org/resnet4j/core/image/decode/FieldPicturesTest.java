package org.resnet4j.core.image.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.Goldens;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.JpegBytes;
import org.resnet4j.core.image.PngBytes;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.source.ExifOrientation;

/** Pictures as cameras, phones and the web make them: what changes no pixel is passed over. */
class FieldPicturesTest {
  private static final int DHT = 0xC4;
  private static final int SOS = 0xDA;

  private static RgbImage decode(byte[] file) throws ImageDecodeException {
    return ImageDecoder.decode(file, "a picture", DecodeOptions.DEFAULT);
  }

  private static RgbImage upright(byte[] file) throws ImageDecodeException {
    return ImageDecoder.decode(file, "a picture", DecodeOptions.DEFAULT.withApplyExif(true));
  }

  private static void assertSamePixels(byte[] file, byte[] as) throws ImageDecodeException {
    assertThat(decode(file).data()).isEqualTo(decode(as).data());
  }

  /**
   * The file without the segments of a kind; or only the positions of it, if {@code marker} is 0.
   */
  private static byte[] without(byte[] jpeg, int marker) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, 2);
    int at = 2;
    while ((jpeg[at + 1] & 0xFF) != SOS) {
      int length = 2 + ((jpeg[at + 2] & 0xFF) << 8 | (jpeg[at + 3] & 0xFF));
      if ((jpeg[at + 1] & 0xFF) != marker) {
        out.write(jpeg, at, length);
      }
      at += length;
    }
    out.write(jpeg, at, jpeg.length - at);
    return out.toByteArray();
  }

  private static int scan(byte[] jpeg) {
    int at = 2;
    while ((jpeg[at + 1] & 0xFF) != SOS) {
      at += 2 + ((jpeg[at + 2] & 0xFF) << 8 | (jpeg[at + 3] & 0xFF));
    }
    return at;
  }

  @ParameterizedTest
  @ValueSource(strings = {"jpeg-420.jpg", "jpeg-444.jpg", "jpeg-grey.jpg"})
  void aSequentialScanHasAllOfABlockWhateverItSays(String name) throws IOException {
    byte[] sound = Goldens.bytes("pictures/" + name);
    int at = scan(sound);
    int spectral = at + 5 + 2 * sound[at + 4];
    for (int[] odd : new int[][] {{0, 0, 0}, {1, 63, 0}, {0, 63, 0x11}, {63, 0, 0xFF}}) {
      byte[] changed = sound.clone();
      for (int i = 0; i < 3; i++) {
        changed[spectral + i] = (byte) odd[i];
      }
      assertSamePixels(changed, sound);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"jpeg-420.jpg", "jpeg-444.jpg", "jpeg-grey.jpg"})
  void tablesThatAreLeftOutAreTheStandards(String name) throws IOException {
    byte[] sound = Goldens.bytes("pictures/" + name);
    byte[] bare = without(sound, DHT);
    assertThat(bare.length).isLessThan(sound.length);
    assertSamePixels(bare, sound);
  }

  @Test
  void aProgressivePictureHasTablesOfItsOwn() throws IOException {
    byte[] bare = without(Goldens.bytes("pictures/jpeg-progressive.jpg"), DHT);
    assertThatThrownBy(() -> decode(bare)).isInstanceOf(ImageDecodeException.class);
  }

  @Test
  void xmpTurnsAJpegAsExifDoes() throws IOException {
    byte[] sound = Goldens.bytes("pictures/jpeg-444.jpg");
    ByteArrayOutputStream segment = new ByteArrayOutputStream();
    JpegBytes.segment(
        segment,
        0xE1,
        "http://ns.adobe.com/xap/1.0/\0<x tiff:Orientation=\"6\"/>"
            .getBytes(StandardCharsets.ISO_8859_1));
    byte[] turned = JpegBytes.withAtStart(sound, segment.toByteArray());
    assertSamePixels(turned, sound);
    assertThat(upright(turned).data()).isEqualTo(ExifOrientation.apply(decode(sound), 6).data());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void xmpTurnsAPngAsExifDoes(boolean compressed) throws IOException {
    byte[] sound = Goldens.bytes("pictures/png-rgb.png");
    byte[] packet =
        "<rdf:Description tiff:Orientation=\"8\"/>".getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    text.writeBytes("XML:com.adobe.xmp\0".getBytes(StandardCharsets.ISO_8859_1));
    text.writeBytes(new byte[] {(byte) (compressed ? 1 : 0), 0, 'e', 'n', 0, 0});
    text.writeBytes(compressed ? deflated(packet) : packet);
    byte[] turned = withChunk(sound, "iTXt", text.toByteArray());
    assertSamePixels(turned, sound);
    assertThat(upright(turned).data()).isEqualTo(ExifOrientation.apply(decode(sound), 8).data());
    byte[] twice =
        withChunk(turned, "iTXt", "XML:com.adobe.xmp\0\0".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(upright(twice).data()).isEqualTo(upright(turned).data()); // the last counts
    byte[] damaged =
        withChunk(
            sound, "iTXt", "XML:com.adobe.xmp\0\1\0\0\0xx".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(upright(damaged).data()).isEqualTo(decode(sound).data());
  }

  private static byte[] deflated(byte[] bytes) {
    Deflater deflater = new Deflater();
    deflater.setInput(bytes);
    deflater.finish();
    byte[] out = new byte[200];
    int length = deflater.deflate(out);
    deflater.end();
    return Arrays.copyOf(out, length);
  }

  /** With a chunk behind IHDR. */
  private static byte[] withChunk(byte[] png, String type, byte[] data) {
    ByteBuffer out = ByteBuffer.allocate(png.length + 12 + data.length);
    out.put(png, 0, 33).putInt(data.length);
    out.put(type.getBytes(StandardCharsets.ISO_8859_1)).put(data).putInt(0);
    out.put(png, 33, png.length - 33);
    PngBytes.repairChecksums(out.array());
    return out.array();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 768, 771, 3000})
  void aPaletteThatNoPixelNeedsIsPassedOver(int bytes) throws IOException {
    byte[] sound = Goldens.bytes("pictures/png-rgb.png");
    assertSamePixels(withChunk(sound, "PLTE", new byte[bytes]), sound);
  }

  /** As Pillow has it: up to 256 colours and less than one more. */
  @ParameterizedTest
  @ValueSource(ints = {768, 769, 770})
  void aPaletteMayEndInAPartOfAColour(int bytes) throws IOException {
    byte[] sound = Goldens.bytes("pictures/png-palette8.png");
    assertSamePixels(withPalette(sound, bytes), sound);
    assertThatThrownBy(() -> decode(withPalette(sound, 771)))
        .hasMessageContaining("a palette of 771 bytes");
  }

  /** As Pillow has it: where the colours end, an index is a grey. */
  @Test
  void aPartOfAColourIsNone() throws IOException {
    byte[] sound = Goldens.bytes("pictures/png-palette8.png");
    for (int bytes = 3; bytes < 768; bytes += 3) {
      byte[] whole = withPalette(sound, bytes);
      assertSamePixels(withPalette(sound, bytes + 1), whole);
      assertSamePixels(withPalette(sound, bytes + 2), whole);
    }
  }

  /** Its palette's first bytes, zeros behind its end. */
  private static byte[] withPalette(byte[] sound, int bytes) {
    int chunk = 33;
    while (ByteBuffer.wrap(sound).getInt(chunk + 4) != 0x504C5445) {
      chunk += 12 + PngBytes.dataLength(sound, chunk);
    }
    int length = PngBytes.dataLength(sound, chunk);
    byte[] palette = new byte[bytes];
    System.arraycopy(sound, chunk + 8, palette, 0, Math.min(length, bytes));
    return withChunk(PngBytes.without(sound, chunk), "PLTE", palette);
  }

  @Test
  void applesVariantIsCalledByItsName() {
    ByteBuffer apple = ByteBuffer.allocate(60);
    apple.putLong(0x89504E470D0A1A0AL).putInt(4).putInt(0x43674249).putInt(0x50002002);
    PngBytes.repairChecksums(apple.array());
    assertThatThrownBy(() -> decode(apple.array()))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageContaining("Apple's own variant of PNG (CgBI)")
        .hasMessageContaining("pngcrush");
  }
}
