package org.resnet4j.bench.option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.output.Outputs;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.image.Interpolation;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.image.PreprocessingChange;
import org.resnet4j.core.model.Labels;
import org.resnet4j.core.model.ModelOptions;
import org.resnet4j.core.model.PretrainedModel;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that choose the network, its weights, and what pictures and answers mean to it. */
public final class ModelArguments {
  @Mixin private WeightsArguments weightsArguments = new WeightsArguments();

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description =
          "The weights' preprocessing: torchvision-v1, torchvision-v2, timm-a1 or fashion-mnist.")
  private @Nullable String preset;

  @Option(
      names = "--resize",
      paramLabel = "PIXELS",
      converter = AtLeastOne.class,
      description = "Length of a picture's shorter side before it is cropped.")
  private @Nullable Integer resize;

  @Option(
      names = "--crop",
      paramLabel = "PIXELS",
      converter = AtLeastOne.class,
      description = "Width and height of the centre that the network sees.")
  private @Nullable Integer crop;

  @Option(
      names = "--interpolation",
      paramLabel = "NAME",
      description = "The filter of the resize: bilinear or bicubic.")
  private @Nullable Interpolation interpolation;

  @Option(
      names = "--mean",
      paramLabel = "R,G,B",
      converter = Numbers.class,
      description = "Mean of each channel, for samples from 0 to 1; one number counts for all.")
  private @Nullable List<Float> mean;

  @Option(
      names = "--std",
      paramLabel = "R,G,B",
      converter = Numbers.class,
      description = "Standard deviation of each channel, likewise.")
  private @Nullable List<Float> std;

  @Option(
      names = "--test-size",
      description = "The size that timm's test_input_size states, which is often the better one.")
  private boolean testSize;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description =
          "Class names: one a line, tab-separated after their numbers, or JSON (id2label,"
              + " imagenet_class_index).")
  private @Nullable Path labels;

  /** Numbers with commas between them, as one value. */
  static final class Numbers implements ITypeConverter<List<Float>> {
    @Override
    public List<Float> convert(String text) {
      List<Float> numbers = new ArrayList<>();
      for (String part : text.split(",", -1)) {
        numbers.add(number(part, text));
      }
      return numbers;
    }

    private static float number(String part, String text) {
      try {
        float number = Float.parseFloat(part.strip());
        if (Float.isFinite(number)) {
          return number;
        }
      } catch (NumberFormatException _) {
        // Falls through to the common refusal.
      }
      throw new TypeConversionException(
          "must be numbers with commas between them, got '" + text + "'");
    }
  }

  /**
   * Refuses to write over a file with the weights or the labels.
   *
   * @param option that names the file to write
   */
  public void requireOther(String option, @Nullable Path written)
      throws CommandException, IOException {
    weightsArguments.requireOther(option, written);
    Outputs.requireOther(option, written, "the labels", labels);
  }

  public PretrainedModel load(Terminal terminal) throws IOException, CommandException {
    PreprocessingChange change = new PreprocessingChange(resize, crop, interpolation, mean, std);
    weightsArguments.requireNothingElse(firstGiven());
    return weightsArguments.load(
        ModelOptions.defaults()
            .withPreprocessing(preset == null ? null : Preprocessing.named(preset))
            .withChange(change)
            .withTestSize(testSize)
            .withLabels(labels == null ? null : Labels.read(labels)),
        terminal);
  }

  /**
   * Loads a network that tells classes apart.
   *
   * @param instead what to do with one that does not
   */
  public PretrainedModel loadClassifier(Terminal terminal, String instead)
      throws IOException, CommandException {
    PretrainedModel model = load(terminal);
    if (model.classes() == 0) {
      throw new CommandException(
          description(),
          "the network ends at its " + model.features() + " features, without classes",
          instead);
    }
    return model;
  }

  /** The first of these options that was given, or an empty text. */
  private String firstGiven() {
    Map<String, Boolean> given = new LinkedHashMap<>();
    given.put("--preset", preset != null);
    given.put("--labels", labels != null);
    given.put("--test-size", testSize);
    given.put("--resize", resize != null);
    given.put("--crop", crop != null);
    given.put("--interpolation", interpolation != null);
    given.put("--mean", mean != null);
    given.put("--std", std != null);
    return given.entrySet().stream()
        .filter(Map.Entry::getValue)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("");
  }

  /** What messages call the weights. */
  public String description() {
    return weightsArguments.description();
  }
}
