package org.resnet4j.bench.command;

import static java.util.stream.Collectors.joining;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.failure.ExitCodes;
import org.resnet4j.bench.option.BackendArguments;
import org.resnet4j.bench.option.DecodingArguments;
import org.resnet4j.bench.option.Inputs;
import org.resnet4j.bench.option.ModelArguments;
import org.resnet4j.bench.output.OutputFile;
import org.resnet4j.bench.output.Outputs;
import org.resnet4j.bench.picture.HeatPicture;
import org.resnet4j.bench.picture.InputReader;
import org.resnet4j.bench.picture.PeopleResults;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.bench.screen.Units;
import org.resnet4j.core.Explainer;
import org.resnet4j.core.Explanation;
import org.resnet4j.core.Prediction;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.file.WholeFile;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.model.Labels;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.text.Quote;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code resnet4j explain}. */
@Command(
    name = "explain",
    description =
        "Shows which parts of a picture speak for a class: its class activation map, drawn over the"
            + " picture.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  resnet4j explain golden/samples/00.png --out heat.png",
      "  resnet4j explain cat.jpg --weights r50.pth --class tabby --out heat.png"
    })
public final class ExplainCommand implements Callable<Integer> {
  private static final int TOP = 5;
  private static final int MAX_LISTED = 8;

  private final Terminal terminal;

  @Parameters(
      paramLabel = "FILE",
      description = "A JPEG, PNG, GIF, BMP, TIFF or WebP file, or - for standard input.")
  private @Nullable Path picture;

  @Mixin private DecodingArguments decodingArguments = new DecodingArguments();

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "FILE.png",
      description =
          "The picture to write, as large as the one that is explained, or larger if that is small.")
  private @Nullable Path out;

  @Option(names = "--force", description = "Replace the file if it exists.")
  private boolean force;

  @Option(
      names = "--class",
      paramLabel = "NAME|N",
      description = "The class, by its label or number. Default: the most probable.")
  private @Nullable String wanted;

  @Mixin private ModelArguments modelArguments = new ModelArguments();

  @Mixin private BackendArguments backendArguments = new BackendArguments();

  public ExplainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, CommandException {
    Path file = checkedOut();
    Path named = Objects.requireNonNull(picture);
    if (Files.isDirectory(named)) {
      throw new CommandException(named.toString(), "is a directory", "name one picture in it");
    }
    Inputs inputs = Inputs.flat(List.of(named));
    Outputs.requireOther("--out", file, "the picture", inputs.files().getFirst());
    modelArguments.requireOther("--out", file);
    DecodeOptions decoding = decodingArguments.options();
    PretrainedModel model = modelArguments.load(terminal);
    @Nullable Integer chosen = wanted == null ? null : number(wanted, model.labels());
    BackendArguments.Choice choice = backendArguments.open(terminal);
    try (Backend backend = choice.backend();
        Explainer explainer = open(model, backend, decoding)) {
      RgbImage decoded = new InputReader().read(inputs.files().getFirst(), decoding);
      Explanation explanation = explainer.explain(decoded);
      Prediction shown =
          chosen == null ? explanation.predictions(1).getFirst() : explanation.prediction(chosen);
      HeatPicture heat =
          new HeatPicture(
              explanation.map(shown.index()), explanation.height(), explanation.width());
      write(file, heat.over(decoded, model.preprocessing().area(decoded)));
      PeopleResults screen = new PeopleResults(terminal, choice, decoding, model, inputs);
      screen.begin();
      screen.list(inputs.files().getFirst(), explanation.predictions(TOP));
      terminal.out().println();
      terminal
          .out()
          .println(
              "written  %s: what speaks for %s (%s)"
                  .formatted(
                      Quote.oneLine(file.toString()),
                      Quote.name(shown.label()),
                      Units.percent(shown.probability()).strip()));
    }
    return ExitCodes.OK;
  }

  private Explainer open(PretrainedModel model, Backend backend, DecodeOptions decoding)
      throws CommandException {
    try {
      return Explainer.open(model, backend, decoding);
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          modelArguments.description(),
          String.valueOf(e.getMessage()),
          "give the weights of a network that does");
    }
  }

  private Path checkedOut() throws CommandException, IOException {
    Path file = Objects.requireNonNull(out);
    if (!file.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
      throw new CommandException("--out " + file, "is the name of no PNG", "end it with .png");
    }
    new OutputFile(file, force).check();
    return file;
  }

  /** A label comes before one of another case, and that before a number. */
  private static int number(String text, Labels labels) throws CommandException {
    List<String> names = labels.names();
    List<Integer> called = numbers(names, text::equals);
    if (called.isEmpty()) {
      called = numbers(names, text::equalsIgnoreCase);
    }
    if (called.size() == 1) {
      return called.getFirst();
    }
    if (!called.isEmpty()) {
      throw new CommandException(
          "--class " + text,
          "is what %s classes are called: %s%s"
              .formatted(
                  called.size(),
                  called.stream().limit(MAX_LISTED).map(String::valueOf).collect(joining(", ")),
                  called.size() > MAX_LISTED ? ", ..." : ""),
          "name one by its number");
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= 0 && number < names.size()) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Falls through to the common refusal.
    }
    throw new CommandException(
        "--class " + text,
        "is none of the " + names.size() + " classes",
        "name one, such as "
            + Quote.name(names.isEmpty() ? "" : names.getFirst())
            + ", or its number from 0 on");
  }

  private static List<Integer> numbers(List<String> names, Predicate<String> wanted) {
    return IntStream.range(0, names.size()).filter(i -> wanted.test(names.get(i))).boxed().toList();
  }

  private void write(Path file, BufferedImage picture) throws IOException, CommandException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(png)) { // of no file in /tmp
      ImageIO.write(picture, "png", out);
    }
    new OutputFile(file, force).write(WholeFile.Content.of(png.toByteArray()));
  }
}
