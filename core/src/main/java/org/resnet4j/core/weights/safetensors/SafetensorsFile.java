package org.resnet4j.core.weights.safetensors;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.Checkpoint;
import org.resnet4j.core.weights.DType;
import org.resnet4j.core.weights.TensorInfo;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.Content;
import org.resnet4j.core.weights.content.ContentStream;
import org.resnet4j.core.weights.content.Decoder;
import org.resnet4j.core.weights.content.Faults;
import org.resnet4j.core.weights.content.FileContent;
import org.resnet4j.core.weights.content.FileKind;
import org.resnet4j.core.weights.content.MemoryContent;

/**
 * A safetensors file: an 8-byte little-endian header length, a JSON header, and the tensors' bytes.
 *
 * <p>Opening reads and checks the whole header and no data. It refuses what the reference reader
 * refuses, and moreover repeated keys, extents of {@code 2^63} and more, more than 64 extents,
 * names longer than 65,536 characters, and headers or tensor counts beyond {@link Limits}.
 *
 * <p>Values are always copied: nothing read aliases the file, and nothing is held open between
 * calls. If the file's size, time stamp or identity differ from when it was opened, reading fails
 * with {@link Code#WEIGHTS_CHANGED}; a change that leaves all three alone cannot be seen.
 *
 * <p>Instances are immutable and thread-safe. A thread that is interrupted while it reads gets a
 * {@link WeightsFileException}, as files are read through an interruptible channel.
 *
 * <p>Source: "Format" in the README of github.com/huggingface/safetensors.
 */
public final class SafetensorsFile implements Checkpoint {
  /**
   * How much an unknown file may ask for before it is refused.
   *
   * @param maxHeaderBytes the longest header in bytes, at most the specification's 100,000,000
   * @param maxTensors the most tensors
   */
  public record Limits(int maxHeaderBytes, int maxTensors) {
    /** The format's own limit of 100,000,000 bytes, and a million tensors. */
    public static final Limits SPECIFICATION = new Limits(100_000_000, 1_000_000);

    /** 16 MiB and 65,536 tensors, a hundred times what the largest ResNet needs. */
    public static final Limits DEFAULT = new Limits(16 << 20, 65_536);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a limit is negative or above the specification's
     */
    public Limits {
      if (maxHeaderBytes < 0 || maxHeaderBytes > 100_000_000 || maxTensors < 0) {
        throw new IllegalArgumentException(
            "limits out of range: " + maxHeaderBytes + " header bytes, " + maxTensors + " tensors");
      }
    }
  }

  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int LENGTH_BYTES = Long.BYTES;
  // Some JVMs refuse arrays a few elements short of 2^31 - 1.
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  private final Content content;
  private final Faults faults;
  private final long dataStart;
  private final Map<String, String> metadata;
  private final Map<String, TensorInfo> tensors;

  private SafetensorsFile(
      Content content, long dataStart, Map<String, String> metadata, List<TensorInfo> sorted) {
    this.content = content;
    this.faults = new Faults(content.description());
    this.dataStart = dataStart;
    this.metadata = metadata;
    Map<String, TensorInfo> byName = LinkedHashMap.newLinkedHashMap(sorted.size());
    sorted.forEach(tensor -> byName.put(tensor.name(), tensor));
    this.tensors = Collections.unmodifiableMap(byName);
  }

  /**
   * Opens {@code file} within {@link Limits#DEFAULT}.
   *
   * @throws WeightsFileException if it cannot be read or is not a valid safetensors file
   */
  public static SafetensorsFile open(Path file) throws WeightsFileException {
    return open(file, Limits.DEFAULT);
  }

  /**
   * Opens {@code file} within {@code limits}.
   *
   * @throws WeightsFileException if it cannot be read or is not a valid safetensors file
   */
  public static SafetensorsFile open(Path file, Limits limits) throws WeightsFileException {
    return open(FileContent.of(file), limits);
  }

  /**
   * A safetensors file in memory, such as a resource on the class path, within {@link
   * Limits#DEFAULT}.
   *
   * @param content the whole file; copied
   * @param description what messages call it
   * @throws WeightsFileException if it is not a valid safetensors file
   */
  public static SafetensorsFile of(byte[] content, String description) throws WeightsFileException {
    return open(new MemoryContent(content, description), Limits.DEFAULT);
  }

  private static SafetensorsFile open(Content content, Limits limits) throws WeightsFileException {
    try (Content.Access access = content.access()) {
      Faults faults = sniff(content, access);
      long dataStart = LENGTH_BYTES + headerBytes(content, access, limits, faults);
      ContentStream stream = new ContentStream(access, LENGTH_BYTES, dataStart);
      HeaderParser.Header header = HeaderParser.parse(stream, limits.maxTensors(), faults);
      access.checkUnchanged();
      List<TensorInfo> sorted =
          HeaderLayout.check(
              header.tensors(), content.size() - dataStart, new Faults(content.description()));
      return new SafetensorsFile(content, dataStart, header.metadata(), sorted);
    }
  }

  private static Faults sniff(Content content, Content.Access access) throws WeightsFileException {
    int length = (int) Math.min(content.size(), FileKind.PREFIX_BYTES);
    byte[] prefix = access.bytes(0, length).toArray(ValueLayout.JAVA_BYTE);
    return new Faults(content.description(), FileKind.of(prefix));
  }

  private static long headerBytes(
      Content content, Content.Access access, Limits limits, Faults faults)
      throws WeightsFileException {
    if (content.size() < LENGTH_BYTES) {
      throw faults.of(Code.HEADER_TOO_SMALL, "has only " + content.size() + " bytes");
    }
    long length = access.bytes(0, LENGTH_BYTES).get(U64, 0);
    String announces = "announces a header of " + Long.toUnsignedString(length) + " bytes";
    if (length < 0 || length > Limits.SPECIFICATION.maxHeaderBytes()) {
      throw faults.of(Code.HEADER_TOO_LARGE, announces + ", the format allows 100000000");
    } else if (length > limits.maxHeaderBytes()) {
      throw faults.of(
          Code.HEADER_TOO_LARGE,
          announces + ", SafetensorsFile.Limits.maxHeaderBytes is " + limits.maxHeaderBytes());
    } else if (length > content.size() - LENGTH_BYTES) {
      throw faults.of(Code.HEADER_BEYOND_FILE, announces + " but has " + content.size());
    }
    return length;
  }

  /** The file's path; empty for content in memory. */
  public Optional<Path> path() {
    return content.path();
  }

  /** The path, or the description given for content in memory. */
  @Override
  public String description() {
    return content.description();
  }

  /** The strings of {@code __metadata__} in the file's order; unmodifiable, empty if absent. */
  @Override
  public Map<String, String> metadata() {
    return metadata;
  }

  /** All tensors by name, in the order of their data; unmodifiable. */
  public Map<String, TensorInfo> tensors() {
    return tensors;
  }

  /** {@inheritDoc} That is the order of their data. */
  @Override
  public Map<String, List<Long>> shapes() {
    Map<String, List<Long>> shapes = LinkedHashMap.newLinkedHashMap(tensors.size());
    tensors.forEach((name, info) -> shapes.put(name, info.shape()));
    return Collections.unmodifiableMap(shapes);
  }

  /** Whether there is a tensor {@code name}. */
  public boolean contains(String name) {
    return tensors.containsKey(name);
  }

  /**
   * The tensor {@code name} as float32. F16 and BF16 convert exactly; F64 is rounded to nearest
   * even and becomes infinite beyond the range of float32.
   *
   * @throws WeightsFileException if there is no such tensor, its element type is not {@linkplain
   *     DType#isConvertible convertible}, it has more values than an array holds, or the file
   *     changed
   */
  public Tensor read(String name) throws WeightsFileException {
    TensorInfo info = readable(name);
    try (Content.Access access = content.access()) {
      Tensor tensor = floats(access, info);
      access.checkUnchanged();
      return tensor;
    }
  }

  @Override
  public Map<String, Tensor> readAll(Collection<String> names) throws WeightsFileException {
    List<TensorInfo> wanted = new ArrayList<>(names.size());
    for (String name : names) {
      wanted.add(readable(name));
    }
    wanted.sort(Comparator.comparingLong(TensorInfo::begin));
    Map<String, Tensor> read = LinkedHashMap.newLinkedHashMap(wanted.size());
    try (Content.Access access = content.access()) {
      for (TensorInfo info : wanted) {
        if (!read.containsKey(info.name())) {
          read.put(info.name(), floats(access, info));
        }
      }
      access.checkUnchanged();
    }
    return read;
  }

  /**
   * The values of the tensor {@code name} in row-major order, exact for every convertible type.
   *
   * @throws WeightsFileException as {@link #read}
   */
  public double[] readDoubles(String name) throws WeightsFileException {
    TensorInfo info = readable(name);
    double[] values = new double[(int) info.elements()];
    try (Content.Access access = content.access()) {
      read(
          access,
          info,
          (from, at, count) -> Decoder.doubles(info.dtype(), from, values, at, count));
      access.checkUnchanged();
    }
    return values;
  }

  /**
   * The values of the I64 tensor {@code name} in row-major order, such as class labels.
   *
   * @throws WeightsFileException if there is no such tensor, it is not I64, it has more values than
   *     an array holds, or the file changed
   */
  public long[] readLongs(String name) throws WeightsFileException {
    TensorInfo info = present(name);
    if (info.dtype() != DType.I64) {
      throw faults.ofTensor(
          Code.UNSUPPORTED_DTYPE, name, "has dtype " + info.dtype() + ", which is not I64");
    }
    checkSize(info);
    long[] values = new long[(int) info.elements()];
    try (Content.Access access = content.access()) {
      read(access, info, (from, at, count) -> MemorySegment.copy(from, U64, 0, values, at, count));
      access.checkUnchanged();
    }
    return values;
  }

  private TensorInfo readable(String name) throws WeightsFileException {
    TensorInfo info = present(name);
    if (!info.dtype().isConvertible()) {
      throw faults.ofTensor(
          Code.UNSUPPORTED_DTYPE,
          name,
          "has dtype " + info.dtype() + ", which does not convert to float32");
    }
    checkSize(info);
    return info;
  }

  private TensorInfo present(String name) throws WeightsFileException {
    TensorInfo info = tensors.get(name);
    if (info == null) {
      throw faults.ofTensor(Code.NO_SUCH_TENSOR, name, "is not in the file");
    }
    return info;
  }

  private void checkSize(TensorInfo info) throws WeightsFileException {
    boolean fits = info.elements() <= MAX_ARRAY;
    if (!fits || info.shape().stream().anyMatch(extent -> extent > Integer.MAX_VALUE)) {
      throw faults.ofTensor(
          Code.TENSOR_TOO_LARGE, info.name(), "is too large for one array: " + info.shape());
    }
  }

  private Tensor floats(Content.Access access, TensorInfo info) throws WeightsFileException {
    float[] values = new float[(int) info.elements()];
    read(access, info, (from, at, count) -> Decoder.floats(info.dtype(), from, values, at, count));
    return Tensor.of(values, info.shape().stream().mapToInt(Math::toIntExact).toArray());
  }

  @FunctionalInterface
  private interface Sink {
    void accept(MemorySegment from, int at, int count);
  }

  private void read(Content.Access access, TensorInfo info, Sink sink) throws WeightsFileException {
    int bytesPer = info.dtype().bits() / Byte.SIZE;
    int step = Content.CHUNK_BYTES / bytesPer;
    int size = (int) info.elements();
    long position = dataStart + info.begin();
    for (int at = 0; at < size; ) {
      int count = Math.min(step, size - at);
      sink.accept(access.bytes(position, count * bytesPer), at, count);
      at += count;
      position += (long) count * bytesPer;
    }
  }

  /** The description and the number of tensors. */
  @Override
  public String toString() {
    return "SafetensorsFile[" + description() + ", " + tensors.size() + " tensors]";
  }
}
