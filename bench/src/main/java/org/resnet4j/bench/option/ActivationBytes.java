package org.resnet4j.bench.option;

import java.util.List;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.plan.ArenaPlanner;
import org.resnet4j.core.plan.Lifetime;

/**
 * Memory for one picture's activations in the fused network, as plain CHW floats.
 *
 * @param naive every value kept
 * @param planned the arena in which values share memory
 */
public record ActivationBytes(long naive, long planned) {
  private static final int ALIGNMENT = 64;

  /** Of a network as its builder leaves it. */
  public static ActivationBytes of(Graph graph) {
    List<Lifetime> lifetimes =
        Lifetime.of(
            Passes.inference().apply(graph),
            node -> Math.multiplyExact(node.shape().size(), Float.BYTES));
    long naive = lifetimes.stream().mapToLong(Lifetime::size).reduce(0, Math::addExact);
    return new ActivationBytes(naive, ArenaPlanner.plan(lifetimes, ALIGNMENT).size());
  }
}
