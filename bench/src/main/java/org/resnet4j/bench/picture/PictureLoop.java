package org.resnet4j.bench.picture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.resnet4j.bench.failure.ExitCodes;
import org.resnet4j.bench.picture.Outcome.Answered;
import org.resnet4j.bench.picture.Outcome.Failed;
import org.resnet4j.bench.picture.PictureReader.Decoded;
import org.resnet4j.bench.picture.PictureReader.Picture;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.image.RgbImage;

/**
 * Pictures through a network, batch by batch, to where their results go.
 *
 * @param single whether the user named one file, whose failure is the command's
 */
public record PictureLoop(Terminal terminal, PictureReader reader, boolean single) {
  /**
   * Runs them all.
   *
   * @param network gives a result for each picture, in their order
   * @return the command's exit code
   */
  public <T> int run(Function<List<RgbImage>, List<T>> network, Results<T> results)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    int answered = 0;
    int refused = 0;
    for (List<Picture> pictures = reader.next(); !pictures.isEmpty(); pictures = reader.next()) {
      List<Outcome<T>> outcomes = Outcome.of(pictures, network);
      if (answered + refused == 0 && !(single && outcomes.getFirst() instanceof Failed)) {
        results.begin();
      }
      for (Outcome<T> outcome : outcomes) {
        switch (outcome) {
          case Answered<T>(Decoded picture, T answer) -> {
            results.answered(picture, answer);
            answered++;
          }
          case Failed<T>(Path file, Exception cause) -> {
            results.refused(file, cause);
            refused++;
          }
        }
      }
      terminal.flush();
      results.progress(answered + refused);
    }
    results.end(answered, refused, (System.nanoTime() - start) / 1e9);
    if (refused == 0) {
      return ExitCodes.OK;
    }
    return single || answered == 0 ? ExitCodes.BAD_INPUT : ExitCodes.SOME_FAILED;
  }
}
