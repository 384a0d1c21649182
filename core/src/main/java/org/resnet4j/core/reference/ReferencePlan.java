package org.resnet4j.core.reference;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.graph.Counts;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;

/** A graph as it is; each node is a step. */
final class ReferencePlan implements Plan {
  private static final long MAX_ARRAY = Integer.MAX_VALUE - 8L;

  private final ReferenceBackend backend;
  private final Graph graph;
  private final List<StepInfo> steps;
  private volatile boolean closed;

  ReferencePlan(ReferenceBackend backend, Graph graph) {
    this.backend = backend;
    graph.requireValues();
    this.graph = graph.withComputedValues();
    List<StepInfo> infos = new ArrayList<>();
    for (Node node : graph.nodes()) {
      long weightBytes = node.op().tensors().stream().mapToLong(Tensor::size).sum() * Float.BYTES;
      infos.add(
          new StepInfo(
              node.name(),
              "REFERENCE " + Counts.describe(node.op()),
              node.shape(),
              Counts.multiplyAdds(node),
              Counts.multiplyAdds(node),
              weightBytes,
              node.shape().size() * Float.BYTES));
    }
    this.steps = List.copyOf(infos);
  }

  Graph graph() {
    return graph;
  }

  @Override
  public Shape inputShape() {
    return graph.inputShape();
  }

  @Override
  public Shape outputShape() {
    return graph.output().shape();
  }

  @Override
  public List<StepInfo> steps() {
    return steps;
  }

  @Override
  public Session newSession(int maxBatch) {
    if (closed) {
      throw new IllegalStateException("this plan is closed");
    }
    backend.checkOpen();
    if (maxBatch < 1) {
      throw new IllegalArgumentException("maxBatch must be at least 1, got " + maxBatch);
    }
    for (StepInfo step : steps) {
      if (step.shape().size() > MAX_ARRAY) {
        throw new InsufficientMemoryException(
            step.node() + ": " + step.shape() + " exceeds an array; no batch fits");
      }
    }
    return new ReferenceSession(backend, this, maxBatch);
  }

  @Override
  public void close() {
    closed = true;
  }
}
