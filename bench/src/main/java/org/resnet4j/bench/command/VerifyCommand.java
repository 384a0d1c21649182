package org.resnet4j.bench.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.failure.ExitCodes;
import org.resnet4j.bench.failure.Failures;
import org.resnet4j.bench.option.AtLeastOne;
import org.resnet4j.bench.option.BackendArguments;
import org.resnet4j.bench.option.WeightsPlace;
import org.resnet4j.bench.report.VerificationJson;
import org.resnet4j.bench.report.VerificationReport;
import org.resnet4j.bench.report.VerificationReport.Outcome;
import org.resnet4j.bench.report.VerificationTable;
import org.resnet4j.bench.screen.OutputException;
import org.resnet4j.bench.screen.ProgressBar;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.model.ModelOptions;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.model.StridePlacement;
import org.resnet4j.golden.CaseResult;
import org.resnet4j.golden.GoldenCase;
import org.resnet4j.golden.GoldenCases;
import org.resnet4j.golden.UserGolden;
import org.resnet4j.golden.Verifier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code resnet4j verify}. */
@Command(
    name = "verify",
    description = {
      "Compares a backend with PyTorch's float64, stage by stage.",
      "",
      "Without --weights and --golden: the embedded cases, every network on generated weights and"
          + " the embedded model on the sample pictures. With them: your own network, on what you"
          + " saved from PyTorch (the README shows how)."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  resnet4j verify",
      "  resnet4j verify --model resnet50 --backend reference",
      "  resnet4j verify --case resnet18-97x97 groups2-96 --json",
      "  resnet4j verify --weights weights.safetensors --golden golden.safetensors"
    })
public final class VerifyCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description =
          "Only the cases of this network; with --weights, the network they must be of. Default:"
              + " all cases, or found out from the weights.")
  private @Nullable String model;

  @Option(names = "--case", paramLabel = "NAME", arity = "1..*", description = "Only these cases.")
  private List<String> names = List.of();

  @Option(
      names = "--weights",
      paramLabel = WeightsPlace.LABEL,
      converter = WeightsPlace.Converter.class,
      description =
          "Your weights: safetensors, .pth, .onnx, a folder, or a model of the Hugging Face hub.")
  private @Nullable WeightsPlace weights;

  @Option(
      names = "--golden",
      paramLabel = "FILE",
      description = "What PyTorch makes of them: safetensors with input and logits.")
  private @Nullable Path golden;

  @Option(
      names = "--num-classes",
      paramLabel = "N",
      converter = AtLeastOne.class,
      description = "How many classes your weights must have.")
  private @Nullable Integer numClasses;

  @Option(
      names = "--v1",
      description =
          "Your network strides in the first 1x1 of a bottleneck, as in the paper, not in the 3x3.")
  private boolean v1;

  @Mixin private BackendArguments backendArguments = new BackendArguments();

  @Option(names = "--json", description = "Print a JSON object for each case, then one for all.")
  private boolean json;

  public VerifyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Cases are loaded one at a time, because their weights fill gigabytes together. */
  private interface Loader {
    GoldenCase load();
  }

  @Override
  public Integer call() throws IOException, CommandException {
    List<String> chosen = new ArrayList<>();
    List<Loader> loaders = new ArrayList<>();
    if (weights != null || golden != null) {
      GoldenCase own = own();
      chosen.add(own.name());
      loaders.add(() -> own);
    } else {
      for (String name : embedded()) {
        chosen.add(name);
        loaders.add(() -> GoldenCases.load(name));
      }
    }
    BackendArguments.Choice choice = backendArguments.open(terminal);
    try (Backend backend = choice.backend()) {
      VerificationReport report =
          json
              ? new VerificationJson(terminal, model, backend.name())
              : new VerificationTable(terminal, choice, chosen);
      List<Outcome> outcomes = verify(choice, chosen, loaders, report);
      return outcomes.stream().allMatch(Outcome::passed) ? ExitCodes.OK : ExitCodes.SOME_FAILED;
    }
  }

  private List<Outcome> verify(
      BackendArguments.Choice choice,
      List<String> chosen,
      List<Loader> loaders,
      VerificationReport report)
      throws OutputException {
    List<Outcome> outcomes = new ArrayList<>();
    report.begin();
    try (ProgressBar bar = new ProgressBar(terminal, chosen.size(), "cases")) {
      for (int i = 0; i < chosen.size(); i++) {
        CaseResult result = null;
        String why = "";
        try {
          result = Verifier.verify(loaders.get(i).load(), choice.backend(), choice.precision());
        } catch (RuntimeException | OutOfMemoryError e) {
          why = Failures.line(e); // of this case: another network may run
        }
        bar.clear();
        if (result == null) {
          report.failed(chosen.get(i), why);
        } else {
          report.add(result);
        }
        outcomes.add(new Outcome(chosen.get(i), result != null && result.passed()));
        terminal.flushIfRead(); // the exit code is a result, too
        bar.show(outcomes.size());
      }
    }
    report.end(outcomes);
    return outcomes;
  }

  private GoldenCase own() throws IOException, CommandException {
    if (weights == null || golden == null) {
      throw new CommandException(
          weights == null ? "--golden" : "--weights",
          "--weights and --golden go together",
          "give both; the README shows how PyTorch writes them");
    }
    if (!names.isEmpty()) {
      throw new CommandException(
          "--case", "names embedded cases, not those of --golden", "leave one of them out");
    }
    return UserGolden.load(
        weights.locate(terminal),
        golden,
        ModelOptions.defaults()
            .withModel(model)
            .withNumClasses(numClasses)
            .withStridePlacement(v1 ? StridePlacement.V1 : null));
  }

  private List<String> embedded() throws CommandException {
    if (numClasses != null || v1) {
      throw new CommandException(
          v1 ? "--v1" : "--num-classes",
          "does not apply to the embedded cases",
          "give --weights and --golden, or name a case such as --case resnet50-v1-224");
    }
    for (String name : names) {
      if (!GoldenCases.names().contains(name)) {
        throw new CommandException(
            "--case " + name,
            "there is no such case",
            "there are " + String.join(", ", GoldenCases.names()));
      }
    }
    List<String> candidates = names.isEmpty() ? GoldenCases.names() : names;
    if (model == null) {
      return candidates;
    }
    List<String> ofModel = GoldenCases.ofModel(model);
    if (ofModel.isEmpty()) {
      ResNets.named(model); // a misspelt name is answered with the nearest
    }
    List<String> both = candidates.stream().filter(ofModel::contains).toList();
    if (both.isEmpty()) {
      throw new CommandException(
          "--model " + model, "none of these cases is its", "there are " + ofModel);
    }
    return both;
  }
}
