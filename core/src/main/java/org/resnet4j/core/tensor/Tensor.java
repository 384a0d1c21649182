package org.resnet4j.core.tensor;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A dense float32 tensor in row-major order (the last extent varies fastest): NCHW for images, OIHW
 * for convolution weights.
 *
 * <p>A <em>meta</em> tensor (PyTorch's term) has extents but no values; graphs built from meta
 * tensors can be counted and planned, but not compiled.
 *
 * <p>The values are one {@code float[]} shared with whoever made the tensor. Neither side may write
 * to it afterwards; under that rule a tensor is immutable and thread-safe. A <em>lazy</em> tensor
 * holds no values but computes them each time it is asked, so that what reads tensors one after the
 * other does not need memory for all.
 */
public final class Tensor {
  private final int[] dims;
  private final int size;
  private final @Nullable Supplier<float[]> values;

  private Tensor(int[] dims, @Nullable Supplier<float[]> values) {
    this.dims = dims.clone();
    this.size = sizeOf(dims);
    this.values = values;
  }

  /**
   * A tensor over {@code data}, which is not copied.
   *
   * @param data exactly as many values as the product of {@code dims}
   * @param dims extents, each at least 0; none for a scalar
   * @throws IllegalArgumentException if the count differs, an extent is negative, or the product
   *     exceeds {@code 2^31 - 1}
   */
  public static Tensor of(float[] data, int... dims) {
    Tensor tensor = new Tensor(dims, () -> data);
    tensor.checkCount(data);
    return tensor;
  }

  /**
   * A tensor whose values are computed at each call of {@link #data}.
   *
   * @param values gives a new array of as many values as the product of {@code dims}, always the
   *     same ones, from any thread
   * @param dims extents, each at least 0; none for a scalar
   * @throws IllegalArgumentException if an extent is negative, or the product exceeds {@code 2^31 -
   *     1}
   */
  public static Tensor lazy(Supplier<float[]> values, int... dims) {
    return new Tensor(dims, Objects.requireNonNull(values, "values"));
  }

  /** A tensor without values. */
  public static Tensor meta(int... dims) {
    return new Tensor(dims, null);
  }

  /** Whether this tensor has extents only. */
  public boolean isMeta() {
    return values == null;
  }

  /** Number of extents. */
  public int rank() {
    return dims.length;
  }

  /** Extent {@code axis}, counted from the outermost. */
  public int dim(int axis) {
    return dims[axis];
  }

  /** A copy of the extents. */
  public int[] dims() {
    return dims.clone();
  }

  /** Whether the extents equal {@code expected}. */
  public boolean hasDims(int... expected) {
    return Arrays.equals(dims, expected);
  }

  /** Number of values. */
  public int size() {
    return size;
  }

  /**
   * The values, row-major: of a lazy tensor a new array, else the array itself, to be read only.
   *
   * @throws IllegalStateException if this is a meta tensor
   * @throws IllegalArgumentException if a lazy tensor's values are more or fewer than its extents
   *     need
   */
  public float[] data() {
    if (values == null) {
      throw new IllegalStateException("a meta tensor " + describe(dims) + " has no values");
    }
    float[] data = values.get();
    checkCount(data);
    return data;
  }

  private void checkCount(float[] data) {
    if (data.length != size) {
      throw new IllegalArgumentException(
          "extents " + describe(dims) + " need " + size + " values, got " + data.length);
    }
  }

  /** Extents as PyTorch prints them: {@code "[64, 3, 7, 7]"}. */
  public static String describe(int... dims) {
    return Arrays.stream(dims)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static int sizeOf(int[] dims) {
    long size = 1;
    for (int dim : dims) {
      if (dim < 0) {
        throw new IllegalArgumentException("negative extent in " + describe(dims));
      }
      size = dim == 0 ? 0 : size;
    }
    for (int dim : dims) {
      size *= dim;
      if (size > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("more than 2^31 - 1 values in " + describe(dims));
      }
    }
    return (int) size;
  }

  /** {@code "Tensor[64, 3, 7, 7]"}. */
  @Override
  public String toString() {
    return (isMeta() ? "MetaTensor" : "Tensor") + describe(dims);
  }
}
