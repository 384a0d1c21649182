package org.resnet4j.bench.drawing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;

/**
 * Takes a graph apart at the nodes that every path from the input to the output runs through: those
 * that no edge jumps over, as nodes come in execution order. What lies between two of them is a
 * step, a residual block, or branches of another form.
 */
final class Trunk {
  private final List<Node> nodes;

  /** Whether the output depends on a node. */
  private final boolean[] live;

  /** The last live node that reads each. */
  private final int[] lastReader;

  private final List<Piece> pieces = new ArrayList<>();

  /** Nodes after the last piece, one after the other. */
  private final List<Node> run = new ArrayList<>();

  private Trunk(Graph graph) {
    nodes = graph.nodes();
    live = new boolean[nodes.size()];
    lastReader = new int[nodes.size()];
    live[nodes.size() - 1] = true;
    for (Node node : nodes.reversed()) {
      if (live[node.id()]) {
        for (int input : node.inputs()) {
          live[input] = true;
          lastReader[input] = Math.max(lastReader[input], node.id());
        }
      }
    }
  }

  /** A graph's pieces, in order. */
  static List<Piece> pieces(Graph graph) {
    return new Trunk(graph).pieces();
  }

  /** The nodes that the output does not depend on. */
  static List<Node> unread(Graph graph) {
    Trunk trunk = new Trunk(graph);
    return trunk.nodes.stream().filter(node -> !trunk.live[node.id()]).toList();
  }

  private List<Piece> pieces() {
    List<Node> between = new ArrayList<>();
    int split = -1;
    int reach = 0;
    for (Node node : nodes) {
      if (!live[node.id()]) {
        continue;
      }
      if (reach <= node.id()) {
        add(split, between, node);
        between.clear();
        split = node.id();
      } else {
        between.add(node);
      }
      reach = Math.max(reach, lastReader[node.id()]);
    }
    flush();
    return List.copyOf(pieces);
  }

  /** What lies after {@code split} up to the node where all paths are one again. */
  private void add(int split, List<Node> between, Node join) {
    boolean isFused = join.inputs().size() > 1 && join.op() instanceof Op.Conv;
    if (between.isEmpty() && !isFused) {
      run.add(join);
      return;
    }
    flush();
    @Nullable ResidualBlock block = block(split, between, join, isFused);
    if (block == null) {
      List<Node> all = new ArrayList<>(between);
      all.add(join);
      pieces.add(new Branches(Layer.of(all)));
    } else {
      pieces.add(block);
    }
  }

  private @Nullable ResidualBlock block(int split, List<Node> between, Node join, boolean isFused) {
    if (join.inputs().size() != 2) {
      return null;
    }
    @Nullable List<Node> first = chain(split, join.inputs().getFirst());
    @Nullable List<Node> second = chain(split, join.inputs().getLast());
    if (first == null || second == null || first.size() + second.size() != between.size()) {
      return null;
    }
    if (isFused) {
      first.add(join);
    }
    List<Layer> one = Layer.of(first);
    List<Layer> other = Layer.of(second);
    List<Node> rest = isFused ? List.of() : List.of(join);
    return isShorter(one, other)
        ? new ResidualBlock(other, one, rest)
        : new ResidualBlock(one, other, rest);
  }

  /** The nodes from {@code split} to {@code end}, if each reads only the one before it. */
  private @Nullable List<Node> chain(int split, int end) {
    List<Node> chain = new ArrayList<>();
    int at = end;
    while (at > split) {
      Node node = nodes.get(at);
      if (node.inputs().size() != 1) {
        return null;
      }
      chain.addFirst(node);
      at = node.inputs().getFirst();
    }
    return chain;
  }

  /** A shortcut has fewer layers; of as many, smaller kernels. */
  private static boolean isShorter(List<Layer> one, List<Layer> other) {
    return Comparator.<List<Layer>>comparingInt(List::size)
            .thenComparingInt(layers -> layers.stream().mapToInt(Trunk::kernel).sum())
            .compare(one, other)
        < 0;
  }

  private static int kernel(Layer layer) {
    return layer.main().op() instanceof Op.Conv conv ? conv.window().kernel() : 1;
  }

  /** Ends a run; what it begins with may belong to the piece before it. */
  private void flush() {
    while (!pieces.isEmpty() && !run.isEmpty() && Layer.isAttached(run.getFirst())) {
      pieces.add(with(pieces.removeLast(), run.removeFirst()));
    }
    pieces.addAll(Layer.of(run));
    run.clear();
  }

  private static Piece with(Piece piece, Node node) {
    return switch (piece) {
      case Layer(Node main, List<Node> nodes) -> new Layer(main, and(nodes, node));
      case ResidualBlock(List<Layer> path, List<Layer> shortcut, List<Node> rest) ->
          new ResidualBlock(path, shortcut, and(rest, node));
      case Branches(List<Layer> layers) -> {
        Layer last = layers.getLast();
        List<Layer> changed = new ArrayList<>(layers);
        changed.set(layers.size() - 1, new Layer(last.main(), and(last.nodes(), node)));
        yield new Branches(changed);
      }
    };
  }

  private static List<Node> and(List<Node> nodes, Node node) {
    List<Node> more = new ArrayList<>(nodes);
    more.add(node);
    return more;
  }
}
