package org.resnet4j.bench.screen;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a command writes, and what can be shown there. Text is UTF-8 whatever the locale. */
public final class Terminal {
  /**
   * What the streams lead to.
   *
   * @param outIsTerminal whether standard output is one
   * @param errIsTerminal whether standard error is one
   * @param colour whether escape sequences are welcome
   * @param blocks whether block characters can be shown
   * @param columns width of the screen
   */
  public record Features(
      boolean outIsTerminal, boolean errIsTerminal, boolean colour, boolean blocks, int columns) {
    /** A file or a pipe. */
    public static final Features PLAIN = new Features(false, false, false, true, 80);

    /** This process's: Java cannot ask about standard error, so the launcher does. */
    public static Features ofProcess() {
      boolean out = Boolean.getBoolean("resnet4j.out.terminal");
      boolean err = Boolean.getBoolean("resnet4j.err.terminal");
      String noColour = System.getenv("NO_COLOR");
      boolean blocks =
          !Boolean.getBoolean("resnet4j.ascii")
              && System.out.charset().newEncoder().canEncode('\u2588');
      int columns = Math.max(20, Integer.getInteger("resnet4j.columns", 80));
      return new Features(
          out, err, out && (noColour == null || noColour.isEmpty()), blocks, columns);
    }
  }

  private final PrintStream out;
  private final PrintStream err;
  private final Features features;
  private final Recorder recorder;
  private boolean goesOnUnread;

  public Terminal(OutputStream out, OutputStream err, Features features) {
    this.recorder = new Recorder(out);
    this.out = new PrintStream(recorder, false, StandardCharsets.UTF_8);
    this.err = new PrintStream(err, true, StandardCharsets.UTF_8);
    this.features = features;
  }

  public PrintStream out() {
    return out;
  }

  public PrintStream err() {
    return err;
  }

  public Features features() {
    return features;
  }

  /** Whether a name of a file stands for standard output, as with other tools: {@code -}. */
  public static boolean isStandardOutput(Path file) {
    return file.equals(Path.of("-"));
  }

  /**
   * Brings what was written to its reader.
   *
   * @throws OutputException if that or an earlier write failed
   */
  public void flush() throws OutputException {
    out.flush();
    if (recorder.failure != null) {
      throw new OutputException(recorder.failure);
    }
  }

  /**
   * The same for a command that goes on without a screen, since its result is elsewhere, too.
   *
   * @throws OutputException if it fails for another reason than that its reader has gone
   */
  public void flushIfRead() throws OutputException {
    goesOnUnread = true;
    try {
      flush();
    } catch (OutputException e) {
      if (!e.readerGone()) {
        throw e;
      }
    }
  }

  /** Whether {@link #flushIfRead} has been asked for. */
  public boolean goesOnUnread() {
    return goesOnUnread;
  }

  /** Keeps the first failure, which {@code PrintStream} would reduce to a flag. */
  private static final class Recorder extends FilterOutputStream {
    private @Nullable IOException failure;

    Recorder(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      attempt(() -> out.write(bytes, offset, length));
    }

    @Override
    public void write(int value) throws IOException {
      attempt(() -> out.write(value));
    }

    @Override
    public void flush() throws IOException {
      attempt(out::flush);
    }

    @FunctionalInterface
    private interface Action {
      void run() throws IOException;
    }

    private void attempt(Action action) throws IOException {
      try {
        action.run();
      } catch (IOException e) {
        failure = failure == null ? e : failure;
        throw e;
      }
    }
  }
}
