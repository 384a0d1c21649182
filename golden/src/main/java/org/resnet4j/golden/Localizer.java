package org.resnet4j.golden;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.backend.Probe;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.reference.ReferenceBackendProvider;

/**
 * Finds the layer that is to blame for a failed case. Each layer is computed again by the reference
 * backend from the very values the backend under test gave it, so an error made earlier does not
 * count against a later layer, and the gate can be that of one sum: {@code (4 + sqrt(K) / 2) u} for
 * a sum of K products, u the precision's unit roundoff, four times as much for Winograd's
 * algorithm. (The error of a sum grows with the square root of its length: Ipsen and Zhou, arXiv
 * 1906.10465.)
 */
final class Localizer {
  private final Graph graph;
  private final Backend reference;
  private final Map<String, float[]> values;
  private final boolean winograd;
  private final Precision precision;

  private Localizer(
      Graph graph,
      Backend reference,
      Map<String, float[]> values,
      boolean winograd,
      Precision precision) {
    this.graph = graph;
    this.reference = reference;
    this.values = values;
    this.winograd = winograd;
    this.precision = precision;
  }

  /** Keeps every step's value of one image. */
  private static final class OneImage implements Probe {
    private final int image;
    private final Map<String, float[]> byNode = new HashMap<>();

    OneImage(int image) {
      this.image = image;
    }

    @Override
    public boolean wantsValue(StepInfo step, int which) {
      return which == image;
    }

    @Override
    public void observe(StepInfo step, int which, float[] whole) {
      if (which == image) {
        byNode.put(step.node(), whole);
      }
    }
  }

  /** A layer outside its gate, and how. */
  private record Fault(String node, String how) {}

  /**
   * Runs the failed case again, keeping every value of one image.
   *
   * @return the result with the first bad layer, if there is one, and a diagnosis
   */
  static CaseResult locate(
      CaseResult failed,
      GoldenCase golden,
      int image,
      Graph graph,
      Backend backend,
      boolean winograd,
      Precision precision) {
    OneImage values = new OneImage(image);
    float[] logits = new float[golden.logits().values().length];
    Verifier.run(golden, backend, graph, logits, values);
    try (Backend reference = new ReferenceBackendProvider().open(BackendOptions.defaults())) {
      Localizer localizer = new Localizer(graph, reference, values.byNode, winograd, precision);
      Fault fault = localizer.firstFault(image(golden, graph, image));
      if (fault == null) {
        fault = localizer.output(image(logits, golden.batch(), image));
      }
      return new CaseResult(
          failed.name(),
          failed.model(),
          failed.backend(),
          failed.stages(),
          failed.top1(),
          failed.top5(),
          fault == null ? null : fault.node(),
          fault == null
              ? "every layer computes what it must from its own input: the weights, the network"
                  + " (stride placement) or the golden file are not what they should be"
              : fault.how());
    }
  }

  private static float[] image(GoldenCase golden, Graph graph, int image) {
    int size = Math.toIntExact(graph.inputShape().size());
    return Arrays.copyOfRange(golden.input(), image * size, (image + 1) * size);
  }

  private static float[] image(float[] logits, int batch, int image) {
    int classes = logits.length / batch;
    return Arrays.copyOfRange(logits, image * classes, (image + 1) * classes);
  }

  private @Nullable Fault firstFault(float[] input) {
    for (Node node : graph.nodes()) {
      float[] actual = values.get(node.name());
      if (actual == null) {
        return new Fault(node.name(), "the backend reports no value for " + node.name());
      }
      if (actual.length != node.shape().size()) {
        return new Fault(
            node.name(),
            "%s has %s values, expected %s".formatted(node.name(), actual.length, node.shape()));
      }
      double[] expected =
          node.op() instanceof Op.Input ? widened(input) : recompute(node, graph.nodes());
      Metrics metrics = Metrics.of(actual, expected);
      double gate = node.op() instanceof Op.Input ? inputGate() : gate(node);
      if (!(metrics.rr() <= gate)) {
        return new Fault(
            node.name(),
            String.format(
                Locale.ROOT,
                "from the same input the reference backend computes another %s: RR %.1e, at most"
                    + " %.1e can be rounding (image value %d: %s, expected %s)",
                node.name(),
                metrics.rr(),
                gate,
                metrics.worst(),
                actual[metrics.worst()],
                (float) expected[metrics.worst()]));
      }
    }
    return null;
  }

  /** Data of 16 bits are rounded once; in TF32 only factors are. */
  private double inputGate() {
    return switch (precision) {
      case FP32, TF32 -> 0;
      case FP16, BF16 -> Gates.unitRoundoff(precision);
    };
  }

  /** Whether the result is the last layer's value. */
  private @Nullable Fault output(float[] logits) {
    String last = graph.output().name();
    return Arrays.equals(logits, values.get(last))
        ? null
        : new Fault(last, "the result is not the value of the last layer, " + last);
  }

  private double gate(Node node) {
    long terms =
        switch (node.op()) {
          case Op.Conv conv -> conv.weight().size() / conv.outChannels();
          case Op.Linear linear -> linear.weight().dim(1);
          case Op.GlobalAvgPool _ -> graph.nodes().get(node.inputs().getFirst()).shape().pixels();
          case Op.Input _, Op.BatchNorm _, Op.Relu _, Op.Add _, Op.MaxPool _ -> 1;
        };
    return (4 + Math.sqrt((double) terms) / 2) * Gates.unitRoundoff(precision) * (winograd ? 4 : 1);
  }

  /** The node's value from the recorded values of its inputs. */
  private double[] recompute(Node node, List<Node> nodes) {
    double[] first = widened(recorded(nodes.get(node.inputs().getFirst())));
    return switch (node.op()) {
      case Op.Add _ -> plus(first, recorded(nodes.get(node.inputs().get(1))));
      case Op.Conv conv when conv.epilogue().residual() -> {
        Op plain =
            new Op.Conv(conv.weight(), conv.bias(), conv.window(), conv.groups(), Epilogue.NONE);
        double[] sum = plus(alone(node, plain, nodes), recorded(nodes.get(node.inputs().get(1))));
        yield conv.epilogue().relu() ? positive(sum) : sum;
      }
      default -> alone(node, node.op(), nodes);
    };
  }

  private float[] recorded(Node node) {
    float[] value = values.get(node.name());
    if (value == null) {
      throw new IllegalStateException(node.name() + " comes before what reads it");
    }
    return value;
  }

  /** An operator of one input as a network of its own. */
  private double[] alone(Node node, Op op, List<Node> nodes) {
    Node source = nodes.get(node.inputs().getFirst());
    GraphBuilder builder = new GraphBuilder();
    int x = builder.add("input of " + node.name(), new Op.Input(source.shape()));
    builder.add(node.name(), op, x);
    float[] result = new float[Math.toIntExact(node.shape().size())];
    try (Plan plan = reference.compile(builder.build());
        Session session = plan.newSession(1)) {
      session.run(1, recorded(source), result);
    }
    return widened(result);
  }

  private static double[] plus(double[] a, float[] b) {
    double[] sum = new double[a.length];
    Arrays.setAll(sum, i -> a[i] + b[i]);
    return sum;
  }

  private static double[] positive(double[] values) {
    double[] positive = new double[values.length];
    Arrays.setAll(positive, i -> Math.max(values[i], 0));
    return positive;
  }

  private static double[] widened(float[] values) {
    double[] widened = new double[values.length];
    Arrays.setAll(widened, i -> values[i]);
    return widened;
  }
}
