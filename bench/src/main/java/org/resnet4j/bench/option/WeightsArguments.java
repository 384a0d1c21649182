package org.resnet4j.bench.option;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.model.ModelOptions;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.model.StridePlacement;
import org.resnet4j.golden.DemoModel;
import picocli.CommandLine.Option;

/** The options that choose the network and its weights. */
public final class WeightsArguments {
  private static final String WHERE =
      "give --weights FILE: a checkpoint of torchvision, timm or Hugging Face transformers, as"
          + " .safetensors or .pth, a network as .onnx, a folder, or hf:NAME of the Hugging Face hub";

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description =
          "The network, such as resnet50 or resnext50_32x4d. Default: found out from the weights.")
  private @Nullable String model;

  @Option(
      names = "--weights",
      paramLabel = WeightsPlace.LABEL,
      converter = WeightsPlace.Converter.class,
      description =
          "A safetensors file, a state dict of torch.save (.pth, .pt, .bin), an ONNX file, a folder"
              + " with one and its config.json, or a model of the Hugging Face hub, which is fetched"
              + " if it is not here. Default: the embedded model, which knows ten garments.")
  private @Nullable WeightsPlace weights;

  @Option(
      names = "--num-classes",
      paramLabel = "N",
      converter = AtLeastOne.class,
      description = "How many classes the weights must have.")
  private @Nullable Integer numClasses;

  @Option(
      names = "--v1",
      description = "Stride in the first 1x1 of a bottleneck, as in the paper, not in the 3x3.")
  private boolean v1;

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

  /** What messages call the weights. */
  String description() {
    return weights == null ? "the embedded model" : weights.toString();
  }

  /** Loads the network with what these options say beside others. */
  PretrainedModel load(ModelOptions options, Terminal terminal)
      throws IOException, CommandException {
    return weights == null
        ? DemoModel.load()
        : PretrainedModel.load(
            weights.locate(terminal),
            options
                .withModel(model)
                .withNumClasses(numClasses)
                .withStridePlacement(v1 ? StridePlacement.V1 : null));
  }

  /**
   * The embedded model is complete: an option about other weights is a forgotten --weights.
   *
   * @param other such an option of somebody else's, or empty
   */
  void requireNothingElse(String other) throws CommandException {
    if (model != null) {
      ResNets.named(model); // a misspelt name comes before the question of weights
    }
    if (weights != null) {
      return;
    }
    if (model != null) {
      throw new CommandException("--model " + model, "its weights are not shipped", WHERE);
    }
    String option =
        !other.isEmpty() ? other : numClasses != null ? "--num-classes" : v1 ? "--v1" : "";
    if (!option.isEmpty()) {
      throw new CommandException(option, "does not apply to the embedded model", WHERE);
    }
  }
}
