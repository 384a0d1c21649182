package org.resnet4j.core.onnx;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.resnet4j.core.onnx.OnnxTensor.Data;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.DType;
import org.resnet4j.core.weights.ValueCheck;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.Content;
import org.resnet4j.core.weights.content.Decoder;
import org.resnet4j.core.weights.content.Faults;

/** Reads the values of an ONNX file's tensors, from the file itself and from files beside it. */
final class OnnxValues {
  private static final ValueLayout.OfLong I64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int MOST_SHARING = 8;

  /** Up to it a float has every whole number. */
  private static final float MAX_WHOLE = 1 << 24;

  private static final long BITS = 0xFFFF;

  private static final String VARIANCE = "running_var";

  private final OnnxContents contents;
  private final Faults faults;

  /** Contents whose size {@link #held} has. */
  private final Set<String> known = new HashSet<>();

  private long held;
  private long taken;

  OnnxValues(OnnxContents contents, Faults faults) {
    this.contents = contents;
    this.faults = faults;
  }

  /** The extents of a tensor. */
  private int[] dims(OnnxTensor tensor) throws WeightsFileException {
    int[] dims = new int[tensor.dims().size()];
    long size = 1;
    for (int i = 0; i < dims.length; i++) {
      long extent = tensor.dims().get(i);
      if (extent < 1 || extent > Integer.MAX_VALUE / size) {
        throw faults.ofTensor(
            extent < 1 ? Code.UNSUPPORTED_ONNX : Code.TENSOR_TOO_LARGE,
            tensor.name(),
            "has extents " + tensor.dims());
      }
      dims[i] = (int) extent;
      size *= extent;
    }
    return dims;
  }

  /**
   * The values of a parameter, the other way round if it is meant so.
   *
   * @param role of it in its operator, {@code running_var} for a variance
   */
  Tensor parameter(OnnxTensor tensor, String role) throws WeightsFileException {
    Tensor values = Tensor.of(floats(tensor), dims(tensor));
    ValueCheck.check(faults.source(), named(tensor, role), values);
    return tensor.transposed() ? transposed(values) : values;
  }

  /** A matrix with its axes exchanged. */
  static Tensor transposed(Tensor matrix) {
    int rows = matrix.dim(0);
    int columns = matrix.dim(1);
    float[] from = matrix.data();
    float[] to = new float[from.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        to[column * rows + row] = from[row * columns + column];
      }
    }
    return Tensor.of(to, columns, rows);
  }

  /** A variance is called one, since it may not be negative. */
  private static String named(OnnxTensor tensor, String role) {
    String name = tensor.name();
    return role.equals(VARIANCE) && !name.endsWith(VARIANCE) ? name + "." + VARIANCE : name;
  }

  private float[] floats(OnnxTensor tensor) throws WeightsFileException {
    DType type = ElementType.floats(tensor.type());
    if (type == null) {
      throw faults.ofTensor(
          Code.UNSUPPORTED_DTYPE, tensor.name(), "is of " + ElementType.name(tensor.type()));
    }
    int count = count(tensor);
    int width = type.bits() / Byte.SIZE;
    Content content = contents.of(tensor);
    if (tensor.data() == Data.INTS) {
      return listed(tensor, type, content, count);
    }
    checkPlace(tensor, content, (long) count * width);
    checkSharing(tensor, content, (long) count * width);
    float[] values = new float[count];
    int step = Content.CHUNK_BYTES / width;
    try (Content.Access access = content.access()) {
      for (int done = 0; done < count; done += step) {
        int some = Math.min(step, count - done);
        long position = tensor.begin() + (long) done * width;
        Decoder.floats(type, access.bytes(position, some * width), values, done, some);
      }
      access.checkUnchanged();
    }
    return values;
  }

  /** Of 16 bits each, as the low half of a whole number in a packed list. */
  private float[] listed(OnnxTensor tensor, DType type, Content content, int count)
      throws WeightsFileException {
    checkKind(tensor);
    if (tensor.bytes() == 0) {
      throw faults.ofTensor(
          Code.UNSUPPORTED_ONNX, tensor.name(), "has its values in several pieces");
    }
    if (count > tensor.bytes()) { // each has a byte at least
      throw faults.ofTensor(
          Code.BAD_ONNX,
          tensor.name(),
          "has a list of %s bytes, its extents need %s numbers".formatted(tensor.bytes(), count));
    }
    checkSharing(tensor, content, tensor.bytes());
    float[] values = new float[count];
    try (Content.Access access = content.access()) {
      ProtoReader list =
          ProtoReader.ofPacked(content, access, faults, tensor.begin(), tensor.bytes());
      int done = 0;
      while (list.hasPacked()) {
        long bits = list.packed();
        if (done == count || bits != (bits & BITS)) {
          throw faults.ofTensor(
              Code.BAD_ONNX,
              tensor.name(),
              done == count
                  ? "has more than the " + count + " numbers that its extents need"
                  : "has the number " + bits + ", which is none of 16 bits");
        }
        values[done++] =
            type == DType.F16
                ? Float.float16ToFloat((short) bits)
                : Float.intBitsToFloat((int) bits << Short.SIZE);
      }
      if (done < count) {
        throw faults.ofTensor(
            Code.BAD_ONNX,
            tensor.name(),
            "has %s numbers, its extents need %s".formatted(done, count));
      }
      access.checkUnchanged();
    }
    return values;
  }

  private int count(OnnxTensor tensor) throws WeightsFileException {
    int count = 1;
    for (int extent : dims(tensor)) {
      count *= extent;
    }
    return count;
  }

  /** The values of a small tensor of whole numbers, such as a shape. */
  List<Long> numbers(OnnxTensor tensor) throws WeightsFileException {
    if (tensor.type() != ElementType.INT64) {
      throw faults.ofTensor(
          Code.UNSUPPORTED_ONNX,
          tensor.name(),
          "is of " + ElementType.name(tensor.type()) + " and not of int64");
    }
    int count = count(tensor);
    if (count > OnnxTensor.MAX_NUMBERS) {
      throw faults.ofTensor(
          Code.UNSUPPORTED_ONNX, tensor.name(), "has " + count + " whole numbers");
    }
    if (tensor.data() == Data.LONGS) {
      checkCount(tensor, count);
      return tensor.numbers();
    }
    Content content = contents.of(tensor);
    checkPlace(tensor, content, (long) count * Long.BYTES);
    List<Long> numbers = new ArrayList<>();
    try (Content.Access access = content.access()) {
      for (int i = 0; i < count; i++) {
        long position = tensor.begin() + (long) i * Long.BYTES;
        numbers.add(access.bytes(position, Long.BYTES).get(I64, 0));
      }
      access.checkUnchanged();
    }
    return numbers;
  }

  /** The same, also of floats that are whole numbers, as extents are that an exporter divides. */
  List<Long> wholeNumbers(OnnxTensor tensor) throws WeightsFileException {
    if (ElementType.floats(tensor.type()) == null) {
      return numbers(tensor);
    }
    int count = count(tensor);
    List<Long> numbers = new ArrayList<>();
    if (count > OnnxTensor.MAX_NUMBERS || tensor.transposed()) {
      throw faults.ofTensor(
          Code.UNSUPPORTED_ONNX, tensor.name(), "has " + count + " numbers, which are no extents");
    }
    for (float value : floats(tensor)) {
      if (value != Math.rint(value) || Math.abs(value) > MAX_WHOLE) {
        throw faults.ofTensor(
            Code.UNSUPPORTED_ONNX, tensor.name(), "has " + value + ", which is no whole number");
      }
      numbers.add((long) value);
    }
    return numbers;
  }

  private void checkCount(OnnxTensor tensor, int count) throws WeightsFileException {
    if (tensor.numbers().size() != count) {
      throw faults.ofTensor(
          Code.BAD_ONNX,
          tensor.name(),
          "has %s numbers, its extents need %s".formatted(tensor.numbers().size(), count));
    }
  }

  /** Many operators may share a tensor; together they take no more than some times the files. */
  private void checkSharing(OnnxTensor tensor, Content content, long bytes)
      throws WeightsFileException {
    if (known.add(tensor.file() == null ? "" : tensor.file())) {
      held += content.size();
    }
    taken += bytes;
    if (taken > MOST_SHARING * held) {
      throw faults.of(
          Code.UNSUPPORTED_ONNX, "has tensors that more operators share than in any network");
    }
  }

  /** Whether a tensor is a {@code false}. */
  boolean isFalse(OnnxTensor tensor) throws WeightsFileException {
    if (tensor.type() != ElementType.BOOL || count(tensor) != 1) {
      return false;
    }
    if (tensor.data() == Data.INTS) {
      return tensor.numbers().equals(List.of(0L));
    }
    Content content = contents.of(tensor);
    checkPlace(tensor, content, 1);
    try (Content.Access access = content.access()) {
      boolean is = access.bytes(tensor.begin(), 1).get(ValueLayout.JAVA_BYTE, 0) == 0;
      access.checkUnchanged();
      return is;
    }
  }

  private void checkKind(OnnxTensor tensor) throws WeightsFileException {
    if (!tensor.data().fits(tensor.type())) {
      throw faults.ofTensor(
          Code.BAD_ONNX,
          tensor.name(),
          tensor.data() == Data.NONE
              ? "has no values"
              : "is of %s, and its values are not".formatted(ElementType.name(tensor.type())));
    }
  }

  private void checkPlace(OnnxTensor tensor, Content content, long needed)
      throws WeightsFileException {
    checkKind(tensor);
    if (tensor.data() == Data.INTS || tensor.data() == Data.LONGS) {
      throw faults.ofTensor(
          Code.UNSUPPORTED_ONNX, tensor.name(), "has its values in a list and not as raw data");
    }
    if (tensor.bytes() >= 0 && tensor.bytes() != needed) {
      throw faults.ofTensor(
          Code.BAD_ONNX,
          tensor.name(),
          "has " + tensor.bytes() + " bytes, its extents need " + needed);
    }
    if (tensor.begin() > content.size() - needed) {
      throw faults.ofTensor(
          Code.DATA_TRUNCATED,
          tensor.name(),
          "exceeds "
              + content.path().map(Path::getFileName).map(Path::toString).orElse("its file"));
    }
  }
}
