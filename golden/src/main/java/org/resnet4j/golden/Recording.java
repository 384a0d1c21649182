package org.resnet4j.golden;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.core.backend.Probe;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;

/** Keeps of a run what the taps ask for. Not thread-safe. */
final class Recording implements Probe {
  /** One tap's values as they come in. */
  private static final class Track {
    private final Tap tap;
    private final Node node;
    private final int batch;
    private final float[] values;
    private final int[] seen;
    private String problem = "";

    Track(Tap tap, Node node, int batch) {
      this.tap = tap;
      this.node = node;
      this.batch = batch;
      this.values = new float[tap.values().length];
      this.seen = new int[batch];
    }

    void take(int image, float[] whole) {
      long size = node.shape().size();
      if (whole.length != size || image < 0 || image >= batch) {
        problem =
            "the backend reports %s values of image %s for %s, expected %s of images 0 to %s"
                .formatted(whole.length, image, node.name(), size, batch - 1);
        return;
      }
      seen[image]++;
      for (int i = 0; i < values.length; i++) {
        long position = tap.position(i);
        if (position / size == image) {
          values[i] = whole[(int) (position % size)];
        }
      }
    }

    /** Why the values cannot be compared, or empty. */
    String problem() {
      for (int image = 0; problem.isEmpty() && image < batch; image++) {
        if (seen[image] != 1) {
          problem =
              "the backend reports %s of image %s %s times, expected once"
                  .formatted(node.name(), image, seen[image]);
        }
      }
      return problem;
    }
  }

  private final Map<String, Track> byNode = new HashMap<>();
  private final Map<Stage, Track> byStage = new HashMap<>();

  /**
   * For the taps of a case but its logits.
   *
   * @throws IllegalArgumentException if a tap does not fit its node
   */
  Recording(GoldenCase golden, Graph graph) {
    List<String> problems = new ArrayList<>();
    for (Tap tap : golden.taps()) {
      Node node = tap.stage().node(graph);
      long size = Math.multiplyExact(node.shape().size(), golden.batch());
      if (tap.positions() == null && tap.values().length != size) {
        problems.add(
            "%s has %s values, expected %s images of %s"
                .formatted(tap.stage().label(), tap.values().length, golden.batch(), node.shape()));
      }
      for (int i = 0; i < tap.values().length; i++) {
        if (tap.position(i) < 0 || tap.position(i) >= size) {
          problems.add(tap.stage().label() + " has a sample at " + tap.position(i) + " of " + size);
          break;
        }
      }
      if (tap.stage() != Stage.LOGITS) {
        Track track = new Track(tap, node, golden.batch());
        byNode.put(node.name(), track);
        byStage.put(tap.stage(), track);
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(golden.name() + ": " + String.join("; ", problems));
    }
  }

  @Override
  public boolean wantsValue(StepInfo step, int image) {
    return byNode.containsKey(step.node());
  }

  @Override
  public void observe(StepInfo step, int image, float[] whole) {
    Track track = byNode.get(step.node());
    if (track != null) {
      track.take(image, whole);
    }
  }

  /** The values at the tap's positions; meaningless if there is a problem. */
  float[] values(Stage stage) {
    return track(stage).values;
  }

  /** Why the backend's values of a stage cannot be compared, or empty. */
  String problem(Stage stage) {
    return track(stage).problem();
  }

  private Track track(Stage stage) {
    Track track = byStage.get(stage);
    if (track == null) {
      throw new IllegalArgumentException("nothing was to be recorded of " + stage);
    }
    return track;
  }
}
