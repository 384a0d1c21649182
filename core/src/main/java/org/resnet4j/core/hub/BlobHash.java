package org.resnet4j.core.hub;

import java.nio.charset.StandardCharsets;
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

  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }
}
