package org.resnet4j.core.image.png;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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

  private static PngChunks png(byte[] bytes) throws ImageDecodeException {
    Source source = new Source("bomb", new ByteArrayInputStream(bytes));
    return PngChunks.parse(source, PngHeader.parse(source), true);
  }
}
