package org.resnet4j.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.resnet4j.core.model.ModelOptions;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.weights.safetensors.SafetensorsFile;

/**
 * A trained network small enough to embed: ResNet-18 at a quarter of its width, for 64x64 pictures
 * of clothing (Fashion-MNIST). It knows ten garments and nothing else.
 */
public final class DemoModel {
  /** What users call it. */
  public static final String NAME = "resnet18-w16";

  static final String RESOURCE = "fashion-mnist/resnet18-w16.safetensors";

  private DemoModel() {}

  /**
   * Loads the model, anew at each call.
   *
   * @throws IllegalStateException if the jar lacks it
   * @throws UncheckedIOException if the jar is damaged
   */
  public static PretrainedModel load() {
    try {
      SafetensorsFile file =
          SafetensorsFile.of(Resources.bytes(RESOURCE), "embedded resnet18-w16.safetensors");
      PretrainedModel loaded = PretrainedModel.load(file, ModelOptions.defaults());
      return new PretrainedModel(
          NAME,
          loaded.description() + ", embedded",
          loaded.spec(),
          loaded.graph(),
          loaded.preprocessing(),
          loaded.labels());
    } catch (IOException e) {
      throw new UncheckedIOException("the embedded demo model is damaged", e);
    }
  }
}
