package org.resnet4j.simd.kernel.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rounding against arithmetic in double, which is exact here. */
class Bfloat16Test {
  private static final int VALUES = 1 << Short.SIZE;
  private static final short INFINITY = 0x7F80;
  private static final short LARGEST = 0x7F7F;
  private static final int FRACTION_BITS = 7;
  private static final int SIGN = 0x8000;

  @Test
  void valueIsTheUpperHalfOfAFloat() {
    assertThat(Bfloat16.value((short) 0x3F80)).isEqualTo(1f);
    assertThat(Bfloat16.value((short) 0xC040)).isEqualTo(-3f);
    assertThat(Bfloat16.value(LARGEST)).isEqualTo(0x1.FEp127f);
    assertThat(Bfloat16.value((short) 0xFF80)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(Bfloat16.value((short) 1)).isEqualTo(0x1p-133f);
  }

  @Test
  void eachValueRoundsToItself() {
    int numbers = 0;
    int dropped = 0;
    for (int bits = 0; bits < VALUES; bits++) {
      float value = Bfloat16.value((short) bits);
      short rounded = Bfloat16.round(value);
      if (Float.isNaN(value)) {
        assertThat(Bfloat16.value(rounded)).as("%x", bits).isNaN();
      } else if (Math.abs(value) < 0x1p-100f) {
        assertThat(rounded).as("%x", bits).isZero();
        dropped++;
      } else {
        assertThat(rounded).as("%x", bits).isEqualTo((short) bits);
        numbers++;
      }
    }
    // 2^-100 has the biased exponent 27.
    assertThat(dropped).isEqualTo(2 * (27 << FRACTION_BITS));
    assertThat(numbers).isEqualTo(2 * ((255 - 27 << FRACTION_BITS) + 1));
  }

  @ParameterizedTest
  @CsvSource({
    "3F808000, 3F80", // 1, even, and the next
    "3F808001, 3F81",
    "3F807FFF, 3F80",
    "3F818000, 3F82", // odd
    "3F817FFF, 3F81",
    "3FFF8000, 4000", // into the next binade
    "0D808000, 0D80", // the least that count
    "0D80FFFF, 0D81",
    "0D7FFFFF, 0000",
    "00000001, 0000",
    "7F7F7FFF, 7F7F", // the largest
    "7F7F8000, 7F80",
    "7F7FFFFF, 7F80",
    "7F800000, 7F80"
  })
  void nearestAndOfTwoTheEven(String bits, String expected) {
    int from = Integer.parseInt(bits, 16);
    int to = Integer.parseInt(expected, 16);
    float value = Float.intBitsToFloat(from);
    assertThat(Bfloat16.round(value)).isEqualTo((short) to);
    assertThat(Bfloat16.round(-value)).isEqualTo((short) (to == 0 ? 0 : to | SIGN));
  }

  @Test
  void nanOfEitherSignStaysNan() {
    for (int low : new int[] {1, 0x7FFF, 0x8000, 0xFFFF, 0x400000, 0x7FFFFF}) {
      for (int sign : new int[] {0, 1 << 31}) {
        float nan = Float.intBitsToFloat(sign | INFINITY << Short.SIZE | low);
        assertThat(Bfloat16.value(Bfloat16.round(nan))).as("%x", low).isNaN();
      }
    }
  }

  @Test
  void anyFloatAsInDouble() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 1_000_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      if (i % 4 == 0) {
        int tie = Float.floatToRawIntBits(value) & 0xFFFF_0000 | SIGN;
        value = Float.intBitsToFloat(tie);
      }
      float rounded = Bfloat16.value(Bfloat16.round(value));
      if (Float.compare(rounded, nearest(value)) != 0) {
        assertThat(rounded).as("of %a", value).isEqualTo(nearest(value));
      }
    }
  }

  /** In units of the last place; {@code rint} takes the even one of two. */
  private static float nearest(float value) {
    if (Float.isNaN(value) || Float.isInfinite(value)) {
      return value;
    }
    if (Math.abs(value) < 0x1p-100f) {
      return 0f;
    }
    double unit = Math.scalb(1d, Math.getExponent(value) - FRACTION_BITS);
    double rounded = Math.rint(value / unit) * unit;
    return Math.abs(rounded) < 0x1p128 ? (float) rounded : Math.copySign(1f / 0f, value);
  }
}
