package org.resnet4j.bench.peer;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.bench.measure.Problem;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.onnx.Quantization;
import org.resnet4j.core.onnx.Quantization.Range;

/** Finds the ranges of a network's values, by float32 on the CPU, for one picture. */
final class Calibration {
  private static final String BACKEND = "simd";

  private Calibration() {}

  /** The ranges for a problem's first picture. */
  static Quantization of(Problem problem) {
    Graph graph = withProducts(problem.graph());
    int pixels = Math.toIntExact(graph.inputShape().size());
    float[] picture = Arrays.copyOf(problem.input(), pixels);
    float[] results = new float[Math.toIntExact(graph.output().shape().size())];
    Map<String, Range> ranges = new HashMap<>();
    try (Backend backend = Backends.open(BACKEND, new BackendOptions(problem.threads()));
        Plan plan = backend.compile(graph);
        Session session = plan.newSession(1)) {
      session.run(
          1,
          MemorySegment.ofArray(picture),
          MemorySegment.ofArray(results),
          (step, _, values) -> ranges.put(step.node(), Range.of(values)));
    }
    return new Quantization(ranges);
  }

  /** A graph that also has each convolution's result before a residual is added to it. */
  private static Graph withProducts(Graph graph) {
    GraphBuilder builder = new GraphBuilder();
    int[] ids = new int[graph.nodes().size()];
    for (Node node : graph.nodes()) {
      List<Integer> inputs = new ArrayList<>();
      node.inputs().forEach(input -> inputs.add(ids[input]));
      if (node.op() instanceof Op.Conv conv && conv.epilogue().residual()) {
        Op alone =
            new Op.Conv(conv.weight(), conv.bias(), conv.window(), conv.groups(), Epilogue.NONE);
        builder.add(node.name() + Quantization.PRODUCT, alone, inputs.getFirst());
      }
      ids[node.id()] = builder.add(node.name(), node.op(), inputs);
    }
    return builder.build();
  }
}
