package org.resnet4j.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTest {
  /** The examples of the encoding's description. */
  @Test
  void encodesAsProtobufSays() throws IOException {
    assertThat(hex(new Message().integer(1, 150))).isEqualTo("089601");
    assertThat(hex(new Message().text(2, "testing"))).isEqualTo("120774657374696e67");
    assertThat(hex(new Message().message(3, new Message().integer(1, 150))))
        .isEqualTo("1a03089601");
    assertThat(hex(new Message().number(5, 1.5f))).isEqualTo("2d0000c03f");
    assertThat(hex(new Message().floats(9, new float[] {1, -2}))).isEqualTo("4a080000803f000000c0");
    assertThat(hex(new Message())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 127, 128, 16383, 16384, Integer.MAX_VALUE, Long.MAX_VALUE, -1})
  void integersOfEveryLength(long value) throws IOException {
    for (int field : new int[] {1, 15, 16, 2047, 2048}) {
      byte[] bytes = bytes(new Message().integer(field, value));
      assertThat(Fields.of(bytes).integer(field)).isEqualTo(value);
    }
  }

  @Test
  void keepsTheOrderOfFieldsAroundArraysOfFloats() throws IOException {
    Message inner = new Message().integer(1, 1).floats(2, new float[] {2}).integer(3, 3);
    Message more = new Message().integer(5, 5).floats(6, new float[] {6});
    Message outer = new Message().text(1, "a").message(2, inner).fieldsOf(more).text(7, "b");
    Fields read = Fields.of(bytes(outer));
    assertThat(read.numbers()).containsExactly(1, 2, 5, 6, 7);
    assertThat(read.message(2).numbers()).containsExactly(1, 2, 3);
    assertThat(read.message(2).bytes(2)).containsExactly(0, 0, 0, 0x40);
    assertThat(read.text(7)).isEqualTo("b");
  }

  @Test
  void writesArraysLongerThanAChunk() throws IOException {
    float[] values = new float[200_001];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    ByteBuffer raw =
        ByteBuffer.wrap(Fields.of(bytes(new Message().floats(1, values))).bytes(1))
            .order(ByteOrder.LITTLE_ENDIAN);
    float[] read = new float[values.length];
    raw.asFloatBuffer().get(read);
    assertThat(raw.capacity()).isEqualTo(4 * values.length);
    assertThat(read).isEqualTo(values);
  }

  private static String hex(Message message) throws IOException {
    return HexFormat.of().formatHex(bytes(message));
  }

  private static byte[] bytes(Message message) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    message.writeTo((bytes, count) -> out.write(bytes, 0, count));
    assertThat(message.sizeBytes()).isEqualTo(out.size());
    return out.toByteArray();
  }
}
