package org.resnet4j.core.conformance;

import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;

/**
 * How far a result may lie from the reference's: {@code RR = ||y - r||_2 / ||r||_2} and {@code RM =
 * max|y - r| / max|r|}, both of one operator whose sums have K products, grow with {@code 1 +
 * growth * sqrt(K)}.
 *
 * <p>The square root is the growth of a sum's rounding error (Ipsen and Zhou, arXiv 1906.10465).
 * Immutable.
 *
 * @param rr gate of RR for K = 0
 * @param rm gate of RM for K = 0
 * @param growth how fast both grow; 0 for an algorithm whose error does not follow the chain, such
 *     as Winograd
 */
public record Tolerance(double rr, double rm, double growth) {
  private static final double UNIT_ROUNDOFF = 0x1p-24;

  /** No value differs. */
  public static final Tolerance EXACT = new Tolerance(0, 0, 0);

  /** Winograd's algorithm on integers: its transforms round even these. */
  public static final Tolerance TRANSFORMED = new Tolerance(2e-6, 6e-6, 0);

  /**
   * Plain float32 arithmetic in any order: {@code RR <= (2 + sqrt(K) / 2) u}, {@code RM <= (4 +
   * sqrt(K)) u} with {@code u = 2^-24}.
   *
   * <p>The constant pays for rounding the sum, the bias, the residual and the result. The slope is
   * chosen so that the worst order, one chain with or without fused multiply-adds, uses up to 0.55
   * of the gates on this suite's data; partial sums stay well below. Operands of 16 bits miss them
   * a thousandfold, one weight off by 1 % a hundredfold.
   */
  public static final Tolerance FLOAT32 = new Tolerance(2 * UNIT_ROUNDOFF, 4 * UNIT_ROUNDOFF, 0.25);

  /** The gates of one operator that sums {@code k} products, as a tolerance that does not grow. */
  public Tolerance forChain(long k) {
    double factor = 1 + growth * Math.sqrt(k);
    return new Tolerance(rr * factor, rm * factor, 0);
  }

  /**
   * The gates of a whole graph: the sum over its operators, since to first order each adds its own
   * relative error to what it got and a well-conditioned network does not amplify it.
   */
  public Tolerance forGraph(Graph graph) {
    Tolerance sum = EXACT;
    for (Node node : graph.nodes()) {
      long k = chain(graph, node);
      if (k > 0) {
        Tolerance one = forChain(k);
        sum = new Tolerance(sum.rr + one.rr, sum.rm + one.rm, 0);
      }
    }
    return sum;
  }

  /** Whether {@code difference} stays within the gates of K = 0. */
  boolean accepts(Difference difference) {
    return difference.misplaced() == 0 && difference.rr() <= rr && difference.rm() <= rm;
  }

  private static long chain(Graph graph, Node node) {
    return switch (node.op()) {
      case Op.Conv conv -> conv.weight().size() / conv.outChannels();
      case Op.Linear linear -> linear.weight().dim(1);
      case Op.GlobalAvgPool _ -> graph.nodes().get(node.inputs().getFirst()).shape().pixels();
      case Op.BatchNorm _, Op.Add _ -> 1;
      case Op.Input _, Op.Relu _, Op.MaxPool _ -> 0;
    };
  }
}
