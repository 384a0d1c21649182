package org.resnet4j.bench.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.drawing.NetworkDrawing;
import org.resnet4j.bench.drawing.NetworkParts;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.failure.ExitCodes;
import org.resnet4j.bench.option.AtLeastOne;
import org.resnet4j.bench.option.Size;
import org.resnet4j.bench.option.WeightsPlace;
import org.resnet4j.bench.output.OutputFile;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.file.WholeFile;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.model.Block;
import org.resnet4j.core.model.LoadedNetwork;
import org.resnet4j.core.model.ModelOptions;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.model.StridePlacement;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.WeightSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code resnet4j draw}. */
@Command(
    name = "draw",
    description =
        "Draws a network as an SVG picture, in the manner of the ResNet paper: its blocks with"
            + " their convolutions, and their shortcuts, solid for an identity and dashed for a"
            + " projection. Needs no weights.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  resnet4j draw resnet50 -o resnet50.svg",
      "  resnet4j draw resnet50.onnx --size 256x192 -o net.svg"
    })
public final class DrawCommand implements Callable<Integer> {
  private static final Size USUAL = new Size(224, 224);

  private final Terminal terminal;

  @Parameters(
      paramLabel = "NAME|" + WeightsPlace.LABEL,
      converter = WeightsPlace.Converter.class,
      description =
          "A network such as resnet50, or one's own: safetensors, .pth, .onnx, a folder, or a model"
              + " of the Hugging Face hub.")
  private @Nullable WeightsPlace place;

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "FILE.svg",
      description = "The picture to write, or - for standard output.")
  private @Nullable Path out;

  @Option(names = "--force", description = "Replace the file if it exists.")
  private boolean force;

  @Option(
      names = "--size",
      paramLabel = "HxW",
      converter = Size.Converter.class,
      description =
          "Height and width of the network's input. Default: 224x224, or what a file was made for.")
  private @Nullable Size size;

  @Option(
      names = "--num-classes",
      paramLabel = "N",
      converter = AtLeastOne.class,
      description = "Outputs of the classifier; a file has to have as many. Default: 1000.")
  private @Nullable Integer numClasses;

  @Option(
      names = "--v1",
      description = "Stride in the first 1x1 of a bottleneck, as in the paper, not in the 3x3.")
  private boolean v1;

  /**
   * What is drawn.
   *
   * @param name its title
   */
  private record Network(String name, Graph graph) {}

  public DrawCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, CommandException {
    WeightsPlace named = Objects.requireNonNull(place);
    Path file = checkedOut(named);
    if (numClasses != null && numClasses > ResNetSpec.MAX_CLASSES) {
      throw new CommandException(
          "--num-classes " + numClasses,
          "no classifier has as many",
          "choose at most " + ResNetSpec.MAX_CLASSES);
    }
    Network network = isName(named) ? named(named.text()) : own(named);
    String svg = NetworkDrawing.of(network.name(), network.graph()).svg() + "\n";
    if (Terminal.isStandardOutput(file)) {
      terminal.out().print(svg);
      return ExitCodes.OK;
    }
    new OutputFile(file, force).write(WholeFile.Content.of(svg.getBytes(StandardCharsets.UTF_8)));
    NetworkParts parts = NetworkParts.of(network.graph());
    terminal
        .out()
        .println(
            "written  %s: %s, residual blocks: %s"
                .formatted(
                    Quote.oneLine(file.toString()),
                    Quote.brief(network.name()),
                    parts.blocks().size()));
    return ExitCodes.OK;
  }

  /** Whether a network of the family is meant: a file of such a name is written {@code ./NAME}. */
  private static boolean isName(WeightsPlace place) {
    String text = place.text();
    return ResNets.known().stream().anyMatch(spec -> spec.name().equals(text))
        || (text.matches("\\w+") && !Files.exists(Path.of(text)));
  }

  private Network named(String name) throws CommandException {
    ResNetSpec spec =
        ResNets.named(name).withStridePlacement(v1 ? StridePlacement.V1 : StridePlacement.V1_5);
    spec = numClasses == null ? spec : spec.withNumClasses(numClasses);
    checkStride(spec);
    Size extents = size == null ? USUAL : size;
    return new Network(
        name, ResNet.build(spec, extents.height(), extents.width(), WeightSource.META));
  }

  private Network own(WeightsPlace weights) throws IOException, CommandException {
    LoadedNetwork loaded =
        LoadedNetwork.load(
            weights.locate(terminal),
            ModelOptions.defaults()
                .withNumClasses(numClasses)
                .withStridePlacement(v1 ? StridePlacement.V1 : null));
    checkStride(loaded.spec());
    return new Network(loaded.name(), size == null ? loaded.graph() : size.of(loaded.graph()));
  }

  /**
   * Refuses {@code --v1} where it would change nothing.
   *
   * @param spec null for a network that is read from a graph
   */
  private void checkStride(@Nullable ResNetSpec spec) throws CommandException {
    if (v1 && (spec == null || spec.block() == Block.BASIC)) {
      throw new CommandException(
          "--v1",
          spec == null ? "where it strides is in the file" : spec.name() + " has no bottlenecks",
          "leave it out");
    }
  }

  private Path checkedOut(WeightsPlace weights) throws CommandException, IOException {
    Path file = Objects.requireNonNull(out);
    if (Terminal.isStandardOutput(file)) {
      return file;
    }
    if (!file.toString().toLowerCase(Locale.ROOT).endsWith(".svg")) {
      throw new CommandException("--out " + file, "is the name of no SVG", "end it with .svg");
    }
    weights.requireOther("--out", file);
    new OutputFile(file, force).check();
    return file;
  }
}
