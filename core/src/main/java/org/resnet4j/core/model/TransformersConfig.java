package org.resnet4j.core.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.json.Json;

/**
 * The {@code config.json} of a ResNet of Hugging Face transformers. Depths and widths are read off
 * the tensors; what no tensor tells is here: where bottlenecks stride, and what this library does
 * not build.
 *
 * <p>Source: {@code transformers.ResNetConfig}.
 */
final class TransformersConfig implements Stated {
  private final Entries entries;

  /**
   * @param file what messages call the file
   */
  TransformersConfig(String file, Map<?, ?> config) {
    this.entries =
        new Entries(file, "the value of", "use the weights of another model", Json.object(config));
  }

  /** Whether it is the configuration of a model of transformers, perhaps shortened by hand. */
  static boolean isOne(Map<?, ?> config) {
    return config.get("model_type") instanceof String
        || config.containsKey("id2label")
        || config.containsKey("label2id")
        || config.containsKey("num_labels");
  }

  @Override
  public void checkBuilt() throws ModelFileException {
    require("model_type", entries.text("model_type"), "resnet");
    require("hidden_act", entries.text("hidden_act"), "relu");
    require("problem_type", entries.text("problem_type"), "single_label_classification");
    if (Boolean.TRUE.equals(entries.flag("downsample_in_first_stage"))) {
      throw entries.bad("downsample_in_first_stage", "is true, which is not built here");
    }
  }

  private void require(String key, @Nullable String actual, String built)
      throws ModelFileException {
    if (actual != null && !actual.equals(built)) {
      throw entries.bad(
          key, "is " + Entries.show(actual) + ", and only " + built + " is built here");
    }
  }

  /** From {@code downsample_in_bottleneck}. */
  @Override
  public @Nullable StridePlacement stridePlacement() throws ModelFileException {
    Boolean first = entries.flag("downsample_in_bottleneck");
    return first == null ? null : first ? StridePlacement.V1 : StridePlacement.V1_5;
  }

  /** From {@code id2label}, whose keys are the numbers of the classes. */
  @Override
  public @Nullable Labels labels(int classes) throws ModelFileException {
    Entries labels = entries.withRemedy("give the labels, by --labels");
    Object stated = entries.values().get("id2label");
    if (stated == null) {
      if (entries.values().get("label2id") == null) {
        return null;
      }
      throw labels.bad("id2label", "is absent, and there is a label2id");
    }
    if (!(stated instanceof Map<?, ?> byId)) {
      throw labels.bad("id2label", "is " + Entries.show(stated) + ", which is no object");
    }
    if (byId.size() != classes) {
      throw labels.bad(
          "id2label",
          "has " + byId.size() + " labels, but the classifier has " + classes + " classes");
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < byId.size(); i++) {
      if (!(byId.get(String.valueOf(i)) instanceof String name)) {
        throw labels.bad(
            "id2label", "has " + byId.size() + " labels, of which none is for class " + i);
      }
      names.add(name);
    }
    String problem = Labels.problem(names);
    if (problem != null) {
      throw labels.bad("id2label", "has no labels to use: " + problem);
    }
    return Labels.of(names);
  }

  @Override
  public void checkClasses(int classes) throws ModelFileException {
    Integer stated = entries.integer("num_labels", ResNetSpec.MAX_CLASSES);
    if (stated != null && stated != classes) {
      throw entries
          .withRemedy("correct it, or use the weights that it is about")
          .bad("num_labels", "is " + stated + ", but the classifier has " + classes + " classes");
    }
  }
}
