package org.resnet4j.bench.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.tensor.Tensor;

/**
 * A graph as TorchScript's Python: what {@code torch.jit.freeze} leaves of a traced network, with
 * ReLUs and sums, as torchvision has them, in place of values that nobody reads again.
 *
 * <p>Beyond that, convolutions are oneDNN's by name, since {@code conv2d} takes slower ones for
 * small pictures and for 1x1 on one thread, and the weights of each are brought into its layout
 * when the program is loaded, as {@code torch.utils.mkldnn} does it, instead of in each run.
 */
final class TorchScriptCode {
  /** Of the program's one class. */
  static final String CLASS = "Network";

  private final Graph graph;
  private final int[] uses;
  private final StringBuilder forward = new StringBuilder();
  private final StringBuilder loading = new StringBuilder();
  private final List<Tensor> tensors = new ArrayList<>();

  private TorchScriptCode(Graph graph) {
    this.graph = graph;
    this.uses = graph.uses();
  }

  /**
   * The translation of a graph.
   *
   * @param text of the file {@code __torch__.py}
   * @param tensors of the state that an object of the class is made of; a boolean follows them,
   *     whether it is being trained
   */
  record Program(String text, List<Tensor> tensors) {}

  /** Translates a graph; each value is called by the id of its node. */
  static Program of(Graph graph) {
    TorchScriptCode code = new TorchScriptCode(graph);
    for (Node node : graph.nodes().subList(1, graph.nodes().size())) {
      line(code.forward, value(node.id()) + " = " + code.expression(node));
    }
    line(code.forward, "return " + value(graph.output().id()));
    return new Program(code.text(), List.copyOf(code.tensors));
  }

  private String text() {
    int count = tensors.size();
    return """
    class %1$s(Module):
      __parameters__ = []
      __buffers__ = []
    %2$s  training : bool
      def __getstate__(self: __torch__.%1$s) -> %3$s:
        return (%4$sself.training,)
      def __setstate__(self: __torch__.%1$s,
        state: %3$s) -> NoneType:
    %5$s    self.training = (state)[%6$s]
        return None
      def forward(self: __torch__.%1$s,
        v0: Tensor) -> Tensor:
    %7$s\
    """
        .formatted(
            CLASS,
            each(count, "  c%s : Tensor\n"),
            "Tuple[" + each(count, "Tensor, ") + "bool]",
            each(count, "self.c%s, "),
            loading,
            count,
            forward);
  }

  private static String each(int count, String format) {
    return IntStream.range(0, count).mapToObj(format::formatted).collect(Collectors.joining());
  }

  private static void line(StringBuilder text, String statement) {
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
    String how =
        String.join(
            ", ",
            both(conv.window().padding()),
            both(conv.window().stride()),
            both(1), // dilation
            Integer.toString(conv.groups()));
    String weight =
        attribute(
            conv.weight(), call("mkldnn_reorder_conv2d_weight", call("to_mkldnn", state()), how));
    String result = call("mkldnn_convolution", x, weight, attribute(conv.bias()), how);
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
        attribute(norm.gamma()),
        attribute(norm.beta()),
        attribute(norm.mean()),
        attribute(norm.variance()),
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
        call(
            "linear",
            call("flatten", x, "1"),
            attribute(linear.weight()),
            attribute(linear.bias()));
    return node.id() == graph.output().id()
        ? result
        : call("reshape", result, "[-1, %s, 1, 1]".formatted(linear.weight().dim(0)));
  }

  /** The next tensor of the state. */
  private String state() {
    return "(state)[%s]".formatted(tensors.size());
  }

  private String attribute(@Nullable Tensor tensor) {
    return tensor == null ? "None" : attribute(tensor, state());
  }

  /** An attribute that becomes {@code loaded} when the program is loaded. */
  private String attribute(Tensor tensor, String loaded) {
    String name = "self.c" + tensors.size();
    line(loading, name + " = " + loaded);
    tensors.add(tensor);
    return name;
  }

  private static String both(int extent) {
    return "[%1$s, %1$s]".formatted(extent);
  }

  private static String call(String function, String... arguments) {
    return "torch." + function + "(" + String.join(", ", arguments) + ")";
  }
}
