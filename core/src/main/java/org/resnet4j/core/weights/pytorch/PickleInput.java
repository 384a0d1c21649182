package org.resnet4j.core.weights.pytorch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.Content;
import org.resnet4j.core.weights.content.Faults;

/** The bytes of a pickle in their order, read in pieces; knows where it is. For one thread. */
final class PickleInput {
  private static final int PIECE_BYTES = 1 << 14;
  private static final int MAX_LINE = 1 << 12;
  private static final int MAX_KEY = 1 << 16;
  private static final int CHARACTERS_PER_STEP = 1 << 10;

  /** Five times what a ResNet-152 with the state of its optimizer takes; a step has 130 bytes. */
  private static final int MAX_STEPS = 400_000;

  private final Content.Access access;
  private final long end;
  private final Faults faults;
  private final byte[] piece = new byte[PIECE_BYTES];
  private long pieceEnd;
  private int at;
  private int filled;
  private long steps;

  /** The bytes {@code [begin, end)}. */
  PickleInput(Content.Access access, long begin, long end, Faults faults) {
    this.access = access;
    this.pieceEnd = begin;
    this.end = end;
    this.faults = faults;
  }

  /** Of the next byte, in the content. */
  long position() {
    return pieceEnd - (filled - at);
  }

  /** The next byte, 0 to 255. */
  int unsigned() throws WeightsFileException {
    if (at == filled) {
      fill();
    }
    return piece[at++] & 0xFF;
  }

  private void fill() throws WeightsFileException {
    int count = (int) Math.min(PIECE_BYTES, end - pieceEnd);
    if (count <= 0) {
      throw bad("ends within its pickle, or has one that is too long");
    }
    MemorySegment bytes = access.bytes(pieceEnd, count);
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, 0, piece, 0, count);
    pieceEnd += count;
    at = 0;
    filled = count;
  }

  /**
   * Counts what a pickle has done.
   *
   * @throws WeightsFileException if that is more than weights need: each step may take memory
   */
  void count(long more) throws WeightsFileException {
    steps += more;
    if (steps > MAX_STEPS) {
      throw bad("has a pickle of more than " + MAX_STEPS + " steps");
    }
  }

  /** The next {@code count} bytes, little-endian. Nothing is allocated for what is not there. */
  ByteBuffer bytes(long count) throws WeightsFileException {
    if (count < 0 || count > end - position()) {
      throw bad("announces " + count + " bytes in its pickle, which are not there");
    }
    byte[] bytes = new byte[Math.toIntExact(count)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) unsigned();
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The next eight bytes as a length. */
  long bytes8() throws WeightsFileException {
    return bytes(Long.BYTES).getLong();
  }

  /** The next {@code count} bytes as UTF-8. */
  String text(long count) throws WeightsFileException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes(count)).toString();
    } catch (CharacterCodingException e) {
      throw faults.of(Code.BAD_PICKLE, "has a string in its pickle that is not UTF-8", e);
    }
  }

  /** What precedes the next line feed, which is passed over. */
  String line() throws WeightsFileException {
    StringBuilder line = new StringBuilder();
    for (int c = unsigned(); c != '\n'; c = unsigned()) {
      if (line.length() == MAX_LINE) {
        throw bad("has a name in its pickle that is too long");
      }
      line.append((char) c);
    }
    return line.toString();
  }

  /**
   * Counts what it takes to find something by a key, which is compared to its end with an equal
   * one.
   *
   * @return the key
   * @throws WeightsFileException if it is longer than any name, or that is more than weights need
   */
  String key(String text) throws WeightsFileException {
    if (text.length() > MAX_KEY) {
      throw bad("has a key of " + text.length() + " characters in its pickle");
    }
    count(text.length() / CHARACTERS_PER_STEP);
    return text;
  }

  /** About the pickle. */
  WeightsFileException bad(String problem) {
    return faults.of(Code.BAD_PICKLE, problem);
  }
}
