package org.resnet4j.cuda.lowering;

import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;

/**
 * How many channels a value has in device memory: its own, and the input's three of RGB are
 * followed by zeros up to the multiple that cuDNN's engines want.
 *
 * <p>Only what is surely 0 is added, that is to the input and to poolings of it. A convolution with
 * zero weights would write {@code 0 * infinity} there, and the zero weights of the next would pass
 * that on. Nothing is added to a value that a grouped convolution splits or that is a residual.
 */
public final class ChannelLayout {
  private ChannelLayout() {}

  /**
   * The channels of each node's value, by id.
   *
   * @param graph fused
   * @param multiple at least 1
   */
  static int[] of(Graph graph, int multiple) {
    boolean[] ofInput = ofInput(graph);
    boolean adds = graph.nodes().stream().noneMatch(node -> needsOwnChannels(node, ofInput));
    return graph.nodes().stream()
        .mapToInt(node -> {
          int channels = node.shape().channels();
          return adds && ofInput[node.id()]
              ? Math.ceilDiv(channels, multiple) * multiple
              : channels;
        })
        .toArray();
  }

  /** By id, whether a value is the input or a pooling of it. */
  private static boolean[] ofInput(Graph graph) {
    boolean[] ofInput = new boolean[graph.nodes().size()];
    for (Node node : graph.nodes()) {
      ofInput[node.id()] =
          switch (node.op()) {
            case Op.Input _ -> true;
            case Op.MaxPool _, Op.GlobalAvgPool _ -> ofInput[node.inputs().getFirst()];
            case Op.Conv _, Op.Linear _, Op.BatchNorm _, Op.Relu _, Op.Add _ -> false;
          };
    }
    return ofInput;
  }

  private static boolean needsOwnChannels(Node node, boolean[] ofInput) {
    return node.op() instanceof Op.Conv conv
        && ((conv.groups() > 1 && ofInput[node.inputs().getFirst()])
            || (conv.epilogue().residual() && ofInput[node.inputs().get(1)]));
  }
}
