package org.resnet4j.bench.measure;

import java.io.IOException;

/** Hears of engines that cannot take part in a comparison, and decides whether it goes on. */
@FunctionalInterface
public interface Faults {
  /** Bears none: what is reported ends the comparison. */
  Faults NONE =
      (_, cause) -> {
        switch (cause) {
          case IOException e -> throw e;
          case WrongAnswerException e -> throw e;
          case RuntimeException e -> throw e;
          default -> throw new IllegalStateException(cause);
        }
      };

  /**
   * An engine has fallen out.
   *
   * @param engine its name
   * @param cause a {@link WrongAnswerException} if its answer is another one, an {@link
   *     IOException} if it cannot be had here, a {@link RuntimeException} if it failed
   * @throws IOException to end the comparison
   * @throws WrongAnswerException to end the comparison
   */
  void report(String engine, Exception cause) throws IOException, WrongAnswerException;
}
