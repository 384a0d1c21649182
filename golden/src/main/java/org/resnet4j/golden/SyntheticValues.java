package org.resnet4j.golden;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.resnet4j.core.tensor.Shape;

/**
 * Numbers made from a name, a seed and a counter: the same in Java and in the script that makes the
 * golden cases, whatever is asked for first.
 *
 * <pre>
 * key   = FNV-1a-64(UTF-8 name) xor seed * G      G = 0x9E3779B97F4A7C15
 * z     = mix(key + (index + 1) * G)              SplitMix64's mix, modulo 2^64
 * u     = (z >>> 40) / 2^24                       exact, in [0, 1)
 * value = float32(low + (high - low) * u)         in float64, rounded once
 * </pre>
 *
 * <p>A value lies in {@code [low, high)} before the rounding, so it may equal {@code (float) high}.
 * Stateless and thread-safe.
 *
 * <p>Source: Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators", with the
 * mix of {@link java.util.SplittableRandom}; Fowler, Noll and Vo's hash. {@code tools/synthetic.py}
 * is the other side.
 */
public final class SyntheticValues {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;
  private static final long FNV_OFFSET = 0xCBF29CE484222325L;
  private static final long FNV_PRIME = 0x100000001B3L;
  private static final double UNIT = 0x1p-24;

  private SyntheticValues() {}

  /**
   * Element {@code index} of the tensor {@code name}.
   *
   * @param index row-major, from 0
   * @param low lower end of the range, included
   * @param high upper end of the range
   * @throws IndexOutOfBoundsException if the index is negative
   */
  public static float value(String name, long seed, long index, double low, double high) {
    return value(bits(key(name, seed), checked(index)), low, high);
  }

  /**
   * The first {@code count} elements of the tensor {@code name}, in an array of the caller's own.
   *
   * @param low lower end of the range, included
   * @param high upper end of the range
   * @throws NegativeArraySizeException if the count is negative
   */
  public static float[] values(String name, long seed, int count, double low, double high) {
    float[] values = new float[count];
    long key = key(name, seed);
    for (int i = 0; i < count; i++) {
      values[i] = value(bits(key, i), low, high);
    }
    return values;
  }

  /**
   * A batch of images, {@code [images, 3, height, width]} in row-major order: the tensor {@code
   * input}, between -2 and 2.
   *
   * @throws ArithmeticException if it has more than {@code 2^31 - 1} values
   */
  public static float[] input(long seed, int images, int height, int width) {
    return input(seed, images, new Shape(3, height, width));
  }

  /**
   * The same for images of other channels.
   *
   * @return {@code [N, C, H, W]}
   * @throws ArithmeticException if there are more values than an array holds
   */
  public static float[] input(long seed, int images, Shape shape) {
    int size = Math.toIntExact(Math.multiplyExact(images, shape.size()));
    return values("input", seed, size, -2, 2);
  }

  /**
   * Where sample {@code index} of a tap lies: {@code (z >>> 1) mod size}, with {@code z} of the
   * name {@code "sample:" + tap}. Samples of one tap may coincide.
   *
   * @param index counted from 0
   * @param size number of values of the whole tap, {@code N * C * H * W}
   * @return the row-major index of one of the {@code size} values
   * @throws IndexOutOfBoundsException if the index is negative
   * @throws IllegalArgumentException if the size is not positive
   */
  public static long position(String tap, long seed, long index, long size) {
    return position(bits(sampleKey(tap, seed), checked(index)), checkedSize(size));
  }

  /**
   * The {@linkplain #position positions} of a tap's first {@code count} samples.
   *
   * @param size number of values of the whole tap
   * @throws IllegalArgumentException if the size is not positive
   * @throws NegativeArraySizeException if the count is negative
   */
  public static long[] positions(String tap, long seed, int count, long size) {
    checkedSize(size);
    long[] positions = new long[count];
    long key = sampleKey(tap, seed);
    for (int i = 0; i < count; i++) {
      positions[i] = position(bits(key, i), size);
    }
    return positions;
  }

  static long key(String name, long seed) {
    return fnv1a64(name) ^ (seed * GAMMA);
  }

  static long fnv1a64(String text) {
    long hash = FNV_OFFSET;
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ Byte.toUnsignedLong(octet)) * FNV_PRIME;
    }
    return hash;
  }

  static long bits(long key, long index) {
    long z = key + (index + 1) * GAMMA;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static float value(long bits, double low, double high) {
    return (float) (low + (high - low) * ((bits >>> 40) * UNIT));
  }

  private static long position(long bits, long size) {
    return (bits >>> 1) % size;
  }

  private static long sampleKey(String tap, long seed) {
    return key("sample:" + tap, seed);
  }

  private static long checked(long index) {
    return Objects.checkIndex(index, Long.MAX_VALUE);
  }

  private static long checkedSize(long size) {
    if (size < 1) {
      throw new IllegalArgumentException("a tap has at least one value, got size " + size);
    }
    return size;
  }
}
