package org.resnet4j.core.onnx;

import org.jspecify.annotations.Nullable;
import org.resnet4j.core.weights.DType;

/** ONNX's numbers of the types of elements. Source: {@code TensorProto.DataType}. */
final class ElementType {
  static final int FLOAT = 1;
  static final int INT64 = 7;
  static final int BOOL = 9;
  static final int FLOAT16 = 10;
  static final int DOUBLE = 11;
  static final int BFLOAT16 = 16;

  private static final String[] NAMES = {
    "undefined",
    "float",
    "uint8",
    "int8",
    "uint16",
    "int16",
    "int32",
    "int64",
    "string",
    "bool",
    "float16",
    "double",
    "uint32",
    "uint64",
    "complex64",
    "complex128",
    "bfloat16"
  };

  private ElementType() {}

  /** The floats of a type; null if it is none of floats. */
  static @Nullable DType floats(int type) {
    return switch (type) {
      case FLOAT -> DType.F32;
      case FLOAT16 -> DType.F16;
      case DOUBLE -> DType.F64;
      case BFLOAT16 -> DType.BF16;
      default -> null;
    };
  }

  /** What messages call a type. */
  static String name(int type) {
    return type >= 0 && type < NAMES.length ? NAMES[type] : "type " + type;
  }
}
