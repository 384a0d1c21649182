package org.resnet4j.simd;

import java.util.List;
import org.resnet4j.core.backend.Probe;
import org.resnet4j.core.backend.StepInfo;

/**
 * What a probed run has seen, to be told step by step: the run itself may take a batch in parts.
 */
final class Recorder {
  private final List<StepInfo> steps;
  private final Probe probe;
  private final long[] nanos;
  private final float[][][] values;

  Recorder(List<StepInfo> steps, int batch, Probe probe) {
    this.steps = steps;
    this.probe = probe;
    this.nanos = new long[steps.size()];
    this.values = new float[steps.size()][batch][];
  }

  boolean wants(int step, int image) {
    return probe.wantsValue(steps.get(step), image);
  }

  /** Adds the time of a part. */
  void took(int step, long taken) {
    nanos[step] += taken;
  }

  void observed(int step, int image, float[] value) {
    values[step][image] = value;
  }

  void report() {
    for (int step = 0; step < nanos.length; step++) {
      probe.took(steps.get(step), nanos[step]);
      for (int image = 0; image < values[step].length; image++) {
        if (values[step][image] != null) {
          probe.observe(steps.get(step), image, values[step][image]);
        }
      }
    }
  }
}
