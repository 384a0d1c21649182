package org.resnet4j.cuda.kernels;

import java.util.Locale;

/** How a tensor's numbers are stored on the device. Kernels compute in float32. Thread-safe. */
public enum ElementType {
  /** IEEE binary32. */
  F32(Float.BYTES),
  /** IEEE binary16; stores round to nearest even and overflow to infinity. */
  F16(Short.BYTES),
  /** The upper half of a binary32; stores round to nearest even, NaN stays NaN. */
  BF16(Short.BYTES);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one number. */
  public int bytes() {
    return bytes;
  }

  /** The last part of entry names, such as {@code f16}. */
  public String suffix() {
    return name().toLowerCase(Locale.ROOT);
  }
}
