package org.resnet4j.bench.run;

import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.option.Subject;
import org.resnet4j.core.graph.Graph;

/** The network that is measured just now: a large one and the next are not held at once. */
public final class Networks {
  private @Nullable Subject subject;
  private @Nullable Graph fused;

  /** A network with its weights, as engines run it; the last one's is let go. */
  public Graph fused(Subject wanted) {
    if (fused == null || !wanted.equals(subject)) {
      fused = null;
      subject = wanted;
      fused = wanted.fused();
    }
    return fused;
  }
}
