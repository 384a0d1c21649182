package org.resnet4j.bench.run;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.result.Results;
import org.resnet4j.bench.screen.OutputException;
import org.resnet4j.core.file.WholeFile;

/**
 * Results, and the files that hold them: written anew with whatever is added, so that a run that is
 * cut short leaves what it has measured.
 */
public final class Ledger implements AutoCloseable {
  /**
   * A file that shows the results.
   *
   * @param path where
   * @param content what it holds of some results
   */
  public record Copy(Path path, Function<Results, String> content) {}

  private final List<Output> outputs = new ArrayList<>();
  private Results results;

  /**
   * Shows now whether the files can be written.
   *
   * @param begun the results before anything is measured
   * @throws IOException if one cannot
   */
  public Ledger(Results begun, List<Copy> copies) throws IOException {
    results = begun;
    for (Copy copy : copies) {
      outputs.add(Output.open(copy));
    }
  }

  /** All there is so far. */
  public Results results() {
    return results;
  }

  /** Changes the results and writes the files. */
  public void update(UnaryOperator<Results> change) throws IOException {
    results = change.apply(results);
    for (Output output : outputs) {
      output.replace(results);
    }
  }

  /** Writes the files, also if nothing was added, and what goes to streams. */
  @Override
  public void close() throws IOException {
    for (Output output : outputs) {
      output.end(results);
    }
  }

  /** A file, or where everything is written at the end because it is none to be replaced. */
  private record Output(Copy copy, @Nullable OutputStream stream) {
    static Output open(Copy copy) throws IOException {
      if (WholeFile.isSystems(copy.path())) {
        WholeFile.checkStream(copy.path());
        return new Output(copy, Files.newOutputStream(copy.path(), StandardOpenOption.APPEND));
      }
      WholeFile.check(copy.path());
      return new Output(copy, null);
    }

    void replace(Results results) throws IOException {
      if (stream != null) {
        return;
      }
      WholeFile.replace(copy.path(), bytes(results));
    }

    void end(Results results) throws IOException {
      if (stream == null) {
        replace(results);
        return;
      }
      try (OutputStream out = stream) {
        out.write(bytes(results));
      } catch (FileSystemException e) {
        throw e;
      } catch (IOException e) {
        if (OutputException.isReaderGone(e)) {
          throw new OutputException(e);
        }
        throw new FileSystemException(copy.path().toString(), null, String.valueOf(e.getMessage()));
      }
    }

    private byte[] bytes(Results results) {
      return copy.content().apply(results).getBytes(StandardCharsets.UTF_8);
    }
  }
}
