package org.resnet4j.bench.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.failure.ExitCodes;
import org.resnet4j.bench.option.BackendArguments;
import org.resnet4j.bench.option.Inputs;
import org.resnet4j.bench.option.ModelArguments;
import org.resnet4j.bench.option.PictureArguments;
import org.resnet4j.bench.output.OutputFile;
import org.resnet4j.bench.output.Outputs;
import org.resnet4j.bench.picture.Embeddings;
import org.resnet4j.bench.picture.InputReader;
import org.resnet4j.bench.picture.PictureLoop;
import org.resnet4j.bench.report.JsonLines;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.FeatureExtractor;
import org.resnet4j.core.PictureStream;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.file.WholeFile;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.text.Quote;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code resnet4j embed}. */
@Command(
    name = "embed",
    description =
        "Gives the features of pictures: what the network has before its classifier, by which"
            + " pictures that look alike are found.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  resnet4j embed photos/ --out features.npy",
      "  resnet4j embed cat.jpg --weights resnet50.pth > features.jsonl"
    })
public final class EmbedCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private PictureArguments pictureArguments = new PictureArguments();

  @Option(
      names = "--out",
      paramLabel = "FILE.npy",
      description =
          "A NumPy file, a row for each picture, and FILE.npy.json beside it, which says what they"
              + " are. Default: JSON lines on standard output.")
  private @Nullable Path out;

  @Option(names = "--force", description = "Replace the files if they exist.")
  private boolean force;

  @Mixin private ModelArguments modelArguments = new ModelArguments();

  @Mixin private BackendArguments backendArguments = new BackendArguments();

  public EmbedCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, CommandException {
    checkOut();
    Inputs inputs = pictureArguments.inputs(false);
    if (out != null) {
      for (Path file : List.of(out, description(out))) {
        modelArguments.requireOther("--out", file);
        Outputs.requireOther("--out", file, "a picture", inputs.files());
      }
    }
    int size = pictureArguments.batch(inputs);
    DecodeOptions decoding = pictureArguments.decoding();
    PretrainedModel model = modelArguments.load(terminal);
    BackendArguments.Choice choice = backendArguments.open(terminal);
    try (Backend backend = choice.backend();
        FeatureExtractor extractor = FeatureExtractor.open(model, backend, size, decoding);
        PictureStream<Path, float[]> outcomes =
            extractor.extractAll(inputs.files(), new InputReader())) {
      PictureLoop loop = new PictureLoop(terminal, inputs.single());
      return out == null
          ? loop.run(outcomes, new Embeddings.Lines(terminal, model, backend.name()))
          : write(out, loop, outcomes, model, choice, decoding, inputs.files().size());
    }
  }

  private void checkOut() throws CommandException, IOException {
    if (out == null) {
      return;
    }
    if (!out.toString().toLowerCase(Locale.ROOT).endsWith(".npy")) {
      throw new CommandException(
          "--out " + out, "is the name of no NumPy file", "end it with .npy");
    }
    for (Path file : List.of(out, description(out))) {
      new OutputFile(file, force).check();
    }
  }

  private static Path description(Path npy) {
    return npy.resolveSibling(npy.getFileName() + ".json");
  }

  private int write(
      Path npy,
      PictureLoop loop,
      PictureStream<Path, float[]> outcomes,
      PretrainedModel model,
      BackendArguments.Choice choice,
      DecodeOptions decoding,
      int total)
      throws IOException, CommandException {
    Written written = new Written(npy, loop, outcomes, model, choice.backend().name(), total);
    try {
      new OutputFile(npy, force).write(written::writeTo);
    } catch (NoRows _) {
      return ExitCodes.BAD_INPUT; // and each picture has been complained of
    } catch (Refused e) {
      throw e.reason;
    }
    Embeddings.Matrix matrix = written.matrix();
    PrintStream screen = terminal.out();
    screen.println("device   " + choice.device(decoding));
    screen.println("model    " + Quote.line(model.name() + ": " + model.description()));
    screen.println(
        "written  %s: float32 [%s, %s]"
            .formatted(Quote.oneLine(npy.toString()), matrix.rows(), model.features()));
    screen.println(
        "         %s: the pictures of the rows"
            .formatted(Quote.oneLine(description(npy).toString())));
    return written.code;
  }

  /** Leaves the files as they were. */
  private static final class NoRows extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** The description cannot be written; leaves the files as they were. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final CommandException reason;

    Refused(CommandException reason) {
      super(reason);
      this.reason = reason;
    }
  }

  /** The content of the NumPy file, and what came of it. */
  private final class Written {
    private final Path npy;
    private final PictureLoop loop;
    private final PictureStream<Path, float[]> outcomes;
    private final PretrainedModel model;
    private final String backend;
    private final int total;
    private Embeddings.@Nullable Matrix matrix;
    private int code;

    Written(
        Path npy,
        PictureLoop loop,
        PictureStream<Path, float[]> outcomes,
        PretrainedModel model,
        String backend,
        int total) {
      this.npy = npy;
      this.loop = loop;
      this.outcomes = outcomes;
      this.model = model;
      this.backend = backend;
      this.total = total;
    }

    void writeTo(FileChannel channel) throws IOException {
      Embeddings.Matrix rows = new Embeddings.Matrix(terminal, model, backend, channel, total);
      code = loop.run(outcomes, rows);
      if (rows.rows() == 0) {
        throw new NoRows();
      }
      matrix = rows;
      channel.force(true);
      describe(rows);
    }

    /** Before the rows themselves come into being: without it nobody knows whose they are. */
    private void describe(Embeddings.Matrix rows) throws IOException {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      PrintStream lines = new PrintStream(text, false, StandardCharsets.UTF_8);
      new JsonLines(lines).print(rows::describeRows);
      lines.flush();
      try {
        new OutputFile(description(npy), force).write(WholeFile.Content.of(text.toByteArray()));
      } catch (CommandException e) {
        throw new Refused(e);
      }
    }

    Embeddings.Matrix matrix() {
      if (matrix == null) {
        throw new IllegalStateException("nothing was written");
      }
      return matrix;
    }
  }
}
