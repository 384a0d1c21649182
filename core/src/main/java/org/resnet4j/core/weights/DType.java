package org.resnet4j.core.weights;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The element types a safetensors file may hold, named as the file names them and in the order in
 * which writers sort them: by increasing alignment.
 *
 * <p>Source: the {@code Dtype} list of the safetensors format.
 */
public enum DType {
  /** One byte, 0 or 1. */
  BOOL(8),
  /** MX 4-bit float, E2M1. */
  F4(4),
  /** MX 6-bit float, E2M3. */
  F6_E2M3(6),
  /** MX 6-bit float, E3M2. */
  F6_E3M2(6),
  /** Unsigned byte. */
  U8(8),
  /** Signed byte. */
  I8(8),
  /** 8-bit float, E5M2. */
  F8_E5M2(8),
  /** 8-bit float, E4M3. */
  F8_E4M3(8),
  /** 8-bit power-of-two scale, E8M0. */
  F8_E8M0(8),
  /** 8-bit float, E4M3 without negative zero. */
  F8_E4M3FNUZ(8),
  /** 8-bit float, E5M2 without negative zero. */
  F8_E5M2FNUZ(8),
  /** Signed 16-bit integer. */
  I16(16),
  /** Unsigned 16-bit integer. */
  U16(16),
  /** IEEE 754 binary16. */
  F16(16),
  /** bfloat16: the upper half of a binary32. */
  BF16(16),
  /** Signed 32-bit integer. */
  I32(32),
  /** Unsigned 32-bit integer. */
  U32(32),
  /** IEEE 754 binary32. */
  F32(32),
  /** A complex number of two binary32. */
  C64(64),
  /** IEEE 754 binary64. */
  F64(64),
  /** Signed 64-bit integer. */
  I64(64),
  /** Unsigned 64-bit integer. */
  U64(64);

  private static final Map<String, DType> BY_NAME =
      Stream.of(values()).collect(Collectors.toUnmodifiableMap(DType::name, Function.identity()));

  private final int bits;

  DType(int bits) {
    this.bits = bits;
  }

  /** Size of one element in bits. */
  public int bits() {
    return bits;
  }

  /** Whether this library turns elements of this type into floats: F32, F16, BF16 and F64. */
  public boolean isConvertible() {
    return switch (this) {
      case F16, BF16, F32, F64 -> true;
      default -> false;
    };
  }

  /** The type a file calls {@code name}, such as {@code "BF16"}; empty if there is none. */
  public static Optional<DType> of(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }
}
