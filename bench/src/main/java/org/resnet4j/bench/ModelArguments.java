package org.resnet4j.bench;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.model.PretrainedModel;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that choose the network, its weights, and what pictures and answers mean to it. */
final class ModelArguments {
  @Mixin private WeightsArguments weightsArguments = new WeightsArguments();

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description =
          "The weights' preprocessing: torchvision-v1, torchvision-v2, timm-a1 or fashion-mnist.")
  private @Nullable String preset;

  @Option(names = "--labels", paramLabel = "FILE", description = "Class names, one a line.")
  private @Nullable Path labels;

  PretrainedModel load() throws IOException, CommandException {
    return weightsArguments.load(preset, labels);
  }
}
