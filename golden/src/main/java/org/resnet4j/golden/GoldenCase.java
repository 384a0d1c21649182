package org.resnet4j.golden;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.resnet4j.core.graph.Graph;

/**
 * A network, an input and what PyTorch makes of it.
 *
 * @param name what reports call it
 * @param model the network's name
 * @param network gives the network, not fused, with its weights; called at each use, so that the
 *     weights of many cases need not be held at once
 * @param batch N, the number of images
 * @param input [N, 3, H, W]; the array itself, to be read only
 * @param taps the expected values, the earlier stage first; {@link Stage#LOGITS} is among them, in
 *     whole
 */
public record GoldenCase(
    String name, String model, Supplier<Graph> network, int batch, float[] input, List<Tap> taps) {
  /**
   * Checks that there is something to compare.
   *
   * @throws IllegalArgumentException if the batch is less than 1, a stage occurs twice or out of
   *     order, or the whole logits are not the last
   */
  public GoldenCase {
    taps = List.copyOf(taps);
    if (batch < 1) {
      throw new IllegalArgumentException(name + ": a batch of " + batch);
    }
    Set<Stage> seen = new HashSet<>();
    Stage last = Stage.STEM;
    for (Tap tap : taps) {
      if (!seen.add(tap.stage()) || tap.stage().compareTo(last) < 0) {
        throw new IllegalArgumentException(name + ": " + tap.stage() + " twice or out of order");
      }
      last = tap.stage();
    }
    if (taps.isEmpty() || last != Stage.LOGITS || taps.getLast().positions() != null) {
      throw new IllegalArgumentException(name + ": lacks the whole logits");
    }
  }

  /** The network, not fused, made anew. */
  public Graph graph() {
    return network.get();
  }

  /** The expected logits, [N, K] row-major. */
  public Tap logits() {
    return taps.getLast();
  }
}
