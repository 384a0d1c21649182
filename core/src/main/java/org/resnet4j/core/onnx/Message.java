package org.resnet4j.core.onnx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A protobuf message under construction, in the order its fields are added. Arrays of floats are
 * referenced until written, so a message costs little more memory than its names.
 *
 * <p>Source: the wire format of protobuf.dev/programming-guides/encoding. Not thread-safe.
 */
final class Message {
  /** Takes the first {@code count} of {@code bytes}, which are overwritten afterwards. */
  @FunctionalInterface
  interface Sink {
    void accept(byte[] bytes, int count) throws IOException;
  }

  private sealed interface Part {}

  private record Bytes(byte[] bytes) implements Part {}

  private record Floats(float[] values) implements Part {}

  private static final int VARINT = 0;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED32 = 5;
  private static final int CHUNK_FLOATS = 1 << 16;

  private final List<Part> parts = new ArrayList<>();
  private final ByteArrayOutputStream tail = new ByteArrayOutputStream();
  private long sizeBytes;

  /** Bytes of all fields added so far. */
  long sizeBytes() {
    return sizeBytes;
  }

  /** A field of type int32, int64 or an enum. */
  Message integer(int field, long value) {
    tag(field, VARINT);
    varint(value);
    return this;
  }

  /** A field of type float. */
  Message number(int field, float value) {
    tag(field, FIXED32);
    append(ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
    return this;
  }

  /** A field of type string. */
  Message text(int field, String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    tag(field, LENGTH_DELIMITED);
    varint(utf8.length);
    append(utf8);
    return this;
  }

  /** A field whose type is a message. The field's later changes are not seen. */
  Message message(int field, Message value) {
    tag(field, LENGTH_DELIMITED);
    varint(value.sizeBytes);
    return fieldsOf(value);
  }

  /** A field of type bytes. */
  Message bytes(int field, byte[] values) {
    tag(field, LENGTH_DELIMITED);
    varint(values.length);
    append(values);
    return this;
  }

  /** A field of type bytes: {@code values} in little-endian order. */
  Message floats(int field, float[] values) {
    long bytes = (long) values.length * Float.BYTES;
    tag(field, LENGTH_DELIMITED);
    varint(bytes);
    seal();
    parts.add(new Floats(values));
    sizeBytes += bytes;
    return this;
  }

  /** All fields of another message, as if they had been added here. */
  Message fieldsOf(Message other) {
    if (!other.parts.isEmpty()) {
      seal();
      parts.addAll(other.parts);
      sizeBytes += other.sizeBytes - other.tail.size();
    }
    append(other.tail.toByteArray());
    return this;
  }

  /** Writes the fields, {@link #sizeBytes} in all. */
  void writeTo(Sink out) throws IOException {
    seal();
    ByteBuffer chunk =
        ByteBuffer.allocate(CHUNK_FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (Part part : parts) {
      switch (part) {
        case Bytes(byte[] bytes) -> out.accept(bytes, bytes.length);
        case Floats(float[] values) -> {
          for (int at = 0; at < values.length; at += CHUNK_FLOATS) {
            int count = Math.min(CHUNK_FLOATS, values.length - at);
            chunk.asFloatBuffer().put(values, at, count);
            out.accept(chunk.array(), count * Float.BYTES);
          }
        }
      }
    }
  }

  private void tag(int field, int wireType) {
    varint((long) field << 3 | wireType);
  }

  /** Seven bits a byte, the lowest first; the high bit says that more follow. */
  private void varint(long value) {
    long rest = value;
    while (rest >>> 7 != 0) {
      tail.write((int) (rest & 0x7f) | 0x80);
      sizeBytes++;
      rest >>>= 7;
    }
    tail.write((int) rest);
    sizeBytes++;
  }

  private void append(byte[] bytes) {
    tail.writeBytes(bytes);
    sizeBytes += bytes.length;
  }

  private void seal() {
    if (tail.size() > 0) {
      parts.add(new Bytes(tail.toByteArray()));
      tail.reset();
    }
  }
}
