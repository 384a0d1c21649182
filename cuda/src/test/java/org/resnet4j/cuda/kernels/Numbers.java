package org.resnet4j.cuda.kernels;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** Numbers as bytes of device memory. */
public final class Numbers {
  private static final float[] SPECIAL = {
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    -0.0f,
    Float.MIN_VALUE,
    -1e-40f,
    6e-8f,
    3e-8f,
    65519.9f,
    65520f,
    Float.MAX_VALUE,
    1 + 0x1p-11f,
    1 + 3 * 0x1p-11f,
    1 + 0x1p-8f,
    1 + 3 * 0x1p-8f,
    Float.intBitsToFloat(0x7F800001),
    Float.intBitsToFloat(0xFFFFFFFF),
  };

  private Numbers() {}

  /** Normally distributed numbers, one of ten a special one. */
  public static float[] random(int count, long seed) {
    Random random = new Random(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] =
          random.nextInt(10) == 0
              ? SPECIAL[random.nextInt(SPECIAL.length)]
              : (float) random.nextGaussian();
    }
    return numbers;
  }

  /** Rounds to nearest even. */
  public static byte[] encode(ElementType type, float... numbers) {
    ByteBuffer bytes =
        ByteBuffer.allocate(numbers.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (float number : numbers) {
      switch (type) {
        case F32 -> bytes.putFloat(number);
        case F16 -> bytes.putShort(Float.floatToFloat16(number));
        case BF16 -> bytes.putShort(bfloat(number));
      }
    }
    return bytes.array();
  }

  public static float[] decode(ElementType type, byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    float[] numbers = new float[bytes.length / type.bytes()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] =
          switch (type) {
            case F32 -> buffer.getFloat();
            case F16 -> Float.float16ToFloat(buffer.getShort());
            case BF16 -> Float.intBitsToFloat(buffer.getShort() << 16);
          };
    }
    return numbers;
  }

  /** As a tensor of this type would keep them. */
  public static float[] kept(ElementType type, float[] numbers) {
    return decode(type, encode(type, numbers));
  }

  /** Of the two neighbours the nearer one, found by comparing distances. */
  private static short bfloat(float number) {
    int bits = Float.floatToRawIntBits(number);
    if (Float.isNaN(number)) {
      return (short) (bits >> 16 | 0x40);
    }
    int toZero = bits & 0xFFFF0000;
    if (toZero == bits) {
      return (short) (bits >> 16);
    }
    double below = Math.abs((double) number - Float.intBitsToFloat(toZero));
    int fromZero = toZero + 0x10000;
    double next =
        Float.isInfinite(Float.intBitsToFloat(fromZero))
            ? Math.copySign(0x1p128, number)
            : Float.intBitsToFloat(fromZero);
    double above = Math.abs(next - number);
    boolean up = above < below || (above == below && (toZero & 0x10000) != 0);
    return (short) ((up ? fromZero : toZero) >> 16);
  }
}
