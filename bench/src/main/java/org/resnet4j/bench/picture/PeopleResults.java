package org.resnet4j.bench.picture;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.resnet4j.bench.failure.Failures;
import org.resnet4j.bench.option.BackendArguments;
import org.resnet4j.bench.option.Inputs;
import org.resnet4j.bench.screen.Bars;
import org.resnet4j.bench.screen.ProgressBar;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.bench.screen.Units;
import org.resnet4j.core.Classification;
import org.resnet4j.core.Prediction;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.text.Quote;

/** Device, model, then the best classes with bars for one picture, or a line each for many. */
public final class PeopleResults implements Results<Classification> {
  private static final int BAR_WIDTH = 24;
  private static final int MAX_LISTED = 12;
  private static final int MAX_FILE_COLUMN = 60;

  private final Terminal terminal;
  private final PrintStream out;
  private final BackendArguments.Choice choice;
  private final DecodeOptions decoding;
  private final PretrainedModel model;
  private final boolean single;
  private final int passedOver;
  private final int fileColumn;
  private final int labelColumn;
  private final ProgressBar bar;

  public PeopleResults(
      Terminal terminal,
      BackendArguments.Choice choice,
      DecodeOptions decoding,
      PretrainedModel model,
      Inputs inputs) {
    this.terminal = terminal;
    this.out = terminal.out();
    this.choice = choice;
    this.decoding = decoding;
    this.model = model;
    this.single = inputs.single();
    this.passedOver = inputs.passedOver();
    this.fileColumn =
        inputs.files().stream()
            .mapToInt(file -> file.toString().length())
            .filter(length -> length <= MAX_FILE_COLUMN)
            .max()
            .orElse(0);
    this.labelColumn =
        Math.min(
            30,
            model.labels().names().stream()
                .map(Quote::brief)
                .mapToInt(String::length)
                .max()
                .orElse(0));
    this.bar = new ProgressBar(terminal, inputs.files().size(), "images");
  }

  @Override
  public void begin() {
    out.println("device   " + choice.device(decoding));
    if (choice.automatic()) {
      out.println("         chosen by --backend auto" + (choice.passedOver().isEmpty() ? "" : ":"));
      choice.passedOver().forEach(reason -> out.println("         no " + reason));
    }
    out.println("model    " + Quote.line(model.name() + ": " + model.description()));
    out.println("classes  " + classes());
    out.println();
  }

  private String classes() {
    List<String> names = model.labels().names();
    String listed =
        names.stream().limit(MAX_LISTED).map(Quote::brief).collect(Collectors.joining(", "));
    return names.size() <= MAX_LISTED
        ? "it knows these " + names.size() + " and nothing else: " + listed
        : "it knows " + names.size() + ": " + listed + ", ...";
  }

  @Override
  public void answered(Path file, Classification answer) {
    bar.clear();
    if (!single) {
      Prediction best = answer.predictions().getFirst();
      String name = Quote.oneLine(file.toString());
      out.println(
          pad(name, fileColumn)
              + "  "
              + pad(Quote.brief(best.label()), labelColumn)
              + "  "
              + percent(best));
      return;
    }
    list(file, answer.predictions());
    Classification.Timing timing = answer.timing();
    out.println();
    out.println(
        "time     decode %s, preprocess %s, network %s (first run of a cold JVM)"
            .formatted(
                Units.millis(timing.decodeMillis()),
                Units.millis(timing.preprocessMillis()),
                Units.millis(timing.networkMillis())));
  }

  /** A picture's classes, a line with a bar for each. */
  public void list(Path file, List<Prediction> predictions) {
    out.println(Quote.oneLine(file.toString()));
    predictions.forEach(this::printPrediction);
  }

  private void printPrediction(Prediction prediction) {
    String bar = Bars.bar(prediction.probability(), BAR_WIDTH, terminal.features().blocks());
    String line =
        "  " + pad(Quote.brief(prediction.label()), labelColumn) + "  " + percent(prediction);
    out.println(bar.isEmpty() ? line : line + "  " + green(bar));
  }

  private String green(String text) {
    return terminal.features().colour() ? "\033[32m" + text + "\033[0m" : text;
  }

  private static String percent(Prediction prediction) {
    return Units.percent(prediction.probability());
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  @Override
  public void refused(Path file, Exception cause) {
    bar.clear();
    out.flush(); // where both streams share a screen, lines stay in order
    terminal.err().println("resnet4j: " + Failures.line(cause));
  }

  @Override
  public void progress(int done) {
    if (!single) {
      bar.show(done);
    }
  }

  @Override
  public void end(int answered, int refused, double seconds) {
    bar.clear();
    if (!single) {
      String failed =
          (refused == 0 ? "" : ", " + refused + " failed")
              + (passedOver == 0
                  ? ""
                  : ", "
                      + passedOver
                      + (passedOver == 1 ? " hidden file" : " hidden files")
                      + " passed over");
      out.println();
      out.println(
          String.format(
              Locale.ROOT,
              "%d images in %.2f s: %.1f images/s%s",
              answered,
              seconds,
              answered / seconds,
              failed));
    }
  }
}
