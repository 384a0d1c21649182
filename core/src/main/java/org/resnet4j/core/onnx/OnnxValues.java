package org.resnet4j.core.onnx;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.DType;
import org.resnet4j.core.weights.ValueCheck;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.Content;
import org.resnet4j.core.weights.content.Decoder;
import org.resnet4j.core.weights.content.Faults;
import org.resnet4j.core.weights.content.FileContent;

/** Reads the values of an ONNX file's tensors, from the file itself and from files beside it. */
final class OnnxValues {
  private static final ValueLayout.OfLong I64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** ONNX's number of 64-bit integers. */
  static final int INT64 = 7;

  private static final int BOOL = 9;
  private static final int MAX_NUMBERS = 64;
  private static final int MOST_SHARING = 8;
  private static final String VARIANCE = "running_var";

  private final Content model;
  private final Faults faults;

  /** Files whose size {@link #held} has. */
  private final Set<Path> files = new HashSet<>();

  private long held;
  private long taken;

  OnnxValues(Content model, Faults faults) {
    this.model = model;
    this.faults = faults;
  }

  /** The floats that ONNX has by this number; null if it is none of floats. */
  static @Nullable DType type(int number) {
    return switch (number) {
      case 1 -> DType.F32;
      case 10 -> DType.F16;
      case 11 -> DType.F64;
      case 16 -> DType.BF16;
      default -> null;
    };
  }

  /** The extents of a tensor. */
  int[] dims(OnnxTensor tensor) throws WeightsFileException {
    int[] dims = new int[tensor.dims().size()];
    long size = 1;
    for (int i = 0; i < dims.length; i++) {
      long extent = tensor.dims().get(i);
      if (extent < 1 || extent > Integer.MAX_VALUE / size) {
        throw faults.ofTensor(Code.TENSOR_TOO_LARGE, tensor.name(), "has extents " + tensor.dims());
      }
      dims[i] = (int) extent;
      size *= extent;
    }
    return dims;
  }

  /**
   * The values of a parameter.
   *
   * @param role of it in its operator, {@code running_var} for a variance
   */
  Tensor parameter(OnnxTensor tensor, String role) throws WeightsFileException {
    Tensor values = Tensor.of(floats(tensor), dims(tensor));
    ValueCheck.check(faults.source(), named(tensor, role), values);
    return values;
  }

  /** A variance is called one, since it may not be negative. */
  private static String named(OnnxTensor tensor, String role) {
    String name = tensor.name().isEmpty() ? "constant" : tensor.name();
    return role.equals(VARIANCE) && !name.endsWith(VARIANCE) ? name + "." + VARIANCE : name;
  }

  private float[] floats(OnnxTensor tensor) throws WeightsFileException {
    DType type = type(tensor.type());
    if (type == null) {
      throw faults.ofTensor(
          Code.UNSUPPORTED_DTYPE, tensor.name(), "has elements of type " + tensor.type());
    }
    int count = 1;
    for (int extent : dims(tensor)) {
      count *= extent;
    }
    int width = type.bits() / Byte.SIZE;
    Content content = content(tensor);
    checkPlace(tensor, content, (long) count * width);
    checkSharing(content, (long) count * width);
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

  /** The values of a small tensor of whole numbers, such as a shape. */
  List<Long> numbers(OnnxTensor tensor) throws WeightsFileException {
    if (tensor.type() != INT64) {
      throw faults.ofTensor(Code.UNSUPPORTED_DTYPE, tensor.name(), "is not of whole numbers");
    }
    List<Long> listed = tensor.numbers();
    if (listed != null) {
      return listed;
    }
    int count = 1;
    for (int extent : dims(tensor)) {
      count *= extent;
    }
    if (count > MAX_NUMBERS) {
      throw faults.ofTensor(Code.LIMIT_EXCEEDED, tensor.name(), "has " + count + " extents");
    }
    Content content = content(tensor);
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

  /** Many operators may share a tensor; together they take no more than some times the files. */
  private void checkSharing(Content content, long bytes) throws WeightsFileException {
    if (content.path().map(files::add).orElse(files.isEmpty() && taken == 0)) {
      held += content.size();
    }
    taken += bytes;
    if (taken > MOST_SHARING * held) {
      throw faults.of(
          Code.LIMIT_EXCEEDED, "has tensors that more operators share than in any network");
    }
  }

  /** Whether a tensor is a {@code false}. */
  boolean isFalse(OnnxTensor tensor) throws WeightsFileException {
    if (tensor.type() != BOOL || tensor.file() != null) {
      return false;
    }
    if (tensor.begin() < 0 || tensor.bytes() != 1) {
      return false;
    }
    try (Content.Access access = model.access()) {
      return access.bytes(tensor.begin(), 1).get(ValueLayout.JAVA_BYTE, 0) == 0;
    }
  }

  private void checkPlace(OnnxTensor tensor, Content content, long needed)
      throws WeightsFileException {
    if (tensor.begin() < 0) {
      throw faults.ofTensor(Code.UNSUPPORTED_ONNX, tensor.name(), "has its values in a list");
    }
    if (tensor.bytes() >= 0 && tensor.bytes() != needed) {
      throw faults.ofTensor(
          Code.SIZE_MISMATCH,
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

  private Content content(OnnxTensor tensor) throws WeightsFileException {
    String name = tensor.file();
    return name == null ? model : FileContent.of(beside(tensor, name));
  }

  /** A file of the model's folder, or of one in it. */
  private Path beside(OnnxTensor tensor, String name) throws WeightsFileException {
    @Nullable Path folder =
        model.path().map(file -> file.toAbsolutePath().getParent()).orElse(null);
    try {
      Path file = Path.of(name);
      Path plain = file.normalize();
      if (folder != null
          && !name.isBlank()
          && !file.isAbsolute()
          && !plain.startsWith("..")
          && !plain.toString().isEmpty()) {
        return folder.resolve(plain);
      }
    } catch (InvalidPathException _) {
      // Falls through to the common refusal.
    }
    throw faults.ofTensor(Code.UNSUPPORTED_ONNX, tensor.name(), "lies outside the model's folder");
  }
}
