package org.resnet4j.bench.drawing;

import java.util.List;
import org.resnet4j.core.tensor.Shape;

/**
 * Pieces that are drawn together.
 *
 * @param kind what they are of the network
 * @param name what people call it: of a stage what its nodes' names have in common
 * @param pieces at least one
 */
public record Part(Kind kind, String name, List<Piece> pieces) {
  /** What a part is of its network. */
  public enum Kind {
    /** What comes before the first block. */
    STEM,
    /** Blocks whose values have one shape. */
    STAGE,
    /** Layers between two stages. */
    BETWEEN,
    /** What comes after the last block. */
    HEAD,
    /** A network without blocks. */
    PLAIN
  }

  /** Copies the list. */
  public Part {
    pieces = List.copyOf(pieces);
  }

  /** Shape of its value, per image. */
  public Shape shape() {
    return pieces.getLast().shape();
  }

  /** As {@link org.resnet4j.core.graph.Graph#parameters} counts them. */
  public long parameters() {
    return pieces.stream().mapToLong(Piece::parameters).reduce(0, Math::addExact);
  }

  /** Of one image, as {@link org.resnet4j.core.graph.Graph#multiplyAdds} counts them. */
  public long multiplyAdds() {
    return pieces.stream().mapToLong(Piece::multiplyAdds).reduce(0, Math::addExact);
  }
}
