package org.resnet4j.core.image.tiff;

import java.util.EnumMap;
import java.util.Map;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.source.HeldFile;

/**
 * The first image file directory of a TIFF: where the values of the tags are that make pixels. No
 * other tag is looked at, nor any other directory.
 */
final class TiffDirectory {
  private static final int ENTRY_BYTES = 12;
  private static final int BYTE = 1;
  private static final int SHORT = 3;
  private static final int LONG = 4;

  private final HeldFile file;
  private final Map<TiffTag, Entry> entries = new EnumMap<>(TiffTag.class);

  private record Entry(int type, long count, long at) {}

  private TiffDirectory(HeldFile file) {
    this.file = file;
  }

  /**
   * Reads the directory that the header names.
   *
   * @throws ImageDecodeException if the file ends before the directory does, or a tag is there
   *     twice
   */
  static TiffDirectory parse(HeldFile file) throws ImageDecodeException {
    file.setBigEndian(file.u8(0) == 'M');
    if (file.u16(2) != 42) {
      throw file.source().error("it is a BigTIFF", "convert it to an ordinary TIFF or to PNG");
    }
    TiffDirectory directory = new TiffDirectory(file);
    long at = file.u32(4);
    int count = file.u16(at);
    file.need(at + 2 + (long) ENTRY_BYTES * count + 4);
    for (int i = 0; i < count; i++) {
      directory.take(at + 2 + (long) ENTRY_BYTES * i);
    }
    return directory;
  }

  private void take(long at) throws ImageDecodeException {
    TiffTag tag = TiffTag.of(file.u16(at));
    if (tag == null) {
      return;
    }
    int type = file.u16(at + 2);
    long count = file.u32(at + 4);
    long bytes = count * size(type);
    long values = bytes <= 4 ? at + 8 : file.u32(at + 8);
    if (entries.put(tag, new Entry(type, count, values)) != null) {
      throw file.source().corrupt("its tag " + tag + " is there twice");
    }
  }

  private static int size(int type) {
    return type == BYTE ? 1 : type == SHORT ? 2 : 4;
  }

  boolean has(TiffTag tag) {
    return entries.containsKey(tag);
  }

  /** The tag's only value. */
  long number(TiffTag tag) throws ImageDecodeException {
    return numbers(tag, 1)[0];
  }

  /** The tag's only value, or {@code absent} where the tag is missing. */
  long number(TiffTag tag, long absent) throws ImageDecodeException {
    return has(tag) ? number(tag) : absent;
  }

  /**
   * All values of a tag.
   *
   * @param most how many there may be
   * @throws ImageDecodeException if there is none, or more, or they are no unsigned integers
   */
  long[] numbers(TiffTag tag, int most) throws ImageDecodeException {
    Entry entry = entries.get(tag);
    if (entry == null) {
      throw file.source().corrupt("its tag " + tag + " is missing");
    }
    if (entry.type != BYTE && entry.type != SHORT && entry.type != LONG) {
      throw file.source().corrupt("its tag %s is of type %s".formatted(tag, entry.type));
    }
    if (entry.count < 1 || entry.count > most) {
      throw file.source()
          .corrupt("its tag %s has %s values, at most %s fit".formatted(tag, entry.count, most));
    }
    int size = size(entry.type);
    file.need(entry.at + entry.count * size);
    long[] values = new long[(int) entry.count];
    for (int i = 0; i < values.length; i++) {
      long at = entry.at + (long) i * size;
      values[i] = size == 1 ? file.u8(at) : size == 2 ? file.u16(at) : file.u32(at);
    }
    return values;
  }

  /**
   * All values of a tag.
   *
   * @throws ImageDecodeException if there are more or less than {@code count}, or they are no
   *     unsigned integers
   */
  long[] exactly(TiffTag tag, int count) throws ImageDecodeException {
    long[] numbers = numbers(tag, count);
    if (numbers.length < count) {
      throw file.source()
          .corrupt("its tag %s has %s values of %s".formatted(tag, numbers.length, count));
    }
    return numbers;
  }
}
