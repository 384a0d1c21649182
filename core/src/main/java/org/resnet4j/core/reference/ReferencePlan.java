package org.resnet4j.core.reference;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.graph.Counts;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.text.Digits;

/** A graph as it is; each node is a step. */
final class ReferencePlan implements Plan {
  private static final long MAX_ARRAY = Integer.MAX_VALUE - 8L;

  private final ReferenceBackend backend;
  private final Shape input;
  private final Shape output;
  private final List<StepInfo> steps;

  /** Of the sums that all threads make of one convolution's channels. */
  private final long sumBytes;

  /** Null once closed. */
  private volatile @Nullable Graph graph;

  ReferencePlan(ReferenceBackend backend, Graph graph) {
    this.backend = backend;
    graph.requireValues();
    this.graph = graph.withComputedValues();
    this.input = graph.inputShape();
    this.output = graph.output().shape();
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
    this.sumBytes =
        graph.nodes().stream()
            .filter(node -> node.op() instanceof Op.Conv)
            .mapToLong(node -> sumBytes(node.shape(), backend.threads()))
            .max()
            .orElse(0);
  }

  private static long sumBytes(Shape shape, int threads) {
    return Math.min(threads, shape.channels()) * shape.pixels() * Double.BYTES;
  }

  @Override
  public Shape inputShape() {
    return input;
  }

  @Override
  public Shape outputShape() {
    return output;
  }

  @Override
  public List<StepInfo> steps() {
    return steps;
  }

  @Override
  public Session newSession(int maxBatch) {
    Graph open = graph;
    if (open == null) {
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
    checkMemory(maxBatch);
    return new ReferenceSession(backend, this, open, maxBatch);
  }

  /** A run holds the values of one image at a time, whatever the batch. */
  private void checkMemory(int maxBatch) {
    long bytes = steps.stream().mapToLong(StepInfo::activationBytes).sum() + sumBytes;
    long most = Runtime.getRuntime().maxMemory();
    if (bytes > most) {
      throw new InsufficientMemoryException(
          "a batch of "
              + maxBatch
              + " needs "
              + Digits.megabytes(bytes)
              + " for the values of one image, the heap has "
              + Digits.wholeMegabytes(most)
              + "; no batch fits (raise the heap with -Xmx)");
    }
  }

  @Override
  public void close() {
    graph = null;
  }
}
