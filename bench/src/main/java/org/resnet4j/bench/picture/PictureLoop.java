package org.resnet4j.bench.picture;

import java.io.IOException;
import java.nio.file.Path;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.failure.ExitCodes;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.NonFiniteResultException;
import org.resnet4j.core.Outcome;
import org.resnet4j.core.Outcome.Answered;
import org.resnet4j.core.Outcome.Failed;
import org.resnet4j.core.PictureStream;

/**
 * Outcomes of pictures to where their results go.
 *
 * @param single whether the user named one file, whose failure is the command's
 */
public record PictureLoop(Terminal terminal, boolean single) {
  /**
   * Passes them all on.
   *
   * @return the command's exit code
   */
  public <T> int run(PictureStream<Path, T> outcomes, Results<T> results) throws IOException {
    long start = System.nanoTime();
    int answered = 0;
    int refused = 0;
    for (Outcome<Path, T> outcome : outcomes) {
      if (answered + refused == 0 && !(single && outcome instanceof Failed)) {
        results.begin();
      }
      switch (outcome) {
        case Answered<Path, T>(Path file, T answer) -> {
          results.answered(file, answer);
          answered++;
        }
        case Failed<Path, T>(Path file, Exception cause) -> {
          results.refused(file, withFile(file, cause));
          refused++;
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

  private static Exception withFile(Path file, Exception cause) {
    return cause instanceof NonFiniteResultException e
        ? new CommandException(file.toString(), e.reason(), e.remedy())
        : cause;
  }
}
