package org.resnet4j.bench.output;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.screen.OutputException;

/**
 * Results, and the files that hold them: written anew with whatever is added, so that a run that is
 * cut short leaves what it has measured.
 *
 * @param <R> what is written down
 */
public final class Ledger<R> implements AutoCloseable {
  /**
   * A file that shows the results.
   *
   * @param <R> what is written down
   * @param file where
   * @param content what it holds of some results
   */
  public record Copy<R>(ResultFile file, Function<R, String> content) {}

  private final List<Output<R>> outputs = new ArrayList<>();
  private R results;
  private boolean begun;

  /**
   * Shows now whether the files can be written.
   *
   * @param none the results before anything is measured
   * @throws CommandException if something else is there
   * @throws IOException if one cannot
   */
  public Ledger(R none, List<Copy<R>> copies) throws IOException, CommandException {
    results = none;
    for (Copy<R> copy : copies) {
      outputs.add(Output.open(copy));
    }
  }

  /** All there is so far. */
  public R results() {
    return results;
  }

  /** Changes the results and writes the files, which keep what they hold until then. */
  public void update(UnaryOperator<R> change) throws IOException {
    begun = true;
    results = change.apply(results);
    for (Output<R> output : outputs) {
      output.replace(results);
    }
  }

  /** Writes what goes to streams, if there was an update. */
  @Override
  public void close() throws IOException {
    for (Output<R> output : outputs) {
      output.end(begun ? results : null);
    }
  }

  /** A file, or where everything is written at the end because it is none to be replaced. */
  private record Output<R>(Copy<R> copy, @Nullable OutputStream stream) {
    static <R> Output<R> open(Copy<R> copy) throws IOException, CommandException {
      copy.file().check();
      return new Output<>(
          copy,
          copy.file().isStream()
              ? Files.newOutputStream(copy.file().path(), StandardOpenOption.APPEND)
              : null);
    }

    void replace(R results) throws IOException {
      if (stream == null) {
        copy.file().write(copy.content().apply(results));
      }
    }

    void end(@Nullable R results) throws IOException {
      if (stream == null) {
        return;
      }
      try (OutputStream out = stream) {
        if (results != null) {
          out.write(copy.content().apply(results).getBytes(StandardCharsets.UTF_8));
        }
      } catch (FileSystemException e) {
        throw e;
      } catch (IOException e) {
        if (OutputException.isReaderGone(e)) {
          throw new OutputException(e);
        }
        throw new FileSystemException(
            copy.file().path().toString(), null, String.valueOf(e.getMessage()));
      }
    }
  }
}
