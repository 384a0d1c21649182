package org.resnet4j.core.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A text file that is read whole. */
final class SmallFile {
  private static final byte[] NOTHING = {};

  private SmallFile() {}

  /**
   * The content of a UTF-8 file, without a byte order mark.
   *
   * @throws ModelFileException if it cannot be read, is no regular file, is larger or not UTF-8
   */
  static String text(Path file, int maxBytes) throws ModelFileException {
    String name = file.toString();
    try {
      if (!Files.isRegularFile(file) && Files.exists(file)) {
        throw new ModelFileException(name, "is no regular file", "name a text file");
      }
      if (Files.size(file) > maxBytes) {
        throw tooLarge(name, maxBytes);
      }
      return decode(name, Files.size(file) == 0 ? NOTHING : content(file, maxBytes));
    } catch (NoSuchFileException e) {
      throw new ModelFileException(name, "there is no such file", "check the path", e);
    } catch (AccessDeniedException e) {
      throw new ModelFileException(name, "access is denied", "check its permissions", e);
    } catch (ModelFileException e) {
      throw e;
    } catch (IOException e) {
      throw new ModelFileException(
          name,
          "cannot be read (" + e.getMessage() + ")",
          "check the path, the disk and the network",
          e);
    }
  }

  /** What has grown since its size was asked for is too large too. */
  private static byte[] content(Path file, int maxBytes) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(maxBytes + 1);
      if (content.length > maxBytes) {
        throw tooLarge(file.toString(), maxBytes);
      }
      return content;
    }
  }

  private static ModelFileException tooLarge(String name, int maxBytes) {
    return new ModelFileException(
        name, "has more than " + maxBytes + " bytes", "name a smaller text file");
  }

  /**
   * UTF-8 without a byte order mark.
   *
   * @param name what messages call the file
   */
  static String decode(String name, byte[] content) throws ModelFileException {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
      return text.startsWith("\ufeff") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new ModelFileException(name, "is not UTF-8", "save it as UTF-8 text", e);
    }
  }
}
