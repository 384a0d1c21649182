package org.resnet4j.bench.option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.model.ModelOptions;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import picocli.CommandLine.Option;

/** The options that name networks to measure. */
public final class SubjectArguments {
  private static final String ALL = "all";

  @Option(
      names = {"--model", "--models"},
      split = ",",
      paramLabel = "NAME",
      description =
          "Networks such as resnet50, or all for torchvision's ten. Default: that of --weights.")
  private List<String> models = List.of();

  @Option(
      names = "--size",
      paramLabel = "HxW",
      converter = Size.Converter.class,
      description =
          "Height and width of the picture. Default: 224x224, or what --weights were made for.")
  private @Nullable Size size;

  @Option(
      names = "--weights",
      paramLabel = WeightsPlace.LABEL,
      converter = WeightsPlace.Converter.class,
      description =
          "Your network: safetensors, .pth, .onnx, a folder, or a model of the Hugging Face hub."
              + " onnxruntime gets an ONNX file as it is. Default: generated weights.")
  private @Nullable WeightsPlace weights;

  /**
   * The networks that the options name.
   *
   * @param file with the weights of the only one; null if they are generated
   * @param all at least one
   */
  public record Subjects(@Nullable Path file, List<Subject> all) {}

  /**
   * Refuses to write over a file with the weights.
   *
   * @param option that names the file to write
   */
  public void requireOther(String option, @Nullable Path written)
      throws CommandException, IOException {
    if (weights != null) {
      weights.requireOther(option, written);
    }
  }

  /** Whether weights were named. */
  public boolean hasWeights() {
    return weights != null;
  }

  /** The option that says which network it is, for what is said of it. */
  public String named() {
    return weights == null ? "--model " + String.join(",", models) : weights.toString();
  }

  /**
   * Checks the names before anything is read.
   *
   * @param command that needs a network
   */
  public void check(String command) throws CommandException {
    if (weights == null && models.isEmpty()) {
      throw new CommandException(
          command, "no network is named", "name one with --model, or your own with --weights");
    }
    List<String> names = names();
    names.forEach(ResNets::named);
    if (weights != null && names.size() > 1) {
      throw new CommandException(
          "--weights", "is for one network", "name it with --model, or leave --weights out");
    }
  }

  /** As if this network had been named, if none was. */
  public void byDefault(String model) {
    if (weights == null && models.isEmpty()) {
      models = List.of(model);
    }
  }

  /** Reads what was named, which {@link #check} has found to be in order. */
  public Subjects open(Terminal terminal) throws IOException, CommandException {
    List<String> names = names();
    if (weights != null) {
      Path found = weights.locate(terminal);
      String name = names.isEmpty() ? null : names.getFirst();
      return new Subjects(found, List.of(Subject.own(found, name, size)));
    }
    return new Subjects(null, names.stream().map(name -> Subject.named(name, size)).toList());
  }

  /**
   * Networks that take pictures.
   *
   * @param file with the weights of the only one; null if they are generated
   * @param names at least one
   * @param outlines the shapes of each by name
   * @param all by name; each is made anew when it is asked for
   */
  public record Models(
      @Nullable Path file,
      List<String> names,
      Function<String, Subject> outlines,
      Function<String, PretrainedModel> all) {}

  /** As {@link #open}, with what pictures mean to them. */
  public Models models(Terminal terminal) throws IOException, CommandException {
    if (size != null) {
      throw new CommandException(
          "--size", "is for pictures that are generated, and files are cropped", "leave it out");
    }
    List<String> names = names();
    if (weights == null) {
      return new Models(null, names, name -> Subject.named(name, null), Subject::pretrained);
    }
    Path found = weights.locate(terminal);
    PretrainedModel model =
        PretrainedModel.load(
            found, ModelOptions.defaults().withModel(names.isEmpty() ? null : names.getFirst()));
    if (model.classes() == 0) {
      throw new CommandException(
          weights.toString(), "has no classifier", "name weights that tell classes apart");
    }
    Subject outline = new Subject(model.name(), model.graph(), model::graph);
    return new Models(found, List.of(model.name()), _ -> outline, _ -> model);
  }

  private List<String> names() {
    return models.equals(List.of(ALL))
        ? ResNets.all().stream().map(ResNetSpec::name).toList()
        : models;
  }
}
