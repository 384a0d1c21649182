package org.resnet4j.core;

import java.util.List;

/**
 * What a network sees in one picture, and how long it took. Immutable.
 *
 * @param predictions the most probable classes, the most probable first
 * @param timing where the time went
 */
public record Classification(List<Prediction> predictions, Timing timing) {
  /** Copies the list. */
  public Classification {
    predictions = List.copyOf(predictions);
  }

  /**
   * Wall-clock time of one picture's steps, in milliseconds. Waiting for other callers is not in
   * it.
   *
   * @param decodeMillis reading and decoding the file; 0 if the picture came decoded
   * @param preprocessMillis resizing and cropping
   * @param networkMillis normalising and the network; of a batch, its time divided by its pictures
   */
  public record Timing(double decodeMillis, double preprocessMillis, double networkMillis) {}
}
