package org.resnet4j.core.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;

/** Translates a graph; see {@link OnnxWriter} for what becomes of each operator and name. */
final class OnnxModel {
  private static final String INPUT = "input";
  private static final String LOGITS = "logits";

  /** torchvision's names of an operator's tensors, in the order of {@link Op#tensors}. */
  private static final List<String> SUFFIXES =
      List.of("weight", "bias", "running_mean", "running_var");

  private static final Window POINT = new Window(1, 1, 0);

  private final Graph graph;
  private final Set<String> taken = new HashSet<>();
  private final String[] values;
  private final Message nodes = new Message();
  private final Message initializers = new Message();
  private final Quantization quantization;

  /** By a value's or a parameter's name, what is read in its place: the same from 8 bits. */
  private final Map<String, String> restored = new HashMap<>();

  private int nodeCount;
  private int initializerCount;

  private OnnxModel(Graph graph, Quantization quantization) {
    this.graph = graph;
    this.quantization = quantization;
    this.values = new String[graph.nodes().size()];
  }

  /** The translation of a graph with values. */
  static OnnxModel of(Graph graph) {
    return of(graph, new Quantization(Map.of()));
  }

  /** The same in whole numbers, as far as ranges are known. */
  static OnnxModel of(Graph graph, Quantization quantization) {
    OnnxModel model = new OnnxModel(graph, quantization);
    model.nameValues();
    graph.nodes().forEach(model::emit);
    return model;
  }

  int nodeCount() {
    return nodeCount;
  }

  int initializerCount() {
    return initializerCount;
  }

  /** The whole {@code ModelProto}. */
  Message message(int irVersion, int opset, String version) {
    Shape in = graph.inputShape();
    Node last = graph.output();
    Shape out = last.shape();
    Message input = Proto.value(values[0], in.channels(), in.height(), in.width());
    String name = values[last.id()];
    Message output =
        last.op() instanceof Op.Linear
            ? Proto.value(name, out.channels())
            : Proto.value(name, out.channels(), out.height(), out.width());
    return Proto.model(irVersion, opset, version, Proto.graph(nodes, initializers, input, output));
  }

  /** Weights keep torchvision's names; of values that want the same name, the outer ones get it. */
  private void nameValues() {
    graph.nodes().forEach(node -> taken.addAll(parameters(node)));
    Node last = graph.output();
    values[0] = claim(INPUT);
    if (last.id() != 0) {
      values[last.id()] = claim(last.op() instanceof Op.Linear ? LOGITS : last.name());
    }
    for (int id = 1; id < last.id(); id++) {
      values[id] = claim(graph.nodes().get(id).name());
    }
  }

  private String claim(String wanted) {
    String name = wanted;
    while (!taken.add(name)) {
      name += "_";
    }
    return name;
  }

  private static List<String> parameters(Node node) {
    return SUFFIXES.subList(0, node.op().tensors().size()).stream()
        .map(suffix -> node.name() + "." + suffix)
        .toList();
  }

  private void emit(Node node) {
    if (isQuantized(node)) {
      quantizeParameters(node);
    }
    switch (node.op()) {
      case Op.Input _ -> {}
      case Op.Conv conv -> conv(node, conv);
      case Op.BatchNorm norm -> {
        Message epsilon = Proto.floatAttribute("epsilon", (float) norm.epsilon());
        add("BatchNormalization", operands(node), values[node.id()], List.of(epsilon));
      }
      case Op.Relu _ -> add("Relu", operands(node), values[node.id()], List.of());
      case Op.Add _ -> add("Add", operands(node), values[node.id()], List.of());
      case Op.MaxPool pool ->
          add("MaxPool", operands(node), values[node.id()], window(pool.window()));
      case Op.GlobalAvgPool _ ->
          add("GlobalAveragePool", operands(node), values[node.id()], List.of());
      case Op.Linear _ -> linear(node);
    }
    if (!isOutput(node)) {
      quantize(values[node.id()], range(node));
    }
    initializers(node);
  }

  private void conv(Node node, Op.Conv conv) {
    Epilogue epilogue = conv.epilogue();
    List<String> operands = new ArrayList<>(operands(node));
    String residual = epilogue.residual() ? operands.remove(1) : "";
    String result = values[node.id()];
    String value = epilogue.equals(Epilogue.NONE) ? result : claim(node.name() + "/conv");
    add("Conv", operands, value, convolution(conv.window(), conv.groups()));
    if (epilogue.residual()) {
      quantize(value, quantization.of(node.name() + Quantization.PRODUCT));
      String sum = epilogue.relu() ? claim(node.name() + "/add") : result;
      add("Add", List.of(value, residual), sum, List.of());
      value = sum;
    }
    if (epilogue.relu()) {
      add("Relu", List.of(value), result, List.of());
    }
  }

  private void linear(Node node) {
    List<String> operands = new ArrayList<>(operands(node));
    if (!isOutput(node)) {
      // Other operators read N x C x H x W, which Gemm does not give.
      add("Conv", operands, values[node.id()], convolution(POINT, 1));
      return;
    }
    String flat = claim(node.name() + "/flatten");
    add("Flatten", operands.subList(0, 1), flat, List.of(Proto.intAttribute("axis", 1)));
    quantize(flat, range(graph.nodes().get(node.inputs().getFirst())));
    operands.set(0, flat);
    add("Gemm", operands, values[node.id()], List.of(Proto.intAttribute("transB", 1)));
  }

  private boolean isOutput(Node node) {
    return node.id() == graph.output().id();
  }

  private void add(String op, List<String> inputs, String output, List<Message> attributes) {
    List<String> read = inputs.stream().map(input -> restored.getOrDefault(input, input)).toList();
    nodes.message(Proto.GRAPH_NODE, Proto.node(op, read, output, attributes));
    nodeCount++;
  }

  private void add(Message tensor) {
    initializers.message(Proto.GRAPH_INITIALIZER, tensor);
    initializerCount++;
  }

  /** The range of a node's value; pooling has its input's, since it makes no new values. */
  private Quantization.@Nullable Range range(Node node) {
    return node.op() instanceof Op.MaxPool
        ? range(graph.nodes().get(node.inputs().getFirst()))
        : quantization.of(node.name());
  }

  /** Takes a value through 8 bits, unless nothing is known of it. */
  private void quantize(String value, Quantization.@Nullable Range range) {
    if (range == null) {
      return;
    }
    String scale = claim(value + "/scale");
    String zero = claim(value + "/zero");
    add(Proto.tensor(scale, Tensor.of(new float[] {range.scale()}, 1)));
    add(Proto.tensor(zero, Proto.UINT8, new byte[] {range.zeroPoint()}));
    String levels = claim(value + "/levels");
    String again = claim(value + "/restored");
    add("QuantizeLinear", List.of(value, scale, zero), levels, List.of());
    add("DequantizeLinear", List.of(levels, scale, zero), again, List.of());
    restored.put(value, again);
  }

  /** Whether a node multiplies weights with a value that comes from 8 bits. */
  private boolean isQuantized(Node node) {
    return (node.op() instanceof Op.Conv || node.op() instanceof Op.Linear)
        && range(graph.nodes().get(node.inputs().getFirst())) != null;
  }

  /** Weights in 8 bits with a scale for each output channel, and the bias in units of products. */
  private void quantizeParameters(Node node) {
    Quantization.Range input =
        Objects.requireNonNull(range(graph.nodes().get(node.inputs().getFirst())));
    List<Tensor> tensors = node.op().tensors();
    Tensor weight = tensors.getFirst();
    float[] weights = weight.data(); // made anew each time
    int channels = weight.dim(0);
    int each = weights.length / channels;
    float[] scales = new float[channels];
    byte[] levels = new byte[weights.length];
    for (int k = 0; k < channels; k++) {
      float largest = 0;
      for (int i = k * each; i < (k + 1) * each; i++) {
        largest = Math.max(largest, Math.abs(weights[i]));
      }
      scales[k] = largest > 0 ? largest / Byte.MAX_VALUE : 1;
      for (int i = k * each; i < (k + 1) * each; i++) {
        levels[i] = (byte) Math.round(weights[i] / scales[k]);
      }
    }
    List<String> names = parameters(node);
    boolean asConvolution = node.op() instanceof Op.Linear && !isOutput(node);
    int[] dims = asConvolution ? new int[] {channels, weight.dim(1), 1, 1} : weight.dims();
    restore(names.getFirst(), Proto.INT8, 1, levels, dims, scales);
    if (tensors.size() > 1) {
      ByteBuffer bias =
          ByteBuffer.allocate(channels * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      float[] biases = tensors.get(1).data();
      for (int k = 0; k < channels; k++) {
        scales[k] *= input.scale();
        bias.putInt(Math.round(biases[k] / scales[k]));
      }
      restore(names.get(1), Proto.INT32, Integer.BYTES, bias.array(), new int[] {channels}, scales);
    }
  }

  private void restore(
      String name, int type, int elementBytes, byte[] levels, int[] dims, float[] scales) {
    String scale = claim(name + "/scale");
    String zero = claim(name + "/zero");
    String stored = claim(name + "/levels");
    String again = claim(name + "/restored");
    int channels = scales.length;
    add(Proto.tensor(scale, Tensor.of(scales.clone(), channels), channels));
    add(Proto.tensor(zero, type, new byte[channels * elementBytes], channels));
    add(Proto.tensor(stored, type, levels, dims));
    add(
        "DequantizeLinear",
        List.of(stored, scale, zero),
        again,
        List.of(Proto.intAttribute("axis", 0)));
    restored.put(name, again);
  }

  /** The values a node reads, then its parameters. */
  private List<String> operands(Node node) {
    return Stream.concat(
            node.inputs().stream().map(input -> values[input]), parameters(node).stream())
        .toList();
  }

  private static List<Message> convolution(Window window, int groups) {
    List<Message> attributes = new ArrayList<>(window(window));
    attributes.addFirst(Proto.intAttribute("group", groups));
    return attributes;
  }

  private static List<Message> window(Window window) {
    int kernel = window.kernel();
    int stride = window.stride();
    int padding = window.padding();
    return List.of(
        Proto.intsAttribute("kernel_shape", kernel, kernel),
        Proto.intsAttribute("pads", padding, padding, padding, padding),
        Proto.intsAttribute("strides", stride, stride));
  }

  private void initializers(Node node) {
    boolean asConvolution = node.op() instanceof Op.Linear && !isOutput(node);
    List<String> names = parameters(node);
    for (int i = 0; i < names.size(); i++) {
      if (restored.containsKey(names.get(i))) {
        continue;
      }
      Tensor tensor = node.op().tensors().get(i);
      int[] dims =
          asConvolution && tensor.rank() == 2
              ? new int[] {tensor.dim(0), tensor.dim(1), 1, 1}
              : tensor.dims();
      add(Proto.tensor(names.get(i), tensor, dims));
    }
  }
}
