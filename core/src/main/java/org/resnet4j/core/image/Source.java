package org.resnet4j.core.image;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a picture file under the name that messages use. Multi-byte numbers are big-endian,
 * as in JPEG and PNG. Offsets must be in range; parsers check lengths first.
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier within the package, compared by nobody
record Source(String name, byte[] bytes) {
  int length() {
    return bytes.length;
  }

  int u8(int at) {
    return bytes[at] & 0xFF;
  }

  int u16(int at) {
    return u8(at) << 8 | u8(at + 1);
  }

  long u32(int at) {
    return (long) u16(at) << 16 | u16(at + 2);
  }

  /** Whether the bytes from {@code at} on are {@code latin1}; false if they end before. */
  boolean has(int at, String latin1) {
    byte[] expected = latin1.getBytes(StandardCharsets.ISO_8859_1);
    if (at < 0 || at + expected.length > bytes.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (bytes[at + i] != expected[i]) {
        return false;
      }
    }
    return true;
  }

  ImageDecodeException error(String cause, String remedy) {
    return error(cause, remedy, null);
  }

  ImageDecodeException error(String cause, String remedy, @Nullable Throwable origin) {
    return new ImageDecodeException(name, cause, remedy, origin);
  }

  ImageDecodeException outOfMemory(Throwable origin) {
    return error("not enough memory to decode it", "scale it down or raise -Xmx", origin);
  }

  ImageDecodeException truncated(String format) {
    return error("the " + format + " ends too early", "copy or download it again");
  }

  ImageDecodeException corrupt(String format, String what) {
    return error("the " + format + " is corrupt (" + what + ")", "copy or download it again");
  }
}
