package org.resnet4j.core.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.Content;
import org.resnet4j.core.weights.content.Faults;

/**
 * The fields of a protobuf message in a file, one after the other; what nobody asks for is passed
 * over unread. Every length is checked against the message's end before it is believed.
 *
 * <p>Source: the wire format of protobuf.dev/programming-guides/encoding. Not thread-safe.
 */
final class ProtoReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED32 = 5;

  /** A piece of the file, which all messages of it share. */
  private static final class Window {
    private static final int BYTES = 1 << 13;

    private final Content.Access access;
    private final Faults faults;
    private final long size;
    private final byte[] bytes = new byte[BYTES];
    private long begin;
    private int count;

    /** How much text may still be read: of more, no network consists. */
    private int textLeft = 1 << 22;

    Window(Content content, Content.Access access, Faults faults) {
      this.access = access;
      this.faults = faults;
      this.size = content.size();
    }

    int u8(long position) throws WeightsFileException {
      if (position < begin || position >= begin + count) {
        begin = position;
        count = (int) Math.min(BYTES, size - position);
        MemorySegment read = access.bytes(position, count);
        MemorySegment.copy(read, ValueLayout.JAVA_BYTE, 0, bytes, 0, count);
      }
      return bytes[(int) (position - begin)] & 0xFF;
    }
  }

  private final Window window;
  private final long end;
  private long at;

  private int field;
  private int wireType;

  /** The value of a number, or where a field of bytes begins. */
  private long value;

  private long length;

  private ProtoReader(Window window, long begin, long end) {
    this.window = window;
    this.at = begin;
    this.end = end;
  }

  /** The message that a whole file is. */
  static ProtoReader of(Content content, Content.Access access, Faults faults) {
    return new ProtoReader(new Window(content, access, faults), 0, content.size());
  }

  /** The numbers of a packed list, from where it begins in a file. */
  static ProtoReader ofPacked(
      Content content, Content.Access access, Faults faults, long begin, long length) {
    return new ProtoReader(new Window(content, access, faults), begin, begin + length);
  }

  /** Whether a packed list has another number. */
  boolean hasPacked() {
    return at < end;
  }

  /** The next number of a packed list. */
  long packed() throws WeightsFileException {
    return varint();
  }

  /** Goes to the next field; false at the end. */
  boolean next() throws WeightsFileException {
    if (at == end) {
      return false;
    }
    long tag = varint();
    field = (int) Math.min(tag >>> 3, Integer.MAX_VALUE);
    wireType = (int) tag & 7;
    length = 0;
    switch (wireType) {
      case VARINT -> value = varint();
      case FIXED32 -> value = fixed(Float.BYTES);
      case FIXED64 -> value = fixed(Double.BYTES);
      case LENGTH_DELIMITED -> {
        length = varint();
        if (length < 0 || length > end - at) {
          throw damaged("a length that exceeds it");
        }
        value = at;
        at += length;
      }
      default -> throw damaged("a field of unknown type");
    }
    return true;
  }

  /** The number of the field. */
  int field() {
    return field;
  }

  /** The value of a whole number's field. */
  long number() throws WeightsFileException {
    require(VARINT);
    return value;
  }

  /** The number of a type of elements. */
  int elementType() throws WeightsFileException {
    return Math.clamp(number(), 0, Integer.MAX_VALUE);
  }

  /** Whether the field is of bytes: a message, a text or a packed list. */
  boolean isOfBytes() {
    return wireType == LENGTH_DELIMITED;
  }

  /** The value of a float's field. */
  float real() throws WeightsFileException {
    require(FIXED32);
    return Float.intBitsToFloat((int) value);
  }

  /** Where a field of bytes begins in the file. */
  long begin() throws WeightsFileException {
    require(LENGTH_DELIMITED);
    return value;
  }

  /** How many bytes a field has. */
  long length() throws WeightsFileException {
    require(LENGTH_DELIMITED);
    return length;
  }

  /** The message that is the field. */
  ProtoReader message() throws WeightsFileException {
    require(LENGTH_DELIMITED);
    return new ProtoReader(window, value, value + length);
  }

  /** The text that is the field. */
  String text() throws WeightsFileException {
    require(LENGTH_DELIMITED);
    if (length > window.textLeft) {
      throw window.faults.of(Code.LIMIT_EXCEEDED, "has more text than a network needs");
    }
    window.textLeft -= (int) length;
    byte[] utf8 = new byte[(int) length];
    for (int i = 0; i < utf8.length; i++) {
      utf8[i] = (byte) window.u8(value + i);
    }
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /**
   * Appends the whole numbers of a repeated field, packed or one of them.
   *
   * @param most how many are wanted in all; where there are more, one more is appended
   */
  void numbers(List<Long> to, int most) throws WeightsFileException {
    if (wireType == VARINT) {
      if (to.size() <= most) {
        to.add(value);
      }
      return;
    }
    ProtoReader list = message();
    while (list.hasPacked() && to.size() <= most) {
      to.add(list.packed());
    }
  }

  private void require(int type) throws WeightsFileException {
    if (wireType != type) {
      throw damaged("a field of another type than ONNX has");
    }
  }

  private long varint() throws WeightsFileException {
    long result = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (at == end) {
        throw damaged("a number that is cut off");
      }
      int next = window.u8(at++);
      result |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        return result;
      }
    }
    throw damaged("a number of more than 64 bits");
  }

  private long fixed(int bytes) throws WeightsFileException {
    if (bytes > end - at) {
      throw damaged("a number that is cut off");
    }
    long result = 0;
    for (int i = 0; i < bytes; i++) {
      result |= (long) window.u8(at++) << (8 * i);
    }
    return result;
  }

  private WeightsFileException damaged(String what) {
    return window.faults.of(Code.BAD_ONNX, "is damaged or no ONNX file: it has " + what);
  }
}
