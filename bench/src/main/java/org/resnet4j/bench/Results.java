package org.resnet4j.bench;

import java.nio.file.Path;
import org.resnet4j.core.Classification;
import org.resnet4j.core.image.ImageDecodeException;

/** Where the answers of {@code classify} go. */
interface Results {
  /** Before the first picture. */
  void begin();

  /** A picture and what is in it; its timing includes decoding. */
  void classified(Path file, Classification answer);

  /** A picture that could not be read. */
  void refused(Path file, ImageDecodeException cause);

  /**
   * After a batch.
   *
   * @param done pictures so far
   */
  void progress(int done);

  /** After the last picture. */
  void end(int classified, int refused, double seconds);
}
