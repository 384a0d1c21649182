package org.resnet4j.bench.picture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.resnet4j.bench.report.JsonLines;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.bench.screen.Units;
import org.resnet4j.core.Classification;
import org.resnet4j.core.Prediction;

/** Counts how often a picture's class is the best, and among the five best. */
public final class LabelledResults implements Results<Classification> {
  /** Predictions that the count needs. */
  public static final int BEST = 5;

  private final Terminal terminal;
  private final Results<Classification> shown;
  private final FolderClasses truth;
  private final int top;
  private final boolean json;
  private int counted;
  private int best;
  private int amongBest;

  /**
   * @param shown where the pictures' own results go, with {@code top} predictions each
   */
  public LabelledResults(
      Terminal terminal,
      Results<Classification> shown,
      FolderClasses truth,
      int top,
      boolean json) {
    this.terminal = terminal;
    this.shown = shown;
    this.truth = truth;
    this.top = top;
    this.json = json;
  }

  @Override
  public void begin() throws IOException {
    shown.begin();
  }

  @Override
  public void answered(Path file, Classification answer) throws IOException {
    List<Prediction> predictions = answer.predictions();
    OptionalInt expected = truth.of(file);
    if (expected.isPresent()) {
      counted++;
      best += predictions.getFirst().index() == expected.getAsInt() ? 1 : 0;
      amongBest +=
          predictions.stream()
                  .limit(BEST)
                  .anyMatch(prediction -> prediction.index() == expected.getAsInt())
              ? 1
              : 0;
    }
    List<Prediction> wanted = predictions.subList(0, Math.min(top, predictions.size()));
    shown.answered(file, new Classification(wanted, answer.timing()));
  }

  @Override
  public void refused(Path file, Exception cause) throws IOException {
    shown.refused(file, cause);
  }

  @Override
  public void progress(int done) {
    shown.progress(done);
  }

  @Override
  public void end(int answered, int refused, double seconds) throws IOException {
    shown.end(answered, refused, seconds);
    if (json) {
      new JsonLines(terminal.out())
          .print(out -> {
            out.writeNumberProperty("images", counted);
            out.writeNumberProperty("failed", refused);
            JsonLines.number(out, "top1", (double) best / counted);
            JsonLines.number(out, "top5", (double) amongBest / counted);
          });
    } else if (counted > 0) {
      terminal
          .out()
          .println(
              "top-1    %s (%s of %s)%ntop-5    %s (%s of %s)"
                  .formatted(
                      Units.percent((double) best / counted).strip(),
                      best,
                      counted,
                      Units.percent((double) amongBest / counted).strip(),
                      amongBest,
                      counted));
    }
  }
}
