package org.resnet4j.bench.command;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.failure.ExitCodes;
import org.resnet4j.bench.option.ModelArguments;
import org.resnet4j.bench.option.Size;
import org.resnet4j.bench.output.OutputFile;
import org.resnet4j.bench.report.JsonLines;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.bench.screen.Units;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.image.PreprocessingChange;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.onnx.OnnxWriter;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.text.Quote;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code resnet4j export}. */
@Command(
    name = "export",
    description =
        "Writes a network with its weights as an ONNX file, which other engines run, and with what"
            + " the options or the weights' files say of pictures and answers.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  resnet4j export --onnx demo.onnx",
      "  resnet4j export --onnx r50.onnx --weights r50.pth --size 256x192 --fused"
    })
public final class ExportCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--onnx",
      required = true,
      paramLabel = "FILE",
      description = "The file to write.")
  private Path file = Path.of("");

  @Mixin private ModelArguments modelArguments = new ModelArguments();

  @Option(
      names = "--size",
      paramLabel = "HxW",
      converter = Size.Converter.class,
      description = "Height and width of the picture. Default: what the weights were made for.")
  private @Nullable Size size;

  @Option(
      names = "--fused",
      description = "Fold batch norms into the convolutions before them, as the engines here do.")
  private boolean fused;

  @Option(names = "--force", description = "Replace the file if it exists.")
  private boolean force;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  public ExportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, CommandException {
    if (Terminal.isStandardOutput(file)) {
      throw new CommandException(
          "--onnx -", "standard output says what was written", "name a file");
    }
    modelArguments.requireOther("--onnx", file);
    checkSize();
    if (!force && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw OutputFile.existsAlready(file);
    }
    PretrainedModel model = modelArguments.load(terminal);
    Graph graph = size == null ? model.graph() : size.of(model.graph());
    graph = fused ? Passes.inference().apply(graph) : graph;
    OnnxWriter.Written written;
    try {
      Map<String, String> metadata = metadata(model);
      written =
          force
              ? OnnxWriter.write(graph, metadata, file)
              : OnnxWriter.create(graph, metadata, file);
    } catch (FileAlreadyExistsException _) {
      throw OutputFile.existsAlready(file); // by now
    }
    if (json) {
      printJson(model, graph, written);
    } else {
      print(terminal.out(), model, graph, written);
    }
    return ExitCodes.OK;
  }

  /** What the picture's extents leave open is said by no other option. */
  private void checkSize() throws CommandException {
    if (size == null) {
      return;
    }
    if (isStated("--crop")) {
      throw new CommandException(
          "--crop", "is how large pictures are, as --size is", "leave one of them out");
    }
    if (isStated("--resize") && size.height() != size.width()) {
      throw new CommandException(
          "--resize", "is for a square that is cropped, and --size is none", "leave it out");
    }
  }

  private boolean isStated(String option) {
    return spec.commandLine().getParseResult().hasMatchedOption(option);
  }

  /** What the file says of itself, with crops of its size; a file for no squares names no crop. */
  private Map<String, String> metadata(PretrainedModel model) {
    if (size == null) {
      return model.metadata();
    }
    if (size.height() != size.width()) {
      Map<String, String> other = new TreeMap<>(model.metadata());
      other.keySet().removeAll(List.of("resize_size", "crop_size"));
      return other;
    }
    Preprocessing own = model.preprocessing();
    double scale = isStated("--resize") ? 1 : (double) size.width() / own.crop();
    int resize = Math.toIntExact(Math.round(own.resizeShorterSide() * scale));
    return new PretrainedModel(
            model.name(),
            model.description(),
            model.spec(),
            size.of(model.graph()),
            new PreprocessingChange(resize, size.width(), null, null, null).apply(own),
            model.labels())
        .metadata();
  }

  private void print(
      PrintStream out, PretrainedModel model, Graph graph, OnnxWriter.Written written) {
    Shape input = graph.inputShape();
    out.println("model    " + Quote.line(model.name() + ": " + model.description()));
    out.println(
        "written  %s: %s nodes, opset %s, %s"
            .formatted(
                Quote.oneLine(file.toString()),
                written.nodes(),
                OnnxWriter.OPSET,
                Units.bytes(written.bytes())));
    out.println(
        "input    input: float32 [N, %s, %s, %s]"
            .formatted(input.channels(), input.height(), input.width()));
    Node last = graph.output();
    out.println(
        last.op() instanceof Op.Linear
            ? "output   logits: float32 [N, %s]".formatted(last.shape().channels())
            : "output   %s: float32 [N, %s, %s, %s]"
                .formatted(
                    last.name(),
                    last.shape().channels(),
                    last.shape().height(),
                    last.shape().width()));
  }

  private void printJson(PretrainedModel model, Graph graph, OnnxWriter.Written written) {
    Shape input = graph.inputShape();
    new JsonLines(terminal.out())
        .print(out -> {
          out.writeStringProperty("file", file.toString());
          out.writeStringProperty("model", model.name());
          out.writeNumberProperty("nodes", written.nodes());
          out.writeNumberProperty("opset", OnnxWriter.OPSET);
          out.writeNumberProperty("bytes", written.bytes());
          out.writeArrayPropertyStart("image");
          out.writeNumber(input.channels());
          out.writeNumber(input.height());
          out.writeNumber(input.width());
          out.writeEndArray();
          out.writeNumberProperty("classes", model.classes());
          out.writeNumberProperty("outputs", graph.output().shape().channels());
        });
  }
}
