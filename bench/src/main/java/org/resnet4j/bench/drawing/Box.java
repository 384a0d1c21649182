package org.resnet4j.bench.drawing;

import java.util.ArrayList;
import java.util.List;

/**
 * A box on a path.
 *
 * @param layers one, or those in the middle of a long path
 * @param lines its text
 */
record Box(List<Layer> layers, List<String> lines) {
  /** The most in a row of one piece. */
  static final int MOST = 8;

  private static final int FIRST = MOST / 2;
  private static final int LAST = MOST - FIRST - 1;

  Box {
    layers = List.copyOf(layers);
    lines = List.copyOf(lines);
  }

  private static Box of(Layer layer) {
    return new Box(List.of(layer), Labels.lines(layer));
  }

  /** A box for each layer, but one for what lies in the middle of too many. */
  static List<Box> of(List<Layer> layers) {
    if (layers.size() <= MOST) {
      return layers.stream().map(Box::of).toList();
    }
    List<Box> boxes = new ArrayList<>();
    layers.subList(0, FIRST).forEach(layer -> boxes.add(of(layer)));
    List<Layer> middle = layers.subList(FIRST, layers.size() - LAST);
    boxes.add(new Box(middle, List.of("… " + middle.size(), "more")));
    layers.subList(layers.size() - LAST, layers.size()).forEach(layer -> boxes.add(of(layer)));
    return boxes;
  }

  /** The boxes of a piece's path. */
  static List<Box> of(Piece piece) {
    return switch (piece) {
      case Layer layer -> List.of(of(layer));
      case ResidualBlock block -> of(block.path());
      case Branches branches -> of(branches.layers());
    };
  }
}
