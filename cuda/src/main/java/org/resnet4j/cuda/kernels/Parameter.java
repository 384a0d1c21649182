package org.resnet4j.cuda.kernels;

/**
 * One parameter of a kernel.
 *
 * @param name as in the PTX text
 * @param kind its type
 */
public record Parameter(String name, Kind kind) {
  /** What a parameter is in PTX and in Java. */
  public enum Kind {
    /** {@code .u64}, a device address: {@code Long}. */
    ADDRESS("u64", Long.class),
    /** {@code .u32}, a count, never negative: {@code Integer}. */
    COUNT("u32", Integer.class),
    /** {@code .f32}: {@code Float}. */
    NUMBER("f32", Float.class);

    private final String ptx;
    private final Class<? extends Number> type;

    Kind(String ptx, Class<? extends Number> type) {
      this.ptx = ptx;
      this.type = type;
    }

    /** The type's name in PTX, without the dot. */
    public String ptx() {
      return ptx;
    }

    /** The class of its argument. */
    public Class<? extends Number> type() {
      return type;
    }
  }
}
