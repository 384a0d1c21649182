package org.resnet4j.bench.option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.model.Labels;
import org.resnet4j.core.model.LoadedNetwork;
import org.resnet4j.core.model.ModelOptions;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.weights.WeightSource;
import org.resnet4j.golden.SyntheticValues;
import org.resnet4j.golden.SyntheticWeights;

/**
 * A network to measure: a member of the family with generated weights, since its time does not
 * depend on what they know, or what somebody's file holds.
 *
 * @param name what tables call it
 * @param outline its shapes, whatever its weights are
 * @param network the same with its weights
 */
public record Subject(String name, Graph outline, Supplier<Graph> network) {
  private static final long SEED = 1;
  private static final Size USUAL = new Size(224, 224);

  /**
   * A member of the family.
   *
   * @param size null for 224x224
   */
  public static Subject named(String name, @Nullable Size size) {
    ResNetSpec spec = ResNets.named(name);
    int height = (size == null ? USUAL : size).height();
    int width = (size == null ? USUAL : size).width();
    return new Subject(
        name,
        ResNet.build(spec, height, width, WeightSource.META),
        () -> ResNet.build(spec, height, width, new SyntheticWeights(SEED, spec.block())));
  }

  /** A member of the family that takes pictures, as torchvision's first weights would. */
  public static PretrainedModel pretrained(String name) {
    ResNetSpec spec = ResNets.named(name);
    return new PretrainedModel(
        name,
        "generated weights",
        spec,
        ResNet.build(spec, USUAL.height(), USUAL.width(), new SyntheticWeights(SEED, spec.block())),
        Preprocessing.TORCHVISION_V1,
        Labels.imagenet1k());
  }

  /**
   * What a file or folder holds.
   *
   * @param name of the network that it has to be; null for whatever it is
   * @param size null for the one it was made for
   */
  public static Subject own(Path weights, @Nullable String name, @Nullable Size size)
      throws IOException {
    LoadedNetwork loaded = LoadedNetwork.load(weights, ModelOptions.defaults().withModel(name));
    Graph graph = size == null ? loaded.graph() : size.of(loaded.graph());
    return new Subject(name == null ? loaded.name() : name, graph, () -> graph);
  }

  /** Extents of the pictures. */
  public Size size() {
    return new Size(outline.inputShape().height(), outline.inputShape().width());
  }

  /** The network as the engines run it. */
  public Graph fused() {
    return Passes.inference().apply(network.get());
  }

  /** Generated pictures for a network. */
  public static float[] input(int batch, Graph graph) {
    return SyntheticValues.input(SEED, batch, graph.inputShape());
  }
}
