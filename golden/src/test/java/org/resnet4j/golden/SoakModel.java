package org.resnet4j.golden;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.core.Classifier;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.model.ModelOptions;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.safetensors.SafetensorsWriter;

/** A network that is replaced while it serves, as a service does with new weights. Thread-safe. */
final class SoakModel implements AutoCloseable {
  private static final int BASE_WIDTH = 8;
  private static final int CLASSES = 10;
  private static final int PIXELS = 32;

  private final Path weights;
  private final Backend backend;
  private volatile Classifier serving;

  /** Opens the network in {@code weights}. */
  SoakModel(Path weights, Backend backend) throws IOException {
    this.weights = weights;
    this.backend = backend;
    this.serving = open();
  }

  /** Writes {@code network}, an eighth as wide as published and for small pictures. */
  static Path write(String network, Path folder) throws IOException {
    ResNetSpec spec = ResNets.named(network).withBaseWidth(BASE_WIDTH).withNumClasses(CLASSES);
    SyntheticWeights source = new SyntheticWeights(network.hashCode(), spec.block());
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    ResNet.build(
        spec,
        PIXELS,
        PIXELS,
        (name, dims) -> tensors.computeIfAbsent(name, absent -> source.get(absent, dims)));
    Path file = folder.resolve(network + ".safetensors");
    SafetensorsWriter.write(
        file, tensors, Map.of("model", network, "input_size", Integer.toString(PIXELS)));
    return file;
  }

  private Classifier open() throws IOException {
    PretrainedModel model = PretrainedModel.load(weights, ModelOptions.defaults());
    return Classifier.open(model, backend, Soak.MAX_BATCH);
  }

  /** Loads the file anew; calls in flight end with what they began with. */
  void reload() throws IOException {
    Classifier before = serving;
    serving = open();
    before.close();
  }

  /** The logits of whichever network serves. */
  List<float[]> logits(List<RgbImage> images) {
    while (true) {
      Classifier asked = serving;
      try {
        return asked.logits(images);
      } catch (IllegalStateException e) {
        if (asked == serving) {
          throw e; // It was not closed by being replaced.
        }
      }
    }
  }

  @Override
  public void close() {
    serving.close();
  }
}
