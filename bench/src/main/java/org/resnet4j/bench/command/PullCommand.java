package org.resnet4j.bench.command;

import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.failure.ExitCodes;
import org.resnet4j.bench.option.WeightsPlace;
import org.resnet4j.bench.report.JsonLines;
import org.resnet4j.bench.screen.PullBar;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.bench.screen.Units;
import org.resnet4j.core.hub.Hub;
import org.resnet4j.core.hub.HubModel;
import org.resnet4j.core.hub.HubSettings;
import org.resnet4j.core.hub.PulledModel;
import org.resnet4j.core.hub.PulledModel.PulledFile;
import org.resnet4j.core.model.ModelOptions;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.text.Quote;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code resnet4j pull}. */
@Command(
    name = "pull",
    description = {
      "Fetches a model of the Hugging Face hub: its weights and what says how to use them.",
      "",
      "It goes to the cache of the hub's Python library, and is used by --weights hf:NAME, without"
          + " a network from then on. HF_HOME, HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE and HTTPS_PROXY"
          + " are heeded."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  resnet4j pull timm/resnet50.a1_in1k",
      "  resnet4j pull microsoft/resnet-50 --revision main --json"
    })
public final class PullCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(
      paramLabel = "NAME",
      converter = ModelConverter.class,
      description = "The model, such as timm/resnet50.a1_in1k.")
  private HubModel model = new HubModel("none", HubModel.MAIN);

  @Option(
      names = "--revision",
      paramLabel = "REVISION",
      description = "A branch, a tag or a commit. Default: main.")
  private @Nullable String revision;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  /** Takes a model with or without hf: before it. */
  static final class ModelConverter implements ITypeConverter<HubModel> {
    @Override
    public HubModel convert(String text) {
      return WeightsPlace.model(text);
    }
  }

  public PullCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, CommandException {
    if (revision != null && !model.revision().equals(HubModel.MAIN)) {
      throw new CommandException(
          "--revision " + revision, model + " names another", "leave one of them out");
    }
    HubModel wanted = revision == null ? model : new HubModel(model.name(), revision);
    PulledModel pulled;
    try (PullBar bar = new PullBar(terminal)) {
      pulled = new Hub(HubSettings.fromEnvironment()).pull(wanted, bar);
    }
    PretrainedModel loaded = PretrainedModel.load(pulled.folder(), ModelOptions.defaults());
    if (json) {
      printJson(wanted, pulled, loaded);
    } else {
      print(terminal.out(), wanted, pulled, loaded);
    }
    return ExitCodes.OK;
  }

  private static void print(
      PrintStream out, HubModel wanted, PulledModel pulled, PretrainedModel loaded) {
    for (PulledFile file : pulled.files()) {
      out.println(
          "%-8s %s, %s, %s"
              .formatted(
                  file.fetched() ? "fetched" : "here",
                  Quote.line(file.name()),
                  Units.bytes(file.bytes()),
                  file.hash()));
    }
    out.println("folder   " + Quote.oneLine(pulled.folder().toString()));
    out.println("model    " + Quote.line(loaded.name() + ": " + loaded.description()));
    out.println("use it   --weights hf:" + wanted);
  }

  private void printJson(HubModel wanted, PulledModel pulled, PretrainedModel loaded) {
    new JsonLines(terminal.out())
        .print(out -> {
          out.writeStringProperty("name", wanted.name());
          out.writeStringProperty("revision", wanted.revision());
          out.writeStringProperty("commit", pulled.commit());
          out.writeStringProperty("folder", pulled.folder().toString());
          out.writeStringProperty("model", loaded.name());
          out.writeStringProperty("description", loaded.description());
          out.writeArrayPropertyStart("files");
          for (PulledFile file : pulled.files()) {
            out.writeStartObject();
            out.writeStringProperty("name", file.name());
            out.writeNumberProperty("bytes", file.bytes());
            out.writeStringProperty("hash", file.hash());
            out.writeBooleanProperty("fetched", file.fetched());
            out.writeEndObject();
          }
          out.writeEndArray();
        });
  }
}
