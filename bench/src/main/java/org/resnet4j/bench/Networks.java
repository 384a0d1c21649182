package org.resnet4j.bench;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.ModelOptions;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.golden.SyntheticValues;
import org.resnet4j.golden.SyntheticWeights;

/** Networks to measure: their time does not depend on what their weights know. */
final class Networks {
  private static final long SEED = 1;

  private Networks() {}

  /**
   * A network as the engines run it.
   *
   * @param weights a weights file, or null for generated ones
   */
  static Graph fused(String model, Size size, @Nullable Path weights) throws IOException {
    ResNetSpec spec = ResNets.named(model);
    Graph graph =
        weights == null
            ? ResNet.build(
                spec, size.height(), size.width(), new SyntheticWeights(SEED, spec.block()))
            : resized(
                PretrainedModel.load(weights, ModelOptions.defaults().withModel(model)).graph(),
                size);
    return Passes.inference().apply(graph);
  }

  /** Generated pictures. */
  static float[] input(int batch, Size size) {
    return SyntheticValues.input(SEED, batch, size.height(), size.width());
  }

  /** The same network for another picture: parameters do not depend on its size. */
  static Graph resized(Graph graph, Size size) {
    GraphBuilder builder = new GraphBuilder();
    for (Node node : graph.nodes()) {
      Op op =
          node.op() instanceof Op.Input input
              ? new Op.Input(new Shape(input.shape().channels(), size.height(), size.width()))
              : node.op();
      builder.add(node.name(), op, node.inputs());
    }
    return builder.build();
  }
}
