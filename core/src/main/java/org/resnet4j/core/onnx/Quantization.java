package org.resnet4j.core.onnx;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a fused graph's values, to write it in whole numbers of 8 bits: in the form that
 * ONNX calls QDQ, each value between a {@code QuantizeLinear} and a {@code DequantizeLinear}.
 *
 * <p>Activations are unsigned, with one scale and zero point for each value; weights are signed,
 * with a scale for each output channel; biases have 32 bits. Values without a range stay float32.
 *
 * @param ranges by node name; what a convolution gives before a residual is added to it, by the
 *     name and {@value #PRODUCT} behind it
 */
public record Quantization(Map<String, Range> ranges) {
  /** Follows a node's name. */
  public static final String PRODUCT = "/conv";

  /**
   * The values between which a value's elements lie.
   *
   * @param lowest of them
   * @param highest of them
   */
  public record Range(float lowest, float highest) {
    private static final int LEVELS = 255;

    /** What a step of 8 bits stands for; zero is one of the levels. */
    float scale() {
      float extent = Math.max(0, highest) - Math.min(0, lowest);
      return extent > 0 ? extent / LEVELS : 1;
    }

    /** The level of zero. */
    byte zeroPoint() {
      return (byte) Math.clamp(Math.round(-Math.min(0, lowest) / scale()), 0, LEVELS);
    }

    /** The range of these elements. */
    public static Range of(float[] elements) {
      float lowest = 0;
      float highest = 0;
      for (float element : elements) {
        lowest = Math.min(lowest, element);
        highest = Math.max(highest, element);
      }
      return new Range(lowest, highest);
    }
  }

  /** With a copy of the map. */
  public Quantization {
    ranges = Map.copyOf(ranges);
  }

  /** The range of a value, or null if it is to stay. */
  @Nullable Range of(String value) {
    return ranges.get(value);
  }
}
