package org.resnet4j.core.image.jpeg;

import java.util.Arrays;

/**
 * Dequantization and inverse DCT of 8x8 blocks in integers: the algorithm of C. Loeffler, A.
 * Ligtenberg and G. Moschytz (ICASSP 1989) with 13-bit constants, columns first, as libjpeg's
 * {@code jpeg_idct_islow} (jidctint.c) has it, whose bits these are. Of coefficients that no
 * picture of 8-bit samples has, libjpeg-turbo's vector code makes others: it saturates where this
 * wraps.
 */
public final class InverseDct {
  private static final int BLOCK = Component.BLOCK;
  private static final int CONSTANT_BITS = 13;

  /** Fraction bits between the passes. */
  private static final int PASS_BITS = 2;

  private static final int SHIFT_1 = CONSTANT_BITS - PASS_BITS;

  /** The transform's factor of 8 goes, too. */
  private static final int SHIFT_2 = CONSTANT_BITS + PASS_BITS + 3;

  private static final int HALF_1 = 1 << (SHIFT_1 - 1);
  private static final int HALF_2 = 1 << (SHIFT_2 - 1);

  private static final int C_0_298631336 = 2446;
  private static final int C_0_390180644 = 3196;
  private static final int C_0_541196100 = 4433;
  private static final int C_0_765366865 = 6270;
  private static final int C_0_899976223 = 7373;
  private static final int C_1_175875602 = 9633;
  private static final int C_1_501321110 = 12299;
  private static final int C_1_847759065 = 15137;
  private static final int C_1_961570560 = 16069;
  private static final int C_2_053119869 = 16819;
  private static final int C_2_562915447 = 20995;
  private static final int C_3_072711026 = 25172;

  /** Results are centred on 0 and, as in libjpeg, known to 10 bits only. */
  private static final int RESULTS = 1024;

  private static final byte[] SAMPLES = new byte[RESULTS];
  private static final short[] ZEROS = new short[Component.COEFFICIENTS];

  static {
    for (int i = 0; i < RESULTS; i++) {
      int value = i < RESULTS / 2 ? i : i - RESULTS;
      SAMPLES[i] = (byte) Math.clamp(value + 128, 0, 255);
    }
  }

  private final int[] work = new int[Component.COEFFICIENTS];

  /**
   * Makes the samples of a block.
   *
   * @param coefficients in natural order from {@code from} on, not dequantized
   * @param row in blocks, where the samples go, as {@code column}
   */
  void transform(short[] coefficients, int from, Component component, int row, int column) {
    int[] factors = component.factors();
    int stride = component.stride();
    int to = row * BLOCK * stride + column * BLOCK;
    if (Arrays.equals(
        coefficients, from + 1, from + Component.COEFFICIENTS, ZEROS, 1, ZEROS.length)) {
      flat(coefficients[from] * factors[0], component.samples(), to, stride);
    } else {
      columns(coefficients, from, factors);
      rows(component.samples(), to, stride);
    }
  }

  /** Of a block that has nothing but its mean. */
  private static void flat(int mean, byte[] samples, int to, int stride) {
    byte sample = sample(((mean << PASS_BITS) + (1 << (PASS_BITS + 2))) >> (PASS_BITS + 3));
    for (int y = 0; y < BLOCK; y++) {
      Arrays.fill(samples, to + y * stride, to + y * stride + BLOCK, sample);
    }
  }

  private void columns(short[] in, int from, int[] factors) {
    for (int x = 0; x < BLOCK; x++) {
      int at = from + x;
      int in0 = in[at] * factors[x];
      int in1 = in[at + 8];
      int in2 = in[at + 16];
      int in3 = in[at + 24];
      int in4 = in[at + 32];
      int in5 = in[at + 40];
      int in6 = in[at + 48];
      int in7 = in[at + 56];
      if ((in1 | in2 | in3 | in4 | in5 | in6 | in7) == 0) {
        int mean = in0 << PASS_BITS;
        for (int y = 0; y < BLOCK; y++) {
          work[x + 8 * y] = mean;
        }
        continue;
      }
      in1 *= factors[x + 8];
      in2 *= factors[x + 16];
      in3 *= factors[x + 24];
      in4 *= factors[x + 32];
      in5 *= factors[x + 40];
      in6 *= factors[x + 48];
      in7 *= factors[x + 56];
      int even = (in2 + in6) * C_0_541196100;
      int even2 = even - in6 * C_1_847759065;
      int even3 = even + in2 * C_0_765366865;
      int sum = ((in0 + in4) << CONSTANT_BITS) + HALF_1;
      int difference = ((in0 - in4) << CONSTANT_BITS) + HALF_1;
      int even10 = sum + even3;
      int even13 = sum - even3;
      int even11 = difference + even2;
      int even12 = difference - even2;

      int z5 = (in7 + in3 + in5 + in1) * C_1_175875602;
      int z1 = (in7 + in1) * -C_0_899976223;
      int z2 = (in5 + in3) * -C_2_562915447;
      int z3 = (in7 + in3) * -C_1_961570560 + z5;
      int z4 = (in5 + in1) * -C_0_390180644 + z5;
      int odd0 = in7 * C_0_298631336 + z1 + z3;
      int odd1 = in5 * C_2_053119869 + z2 + z4;
      int odd2 = in3 * C_3_072711026 + z2 + z3;
      int odd3 = in1 * C_1_501321110 + z1 + z4;

      work[x] = (even10 + odd3) >> SHIFT_1;
      work[x + 56] = (even10 - odd3) >> SHIFT_1;
      work[x + 8] = (even11 + odd2) >> SHIFT_1;
      work[x + 48] = (even11 - odd2) >> SHIFT_1;
      work[x + 16] = (even12 + odd1) >> SHIFT_1;
      work[x + 40] = (even12 - odd1) >> SHIFT_1;
      work[x + 24] = (even13 + odd0) >> SHIFT_1;
      work[x + 32] = (even13 - odd0) >> SHIFT_1;
    }
  }

  private void rows(byte[] samples, int to, int stride) {
    for (int y = 0; y < BLOCK; y++) {
      int at = 8 * y;
      int in0 = work[at];
      int in1 = work[at + 1];
      int in2 = work[at + 2];
      int in3 = work[at + 3];
      int in4 = work[at + 4];
      int in5 = work[at + 5];
      int in6 = work[at + 6];
      int in7 = work[at + 7];
      int even = (in2 + in6) * C_0_541196100;
      int even2 = even - in6 * C_1_847759065;
      int even3 = even + in2 * C_0_765366865;
      int sum = ((in0 + in4) << CONSTANT_BITS) + HALF_2;
      int difference = ((in0 - in4) << CONSTANT_BITS) + HALF_2;
      int even10 = sum + even3;
      int even13 = sum - even3;
      int even11 = difference + even2;
      int even12 = difference - even2;

      int z5 = (in7 + in3 + in5 + in1) * C_1_175875602;
      int z1 = (in7 + in1) * -C_0_899976223;
      int z2 = (in5 + in3) * -C_2_562915447;
      int z3 = (in7 + in3) * -C_1_961570560 + z5;
      int z4 = (in5 + in1) * -C_0_390180644 + z5;
      int odd0 = in7 * C_0_298631336 + z1 + z3;
      int odd1 = in5 * C_2_053119869 + z2 + z4;
      int odd2 = in3 * C_3_072711026 + z2 + z3;
      int odd3 = in1 * C_1_501321110 + z1 + z4;

      int out = to + y * stride;
      samples[out] = sample((even10 + odd3) >> SHIFT_2);
      samples[out + 7] = sample((even10 - odd3) >> SHIFT_2);
      samples[out + 1] = sample((even11 + odd2) >> SHIFT_2);
      samples[out + 6] = sample((even11 - odd2) >> SHIFT_2);
      samples[out + 2] = sample((even12 + odd1) >> SHIFT_2);
      samples[out + 5] = sample((even12 - odd1) >> SHIFT_2);
      samples[out + 3] = sample((even13 + odd0) >> SHIFT_2);
      samples[out + 4] = sample((even13 - odd0) >> SHIFT_2);
    }
  }

  private static byte sample(int value) {
    return SAMPLES[value & (RESULTS - 1)];
  }
}
