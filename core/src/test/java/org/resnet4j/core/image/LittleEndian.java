package org.resnet4j.core.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Puts numbers into a copy of a file. */
public final class LittleEndian {
  private static final int ENTRY_BYTES = 12;

  private final byte[] bytes;
  private final ByteBuffer numbers;

  private LittleEndian(byte[] bytes) {
    this.bytes = bytes;
    this.numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  public static LittleEndian copyOf(byte[] file) {
    return new LittleEndian(file.clone());
  }

  public static LittleEndian golden(String name) {
    return new LittleEndian(Goldens.bytes("pictures/" + name));
  }

  public LittleEndian u8(int at, int value) {
    numbers.put(at, (byte) value);
    return this;
  }

  public LittleEndian u16(int at, int value) {
    numbers.putShort(at, (short) value);
    return this;
  }

  public LittleEndian u32(int at, long value) {
    numbers.putInt(at, (int) value);
    return this;
  }

  /** Changes the entry of a little-endian TIFF's tag. */
  public LittleEndian tag(int tag, int type, long count, long value) {
    int entry = entry(tag);
    return u16(entry + 2, type).u32(entry + 4, count).u32(entry + 8, value);
  }

  /** Changes a tag's only value. */
  public LittleEndian tag(int tag, long value) {
    return tag(tag, 4, 1, value);
  }

  /** Gives the entry of a tag to another. */
  public LittleEndian rename(int tag, int other) {
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

  public byte[] bytes() {
    return bytes;
  }
}
