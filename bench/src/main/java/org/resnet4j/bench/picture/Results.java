package org.resnet4j.bench.picture;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Where the results of pictures go.
 *
 * @param <T> what a network makes of one
 */
public interface Results<T> {
  /** Before the first picture. */
  void begin() throws IOException;

  /** A picture and what was made of it. */
  void answered(Path file, T answer) throws IOException;

  /** A picture without an answer; the cause's message names it. */
  void refused(Path file, Exception cause) throws IOException;

  /**
   * After a picture.
   *
   * @param done pictures so far
   */
  void progress(int done);

  /** After the last picture. */
  void end(int answered, int refused, double seconds) throws IOException;
}
