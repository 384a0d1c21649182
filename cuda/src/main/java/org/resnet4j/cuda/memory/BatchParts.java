package org.resnet4j.cuda.memory;

/**
 * How a session cuts a batch: into parts of nearly the same size, so that a part is uploaded, and
 * the result of the one before is fetched, while the device computes another; and memory on the
 * device does not grow beyond that of a part. Images do not depend on each other.
 *
 * @param images of the largest part
 * @param slots parts in flight, at least 1
 */
public record BatchParts(int images, int slots) {
  /** One part is computed while the next is uploaded. */
  private static final int SLOTS = 2;

  /** For batches of up to {@code maxBatch} in parts of up to {@code images}. */
  static BatchParts of(int images, int maxBatch) {
    return new BatchParts(images, images < maxBatch ? SLOTS : 1);
  }

  /** In how many parts a batch is computed. */
  public int count(int batch) {
    int fewest = batch < images ? 1 : slots;
    return Math.min(batch, Math.max(fewest, Math.ceilDiv(batch, images)));
  }

  /** The first image of a part of a batch; that of the part after the last is the batch's end. */
  public int first(int batch, int part) {
    return (int) ((long) batch * part / count(batch));
  }
}
