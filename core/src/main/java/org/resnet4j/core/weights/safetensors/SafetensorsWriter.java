package org.resnet4j.core.weights.safetensors;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.resnet4j.core.file.WholeFile;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.DType;
import org.resnet4j.core.weights.content.Decoder;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/**
 * Writes safetensors files as the reference writer lays them out: tensors by falling alignment,
 * then by name; header padded with spaces so that the data begins at a multiple of 8. Metadata is
 * sorted by key, so the same content always gives the same bytes.
 *
 * <p>Tensors are referenced, not copied, until written. Not thread-safe.
 */
public final class SafetensorsWriter {
  private static final int CHUNK_BYTES = 1 << 18;
  private static final JsonFactory JSON =
      JsonFactory.builder().disable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES).build();

  /** A tensor to write: {@code values} is an array's segment, {@code dims} its extents. */
  private record Entry(String name, DType dtype, List<Integer> dims, MemorySegment values) {}

  private final Map<String, Entry> entries = new HashMap<>();
  private final Map<String, String> metadata = new TreeMap<>();

  /** A writer without tensors. */
  public SafetensorsWriter() {}

  /**
   * Writes float32 tensors to {@code file}, as {@link #write(Path)}.
   *
   * @throws IllegalArgumentException as {@link #add(String, Tensor)} and {@link #metadata}
   * @throws IOException if the file cannot be written
   */
  public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    tensors.forEach(writer::add);
    metadata.forEach(writer::metadata);
    writer.write(file);
  }

  /**
   * Adds a float32 tensor.
   *
   * @return this
   * @throws IllegalArgumentException if the name is taken, reserved, longer than 65,536 characters
   *     or not representable in UTF-8, or the tensor has no values or more than 64 extents
   */
  public SafetensorsWriter add(String name, Tensor tensor) {
    if (tensor.isMeta()) {
      throw new IllegalArgumentException("tensor " + Quote.name(name) + " has no values");
    }
    return add(
        new Entry(name, DType.F32, boxed(tensor.dims()), MemorySegment.ofArray(tensor.data())));
  }

  /**
   * Adds a float64 tensor.
   *
   * @param values row-major, not to be written to before this writer is done
   * @param dims extents whose product is the number of values; none for a scalar
   * @return this
   * @throws IllegalArgumentException if the name is taken, reserved, longer than 65,536 characters
   *     or not representable in UTF-8, or the extents do not fit the values or are more than 64
   */
  public SafetensorsWriter add(String name, double[] values, int... dims) {
    if (Tensor.meta(dims).size() != values.length) {
      throw new IllegalArgumentException(
          "tensor %s: extents %s do not fit %s values"
              .formatted(Quote.name(name), Tensor.describe(dims), values.length));
    }
    return add(new Entry(name, DType.F64, boxed(dims), MemorySegment.ofArray(values)));
  }

  private SafetensorsWriter add(Entry entry) {
    requireName(entry.name());
    if (entry.dims().size() > HeaderParser.MAX_RANK) {
      throw new IllegalArgumentException(
          "tensor %s has more than %s extents"
              .formatted(Quote.name(entry.name()), HeaderParser.MAX_RANK));
    }
    if (entry.name().equals(HeaderParser.METADATA)) {
      throw new IllegalArgumentException("the name __metadata__ is reserved");
    }
    if (entries.putIfAbsent(entry.name(), entry) != null) {
      throw new IllegalArgumentException("two tensors named " + Quote.name(entry.name()));
    }
    return this;
  }

  /**
   * Adds a metadata string, replacing one of the same key.
   *
   * @return this
   * @throws IllegalArgumentException if either text is not representable in UTF-8, or the key is
   *     longer than 65,536 characters
   */
  public SafetensorsWriter metadata(String key, String value) {
    metadata.put(requireName(key), requireWellFormed(value));
    return this;
  }

  /**
   * Writes the file {@linkplain WholeFile whole}.
   *
   * @throws IOException if the folder is missing or not writable, or the disk is full
   */
  public void write(Path file) throws IOException {
    WholeFile.replace(file, this::write);
  }

  /**
   * The file's bytes.
   *
   * @throws OutOfMemoryError if they exceed one array
   */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      write(Channels.newChannel(bytes));
    } catch (IOException e) {
      throw new AssertionError("an array in memory cannot fail", e);
    }
    return bytes.toByteArray();
  }

  private void write(WritableByteChannel out) throws IOException {
    List<Entry> sorted = new ArrayList<>(entries.values());
    sorted.sort(
        Comparator.comparing(Entry::dtype)
            .reversed()
            .thenComparing(entry -> utf8(entry.name()), Arrays::compareUnsigned));
    byte[] header = header(sorted);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment chunk = arena.allocate(CHUNK_BYTES, Long.BYTES);
      ByteBuffer length = chunk.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      writeFully(out, length.putLong(header.length).flip());
      writeFully(out, ByteBuffer.wrap(header));
      for (Entry entry : sorted) {
        writeValues(out, entry, chunk);
      }
    }
  }

  private byte[] header(List<Entry> sorted) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectPropertyStart(HeaderParser.METADATA);
        metadata.forEach(json::writeStringProperty);
        json.writeEndObject();
      }
      long begin = 0;
      for (Entry entry : sorted) {
        long end = begin + entry.values().byteSize();
        writeEntry(json, entry, begin, end);
        begin = end;
      }
      json.writeEndObject();
    }
    byte[] unpadded = bytes.toByteArray();
    byte[] padded = Arrays.copyOf(unpadded, (unpadded.length + 7) / 8 * 8);
    Arrays.fill(padded, unpadded.length, padded.length, (byte) ' ');
    return padded;
  }

  private static void writeEntry(JsonGenerator json, Entry entry, long begin, long end) {
    json.writeObjectPropertyStart(entry.name());
    json.writeStringProperty("dtype", entry.dtype().name());
    json.writeArrayPropertyStart("shape");
    for (int dim : entry.dims()) {
      json.writeNumber(dim);
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("data_offsets");
    json.writeNumber(begin);
    json.writeNumber(end);
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void writeValues(WritableByteChannel out, Entry entry, MemorySegment chunk)
      throws IOException {
    boolean doubles = entry.dtype() == DType.F64;
    ValueLayout from = doubles ? ValueLayout.JAVA_DOUBLE : ValueLayout.JAVA_FLOAT;
    ValueLayout to = doubles ? Decoder.F64 : Decoder.F32;
    long size = entry.values().byteSize();
    for (long at = 0; at < size; at += CHUNK_BYTES) {
      long bytes = Math.min(CHUNK_BYTES, size - at);
      MemorySegment.copy(entry.values(), from, at, chunk, to, 0, bytes / from.byteSize());
      writeFully(out, chunk.asSlice(0, bytes).asByteBuffer());
    }
  }

  private static void writeFully(WritableByteChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  private static List<Integer> boxed(int... dims) {
    return Arrays.stream(dims).boxed().toList();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** What the reader takes as a key. */
  private static String requireName(String text) {
    if (text.length() > HeaderParser.MAX_NAME_LENGTH) {
      throw new IllegalArgumentException(
          "the name %s is longer than %s characters"
              .formatted(Quote.name(text), HeaderParser.MAX_NAME_LENGTH));
    }
    return requireWellFormed(text);
  }

  private static String requireWellFormed(String text) {
    if (!HeaderParser.isWellFormed(text)) {
      throw new IllegalArgumentException("a lone surrogate in " + Quote.name(text));
    }
    return text;
  }
}
