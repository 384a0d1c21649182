package org.resnet4j.core.backend;

import java.lang.foreign.MemorySegment;
import org.resnet4j.core.tensor.SampleTable;
import org.resnet4j.core.tensor.Shape;

/**
 * The float input that a session without a way of its own makes of samples. Its memory is allocated
 * when it is first needed, and again for a larger batch. Serves one thread at a time.
 */
public final class PlanarInput {
  private final Shape image;
  private float[] values = {};
  private MemorySegment segment = MemorySegment.NULL;

  /** For images of that shape. */
  public PlanarInput(Shape image) {
    this.image = image;
  }

  /**
   * NCHW float32, valid until the next call.
   *
   * @param samples checked by {@link SessionGuard#checkSamples}
   * @throws IllegalArgumentException if the batch exceeds an array
   */
  public MemorySegment read(int batch, MemorySegment samples, SampleTable table) {
    long size = Math.multiplyExact(image.size(), batch);
    if (size > values.length) {
      if (size > Integer.MAX_VALUE - 8) {
        throw new IllegalArgumentException(
            batch + " images of " + image + " exceed an array; run fewer at once");
      }
      values = new float[(int) size];
      segment = MemorySegment.ofArray(values);
    }
    table.read(samples, batch, Math.toIntExact(image.pixels()), values, 0);
    return segment;
  }
}
