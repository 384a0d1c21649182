package org.resnet4j.simd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How a session cuts a batch so that activations stay in the caches from step to step:
 *
 * <pre>
 *   for each chunk of the batch
 *     for each stage, a run of consecutive steps
 *       for each part of the chunk, as many images as the stage takes at a time
 *         for each step of the stage: compute the part
 * </pre>
 *
 * <p>The early steps of a network have large images and few weights and take an image or two at a
 * time; the late ones have small images and many weights, and take more images for each reading of
 * the weights. The last stage takes a whole chunk, and working memory is that of a chunk, whatever
 * the batch. Results do not depend on the cut, since images do not depend on each other.
 *
 * @param stages in the order of their steps, their numbers of images ascending
 */
record Schedule(List<Stage> stages) {
  /** The largest chunk: more images gain nothing and cost memory. */
  private static final int MAX_CHUNK = 16;

  /** Activations of a part that a step reads or writes: a part of the L3 cache. */
  private static final long PART_BYTES = 4L << 20;

  /**
   * Steps that pass over a chunk together.
   *
   * @param first index of the first step
   * @param end index after the last step
   * @param images in a part
   */
  record Stage(int first, int end, int images) {}

  /**
   * A schedule for up to {@code maxBatch} images.
   *
   * @param activationBytes for each step what it reads and writes of one image
   */
  static Schedule of(long[] activationBytes, int maxBatch) {
    int[] images = new int[activationBytes.length];
    int fewest = Math.min(MAX_CHUNK, maxBatch);
    for (int step = images.length - 1; step >= 0; step--) {
      long fitting = PART_BYTES / Math.max(1, activationBytes[step]);
      int powerOfTwo = Integer.highestOneBit(Math.clamp(fitting, 1, MAX_CHUNK));
      fewest = Math.min(fewest, powerOfTwo);
      images[step] = fewest;
    }
    List<Stage> stages = new ArrayList<>();
    int first = 0;
    for (int step = 1; step <= images.length; step++) {
      if (step == images.length || images[step] != images[first]) {
        stages.add(new Stage(first, step, images[first]));
        first = step;
      }
    }
    return new Schedule(List.copyOf(stages));
  }

  /** Images that pass through the network together. */
  int chunk() {
    return stages.getLast().images();
  }

  /** The stage of each of {@code steps} steps. */
  Stage[] byStep(int steps) {
    Stage[] byStep = new Stage[steps];
    stages.forEach(stage -> Arrays.fill(byStep, stage.first(), stage.end(), stage));
    return byStep;
  }
}
