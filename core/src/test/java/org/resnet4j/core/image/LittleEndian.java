package org.resnet4j.core.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Puts numbers into a copy of a file. */
final class LittleEndian {
  private static final int ENTRY_BYTES = 12;

  private final byte[] bytes;
  private final ByteBuffer numbers;

  private LittleEndian(byte[] bytes) {
    this.bytes = bytes;
    this.numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static LittleEndian copyOf(byte[] file) {
    return new LittleEndian(file.clone());
  }

  static LittleEndian golden(String name) {
    return new LittleEndian(Goldens.bytes("pictures/" + name));
  }

  LittleEndian u8(int at, int value) {
    numbers.put(at, (byte) value);
    return this;
  }

  LittleEndian u16(int at, int value) {
    numbers.putShort(at, (short) value);
    return this;
  }

  LittleEndian u32(int at, long value) {
    numbers.putInt(at, (int) value);
    return this;
  }

  /** Changes the entry of a little-endian TIFF's tag. */
  LittleEndian tag(int tag, int type, long count, long value) {
    int entry = entry(tag);
    return u16(entry + 2, type).u32(entry + 4, count).u32(entry + 8, value);
  }

  /** Changes a tag's only value. */
  LittleEndian tag(int tag, long value) {
    return tag(tag, 4, 1, value);
  }

  /** Gives the entry of a tag to another. */
  LittleEndian rename(int tag, int other) {
    return u16(entry(tag), other);
  }

  private int entry(int tag) {
    int directory = numbers.getInt(4);
    int entry = directory + 2;
    while (numbers.getChar(entry) != tag) {
      entry += ENTRY_BYTES;
    }
    return entry;
  }

  byte[] bytes() {
    return bytes;
  }
}
