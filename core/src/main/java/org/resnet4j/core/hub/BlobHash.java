package org.resnet4j.core.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The hash by which the hub knows a file's content: SHA-256 of what is stored as a large file,
 * git's SHA-1 of all else.
 *
 * @param hex in small letters
 */
record BlobHash(String hex) {
  private static final int SHA256_DIGITS = 64;
  private static final int BUFFER_BYTES = 1 << 16;

  /** The hash that a text is, if it is one. */
  static Optional<BlobHash> of(String text) {
    return text.matches("[0-9a-f]{40}|[0-9a-f]{64}")
        ? Optional.of(new BlobHash(text))
        : Optional.empty();
  }

  String algorithm() {
    return hex.length() == SHA256_DIGITS ? "SHA-256" : "SHA-1";
  }

  /** What is to be fed the content of a file of {@code bytes} bytes. */
  MessageDigest digest(long bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm());
      if (hex.length() != SHA256_DIGITS) {
        digest.update(("blob " + bytes + "\0").getBytes(StandardCharsets.US_ASCII)); // as git does
      }
      return digest;
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has it", e);
    }
  }

  /** Whether a file of {@code bytes} bytes has it. */
  boolean isOf(Path file, long bytes) throws IOException {
    MessageDigest digest = digest(bytes);
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
    }
    return hex(digest).equals(hex);
  }

  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }
}
