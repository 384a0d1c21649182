package org.resnet4j.bench;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.model.Labels;
import org.resnet4j.core.model.ModelOptions;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.model.StridePlacement;
import org.resnet4j.golden.DemoModel;
import picocli.CommandLine.Option;

/** The options that choose the network and its weights. */
final class WeightsArguments {
  private static final String WHERE =
      "give --weights FILE: the model.safetensors of a resnet on the Hugging Face hub (timm's"
          + " names are torchvision's), or a torchvision state_dict saved with Python's"
          + " safetensors.torch.save_file";

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description =
          "The network, such as resnet50 or resnext50_32x4d. Default: found out from the weights.")
  private @Nullable String model;

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description = "A safetensors file. Default: the embedded model, which knows ten garments.")
  private @Nullable Path weights;

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

  /** The file with the weights, if one was named. */
  @Nullable Path file() {
    return weights;
  }

  /**
   * Loads the network.
   *
   * @param preset its preprocessing, if it was given
   * @param labels the file with its labels, if it was given
   */
  PretrainedModel load(@Nullable String preset, @Nullable Path labels)
      throws IOException, CommandException {
    if (model != null) {
      ResNets.named(model); // a misspelt name comes before the question of weights
    }
    if (weights == null) {
      requireNothingElse(preset, labels);
      return DemoModel.load();
    }
    ModelOptions options =
        new ModelOptions(
            model,
            preset == null ? null : Preprocessing.named(preset),
            labels == null ? null : Labels.read(labels),
            numClasses,
            v1 ? StridePlacement.V1 : null);
    return PretrainedModel.load(weights, options);
  }

  /** The embedded model is complete: an option about other weights is a forgotten --weights. */
  private void requireNothingElse(@Nullable String preset, @Nullable Path labels)
      throws CommandException {
    if (model != null) {
      throw new CommandException("--model " + model, "its weights are not shipped", WHERE);
    }
    String option =
        preset != null
            ? "--preset"
            : labels != null ? "--labels" : numClasses != null ? "--num-classes" : v1 ? "--v1" : "";
    if (!option.isEmpty()) {
      throw new CommandException(option, "does not apply to the embedded model", WHERE);
    }
  }
}
