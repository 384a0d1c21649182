package org.resnet4j.core.onnx;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A constant of an ONNX graph, as the file describes it; its values are read when they are needed.
 *
 * @param type of its elements, ONNX's number
 * @param data where its values are
 * @param begin where they begin in the file or beside it
 * @param bytes how many they take; -1 if as many as its extents need; 0 if they are a list that is
 *     not in one piece
 * @param numbers its values, if they are a list of whole numbers; one more than are kept of them if
 *     there are too many
 * @param file beside the model, that has the values, or null if the model itself has them
 * @param transposed whether it is a matrix that is meant the other way round
 */
record OnnxTensor(
    String name,
    List<Long> dims,
    int type,
    Data data,
    long begin,
    long bytes,
    List<Long> numbers,
    @Nullable String file,
    boolean transposed) {

  /** The most whole numbers that are kept of a list; extents, axes and switches are fewer. */
  static final int MAX_NUMBERS = 64;

  /** Of each kind of values, the element types that may be kept so. */
  enum Data {
    NONE,
    RAW,
    FLOATS,
    DOUBLES,
    INTS,
    LONGS,
    BESIDE;

    boolean fits(int type) {
      return switch (this) {
        case NONE -> false;
        case RAW, BESIDE -> true;
        case FLOATS -> type == ElementType.FLOAT;
        case DOUBLES -> type == ElementType.DOUBLE;
        case INTS ->
            type == ElementType.BOOL || type == ElementType.FLOAT16 || type == ElementType.BFLOAT16;
        case LONGS -> type == ElementType.INT64;
      };
    }
  }

  OnnxTensor {
    dims = List.copyOf(dims);
    numbers = List.copyOf(numbers);
  }

  /** The same under the name of the value that it is. */
  OnnxTensor named(String value) {
    return new OnnxTensor(value, dims, type, data, begin, bytes, numbers, file, transposed);
  }

  /** A matrix the other way round. */
  OnnxTensor turned() {
    return new OnnxTensor(name, dims, type, data, begin, bytes, numbers, file, !transposed);
  }
}
