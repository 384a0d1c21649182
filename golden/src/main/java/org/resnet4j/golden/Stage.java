package org.resnet4j.golden;

import java.util.Locale;
import java.util.NoSuchElementException;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;

/** The points of a network at which it is compared, in the order in which they are computed. */
public enum Stage {
  /** After the max-pool, or after the first ReLU where there is none. */
  STEM,
  /** After the last block of torchvision's {@code layer1}, its ReLU included. */
  LAYER1,
  /** After the last block of {@code layer2}. */
  LAYER2,
  /** After the last block of {@code layer3}. */
  LAYER3,
  /** After the last block of {@code layer4}. */
  LAYER4,
  /** After the global average pool. */
  POOLED,
  /** The network's result, which without a classifier is the pooled features once more. */
  LOGITS;

  /** What files and reports call it: {@code "layer1"}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The node whose value this is, in a graph of {@link org.resnet4j.core.model.ResNet}, fused or
   * not.
   *
   * @throws NoSuchElementException if the graph has none
   */
  Node node(Graph graph) {
    return switch (this) {
      case STEM -> beforeBlocks(graph);
      case LAYER1, LAYER2, LAYER3, LAYER4 -> lastOf(graph, label() + ".");
      case POOLED -> graph.node("avgpool");
      case LOGITS -> graph.output();
    };
  }

  private static Node beforeBlocks(Graph graph) {
    Node last = null;
    for (Node node : graph.nodes()) {
      if (node.name().startsWith("layer1.")) {
        break;
      }
      last = node;
    }
    if (last == null) {
      throw new NoSuchElementException("no node before 'layer1...' in the graph");
    }
    return last;
  }

  private static Node lastOf(Graph graph, String prefix) {
    return graph.nodes().stream()
        .filter(node -> node.name().startsWith(prefix))
        .reduce((_, later) -> later)
        .orElseThrow(() -> new NoSuchElementException("no node '" + prefix + "...' in the graph"));
  }
}
