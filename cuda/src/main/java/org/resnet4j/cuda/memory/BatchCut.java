package org.resnet4j.cuda.memory;

import org.resnet4j.cuda.device.Capabilities;
import org.resnet4j.cuda.driver.Device;
import org.resnet4j.cuda.lowering.Lowering;

/**
 * How sessions of a plan cut their batches: in as few parts as the device's memory allows, since
 * with more images fewer of its processors idle in the late layers, but in two where uploads would
 * be waited for otherwise. By reckoning, of what never changes on a machine, so that a batch is cut
 * alike each time: which algorithms compute a part depends on its size. Immutable.
 *
 * @param lowering what is computed
 * @param device by which
 */
public record BatchCut(Lowering lowering, Device device) {
  /**
   * With as many images the latest layers of a ResNet, of 7x7 pixels, have 3136 rows for matrix
   * products: enough for most of a data-centre card.
   */
  static final int FEW = 64;

  /** So many that the late layers' products should have tiles for all processors. */
  static final int MOST = 256;

  /** Of the device's memory that a session's values may take. */
  private static final double MEMORY_SHARE = 0.25;

  /** Of the work's time that an upload may take and not be hidden. */
  private static final double UPLOAD_SHARE = 0.1;

  /** Sixteen lanes of PCI Express 4, as far as copies get. */
  private static final double UPLOAD_BYTES_PER_SECOND = 24e9;

  /** What networks reach of a device's peak. */
  private static final double EFFICIENCY = 0.5;

  /**
   * For batches of up to {@code maxBatch} images.
   *
   * @throws IllegalArgumentException if that is less than 1
   */
  public BatchParts parts(int maxBatch) {
    if (maxBatch < 1) {
      throw new IllegalArgumentException("maxBatch must be at least 1, got " + maxBatch);
    }
    boolean hides = isUploadLong() && maxBatch >= 2 * FEW;
    int most = Math.min(MOST, hides ? Math.ceilDiv(maxBatch, 2) : maxBatch);
    BatchParts parts = BatchParts.of(most, maxBatch);
    while (parts.images() > 1 && !fits(parts)) {
      parts = BatchParts.of(Math.ceilDiv(parts.images(), 2), maxBatch);
    }
    return parts;
  }

  private boolean fits(BatchParts parts) {
    return parts.images() <= DeviceLayout.largestBatch(lowering)
        && DeviceLayout.of(lowering, parts).bytes() <= MEMORY_SHARE * device.totalBytes();
  }

  /** Of floats: bytes are a quarter. */
  private boolean isUploadLong() {
    double bytes = (double) lowering.skeleton().inputShape().size() * Float.BYTES;
    double operations = 2.0 * lowering.skeleton().multiplyAdds();
    double work =
        operations / (EFFICIENCY * Capabilities.operationsPerSecond(device, lowering.precision()));
    return bytes / UPLOAD_BYTES_PER_SECOND > UPLOAD_SHARE * work;
  }
}
