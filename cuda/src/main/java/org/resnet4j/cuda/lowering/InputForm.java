package org.resnet4j.cuda.lowering;

import org.resnet4j.core.tensor.Shape;

/** How a caller's images come. */
public enum InputForm {
  /** NCHW float32. */
  FLOATS(Float.BYTES),
  /** NHWC, a byte for each number, which a table turns into a float32. */
  SAMPLES(Byte.BYTES);

  private final int bytes;

  InputForm(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one image. */
  public long bytes(Shape image) {
    return Math.multiplyExact(image.size(), bytes);
  }
}
