package org.resnet4j.cuda.memory;

import java.lang.foreign.MemorySegment;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.cuda.kernels.ElementType;

/** From the device's order of numbers to that of {@code core}. Stateless. */
public final class Values {
  private Values() {}

  /**
   * One image as CHW float32.
   *
   * @param nhwc images of {@code shape}, with {@code pitch} numbers for each pixel
   * @param pitch at least the shape's channels; the numbers beyond those are left out
   */
  public static float[] chw(
      ElementType type, MemorySegment nhwc, int image, Shape shape, int pitch) {
    int pixels = Math.toIntExact(shape.pixels());
    float[] values = new float[Math.toIntExact(shape.size())];
    long first = (long) image * pixels * pitch;
    for (int pixel = 0; pixel < pixels; pixel++) {
      for (int channel = 0; channel < shape.channels(); channel++) {
        values[channel * pixels + pixel] = type.get(nhwc, first + (long) pixel * pitch + channel);
      }
    }
    return values;
  }
}
