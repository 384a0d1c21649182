package org.resnet4j.core;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A network's outputs for a picture are not all finite, so that they say nothing about it: its
 * weights, or in FP16 their products, exceed the numbers of the precision. The message is one line:
 * the picture's index, the first layer that left the finite numbers, the remedy.
 */
public final class NonFiniteResultException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final String REMEDY =
      "the weights are damaged or not those of a trained network, unless the precision is FP16,"
          + " whose largest number is 65504: try another then";

  private final int image;
  private final @Nullable String layer;

  NonFiniteResultException(int image, @Nullable String layer) {
    super("picture " + image + " (counted from 0): " + reason(layer) + "; " + REMEDY);
    this.image = image;
    this.layer = layer;
  }

  private static String reason(@Nullable String layer) {
    return "the network's result is not finite, "
        + (layer == null
            ? "though every layer's value is when the picture runs alone"
            : "and " + layer + " is the first layer whose value is not");
  }

  /** Index of the picture in the call's list. */
  public int image() {
    return image;
  }

  /**
   * The first layer whose value was not finite when the picture ran again, alone; empty if each
   * was.
   */
  public Optional<String> layer() {
    return Optional.ofNullable(layer);
  }

  /** What happened, without the picture. */
  public String reason() {
    return reason(layer);
  }

  /** What to do about it. */
  public String remedy() {
    return REMEDY;
  }
}
