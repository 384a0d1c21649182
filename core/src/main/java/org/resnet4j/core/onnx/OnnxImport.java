package org.resnet4j.core.onnx;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.Faults;

/**
 * Translates an ONNX graph into this project's operators, or names the first of its own that is
 * none of them.
 *
 * <p>Source: {@code docs/Operators.md} of the ONNX repository.
 */
final class OnnxImport {
  private static final String WEIGHT = ".weight";
  private static final double DEFAULT_EPSILON = 1e-5f;

  /** Since then the axes of a reduction are an input. */
  private static final int AXES_AS_INPUT = 18;

  private static final int H = 2;
  private static final int W = 3;

  /**
   * A value of the ONNX graph.
   *
   * @param id of the node that computes it here
   * @param flat whether its extents are N x C, where ours are N x C x 1 x 1
   */
  private record Value(int id, boolean flat) {}

  private final OnnxGraph onnx;
  private final OnnxValues tensors;
  private final Faults faults;
  private final GraphBuilder graph = new GraphBuilder();
  private final Set<String> names = new HashSet<>();
  private final Map<String, Value> values = new HashMap<>();
  private final Map<String, OnnxTensor> constants;
  private final Map<String, Integer> uses = new HashMap<>();

  /** Values that a linear layer gives, by the names that it gives them itself. */
  private final Set<String> products = new HashSet<>();

  /** Of the file; -1 if any. */
  private long batch = -1;

  OnnxImport(OnnxGraph onnx, OnnxValues tensors, Faults faults) {
    this.onnx = onnx;
    this.tensors = tensors;
    this.faults = faults;
    this.constants = new HashMap<>(onnx.constants());
  }

  /** The graph for pictures of a shape. */
  Graph graph(String input, Shape shape) throws WeightsFileException {
    batch = Objects.requireNonNull(onnx.inputs().get(input)).extents().getFirst();
    values.put(input, new Value(graph.add(unique(input), new Op.Input(shape)), false));
    String output = onnx.outputs().getFirst();
    Set<OnnxNode> needed = needed(output);
    for (OnnxNode node : onnx.nodes()) {
      if (needed.contains(node)) {
        translate(node);
      }
    }
    Value result = values.get(output);
    if (result == null) {
      throw faults.of(Code.BAD_ONNX, "computes no " + Quote.name(output) + ", which is its output");
    }
    Graph built = graph.build();
    if (result.id() != built.output().id()) {
      throw faults.of(Code.UNSUPPORTED_ONNX, "computes more behind its output");
    }
    return built;
  }

  /** The nodes that the output depends on; also counts who reads each value. */
  private Set<OnnxNode> needed(String output) {
    Set<String> wanted = new HashSet<>(Set.of(output));
    Set<OnnxNode> needed = new HashSet<>();
    for (OnnxNode node : onnx.nodes().reversed()) {
      if (node.outputs().stream().anyMatch(wanted::contains)) {
        needed.add(node);
        for (String name : node.inputs()) {
          if (!name.isEmpty()) {
            wanted.add(name);
            uses.merge(name, 1, Integer::sum);
          }
        }
      }
    }
    return needed;
  }

  private void translate(OnnxNode node) throws WeightsFileException {
    if (node.outputs().isEmpty()) {
      throw refuse(node, "has no output");
    }
    try {
      switch (node.operator()) {
        case "Conv" -> conv(node);
        case "BatchNormalization" -> batchNorm(node);
        case "Relu" -> add(node, new Op.Relu(), value(node, 0));
        case "Add", "Sum" -> addition(node);
        case "MaxPool" -> maxPool(node);
        case "GlobalAveragePool" -> add(node, new Op.GlobalAvgPool(), picture(node));
        case "AveragePool" -> averagePool(node);
        case "ReduceMean" -> reduceMean(node);
        case "Gemm" -> gemm(node);
        case "MatMul" -> matMul(node);
        case "Flatten" -> flatten(node);
        case "Reshape" -> reshape(node);
        case "Squeeze" -> squeeze(node);
        case "Identity" -> alias(node);
        case "Dropout" -> dropout(node);
        case "Constant" -> constant(node);
        default -> throw refuse(node, "is none of a ResNet's operators");
      }
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw refuse(node, "does not fit: " + e.getMessage());
    }
  }

  // ---- convolution and pooling

  private void conv(OnnxNode node) throws WeightsFileException {
    Tensor weight = parameter(node, 1, "weight");
    Tensor bias = node.hasInput(2) ? parameter(node, 2, "bias") : null;
    if (weight.rank() != 4) {
      throw refuse(node, "is no convolution over two axes");
    }
    Window window = window(node, List.of((long) weight.dim(H), (long) weight.dim(W)));
    int groups = Math.toIntExact(node.number("group", 1));
    add(node, new Op.Conv(weight, bias, window, groups, Epilogue.NONE), picture(node));
  }

  private void maxPool(OnnxNode node) throws WeightsFileException {
    requireDefault(node, "ceil_mode", 0);
    requireDefault(node, "storage_order", 0);
    requireOneOutput(node);
    add(node, new Op.MaxPool(window(node, node.numbers("kernel_shape"))), picture(node));
  }

  /** The kernel, stride and padding that an operator has, if both axes have the same. */
  private Window window(OnnxNode node, List<Long> kernel) throws WeightsFileException {
    List<Long> stated = node.numbers("kernel_shape");
    List<Long> strides = node.numbers("strides");
    List<Long> pads = node.numbers("pads");
    String auto = node.text("auto_pad");
    boolean alike =
        kernel.size() == 2
            && (stated.isEmpty() || stated.equals(kernel))
            && kernel.get(0).equals(kernel.get(1))
            && (strides.isEmpty() || (strides.size() == 2 && allAre(strides, strides.get(0))))
            && (pads.isEmpty() || (pads.size() == 4 && allAre(pads, pads.get(0))))
            && allAre(node.numbers("dilations"), 1);
    if (!alike) {
      throw refuse(
          node,
          "has kernel %s, strides %s, pads %s and dilations %s; supported are square kernels without dilation, with one stride and one padding"
              .formatted(kernel, strides, pads, node.numbers("dilations")));
    }
    long size = kernel.get(0);
    long stride = strides.isEmpty() ? 1 : strides.get(0);
    long padding = pads.isEmpty() ? 0 : pads.get(0);
    if (auto.startsWith("SAME") && stride == 1 && size % 2 == 1) {
      padding = size / 2;
    } else if (auto.equals("VALID")) {
      padding = 0;
    } else if (!auto.isEmpty() && !auto.equals("NOTSET")) {
      throw refuse(node, "has auto_pad " + auto + ", which pads unevenly");
    }
    return new Window(Math.toIntExact(size), Math.toIntExact(stride), Math.toIntExact(padding));
  }

  private static boolean allAre(List<Long> numbers, long value) {
    return numbers.stream().allMatch(number -> number == value);
  }

  /** The whole picture's mean, if the kernel is as large as it. */
  private void averagePool(OnnxNode node) throws WeightsFileException {
    Shape shape = shape(picture(node));
    List<Long> kernel = node.numbers("kernel_shape");
    boolean whole =
        kernel.equals(List.of((long) shape.height(), (long) shape.width()))
            && allAre(node.numbers("pads"), 0)
            && allAre(node.numbers("dilations"), 1)
            && !node.text("auto_pad").startsWith("SAME");
    if (!whole) {
      throw refuse(node, "averages windows of " + kernel + " and not all of " + shape);
    }
    add(node, new Op.GlobalAvgPool(), picture(node));
  }

  private void reduceMean(OnnxNode node) throws WeightsFileException {
    List<Long> axes = axes(node, AXES_AS_INPUT);
    Set<Long> positive = new HashSet<>();
    axes.forEach(axis -> positive.add(axis < 0 ? axis + 4 : axis));
    if (!positive.equals(Set.of((long) H, (long) W))) {
      throw refuse(node, "averages over axes " + axes + " and not over height and width");
    }
    int mean = graph.add(name(node), new Op.GlobalAvgPool(), picture(node).id());
    put(node, new Value(mean, node.number("keepdims", 1) == 0));
  }

  /** Of an operator whose axes were an attribute until an operator set. */
  private List<Long> axes(OnnxNode node, int since) throws WeightsFileException {
    return onnx.opset() >= since && node.hasInput(1)
        ? tensors.numbers(constantOf(node, 1))
        : node.numbers("axes");
  }

  // ---- between pixels

  private void batchNorm(OnnxNode node) throws WeightsFileException {
    requireDefault(node, "training_mode", 0);
    requireDefault(node, "spatial", 1);
    if (node.outputs().stream().skip(1).anyMatch(output -> !output.isEmpty())) {
      throw refuse(node, "has several outputs, as in training");
    }
    double epsilon =
        node.attributes().containsKey("epsilon") ? node.real("epsilon", 0) : DEFAULT_EPSILON;
    add(
        node,
        new Op.BatchNorm(
            parameter(node, 1, "weight"),
            parameter(node, 2, "bias"),
            parameter(node, 3, "running_mean"),
            parameter(node, 4, "running_var"),
            epsilon),
        picture(node));
  }

  private void addition(OnnxNode node) throws WeightsFileException {
    if (node.inputs().size() != 2) {
      throw refuse(node, "adds " + node.inputs().size() + " values and not two");
    }
    for (int i = 0; i < 2; i++) {
      OnnxTensor constant = constants.get(node.inputs().get(i));
      if (constant != null) {
        addBias(node, value(node, 1 - i), constant);
        return;
      }
    }
    Value a = value(node, 0);
    Value b = value(node, 1);
    if (a.flat() != b.flat()) {
      throw refuse(node, "adds values of different extents");
    }
    add(node, new Op.Add(), a, b);
  }

  /** A matrix product and the addition behind it are one layer. */
  private void addBias(OnnxNode node, Value product, OnnxTensor bias) throws WeightsFileException {
    boolean alone =
        node.inputs().stream()
            .allMatch(name ->
                uses.getOrDefault(name, 0) == 1
                    && (constants.containsKey(name) || products.contains(name)));
    Node before = graph.node(product.id());
    if (!alone || !(before.op() instanceof Op.Linear linear) || linear.bias() != null) {
      throw refuse(node, "adds a constant");
    }
    Tensor values = vector(tensors.parameter(bias, "bias"));
    graph.replace(product.id(), new Op.Linear(linear.weight(), values), before.inputs());
    put(node, product);
  }

  // ---- behind the pixels

  private void gemm(OnnxNode node) throws WeightsFileException {
    if (node.real("alpha", 1) != 1 || (node.hasInput(2) && node.real("beta", 1) != 1)) {
      throw refuse(node, "scales its operands");
    }
    requireDefault(node, "transA", 0);
    Tensor weight = parameter(node, 1, "weight");
    Tensor bias = node.hasInput(2) ? vector(parameter(node, 2, "bias")) : null;
    linear(node, node.number("transB", 0) == 1 ? weight : transposed(node, weight), bias);
  }

  private void matMul(OnnxNode node) throws WeightsFileException {
    linear(node, transposed(node, parameter(node, 1, "weight")), null);
  }

  private void linear(OnnxNode node, Tensor weight, @Nullable Tensor bias)
      throws WeightsFileException {
    Value from = value(node, 0);
    if (!from.flat()) {
      throw refuse(node, "multiplies by a matrix what has four extents");
    }
    add(node, new Op.Linear(weight, bias), from);
    products.add(node.outputs().getFirst());
  }

  private Tensor transposed(OnnxNode node, Tensor matrix) throws WeightsFileException {
    if (matrix.rank() != 2) {
      throw refuse(node, "multiplies by what is no matrix");
    }
    int rows = matrix.dim(0);
    int columns = matrix.dim(1);
    float[] from = matrix.data();
    float[] to = new float[from.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        to[column * rows + row] = from[row * columns + column];
      }
    }
    return Tensor.of(to, columns, rows);
  }

  /** A bias of one row is one. */
  private static Tensor vector(Tensor bias) {
    return bias.rank() == 2 && bias.dim(0) == 1 ? Tensor.of(bias.data(), bias.dim(1)) : bias;
  }

  private void flatten(OnnxNode node) throws WeightsFileException {
    long axis = node.number("axis", 1);
    Value from = value(node, 0);
    if (axis != 1 && axis != (from.flat() ? -1 : -3)) {
      throw refuse(node, "flattens from axis " + axis);
    }
    flat(node, from);
  }

  private void reshape(OnnxNode node) throws WeightsFileException {
    Value from = value(node, 0);
    List<Long> shape = tensors.numbers(constantOf(node, 1));
    long channels = shape(from).channels();
    boolean two = shape.size() == 2 && (shape.get(1) == -1 || shape.get(1) == channels);
    if (two) {
      long rows = shape.get(0);
      boolean keepsBatch = rows == 0 && node.number("allowzero", 0) == 0;
      boolean open = rows == -1 && shape.get(1) > 0;
      two = keepsBatch || open || rows == 1 || rows == batch;
    }
    if (!two) {
      throw refuse(node, "makes " + shape + " of N x " + shape(from));
    }
    flat(node, from);
  }

  private void squeeze(OnnxNode node) throws WeightsFileException {
    List<Long> axes = axes(node, 13);
    Set<Long> positive = new HashSet<>();
    axes.forEach(axis -> positive.add(axis < 0 ? axis + 4 : axis));
    if (!positive.equals(Set.of((long) H, (long) W))) {
      throw refuse(node, "drops axes " + axes);
    }
    flat(node, picture(node));
  }

  private void flat(OnnxNode node, Value from) throws WeightsFileException {
    if (shape(from).pixels() != 1) {
      throw refuse(node, "makes one row of " + shape(from) + ", and only C x 1 x 1 may be one");
    }
    put(node, new Value(from.id(), true));
  }

  private void dropout(OnnxNode node) throws WeightsFileException {
    requireOneOutput(node);
    if (node.hasInput(2) && !tensors.isFalse(constantOf(node, 2))) {
      throw refuse(node, "drops values, as in training");
    }
    alias(node);
  }

  private void alias(OnnxNode node) throws WeightsFileException {
    if (constants.containsKey(node.inputs().isEmpty() ? "" : node.inputs().getFirst())) {
      constants.put(node.outputs().getFirst(), constantOf(node, 0));
    } else {
      put(node, value(node, 0));
    }
  }

  private void constant(OnnxNode node) throws WeightsFileException {
    OnnxNode.Attribute value = node.attributes().get("value");
    List<Long> numbers = node.numbers("value_ints");
    if (value != null && value.tensor() != null) {
      constants.put(node.outputs().getFirst(), value.tensor());
    } else if (!numbers.isEmpty()) {
      List<Long> dims = List.of((long) numbers.size());
      constants.put(
          node.outputs().getFirst(),
          new OnnxTensor("", dims, OnnxValues.INT64, numbers, -1, -1, null));
    } else {
      throw refuse(node, "is no tensor");
    }
  }

  // ---- what nodes are made of

  private void add(OnnxNode node, Op op, Value... from) throws WeightsFileException {
    Integer[] ids = new Integer[from.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = from[i].id();
    }
    int id = graph.add(name(node), op, ids);
    put(node, new Value(id, from[0].flat()));
  }

  private void put(OnnxNode node, Value value) throws WeightsFileException {
    String name = node.outputs().getFirst();
    if (constants.containsKey(name) || values.putIfAbsent(name, value) != null) {
      throw refuse(node, "computes " + Quote.name(name) + ", which there is already");
    }
  }

  /** As its parameters are called; else as the file calls the node, or its value. */
  private String name(OnnxNode node) {
    String weight = node.inputs().size() > 1 ? node.inputs().get(1) : "";
    if (weight.endsWith(WEIGHT) && weight.length() > WEIGHT.length()) {
      return unique(weight.substring(0, weight.length() - WEIGHT.length()));
    }
    return unique(node.name().isEmpty() ? node.outputs().getFirst() : node.name());
  }

  private String unique(String wanted) {
    String name = wanted;
    while (!names.add(name)) {
      name += "_";
    }
    return name;
  }

  private Value value(OnnxNode node, int index) throws WeightsFileException {
    String name = index < node.inputs().size() ? node.inputs().get(index) : "";
    Value value = values.get(name);
    if (value == null) {
      throw refuse(
          node,
          constants.containsKey(name)
              ? "reads the constant " + Quote.name(name) + " where a value is expected"
              : "reads " + Quote.name(name) + ", which no earlier node computes");
    }
    return value;
  }

  /** The first input, of four extents. */
  private Value picture(OnnxNode node) throws WeightsFileException {
    Value value = value(node, 0);
    if (value.flat()) {
      throw refuse(node, "reads a value without height and width");
    }
    return value;
  }

  private Shape shape(Value value) {
    return graph.node(value.id()).shape();
  }

  private Tensor parameter(OnnxNode node, int index, String role) throws WeightsFileException {
    return tensors.parameter(constantOf(node, index), role);
  }

  private OnnxTensor constantOf(OnnxNode node, int index) throws WeightsFileException {
    String name = index < node.inputs().size() ? node.inputs().get(index) : "";
    OnnxTensor constant = constants.get(name);
    if (constant == null) {
      throw refuse(node, "has no constant as input " + index + " (" + Quote.name(name) + ")");
    }
    return constant;
  }

  private void requireDefault(OnnxNode node, String attribute, long value)
      throws WeightsFileException {
    if (node.number(attribute, value) != value) {
      throw refuse(node, "has " + attribute + " " + node.number(attribute, value));
    }
  }

  private void requireOneOutput(OnnxNode node) throws WeightsFileException {
    for (String output : node.outputs().subList(1, node.outputs().size())) {
      if (uses.containsKey(output)) {
        throw refuse(node, "has several outputs");
      }
    }
  }

  private WeightsFileException refuse(OnnxNode node, String why) {
    String name =
        node.name().isEmpty() && !node.outputs().isEmpty()
            ? node.outputs().getFirst()
            : node.name();
    return faults.of(
        Code.UNSUPPORTED_ONNX, "node " + Quote.name(name) + ", " + node.operator() + ": " + why);
  }
}
