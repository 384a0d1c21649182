package org.resnet4j.simd.support;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.weights.WeightSource;
import org.resnet4j.simd.kernel.conv.ConvShape;

/** The convolutions of the ten networks on images of 224x224, linear layers included. */
public final class NetworkShapes {
  private static final int IMAGE = 224;

  private NetworkShapes() {}

  /** Each once. */
  public static List<ConvShape> all() {
    return ResNets.all().stream().flatMap(spec -> of(spec).stream()).distinct().toList();
  }

  /** One network's, as often as it has them. */
  public static List<ConvShape> of(ResNetSpec spec) {
    List<ConvShape> shapes = new ArrayList<>();
    Graph graph = ResNet.build(spec, IMAGE, IMAGE, WeightSource.META);
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Op.Conv conv) {
        Shape in = graph.nodes().get(node.inputs().getFirst()).shape();
        shapes.add(
            new ConvShape(
                in.channels(),
                conv.outChannels(),
                in.height(),
                in.width(),
                conv.window().kernel(),
                conv.window().stride(),
                conv.window().padding(),
                conv.groups()));
      } else if (node.op() instanceof Op.Linear linear) {
        int features = linear.weight().dim(1);
        shapes.add(new ConvShape(features, linear.weight().dim(0), 1, 1, 1, 1, 0, 1));
      }
    }
    return shapes;
  }
}
