package org.resnet4j.bench;

import java.nio.file.Path;
import org.resnet4j.core.Classification;

/** Where the answers of {@code classify} go. */
interface Results {
  /** Before the first picture. */
  void begin();

  /** A picture and what is in it; its timing includes decoding. */
  void classified(Path file, Classification answer);

  /** A picture without an answer; the cause's message names it. */
  void refused(Path file, Exception cause);

  /**
   * After a batch.
   *
   * @param done pictures so far
   */
  void progress(int done);

  /** After the last picture. */
  void end(int classified, int refused, double seconds);
}
