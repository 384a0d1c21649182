package org.resnet4j.core.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.Interpolation;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.json.Json;

/**
 * timm's {@code config.json}: {@code architecture}, {@code num_classes}, and what belongs to the
 * weights in {@code pretrained_cfg}, in older files beside them.
 */
final class TimmConfig implements Stated {
  /** timm's own defaults where a configuration lacks the keys. */
  private static final double CROP_PART = 0.875;

  /** Arguments that the tensors tell, and those that matter in training alone. */
  private static final Set<String> HARMLESS =
      Set.of(
          "in_chans",
          "num_classes",
          "drop_rate",
          "drop_path_rate",
          "drop_block_rate",
          "zero_init_last");

  /** What timm puts behind the name of a network for certain weights of it. */
  private static final Pattern TAG = Pattern.compile("\\..*", Pattern.DOTALL);

  private final Entries top;
  private final Entries weights;

  /**
   * @param file what messages call the file
   */
  TimmConfig(String file, Map<?, ?> config) {
    this.top = entries(file, config);
    this.weights = config.get("pretrained_cfg") instanceof Map<?, ?> own ? entries(file, own) : top;
  }

  private static Entries entries(String file, Map<?, ?> object) {
    return new Entries(file, "the value of", "say it by an option", Json.object(object));
  }

  /** Whether it is such a configuration. */
  static boolean isOne(Map<?, ?> config) {
    return config.get("architecture") instanceof String;
  }

  @Override
  public @Nullable ResNetSpec network() throws ModelFileException {
    return network(top);
  }

  /**
   * The network under {@code architecture}; null if there is no such key. One that is not built
   * here may have the very tensors of one that is, such as {@code resnetaa50}, which pools where
   * others stride.
   */
  static @Nullable ResNetSpec network(Entries entries) throws ModelFileException {
    String name = entries.text("architecture");
    if (name == null) {
      return null;
    }
    ResNetSpec network = ResNets.find(TAG.matcher(name).replaceFirst("")).orElse(null);
    if (network == null) {
      throw entries.bad(
          "architecture",
          "is "
              + Entries.show(name)
              + ", which is not built here even if its tensors look like a ResNet's");
    }
    return network;
  }

  /** Refuses another pooling and arguments of the builder, which no tensor tells. */
  @Override
  public void checkBuilt() throws ModelFileException {
    String pool = top.text("global_pool");
    if (pool != null && !pool.equals("avg")) {
      throw unbuilt()
          .bad("global_pool", "is " + Entries.show(pool) + ", and only avg is built here");
    }
    if (top.values().get("model_args") instanceof Map<?, ?> arguments
        && !HARMLESS.containsAll(arguments.keySet())) {
      throw unbuilt()
          .bad(
              "model_args",
              "is " + Entries.show(arguments) + ", and a network with such is not built");
    }
  }

  private Entries unbuilt() {
    return top.withRemedy("use the weights of another model");
  }

  @Override
  public @Nullable Preprocessing preprocessing(Preprocessing otherwise, boolean testSize)
      throws ModelFileException {
    return new PreprocessingEntries(
            weights, otherwise.withInterpolation(Interpolation.BICUBIC), testSize)
        .orPart(CROP_PART)
        .read();
  }

  /** From {@code label_names}; those beside the weights' configuration go before those in it. */
  @Override
  public @Nullable Labels labels(int classes) throws ModelFileException {
    Entries place = top.values().get("label_names") == null ? weights : top;
    Object stated = place.values().get("label_names");
    if (stated == null) {
      return null;
    }
    if (!(stated instanceof List<?> list)) {
      throw place.bad("label_names", "is " + Entries.show(stated) + ", which is no list");
    }
    List<String> names = new ArrayList<>();
    for (Object name : list) {
      if (name == null) {
        throw place.bad("label_names", "has no name for class " + names.size());
      }
      names.add(name.toString());
    }
    String problem =
        names.size() != classes
            ? "there are " + names.size() + ", and fc.weight has " + classes + " classes"
            : Labels.problem(names);
    if (problem != null) {
      throw place.bad("label_names", "is no list of its labels: " + problem);
    }
    return Labels.of(names);
  }

  @Override
  public void checkClasses(int classes) throws ModelFileException {
    top.checkClasses(classes);
  }
}
