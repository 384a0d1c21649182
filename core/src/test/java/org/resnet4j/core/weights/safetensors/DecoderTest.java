package org.resnet4j.core.weights.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.resnet4j.core.weights.safetensors.Samples.entry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.weights.DType;

/** Conversions are bit-exact; the expected values come from the formats' definitions. */
class DecoderTest {
  private static final int PATTERNS = 1 << 16;

  @Test
  void everyHalfIsExact() throws IOException {
    SafetensorsFile file = file("F16", allShorts());
    float[] floats = file.read("a").data();
    double[] doubles = file.readDoubles("a");
    for (int bits = 0; bits < PATTERNS; bits++) {
      double expected = half(bits);
      assertThat(floats[bits]).as("%04x", bits).isEqualTo(Float.valueOf((float) expected));
      assertThat(doubles[bits]).as("%04x", bits).isEqualTo(Double.valueOf(expected));
    }
  }

  @Test
  void everyBfloatIsTheUpperHalfOfAFloat() throws IOException {
    SafetensorsFile file = file("BF16", allShorts());
    float[] floats = file.read("a").data();
    double[] doubles = file.readDoubles("a");
    for (int bits = 0; bits < PATTERNS; bits++) {
      assertThat(Float.floatToRawIntBits(floats[bits])).isEqualTo(bits << 16);
      assertThat(doubles[bits]).isEqualTo(Double.valueOf(bfloat(bits)));
    }
  }

  @Test
  void doublesAreExactAndRoundToNearestFloat() throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    double[] values = random.doubles(100_000, -1e3, 1e3).toArray();
    values[0] = 1 + 0x1p-24; // halfway: to even
    values[1] = 1 + 3 * 0x1p-24;
    values[2] = 1e39;
    values[3] = Double.NaN;
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asDoubleBuffer().put(values);
    SafetensorsFile file = file("F64", bytes.array());
    assertThat(file.readDoubles("a")).containsExactly(values);
    float[] floats = file.read("a").data();
    assertThat(floats[0]).isEqualTo(1f);
    assertThat(floats[1]).isEqualTo(1 + 0x1p-22f);
    assertThat(floats[2]).isInfinite();
    for (int i = 0; i < values.length; i++) {
      assertThat(floats[i]).isEqualTo(Float.valueOf((float) values[i]));
    }
  }

  @Test
  void floatsKeepEveryBit() throws IOException {
    SplittableRandom random = new SplittableRandom(11);
    int[] bits = random.ints(300_001).toArray();
    bits[0] = 0x7f800001; // a signalling NaN
    ByteBuffer bytes = ByteBuffer.allocate(bits.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(bits);
    float[] floats = file("F32", bytes.array()).read("a").data();
    for (int i = 0; i < bits.length; i++) {
      assertThat(Float.floatToRawIntBits(floats[i])).isEqualTo(bits[i]);
    }
  }

  /** IEEE 754 binary16 by its definition; NaN for every NaN. */
  private static double half(int bits) {
    double sign = bits >> 15 == 0 ? 1 : -1;
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    return sign
        * switch (exponent) {
          case 0 -> fraction * 0x1p-24;
          case 31 -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
          default -> Math.scalb(1 + fraction * 0x1p-10, exponent - 15);
        };
  }

  private static double bfloat(int bits) {
    double sign = bits >> 15 == 0 ? 1 : -1;
    int exponent = bits >> 7 & 0xff;
    int fraction = bits & 0x7f;
    return sign
        * switch (exponent) {
          case 0 -> fraction * 0x1p-133;
          case 255 -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
          default -> Math.scalb(1 + fraction * 0x1p-7, exponent - 127);
        };
  }

  private static byte[] allShorts() {
    ByteBuffer bytes = ByteBuffer.allocate(2 * PATTERNS).order(ByteOrder.LITTLE_ENDIAN);
    for (int bits = 0; bits < PATTERNS; bits++) {
      bytes.putShort((short) bits);
    }
    return bytes.array();
  }

  /** The header's odd length puts the data at an odd address. */
  private static SafetensorsFile file(String dtype, byte[] data) throws IOException {
    int size = data.length * 8 / DType.valueOf(dtype).bits();
    String header = "{" + entry("a", dtype, "[" + size + "]", 0, data.length) + "}";
    String odd = header.length() % 2 == 0 ? header + " " : header;
    return SafetensorsFile.of(Samples.file(odd.getBytes(StandardCharsets.UTF_8), data), "memory");
  }
}
