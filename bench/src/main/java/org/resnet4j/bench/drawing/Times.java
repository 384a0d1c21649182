package org.resnet4j.bench.drawing;

import java.util.List;
import java.util.Map;

/**
 * Where a run's time went.
 *
 * @param millisByNode by a node's name; what is missing took none
 * @param total of all, in milliseconds
 * @param drawn of the network's nodes, in milliseconds
 * @param longest of a layer, in milliseconds
 */
record Times(Map<String, Double> millisByNode, double total, double drawn, double longest) {
  /** Steps of the scale. */
  static final int LEVELS = Palette.LEVELS;

  /** The times of a network's layers. */
  static Times of(Map<String, Double> millisByNode, NetworkParts parts) {
    Map<String, Double> times = Map.copyOf(millisByNode);
    times.forEach((name, millis) -> {
      if (!(millis >= 0 && millis < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(name + ": takes " + millis + " ms");
      }
    });
    Times all = new Times(times, 0, 0, 0);
    List<Piece> pieces = parts.pieces();
    return new Times(
        times,
        times.values().stream().mapToDouble(Double::doubleValue).sum(),
        pieces.stream().mapToDouble(all::of).sum(),
        pieces.stream()
            .flatMap(piece -> piece.layers().stream())
            .mapToDouble(all::of)
            .max()
            .orElse(0));
  }

  /** Milliseconds of a piece. */
  double of(Piece piece) {
    return piece.nodes().stream()
        .mapToDouble(node -> millisByNode.getOrDefault(node.name(), 0.0))
        .sum();
  }

  /** Milliseconds of several. */
  double of(List<? extends Piece> pieces) {
    return pieces.stream().mapToDouble(this::of).sum();
  }

  /** The step of the scale, from 0, that the longest layer's time ends. */
  int level(double millis) {
    return longest == 0
        ? 0
        : (int) Math.clamp(Math.floor(LEVELS * millis / longest), 0, LEVELS - 1);
  }
}
