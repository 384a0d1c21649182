package org.resnet4j.cuda.memory;

/**
 * How a session cuts a batch. A large one is computed in parts of nearly the same size, so that a
 * part is uploaded, and the result of the one before is fetched, while the device computes another;
 * and memory on the device does not grow beyond that of a part. Results do not depend on the cut,
 * since images do not depend on each other.
 *
 * @param images of the largest part
 * @param slots parts in flight, at least 1
 */
public record BatchParts(int images, int slots) {
  /**
   * The largest part. With as many images the latest layers of a ResNet, of 7x7 pixels, have 3136
   * rows for matrix products: enough to fill a data-centre card.
   */
  private static final int MOST = 64;

  /** One part is computed while the next is uploaded. */
  private static final int SLOTS = 2;

  /** For batches of up to {@code maxBatch} images. */
  public static BatchParts of(int maxBatch) {
    return maxBatch < MOST ? new BatchParts(maxBatch, 1) : new BatchParts(MOST, SLOTS);
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
