package org.resnet4j.core.weights;

import java.util.List;
import java.util.Objects;

/**
 * One entry of a safetensors header: what is known of a tensor before its values are read.
 *
 * @param name the tensor's key in the file
 * @param dtype the element type in the file
 * @param shape the extents, outermost first; empty for a scalar
 * @param begin offset of the first byte, relative to the end of the header
 * @param end offset after the last byte, relative to the end of the header
 */
public record TensorInfo(String name, DType dtype, List<Long> shape, long begin, long end) {
  /** Copies {@code shape}. */
  public TensorInfo {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(dtype, "dtype");
    shape = List.copyOf(shape);
  }

  /** Size in the file in bytes. */
  public long bytes() {
    return end - begin;
  }

  /**
   * Number of elements, the product of the extents.
   *
   * @throws ArithmeticException if a running product exceeds {@code 2^63 - 1}, which no entry of an
   *     opened file does
   */
  public long elements() {
    long product = 1;
    for (long extent : shape) {
      product = Math.multiplyExact(product, extent);
    }
    return product;
  }
}
