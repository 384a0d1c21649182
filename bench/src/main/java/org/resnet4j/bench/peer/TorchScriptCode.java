package org.resnet4j.bench.peer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.tensor.Tensor;

/**
 * A graph as TorchScript's Python: what {@code torch.jit.freeze} leaves of a traced network,
 * weights as constants and, as torchvision has it, ReLUs and sums in place of values that nobody
 * reads again.
 *
 * <p>Convolutions name oneDNN's, which {@code conv2d} calls too, but not for pictures that it takes
 * for small nor for 1x1 on one thread, where it is up to 1.6 times as slow.
 */
final class TorchScriptCode {
  /** Of the program's one class. */
  static final String CLASS = "Network";

  private static final String HEAD =
      """
      class Network(Module):
        __parameters__ = []
        __buffers__ = []
        def forward(self: __torch__.Network,
          v0: Tensor) -> Tensor:
      """;

  private final Graph graph;
  private final int[] uses;
  private final StringBuilder text = new StringBuilder(HEAD);
  private final List<Tensor> constants = new ArrayList<>();

  private TorchScriptCode(Graph graph) {
    this.graph = graph;
    this.uses = graph.uses();
  }

  /**
   * The translation of a graph.
   *
   * @param text of the file {@code __torch__.py}
   * @param constants what {@code CONSTANTS.c0}, {@code CONSTANTS.c1}, ... are
   */
  record Program(String text, List<Tensor> constants) {}

  /** Translates a graph; each value is called by the id of its node. */
  static Program of(Graph graph) {
    TorchScriptCode code = new TorchScriptCode(graph);
    for (Node node : graph.nodes().subList(1, graph.nodes().size())) {
      code.line(value(node.id()) + " = " + code.expression(node));
    }
    code.line("return " + value(graph.output().id()));
    return new Program(code.text.toString(), code.constants);
  }

  private void line(String statement) {
    text.append("    ").append(statement).append('\n');
  }

  private static String value(int id) {
    return "v" + id;
  }

  private String expression(Node node) {
    String x = node.inputs().isEmpty() ? "" : value(node.inputs().getFirst());
    return switch (node.op()) {
      case Op.Input _ -> throw new IllegalArgumentException(node.name() + ": a second input");
      case Op.Conv conv -> conv(node, conv, x);
      case Op.BatchNorm norm -> batchNorm(norm, x);
      case Op.Relu _ -> isFree(node.inputs().getFirst()) ? call("relu_", x) : call("relu", x);
      case Op.Add _ -> add(node.inputs().getFirst(), node.inputs().getLast());
      case Op.MaxPool pool -> maxPool(pool.window(), x);
      case Op.GlobalAvgPool _ -> call("adaptive_avg_pool2d", x, "[1, 1]");
      case Op.Linear linear -> linear(node, linear, x);
    };
  }

  /** Whether its one reader may write to a value; the input is the caller's. */
  private boolean isFree(int id) {
    return id != 0 && uses[id] == 1;
  }

  private String add(int a, int b) {
    if (isFree(a)) {
      return call("add_", value(a), value(b));
    }
    return isFree(b) ? call("add_", value(b), value(a)) : call("add", value(a), value(b));
  }

  private String conv(Node node, Op.Conv conv, String x) {
    Window window = conv.window();
    String result =
        call(
            "mkldnn_convolution",
            x,
            constant(conv.weight()),
            constant(conv.bias()),
            both(window.padding()),
            both(window.stride()),
            both(1),
            Integer.toString(conv.groups()));
    Epilogue epilogue = conv.epilogue();
    if (epilogue.residual()) {
      result = call("add_", result, value(node.inputs().getLast()));
    }
    return epilogue.relu() ? call("relu_", result) : result;
  }

  private String batchNorm(Op.BatchNorm norm, String x) {
    return call(
        "batch_norm",
        x,
        constant(norm.gamma()),
        constant(norm.beta()),
        constant(norm.mean()),
        constant(norm.variance()),
        "False",
        "0.1", // momentum, of training alone
        Double.toString(norm.epsilon()),
        "True");
  }

  private static String maxPool(Window window, String x) {
    return call(
        "max_pool2d", x, both(window.kernel()), both(window.stride()), both(window.padding()));
  }

  /** Other operators read {@code N x C x 1 x 1}. */
  private String linear(Node node, Op.Linear linear, String x) {
    String result =
        call("linear", call("flatten", x, "1"), constant(linear.weight()), constant(linear.bias()));
    return node.id() == graph.output().id()
        ? result
        : call("reshape", result, "[-1, %s, 1, 1]".formatted(linear.weight().dim(0)));
  }

  private String constant(@Nullable Tensor tensor) {
    if (tensor == null) {
      return "None";
    }
    constants.add(tensor);
    return "CONSTANTS.c" + (constants.size() - 1);
  }

  private static String both(int extent) {
    return "[%1$s, %1$s]".formatted(extent);
  }

  private static String call(String function, String... arguments) {
    return "torch." + function + "(" + String.join(", ", arguments) + ")";
  }
}
