package org.resnet4j.bench.command;

import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.failure.ExitCodes;
import org.resnet4j.bench.option.ActivationBytes;
import org.resnet4j.bench.option.AtLeastOne;
import org.resnet4j.bench.report.JsonLines;
import org.resnet4j.bench.screen.Table;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.bench.screen.Units;
import org.resnet4j.core.graph.Counts;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.model.StridePlacement;
import org.resnet4j.core.weights.WeightSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JsonGenerator;

/** {@code resnet4j summary}. */
@Command(
    name = "summary",
    description = "Lists a network's layers and what they cost. Needs no weights.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  resnet4j summary resnet50",
      "  resnet4j summary resnet50 --v1 --size 160 --num-classes 10 --json"
    })
public final class SummaryCommand implements Callable<Integer> {
  private static final int MAX_SIZE = 1 << 16;

  private final Terminal terminal;

  @Parameters(
      paramLabel = "NAME",
      description =
          "resnet18, 34, 50, 101, 152, resnext50_32x4d, resnext101_32x8d, resnext101_64x4d,"
              + " wide_resnet50_2 or wide_resnet101_2.")
  private String name = "";

  @Option(
      names = "--size",
      paramLabel = "N",
      converter = AtLeastOne.class,
      description = "Height and width of the picture. Default: 224.")
  private int size = 224;

  @Option(
      names = "--num-classes",
      paramLabel = "N",
      converter = AtLeastOne.class,
      description = "Outputs of the classifier. Default: 1000.")
  private @Nullable Integer numClasses;

  @Option(
      names = "--v1",
      description = "Stride in the first 1x1 of a bottleneck, as in the paper, not in the 3x3.")
  private boolean v1;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  public SummaryCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException {
    if (size > MAX_SIZE) {
      throw new CommandException(
          "--size " + size, "no such picture fits an array", "choose at most " + MAX_SIZE);
    }
    if (numClasses != null && numClasses > ResNetSpec.MAX_CLASSES) {
      throw new CommandException(
          "--num-classes " + numClasses,
          "no classifier has as many",
          "choose at most " + ResNetSpec.MAX_CLASSES);
    }
    ResNetSpec spec =
        ResNets.named(name).withStridePlacement(v1 ? StridePlacement.V1 : StridePlacement.V1_5);
    spec = numClasses == null ? spec : spec.withNumClasses(numClasses);
    Graph graph = ResNet.build(spec, size, size, WeightSource.META);
    ActivationBytes activations = ActivationBytes.of(graph);
    if (json) {
      new JsonLines(terminal.out()).print(out -> write(out, graph, activations));
    } else {
      print(terminal.out(), graph, activations);
    }
    return ExitCodes.OK;
  }

  private void print(PrintStream out, Graph graph, ActivationBytes activations) {
    Table table = new Table("layer", "operator", "output", ">parameters", ">multiply-adds");
    for (Node node : graph.nodes()) {
      table.add(
          node.name(),
          Counts.describe(node.op()),
          node.shape().toString(),
          Units.grouped(Counts.parameters(node.op())),
          Units.grouped(Counts.multiplyAdds(node)));
    }
    table.print(out);
    long parameters = graph.parameters();
    long multiplyAdds = graph.multiplyAdds();
    out.println();
    out.println(
        "parameters     %s (%s as float32)"
            .formatted(Units.grouped(parameters), Units.bytes(parameters * Float.BYTES)));
    out.println(
        "multiply-adds  %s (%s) for one picture of %sx%s"
            .formatted(Units.grouped(multiplyAdds), Units.count(multiplyAdds), size, size));
    out.println(
        "activations    %s for one picture if every value were kept, %s in the planned arena"
            .formatted(Units.bytes(activations.naive()), Units.bytes(activations.planned())));
    out.println("drawing        resnet4j draw %s -o %s.svg".formatted(name, name));
  }

  private void write(JsonGenerator out, Graph graph, ActivationBytes activations) {
    out.writeStringProperty("model", name);
    out.writeNumberProperty("parameters", graph.parameters());
    out.writeNumberProperty("multiplyAdds", graph.multiplyAdds());
    out.writeObjectPropertyStart("activationBytes");
    out.writeNumberProperty("naive", activations.naive());
    out.writeNumberProperty("planned", activations.planned());
    out.writeEndObject();
    out.writeArrayPropertyStart("layers");
    graph.nodes().forEach(node -> write(out, node));
    out.writeEndArray();
  }

  private static void write(JsonGenerator out, Node node) {
    out.writeStartObject();
    out.writeStringProperty("name", node.name());
    out.writeStringProperty("op", Counts.describe(node.op()));
    out.writeArrayPropertyStart("shape");
    List.of(node.shape().channels(), node.shape().height(), node.shape().width())
        .forEach(out::writeNumber);
    out.writeEndArray();
    out.writeNumberProperty("parameters", Counts.parameters(node.op()));
    out.writeNumberProperty("multiplyAdds", Counts.multiplyAdds(node));
    out.writeEndObject();
  }
}
