package org.resnet4j.core.onnx;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.resnet4j.core.onnx.OnnxNode.Attribute;
import org.resnet4j.core.onnx.OnnxNode.Kind;
import org.resnet4j.core.text.Quote;

/**
 * What ONNX says that a node of an operator has: so many inputs and outputs, and which attributes
 * of which kind. A node with anything else is refused: an attribute that is overlooked would be
 * another network.
 *
 * <p>Source: {@code docs/Operators.md} and {@code docs/Changelog.md} of the ONNX repository.
 */
final class OnnxSchema {
  private static final int ANY = Integer.MAX_VALUE;

  /** Of attributes that exist up to some operator set. */
  private record Rule(Kind kind, int until) {}

  private static final Map<String, OnnxSchema> TABLE = new HashMap<>();

  static {
    String window = " auto_pad:string kernel_shape:ints pads:ints strides:ints dilations:ints";
    add("Conv", 2, 3, 1, "group:int" + window);
    add(
        "BatchNormalization",
        5,
        5,
        5,
        "epsilon:float momentum:float training_mode:int spatial:int@8 is_test:int@6");
    add("Relu", 1, 1, 1, "");
    add("Add", 2, 2, 1, "");
    add("Sum", 1, ANY, 1, "");
    add("MaxPool", 1, 1, 2, "ceil_mode:int storage_order:int" + window);
    add("AveragePool", 1, 1, 1, "ceil_mode:int count_include_pad:int" + window);
    add("GlobalAveragePool", 1, 1, 1, "");
    add("ReduceMean", 1, 2, 1, "axes:ints@17 keepdims:int noop_with_empty_axes:int");
    add("Gemm", 2, 3, 1, "alpha:float beta:float transA:int transB:int");
    add("MatMul", 2, 2, 1, "");
    add("Transpose", 1, 1, 1, "perm:ints");
    add("Flatten", 1, 1, 1, "axis:int");
    add("Reshape", 2, 2, 1, "allowzero:int");
    add("Squeeze", 1, 2, 1, "axes:ints@12");
    add("Unsqueeze", 1, 2, 1, "axes:ints@12");
    add("Shape", 1, 1, 1, "start:int end:int");
    add("Gather", 2, 2, 1, "axis:int");
    add("Slice", 1, 5, 1, "axes:ints@9 starts:ints@9 ends:ints@9");
    add("Concat", 1, ANY, 1, "axis:int");
    add("Cast", 1, 1, 1, "to:int saturate:int");
    add("Identity", 1, 1, 1, "");
    add("Dropout", 1, 3, 2, "ratio:float@11 seed:int is_test:int@6");
    add("Constant", 0, 0, 1, "value:tensor value_int:int value_ints:ints");
  }

  private final int leastInputs;
  private final int mostInputs;
  private final int mostOutputs;
  private final Map<String, Rule> attributes = new HashMap<>();

  private OnnxSchema(int leastInputs, int mostInputs, int mostOutputs) {
    this.leastInputs = leastInputs;
    this.mostInputs = mostInputs;
    this.mostOutputs = mostOutputs;
  }

  /**
   * A row of the table.
   *
   * @param attributes {@code name:kind}, with {@code @n} if operator set n was the last to have it
   */
  private static void add(
      String operator, int leastInputs, int mostInputs, int mostOutputs, String attributes) {
    OnnxSchema schema = new OnnxSchema(leastInputs, mostInputs, mostOutputs);
    for (String attribute : attributes.strip().split(" ", -1)) {
      if (!attribute.isEmpty()) {
        String[] parts = attribute.split("[:@]", -1);
        schema.attributes.put(
            parts[0],
            new Rule(
                Kind.valueOf(parts[1].toUpperCase(Locale.ROOT)),
                parts.length > 2 ? Integer.parseInt(parts[2]) : ANY));
      }
    }
    TABLE.put(operator, schema);
  }

  /** What of a node is not as ONNX says; empty if all is. */
  static Optional<String> misfit(OnnxNode node, long opset) {
    OnnxSchema schema = TABLE.get(node.operator());
    if (schema == null) {
      return Optional.of("is none of a ResNet's operators");
    }
    if (node.output().isEmpty()) {
      return Optional.of("has no output");
    }
    int inputs = node.inputs().size();
    if (inputs < schema.leastInputs || inputs > schema.mostInputs) {
      return Optional.of("has " + inputs + " inputs");
    }
    if (node.outputs().size() > schema.mostOutputs) {
      return Optional.of("has " + node.outputs().size() + " outputs");
    }
    for (Map.Entry<String, Attribute> attribute : node.attributes().entrySet()) {
      Rule rule = schema.attributes.get(attribute.getKey());
      if (rule == null || opset > rule.until) {
        return Optional.of(
            "has an attribute %s, which it has not in operator set %s"
                .formatted(Quote.name(attribute.getKey()), opset));
      }
      if (attribute.getValue().kind() != rule.kind) {
        return Optional.of(
            "has an attribute %s of kind %s, and it is of kind %s"
                .formatted(
                    attribute.getKey(), lower(attribute.getValue().kind()), lower(rule.kind)));
      }
    }
    return Optional.empty();
  }

  private static String lower(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
