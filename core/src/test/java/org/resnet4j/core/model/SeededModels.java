package org.resnet4j.core.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.resnet4j.core.image.Interpolation;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.WeightSource;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.safetensors.SafetensorsFile;
import org.resnet4j.core.weights.safetensors.SafetensorsWriter;

/** Small networks with random weights, the same each time. */
public final class SeededModels {
  private static final Preprocessing TINY =
      new Preprocessing(
          "tiny", 40, 32, Interpolation.BILINEAR, List.of(0.5f, 0.5f, 0.5f), List.of(1f, 1f, 1f));

  private SeededModels() {}

  /** He-scaled convolutions; normalisations near identity; depends on name and seed only. */
  public static WeightSource weights(long seed) {
    return (name, dims) -> {
      SplittableRandom random = new SplittableRandom(seed ^ name.hashCode());
      float[] values = new float[Tensor.meta(dims).size()];
      int fanIn = Math.max(1, values.length / dims[0]);
      boolean positive = name.endsWith("running_var") || name.matches(".*(bn\\d|\\.1)\\.weight");
      for (int i = 0; i < values.length; i++) {
        double unit = random.nextDouble();
        values[i] =
            (float)
                (positive
                    ? 0.5 + unit
                    : dims.length == 1
                        ? 0.2 * (unit - 0.5)
                        : (2 * unit - 1) * Math.sqrt(6.0 / fanIn));
      }
      return Tensor.of(values, dims);
    };
  }

  /** ResNet-18 a 16th as wide, 32x32 pixels, {@code classes} numbered classes. */
  public static PretrainedModel tiny(int classes) {
    ResNetSpec spec = ResNets.named("resnet18").withBaseWidth(4).withNumClasses(classes);
    return new PretrainedModel(
        "tiny",
        "for tests",
        spec,
        ResNet.build(spec, 32, 32, weights(1)),
        TINY,
        Labels.numbered(classes));
  }

  /** Metadata of pictures of 32x32. */
  public static final Map<String, String> TINY_SIZE =
      Map.of("resize_size", "40", "crop_size", "32", "mean", "0.5", "std", "1");

  /** No metadata. */
  public static final Map<String, String> ANY_SIZE = Map.of();

  /** ResNet-18 a 16th as wide from a file, for pictures of so many channels, with 7 classes. */
  public static PretrainedModel loaded(int channels, Map<String, String> metadata)
      throws IOException {
    return load(spec().withInChannels(channels), metadata);
  }

  /** The same for RGB, with options. */
  static PretrainedModel loaded(ModelOptions options) throws IOException {
    return PretrainedModel.load(file(tensors(spec(), weights(1)), ANY_SIZE), options);
  }

  /** The same without a classifier, from a file that lacks it. */
  public static PretrainedModel headless() throws IOException {
    return load(spec().withNumClasses(0), TINY_SIZE);
  }

  /** The same for grey pictures. */
  public static PretrainedModel grey() throws IOException {
    return load(spec().withInChannels(1), TINY_SIZE);
  }

  /** The same with the stem for CIFAR. */
  public static PretrainedModel cifar() throws IOException {
    return load(spec().withStem(Stem.CIFAR), ANY_SIZE);
  }

  private static ResNetSpec spec() {
    return ResNets.named("resnet18").withBaseWidth(4).withNumClasses(7);
  }

  private static PretrainedModel load(ResNetSpec spec, Map<String, String> metadata)
      throws IOException {
    return PretrainedModel.load(file(tensors(spec, weights(1)), metadata), ModelOptions.defaults());
  }

  /** All parameters of a network by name, in its order. */
  static Map<String, Tensor> tensors(ResNetSpec spec, WeightSource weights) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    ResNet.build(
        spec,
        224,
        224,
        (name, dims) -> {
          Tensor tensor = weights.get(name, dims);
          tensors.put(name, tensor);
          return tensor;
        });
    return tensors;
  }

  /** Writes ResNet-18 a 16th as wide, for pictures of 32x32. */
  public static void write(Path file) throws IOException {
    SafetensorsWriter.write(file, tensors(spec(), weights(1)), TINY_SIZE);
  }

  /** A weights file in memory, called {@code test.safetensors}. */
  static SafetensorsFile file(Map<String, Tensor> tensors, Map<String, String> metadata)
      throws WeightsFileException {
    SafetensorsWriter writer = new SafetensorsWriter();
    tensors.forEach(writer::add);
    metadata.forEach(writer::metadata);
    return SafetensorsFile.of(writer.toBytes(), "test.safetensors");
  }
}
