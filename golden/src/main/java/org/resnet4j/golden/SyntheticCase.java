package org.resnet4j.golden;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.model.Block;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.Stem;
import org.resnet4j.core.model.StridePlacement;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.weights.WeightSource;

/** Reads an embedded case whose weights and input are generated from a seed. */
final class SyntheticCase {
  /** Stages of up to so many values are stored whole. */
  private static final int WHOLE = 4096;

  private static final int MAX_IMAGE = 4096;

  private SyntheticCase() {}

  static GoldenCase load(String name, GoldenFile file) throws IOException {
    if (!file.text("format_version").equals("1") || !file.text("case").equals(name)) {
      throw file.bad("is not case " + name + " of format version 1");
    }
    ResNetSpec spec = spec(file);
    int batch = (int) file.integer("batch", 1, 64);
    int height = (int) file.integer("height", 1, MAX_IMAGE);
    int width = (int) file.integer("width", 1, MAX_IMAGE);
    long seed = file.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE);
    Graph shapes = ResNet.build(spec, height, width, WeightSource.META);
    return new GoldenCase(
        name,
        spec.name(),
        () -> ResNet.build(spec, height, width, new SyntheticWeights(seed, spec.block())),
        batch,
        SyntheticValues.input(seed, batch, shapes.inputShape()),
        taps(file, shapes, batch, seed));
  }

  private static ResNetSpec spec(GoldenFile file) throws IOException {
    List<Integer> depths = new ArrayList<>();
    try {
      for (String depth : file.text("depths").split(",", -1)) {
        depths.add(Integer.valueOf(depth));
      }
      return new ResNetSpec(
          file.text("model"),
          choice(file, "block", Map.of("basic", Block.BASIC, "bottleneck", Block.BOTTLENECK)),
          depths,
          extent(file, "groups"),
          extent(file, "width_per_group"),
          extent(file, "base_width"),
          (int) file.integer("num_classes", 0, ResNetSpec.MAX_EXTENT),
          choice(
              file,
              "stride_placement",
              Map.of("v1", StridePlacement.V1, "v1_5", StridePlacement.V1_5)),
          extent(file, "in_channels"),
          choice(file, "stem", Map.of("imagenet", Stem.IMAGENET, "cifar", Stem.CIFAR)));
    } catch (IllegalArgumentException e) {
      throw file.bad("describes no network: " + e.getMessage());
    }
  }

  private static int extent(GoldenFile file, String key) throws GoldenFileException {
    return (int) file.integer(key, 1, ResNetSpec.MAX_EXTENT);
  }

  private static <T> T choice(GoldenFile file, String key, Map<String, T> choices)
      throws GoldenFileException {
    T chosen = choices.get(file.text(key));
    if (chosen == null) {
      throw file.bad("metadata '" + key + "' is none of " + choices.keySet());
    }
    return chosen;
  }

  private static List<Tap> taps(GoldenFile file, Graph graph, int batch, long seed)
      throws IOException {
    int samples = (int) file.integer("samples", 1, 1 << 20);
    List<Tap> taps = new ArrayList<>();
    for (Stage stage : Stage.values()) {
      Shape shape = stage.node(graph).shape();
      String name = stage.label();
      long size = shape.size() * batch;
      if (stage == Stage.LOGITS || size <= WHOLE) {
        boolean flat = shape.pixels() == 1 && stage.compareTo(Stage.POOLED) >= 0;
        double[] values =
            flat
                ? file.values(name, batch, shape.channels())
                : file.values(name, batch, shape.channels(), shape.height(), shape.width());
        taps.add(new Tap(stage, values, null, errors(file, stage)));
      } else {
        long[] positions = SyntheticValues.positions(name, seed, samples, size);
        taps.add(new Tap(stage, file.values(name, samples), positions, errors(file, stage)));
      }
    }
    return taps;
  }

  private static RoundingErrors errors(GoldenFile file, Stage stage) throws GoldenFileException {
    for (Precision precision : Precision.values()) {
      file.text(RoundingErrors.key(precision) + "." + stage.label());
    }
    return file.errors(stage);
  }
}
