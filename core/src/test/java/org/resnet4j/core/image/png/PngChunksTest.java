package org.resnet4j.core.image.png;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.image.Goldens;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.PngBytes;
import org.resnet4j.core.image.decode.ImageDecoder;
import org.resnet4j.core.image.source.Source;

class PngChunksTest {
  @ParameterizedTest
  @ValueSource(strings = {"IDAT", "teXt"})
  void manyPngChunksCostNoMoreThanOne(String type) throws IOException {
    byte[] plain = Goldens.bytes("pictures/png-rgb.png");
    ByteBuffer empty = ByteBuffer.allocate(12).putInt(0);
    empty.put(type.getBytes(StandardCharsets.US_ASCII));
    int start = 33;
    ByteArrayOutputStream many = new ByteArrayOutputStream();
    many.write(plain, 0, start);
    for (int i = 0; i < 80_000; i++) {
      many.writeBytes(empty.array());
    }
    many.write(plain, start, plain.length - start);
    byte[] bomb = many.toByteArray();
    PngBytes.repairChecksums(bomb);
    assertThat(png(bomb).data()).isEqualTo(png(plain).data());
    Goldens.assertSamePixels(
        ImageDecoder.decode(bomb, "bomb.png"), Goldens.ppm("decoded/png-rgb.png.ppm"));
  }

  private static byte[] with(byte[] png, int at, String type, byte[] data) {
    ByteBuffer out = ByteBuffer.allocate(png.length + 12 + data.length);
    out.put(png, 0, at).putInt(data.length).put(type.getBytes(StandardCharsets.US_ASCII));
    out.put(data).putInt(0).put(png, at, png.length - at);
    PngBytes.repairChecksums(out.array());
    return out.array();
  }

  /** The data of the last IDAT chunk in chunks of one byte. */
  private static byte[] inBytes(byte[] png) {
    int chunk = PngBytes.lastData(png);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(png, 0, chunk);
    for (int i = 0; i < PngBytes.dataLength(png, chunk); i++) {
      out.writeBytes(ByteBuffer.allocate(8).putInt(1).putInt(0x49444154).array());
      out.write(png[chunk + 8 + i]);
      out.writeBytes(new byte[4]);
    }
    int end = chunk + 12 + PngBytes.dataLength(png, chunk);
    out.write(png, end, png.length - end);
    byte[] bytes = out.toByteArray();
    PngBytes.repairChecksums(bytes);
    return bytes;
  }

  private static void assertRefused(byte[] png, String message) {
    assertThatThrownBy(() -> png(png))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageContaining(message);
  }

  /** A bit of a chunk's type says that it may be passed over, with its checksum. */
  @Test
  void noByteOfTheDataIsLostSilently() throws IOException {
    byte[] png = inBytes(Goldens.bytes("pictures/png-rgb.png"));
    byte[] pixels = ImageDecoder.decode(png, "a").data();
    int refused = 0;
    int end = PngBytes.lastData(png) + 1;
    for (int at = 33; at < end; at += 12 + PngBytes.dataLength(png, at)) {
      png[at + 4] ^= 0x20;
      try {
        assertThat(ImageDecoder.decode(png, "a").data()).isEqualTo(pixels);
      } catch (ImageDecodeException _) {
        refused++;
      }
      png[at + 4] ^= 0x20;
    }
    assertThat(refused).isPositive();
  }

  @Test
  void dataAreOnePieceAndAPaletteIsOne() throws IOException {
    byte[] rgb = inBytes(Goldens.bytes("pictures/png-rgb.png"));
    int data = PngBytes.lastData(rgb);
    assertRefused(with(rgb, data, "teXt", new byte[1]), "its data with another chunk in between");
    assertRefused(with(rgb, data, "PLTE", new byte[3]), "its data with another chunk in between");
    byte[] indexed = Goldens.bytes("pictures/png-palette8.png");
    int behind = indexed.length - 12;
    assertRefused(with(indexed, 33, "PLTE", new byte[3]), "a second palette");
    assertRefused(with(indexed, behind, "PLTE", new byte[3]), "a second palette");
  }

  /** What no pixel needs may be damaged. */
  @Test
  void whatTurnsAPictureHasToBeSound() throws IOException {
    byte[] png = Goldens.bytes("pictures/png-rgb.png");
    byte[] exif = ByteBuffer.allocate(26).putInt(0x4D4D002A).putInt(8).array();
    byte[] turning = with(png, 33, "eXIf", exif);
    assertThat(png(turning).orientation()).isEqualTo(1);
    turning[33 + 8 + 10] ^= 1;
    assertRefused(turning, "wrong checksum");
    byte[] comment = with(png, 33, "tEXt", new byte[20]);
    comment[33 + 8 + 10] ^= 1;
    assertThat(png(comment).data()).isEqualTo(png(png).data());
  }

  private static PngChunks png(byte[] bytes) throws ImageDecodeException {
    Source source = new Source("bomb", new ByteArrayInputStream(bytes));
    return PngChunks.parse(source, PngHeader.parse(source), true);
  }
}
