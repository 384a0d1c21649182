package org.resnet4j.core.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the 8-bit samples of a picture mean to a network: {@code value[c][s]}, a float32 for each
 * channel and sample. Any function of single samples, such as {@code (s / 255 - mean) / std}, is
 * one, and whoever reads pictures through the table gets the same bits. Immutable and thread-safe.
 */
public final class SampleTable {
  /** Samples that there are. */
  public static final int SAMPLES = 256;

  private final int channels;
  private final float[] values;

  private static final int MAX_CHANNELS = Integer.MAX_VALUE / SAMPLES;

  private SampleTable(int channels, float[] values) {
    this.channels = channels;
    this.values = values;
  }

  /** A function of samples. */
  @FunctionalInterface
  public interface Normalisation {
    /** The value of a sample, 0 to 255, of a channel. */
    float of(int channel, int sample);
  }

  /**
   * The table of a function.
   *
   * @throws IllegalArgumentException if {@code channels} is less than 1 or more than 8388607
   */
  public static SampleTable of(int channels, Normalisation normalisation) {
    if (channels < 1 || channels > MAX_CHANNELS) {
      throw new IllegalArgumentException(
          "channels must lie between 1 and " + MAX_CHANNELS + ", got " + channels);
    }
    float[] values = new float[channels * SAMPLES];
    for (int channel = 0; channel < channels; channel++) {
      for (int sample = 0; sample < SAMPLES; sample++) {
        values[channel * SAMPLES + sample] = normalisation.of(channel, sample);
      }
    }
    return new SampleTable(channels, values);
  }

  /** C. */
  public int channels() {
    return channels;
  }

  /**
   * The value of a sample, 0 to 255.
   *
   * @throws IndexOutOfBoundsException if there is no such channel or sample
   */
  public float value(int channel, int sample) {
    Objects.checkIndex(channel, channels);
    Objects.checkIndex(sample, SAMPLES);
    return values[channel * SAMPLES + sample];
  }

  /** All values, {@code [C][256]} float32; read-only. */
  public MemorySegment values() {
    return MemorySegment.ofArray(values).asReadOnly();
  }

  /**
   * Reads pictures of one size: {@code target[n][c][p] = value[c][samples[n][p][c]]}.
   *
   * @param samples {@code images * pixels * C} bytes, or more
   * @param pixels of a picture, H * W
   * @param target written from {@code offset} on
   * @throws IllegalArgumentException if a count is negative
   * @throws IndexOutOfBoundsException if either is too short
   */
  public void read(MemorySegment samples, int images, int pixels, float[] target, int offset) {
    if (images < 0 || pixels < 0) {
      throw new IllegalArgumentException(images + " pictures of " + pixels + " pixels");
    }
    int size = Math.multiplyExact(channels, pixels);
    for (int image = 0; image < images; image++) {
      readPixels(samples, (long) image * size, pixels, target, offset + image * size);
    }
  }

  /**
   * Reads consecutive pixels of one picture: {@code target[c][p] = value[c][samples[p][c]]}.
   *
   * @param samples {@code pixels * C} bytes from {@code from} on
   * @param from index of the first pixel's first sample
   * @param pixels how many
   * @param target written from {@code offset} on
   * @throws IllegalArgumentException if {@code pixels} is negative
   * @throws IndexOutOfBoundsException if either is too short
   */
  public void readPixels(MemorySegment samples, long from, int pixels, float[] target, int offset) {
    if (pixels < 0) {
      throw new IllegalArgumentException(pixels + " pixels");
    }
    for (int channel = 0; channel < channels; channel++) {
      long source = from + channel;
      int to = offset + channel * pixels;
      int row = channel * SAMPLES;
      for (int pixel = 0; pixel < pixels; pixel++) {
        int sample = samples.get(ValueLayout.JAVA_BYTE, source + (long) pixel * channels) & 0xFF;
        target[to + pixel] = values[row + sample];
      }
    }
  }

  /** Whether {@code other} is a table of the same bits. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || (other instanceof SampleTable table && Arrays.equals(values, table.values));
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }
}
