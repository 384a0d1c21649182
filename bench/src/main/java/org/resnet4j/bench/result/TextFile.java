package org.resnet4j.bench.result;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A text file that is read whole: of what may never end nothing is read. */
public final class TextFile {
  /** Results of a thousand rows have a megabyte. */
  private static final int MAX_BYTES = 256 << 20;

  private TextFile() {}

  /**
   * The content of a UTF-8 file, without a byte order mark.
   *
   * @throws IOException that names it: if it cannot be read, is no regular file, has more than 256
   *     MB or is no UTF-8
   */
  public static String read(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new FileSystemException(file.toString(), null, "it is no regular file");
    }
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(MAX_BYTES + 1);
    }
    if (content.length > MAX_BYTES) {
      throw new FileSystemException(file.toString(), null, "it has more than 256 MB");
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
      return text.startsWith("\ufeff") ? text.substring(1) : text;
    } catch (CharacterCodingException _) {
      throw new FileSystemException(file.toString(), null, "it is no UTF-8 text");
    }
  }
}
