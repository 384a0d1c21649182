package org.resnet4j.core.onnx;

import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.onnx.OnnxNode.Attribute;
import org.resnet4j.core.onnx.OnnxScope.Value;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.WeightsFileException;

/**
 * Translates an ONNX graph into this project's operators, or names the first of its own that is
 * none of them.
 *
 * <p>Source: {@code docs/Operators.md} of the ONNX repository.
 */
final class OnnxImport {
  private static final float DEFAULT_EPSILON = 1e-5f;

  /** Since then the axes of ReduceMean are an input. */
  private static final int AXES_AS_INPUT = 18;

  private static final String NOTSET = "NOTSET";
  private static final String VALID = "VALID";
  private static final int H = 2;
  private static final int W = 3;

  private final OnnxGraph onnx;
  private final OnnxScope scope;

  /** Values that a linear layer gives, by the names that it gives them itself. */
  private final Set<String> products = new HashSet<>();

  private final OnnxShapes shapes;

  OnnxImport(OnnxGraph onnx, OnnxScope scope) {
    this.onnx = onnx;
    this.scope = scope;
    long batch = onnx.inputs().values().iterator().next().extents().getFirst();
    this.shapes = new OnnxShapes(scope, onnx.opset(), batch);
  }

  /** The graph for pictures of a shape. */
  Graph graph(String input, Shape shape) throws WeightsFileException {
    scope.input(input, shape);
    String output = onnx.outputs().getFirst();
    BitSet needed = scope.needed(output);
    for (int i = needed.nextSetBit(0); i >= 0; i = needed.nextSetBit(i + 1)) {
      translate(onnx.nodes().get(i));
    }
    return scope.build(output);
  }

  private void translate(OnnxNode node) throws WeightsFileException {
    Optional<String> misfit = OnnxSchema.misfit(node, onnx.opset());
    if (misfit.isPresent()) {
      throw scope.refuse(node, misfit.get());
    }
    try {
      switch (node.operator()) {
        case "Conv" -> conv(node);
        case "BatchNormalization" -> batchNorm(node);
        case "Relu" -> scope.add(node, new Op.Relu(), scope.value(node, 0));
        case "Add", "Sum" -> addition(node);
        case "MaxPool" -> maxPool(node);
        case "GlobalAveragePool" -> scope.add(node, new Op.GlobalAvgPool(), scope.picture(node));
        case "AveragePool" -> averagePool(node);
        case "ReduceMean" -> reduceMean(node);
        case "Gemm" -> gemm(node);
        case "MatMul" -> linear(node, transposed(node, scope.parameter(node, 1, "weight")), null);
        case "Transpose" -> transpose(node);
        case "Flatten" -> shapes.flatten(node);
        case "Reshape" -> shapes.reshape(node);
        case "Squeeze" -> shapes.squeeze(node);
        case "Shape" -> shapes.shape(node);
        case "Gather" -> shapes.gather(node);
        case "Slice" -> shapes.slice(node);
        case "Unsqueeze" -> shapes.unsqueeze(node);
        case "Concat" -> shapes.concat(node);
        case "Cast" -> shapes.cast(node);
        case "Identity" -> scope.alias(node);
        case "Dropout" -> dropout(node);
        case "Constant" -> constant(node);
        default -> throw new AssertionError(node.operator() + " is in the table of operators");
      }
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw scope.refuse(node, "does not fit: " + e.getMessage());
    }
  }

  // ---- convolution and pooling

  private void conv(OnnxNode node) throws WeightsFileException {
    Tensor weight = scope.parameter(node, 1, "weight");
    Tensor bias = node.hasInput(2) ? scope.parameter(node, 2, "bias") : null;
    if (weight.rank() != 4) {
      throw scope.refuse(node, "is no convolution over two axes");
    }
    Window window = window(node, List.of((long) weight.dim(H), (long) weight.dim(W)));
    int groups = Math.toIntExact(node.number("group", 1));
    scope.add(node, new Op.Conv(weight, bias, window, groups, Epilogue.NONE), scope.picture(node));
  }

  private void maxPool(OnnxNode node) throws WeightsFileException {
    requireDefault(node, "ceil_mode", 0);
    requireDefault(node, "storage_order", 0);
    requireOneOutput(node);
    scope.add(
        node, new Op.MaxPool(window(node, node.numbers("kernel_shape"))), scope.picture(node));
  }

  /** The kernel, stride and padding that an operator has, if both axes have the same. */
  private Window window(OnnxNode node, List<Long> kernel) throws WeightsFileException {
    List<Long> stated = node.numbers("kernel_shape");
    List<Long> strides = node.numbers("strides");
    List<Long> pads = node.numbers("pads");
    String auto = node.text("auto_pad", NOTSET);
    boolean alike =
        kernel.size() == 2
            && (stated.isEmpty() || stated.equals(kernel))
            && kernel.get(0).equals(kernel.get(1))
            && (strides.isEmpty() || (strides.size() == 2 && allAre(strides, strides.get(0))))
            && (pads.isEmpty() || (pads.size() == 4 && allAre(pads, pads.get(0))))
            && allAre(node.numbers("dilations"), 1);
    if (!alike) {
      throw scope.refuse(
          node,
          "has kernel %s, strides %s, pads %s and dilations %s; supported are square kernels without dilation, with one stride and one padding"
              .formatted(kernel, strides, pads, node.numbers("dilations")));
    }
    long size = kernel.get(0);
    long stride = strides.isEmpty() ? 1 : strides.get(0);
    long padding = pads.isEmpty() ? 0 : pads.get(0);
    if (auto.equals(VALID)) {
      padding = 0;
    } else if (auto.matches("SAME_(UPPER|LOWER)") && stride == 1 && size % 2 == 1) {
      padding = size / 2;
    } else if (!auto.equals(NOTSET)) {
      throw scope.refuse(
          node, "has auto_pad " + Quote.name(auto) + ", which is unknown or pads unevenly here");
    }
    return new Window(Math.toIntExact(size), Math.toIntExact(stride), Math.toIntExact(padding));
  }

  private static boolean allAre(List<Long> numbers, long value) {
    return numbers.stream().allMatch(number -> number == value);
  }

  /** The whole picture's mean, if the kernel is as large as it. */
  private void averagePool(OnnxNode node) throws WeightsFileException {
    Shape shape = scope.shape(scope.picture(node));
    List<Long> kernel = node.numbers("kernel_shape");
    List<Long> strides = node.numbers("strides");
    boolean whole =
        kernel.equals(List.of((long) shape.height(), (long) shape.width()))
            && allAre(node.numbers("pads"), 0)
            && allAre(node.numbers("dilations"), 1)
            && (strides.isEmpty() || strides.size() == 2)
            && strides.stream().allMatch(stride -> stride > 0)
            && List.of(NOTSET, VALID).contains(node.text("auto_pad", NOTSET));
    if (!whole) {
      throw scope.refuse(node, "averages windows of " + kernel + " and not all of " + shape);
    }
    scope.add(node, new Op.GlobalAvgPool(), scope.picture(node));
  }

  private void reduceMean(OnnxNode node) throws WeightsFileException {
    List<Long> axes = shapes.axes(node, AXES_AS_INPUT);
    Set<Long> positive = new HashSet<>();
    axes.forEach(axis -> positive.add(axis < 0 ? axis + OnnxScope.PICTURE : axis));
    if (!positive.equals(Set.of((long) H, (long) W))) {
      throw scope.refuse(node, "averages over axes " + axes + " and not over height and width");
    }
    boolean keeps = scope.flag(node, "keepdims", 1) == 1;
    scope.add(
        node,
        new Op.GlobalAvgPool(),
        keeps ? OnnxScope.PICTURE : OnnxScope.ROW,
        scope.picture(node));
  }

  // ---- between pixels

  private void batchNorm(OnnxNode node) throws WeightsFileException {
    requireDefault(node, "training_mode", 0);
    requireDefault(node, "spatial", 1);
    if (node.outputs().stream().skip(1).anyMatch(output -> !output.isEmpty())) {
      throw scope.refuse(node, "has several outputs, as in training");
    }
    double epsilon = node.real("epsilon", DEFAULT_EPSILON);
    scope.add(
        node,
        new Op.BatchNorm(
            scope.parameter(node, 1, "weight"),
            scope.parameter(node, 2, "bias"),
            scope.parameter(node, 3, "running_mean"),
            scope.parameter(node, 4, "running_var"),
            epsilon),
        scope.value(node, 0));
  }

  private void addition(OnnxNode node) throws WeightsFileException {
    if (node.inputs().size() != 2) {
      throw scope.refuse(node, "adds " + node.inputs().size() + " values and not two");
    }
    for (int i = 0; i < 2; i++) {
      if (scope.isConstant(node.input(i))) {
        addBias(node, i);
        return;
      }
    }
    Value a = scope.value(node, 0);
    Value b = scope.value(node, 1);
    if (a.rank() != b.rank()) {
      throw scope.refuse(node, "adds values of different extents");
    }
    scope.add(node, new Op.Add(), a, b);
  }

  /**
   * A matrix product and the addition behind it are one layer, if nothing else reads the product.
   */
  private void addBias(OnnxNode node, int constant) throws WeightsFileException {
    String product = node.input(1 - constant);
    Value value = scope.value(node, 1 - constant);
    boolean alone = products.contains(product) && scope.uses(product) == 1;
    if (!alone || !(scope.op(value) instanceof Op.Linear linear) || linear.bias() != null) {
      throw scope.refuse(node, "adds a constant");
    }
    Tensor bias = vector(scope.parameter(node, constant, "bias"));
    scope.replace(value, new Op.Linear(linear.weight(), bias));
    scope.define(node, value);
  }

  // ---- behind the pixels

  private void gemm(OnnxNode node) throws WeightsFileException {
    if (node.real("alpha", 1) != 1 || (node.hasInput(2) && node.real("beta", 1) != 1)) {
      throw scope.refuse(node, "scales its operands");
    }
    requireDefault(node, "transA", 0);
    Tensor weight = scope.parameter(node, 1, "weight");
    Tensor bias = node.hasInput(2) ? vector(scope.parameter(node, 2, "bias")) : null;
    boolean isTransposed = scope.flag(node, "transB", 0) == 1;
    linear(node, isTransposed ? weight : transposed(node, weight), bias);
  }

  private void linear(OnnxNode node, Tensor weight, @Nullable Tensor bias)
      throws WeightsFileException {
    Value from = scope.value(node, 0);
    if (from.rank() != OnnxScope.ROW) {
      throw scope.refuse(node, "multiplies by a matrix what has " + from.rank() + " extents");
    }
    scope.add(node, new Op.Linear(weight, bias), from);
    products.add(node.output());
  }

  private Tensor transposed(OnnxNode node, Tensor matrix) throws WeightsFileException {
    if (matrix.rank() != 2) {
      throw scope.refuse(node, "multiplies by what is no matrix");
    }
    return OnnxValues.transposed(matrix);
  }

  /** Of a layer's weights, which exporters leave so that do not fold constants. */
  private void transpose(OnnxNode node) throws WeightsFileException {
    List<Long> axes = node.numbers("perm");
    if (!axes.isEmpty() && !axes.equals(List.of(1L, 0L))) {
      throw scope.refuse(node, "orders axes as " + axes);
    }
    scope.define(node, scope.matrix(node, 0).turned());
  }

  /** A bias of one row is one. */
  private static Tensor vector(Tensor bias) {
    return bias.rank() == 2 && bias.dim(0) == 1 ? Tensor.of(bias.data(), bias.dim(1)) : bias;
  }

  private void dropout(OnnxNode node) throws WeightsFileException {
    requireOneOutput(node);
    if (node.hasInput(2) && !scope.isFalse(node, 2)) {
      throw scope.refuse(node, "drops values, as in training");
    }
    scope.alias(node);
  }

  private void constant(OnnxNode node) throws WeightsFileException {
    Attribute tensor = node.attributes().get("value");
    if (node.attributes().size() != 1) {
      throw scope.refuse(node, "has " + node.attributes().size() + " values and not one");
    } else if (node.has("value_int")) {
      scope.define(node, List.of(node.number("value_int", 0)));
    } else if (tensor == null) {
      scope.define(node, node.numbers("value_ints"));
    } else if (tensor.tensor() != null) {
      scope.define(node, tensor.tensor());
    } else {
      throw scope.refuse(node, "is no tensor");
    }
  }

  private void requireDefault(OnnxNode node, String attribute, long value)
      throws WeightsFileException {
    if (node.number(attribute, value) != value) {
      throw scope.refuse(node, "has " + attribute + " " + node.number(attribute, value));
    }
  }

  private void requireOneOutput(OnnxNode node) throws WeightsFileException {
    for (String output : node.outputs().subList(1, node.outputs().size())) {
      if (scope.uses(output) > 0) {
        throw scope.refuse(node, "has several outputs");
      }
    }
  }
}
