package org.resnet4j.bench.drawing;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;

/**
 * A network taken apart: its stem, its stages of residual blocks, its head. It is found from how
 * nodes read each other, fused or not, whatever they are called. Immutable and thread-safe.
 *
 * <p>Source: He et al. 2015 (arXiv 1512.03385), table 1.
 *
 * @param parts in execution order, at least one
 * @param unread nodes that the output does not depend on, which are in no part
 */
public record NetworkParts(List<Part> parts, List<Node> unread) {
  /** Copies the lists. */
  public NetworkParts {
    parts = List.copyOf(parts);
    unread = List.copyOf(unread);
  }

  /** Takes a graph apart; one without residual blocks is one part. */
  public static NetworkParts of(Graph graph) {
    List<Piece> pieces = Trunk.pieces(graph);
    boolean isResidual = pieces.stream().anyMatch(piece -> !(piece instanceof Layer));
    List<List<Piece>> runs = new ArrayList<>();
    for (Piece piece : pieces) {
      if (runs.isEmpty() || !belongsTo(runs.getLast().getLast(), piece)) {
        runs.add(new ArrayList<>());
      }
      runs.getLast().add(piece);
    }
    List<String> names =
        StageNames.of(runs.stream().filter(run -> !(run.getFirst() instanceof Layer)).toList());
    List<Part> parts = new ArrayList<>();
    int stage = 0;
    for (int i = 0; i < runs.size(); i++) {
      List<Piece> run = runs.get(i);
      if (run.getFirst() instanceof Layer) {
        Part.Kind kind =
            !isResidual
                ? Part.Kind.PLAIN
                : i == 0
                    ? Part.Kind.STEM
                    : i == runs.size() - 1 ? Part.Kind.HEAD : Part.Kind.BETWEEN;
        parts.add(new Part(kind, name(kind), run));
      } else {
        parts.add(new Part(Part.Kind.STAGE, names.get(stage++), run));
      }
    }
    return new NetworkParts(parts, Trunk.unread(graph));
  }

  private static boolean belongsTo(Piece before, Piece piece) {
    return before instanceof Layer
        ? piece instanceof Layer
        : !(piece instanceof Layer) && piece.shape().equals(before.shape());
  }

  private static String name(Part.Kind kind) {
    return switch (kind) {
      case STEM -> "stem";
      case STAGE -> "stage";
      case BETWEEN -> "transition";
      case HEAD -> "head";
      case PLAIN -> "layers";
    };
  }

  /** The parts that have blocks. */
  public List<Part> stages() {
    return parts.stream().filter(part -> part.kind() == Part.Kind.STAGE).toList();
  }

  /** All residual blocks, in order. */
  public List<ResidualBlock> blocks() {
    return pieces().stream()
        .filter(ResidualBlock.class::isInstance)
        .map(ResidualBlock.class::cast)
        .toList();
  }

  /** All pieces, in order. */
  public List<Piece> pieces() {
    return parts.stream().flatMap(part -> part.pieces().stream()).toList();
  }
}
