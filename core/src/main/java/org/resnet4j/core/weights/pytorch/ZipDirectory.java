package org.resnet4j.core.weights.pytorch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.Content;
import org.resnet4j.core.weights.content.Faults;

/**
 * What a zip archive says it has, of the kind that {@code torch.save} writes: what is read of it is
 * neither compressed nor encrypted. Everything it says is checked against the file before it is
 * used.
 *
 * <p>Source: APPNOTE.TXT of PKWARE, sections 4.3 and 4.5.3 (zip64).
 */
final class ZipDirectory {
  /**
   * One member.
   *
   * @param name its path in the archive
   * @param header offset of its local header in the file
   * @param bytes its length
   * @param isPlain whether it is neither compressed nor encrypted
   */
  record Member(String name, long header, long bytes, boolean isPlain) {}

  private static final int END = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int LOCATOR = 0x07064b50;
  private static final int LOCATOR_BYTES = 20;
  private static final int END_64 = 0x06064b50;
  private static final int END_64_BYTES = 56;
  private static final int CENTRAL = 0x02014b50;
  private static final int CENTRAL_BYTES = 46;
  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  private static final int MAX_COMMENT = 0xFFFF;
  private static final int ZIP_64_EXTRA = 1;
  private static final int ENCRYPTED = 1;

  private static final int MAX_MEMBERS = 1 << 17;
  private static final int MAX_DIRECTORY_BYTES = 1 << 25;

  private final Content content;
  private final Content.Access access;
  private final Faults faults;
  private final Map<String, Member> members = new LinkedHashMap<>();
  private long begin;

  private ZipDirectory(Content content, Content.Access access, Faults faults) {
    this.content = content;
    this.access = access;
    this.faults = faults;
  }

  /** Reads the directory at the file's end. */
  static ZipDirectory read(Content content, Content.Access access, Faults faults)
      throws WeightsFileException {
    ZipDirectory directory = new ZipDirectory(content, access, faults);
    directory.read();
    return directory;
  }

  /** All members by their names, in the directory's order; unmodifiable. */
  Map<String, Member> members() {
    return Collections.unmodifiableMap(members);
  }

  private void read() throws WeightsFileException {
    int tail = (int) Math.min(content.size(), END_BYTES + MAX_COMMENT);
    ByteBuffer bytes = bytes(content.size() - tail, tail);
    int end = tail - END_BYTES;
    while (end >= 0
        && !(bytes.getInt(end) == END
            && (bytes.getShort(end + 20) & 0xFFFF) == tail - END_BYTES - end)) {
      end--;
    }
    if (end < 0) {
      throw bad("is a zip archive without its directory: it is cut off");
    }
    long position = content.size() - tail + end;
    long count = bytes.getShort(end + 10) & 0xFFFF;
    long length = bytes.getInt(end + 12) & 0xFFFFFFFFL;
    begin = bytes.getInt(end + 16) & 0xFFFFFFFFL;
    if (count == 0xFFFF || length == 0xFFFFFFFFL || begin == 0xFFFFFFFFL) {
      ByteBuffer end64 = end64(position);
      count = end64.getLong(32);
      length = end64.getLong(40);
      begin = end64.getLong(48);
    }
    if (count < 0 || count > MAX_MEMBERS || length < 0 || length > MAX_DIRECTORY_BYTES) {
      throw bad("has a directory of " + count + " members in " + length + " bytes");
    }
    if (begin < 0 || begin > position - length) {
      throw bad("has its directory outside the file");
    }
    members(bytes(begin, (int) length), (int) count);
  }

  private ByteBuffer end64(long end) throws WeightsFileException {
    if (end >= LOCATOR_BYTES) {
      ByteBuffer locator = bytes(end - LOCATOR_BYTES, LOCATOR_BYTES);
      long position = locator.getLong(8);
      if (locator.getInt(0) == LOCATOR
          && position >= 0
          && position <= end - LOCATOR_BYTES - END_64_BYTES) {
        ByteBuffer found = bytes(position, END_64_BYTES);
        if (found.getInt(0) == END_64) {
          return found;
        }
      }
    }
    throw bad("is a zip archive whose directory is nowhere");
  }

  private void members(ByteBuffer directory, int count) throws WeightsFileException {
    for (int i = 0; i < count; i++) {
      int at = directory.position();
      if (directory.remaining() < CENTRAL_BYTES || directory.getInt(at) != CENTRAL) {
        throw bad("has a directory that ends too early");
      }
      int name = directory.getShort(at + 28) & 0xFFFF;
      int extra = directory.getShort(at + 30) & 0xFFFF;
      int comment = directory.getShort(at + 32) & 0xFFFF;
      if (directory.remaining() < CENTRAL_BYTES + name + extra + comment) {
        throw bad("has a directory that ends too early");
      }
      add(directory.slice(at, CENTRAL_BYTES + name + extra).order(ByteOrder.LITTLE_ENDIAN), name);
      directory.position(at + CENTRAL_BYTES + name + extra + comment);
    }
  }

  private void add(ByteBuffer entry, int nameBytes) throws WeightsFileException {
    byte[] raw = new byte[nameBytes];
    entry.get(CENTRAL_BYTES, raw);
    String name = new String(raw, StandardCharsets.UTF_8);
    long packed = entry.getInt(20) & 0xFFFFFFFFL;
    long bytes = entry.getInt(24) & 0xFFFFFFFFL;
    long header = entry.getInt(42) & 0xFFFFFFFFL;
    ByteBuffer wide = wide(entry, CENTRAL_BYTES + nameBytes);
    bytes = bytes == 0xFFFFFFFFL ? next(wide) : bytes;
    packed = packed == 0xFFFFFFFFL ? next(wide) : packed;
    header = header == 0xFFFFFFFFL ? next(wide) : header;
    int flags = entry.getShort(8);
    int method = entry.getShort(10);
    boolean plain = method == 0 && (flags & ENCRYPTED) == 0 && packed == bytes;
    if (header < 0 || packed < 0 || header > begin - LOCAL_BYTES || packed > begin - header) {
      throw bad("has " + Quote.name(name) + " outside the file");
    }
    if (members.put(name, new Member(name, header, bytes, plain)) != null) {
      throw bad("has " + Quote.name(name) + " twice");
    }
  }

  /** What the zip64 part of an entry's extra fields has: the lengths that are too large for it. */
  private static ByteBuffer wide(ByteBuffer entry, int from) {
    int at = from;
    while (at + 4 <= entry.limit()) {
      int kind = entry.getShort(at) & 0xFFFF;
      int bytes = Math.min(entry.getShort(at + 2) & 0xFFFF, entry.limit() - at - 4);
      if (kind == ZIP_64_EXTRA) {
        return entry.slice(at + 4, bytes).order(ByteOrder.LITTLE_ENDIAN);
      }
      at += 4 + bytes;
    }
    return ByteBuffer.allocate(0);
  }

  private long next(ByteBuffer wide) throws WeightsFileException {
    if (wide.remaining() < Long.BYTES) {
      throw bad("has a directory that lacks the length of a member");
    }
    return wide.getLong();
  }

  /**
   * Where a member's content begins, which only its own header tells.
   *
   * @throws WeightsFileException also if the content is compressed or encrypted
   */
  long position(Member member) throws WeightsFileException {
    if (!member.isPlain()) {
      throw bad("has " + Quote.name(member.name()) + " compressed or encrypted");
    }
    ByteBuffer header = bytes(member.header(), LOCAL_BYTES);
    long position =
        member.header()
            + LOCAL_BYTES
            + (header.getShort(26) & 0xFFFF)
            + (header.getShort(28) & 0xFFFF);
    if (header.getInt(0) != LOCAL || position > begin - member.bytes()) {
      throw bad("has " + Quote.name(member.name()) + " not where its directory says");
    }
    return position;
  }

  private ByteBuffer bytes(long position, int length) throws WeightsFileException {
    byte[] bytes = new byte[length];
    for (int at = 0; at < length; ) {
      int count = Math.min(Content.CHUNK_BYTES, length - at);
      MemorySegment piece = access.bytes(position + at, count);
      MemorySegment.copy(piece, ValueLayout.JAVA_BYTE, 0, bytes, at, count);
      at += count;
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private WeightsFileException bad(String problem) {
    return faults.of(Code.BAD_ARCHIVE, problem);
  }
}
