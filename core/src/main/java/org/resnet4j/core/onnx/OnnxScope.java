package org.resnet4j.core.onnx;

import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.Faults;

/**
 * What the names of an ONNX graph mean while it is translated: a value that a node here computes, a
 * constant, or whole numbers that are known without a run. Every name is given once.
 */
final class OnnxScope {
  /** The number of images, among numbers that are known. */
  static final long BATCH = Long.MIN_VALUE;

  /** The rank of N x C x H x W. */
  static final int PICTURE = 4;

  /** The rank of N x C. */
  static final int ROW = 2;

  private static final String WEIGHT = ".weight";

  /**
   * A value of the ONNX graph.
   *
   * @param id of the node that computes it here, as N x C x H x W
   * @param rank how many extents it has there: of less than four, those of one are dropped
   */
  record Value(int id, int rank) {}

  private final OnnxGraph onnx;
  private final OnnxValues tensors;
  private final Faults faults;
  private final GraphBuilder graph = new GraphBuilder();
  private final Map<String, Value> values = new HashMap<>();
  private final Map<String, OnnxTensor> constants;
  private final Map<String, List<Long>> numbers = new HashMap<>();

  /** How many nodes read a value. */
  private final Map<String, Integer> uses = new HashMap<>();

  /** Names of nodes here, with the number of the last that wanted the same. */
  private final Map<String, Integer> names = new HashMap<>();

  OnnxScope(OnnxGraph onnx, OnnxValues tensors, Faults faults) {
    this.onnx = onnx;
    this.tensors = tensors;
    this.faults = faults;
    this.constants = new HashMap<>(onnx.constants());
  }

  /** Begins with what a run is given. */
  void input(String name, Shape shape) {
    values.put(name, new Value(graph.add(unique(name), new Op.Input(shape)), PICTURE));
  }

  /** Positions of the nodes that the output depends on; also counts who reads each value. */
  BitSet needed(String output) {
    Set<String> wanted = new HashSet<>(Set.of(output));
    BitSet needed = new BitSet();
    for (int i = onnx.nodes().size() - 1; i >= 0; i--) {
      OnnxNode node = onnx.nodes().get(i);
      if (node.outputs().stream().anyMatch(wanted::contains)) {
        needed.set(i);
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

  /** The graph, whose last node is the one that computes {@code output}. */
  Graph build(String output) throws WeightsFileException {
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

  // ---- what is defined

  /** Adds a node whose value is like that of the first one it reads. */
  void add(OnnxNode node, Op op, Value... from) throws WeightsFileException {
    add(node, op, from[0].rank(), from);
  }

  /** Adds a node whose value has another rank than what it reads. */
  void add(OnnxNode node, Op op, int rank, Value... from) throws WeightsFileException {
    Integer[] ids = new Integer[from.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = from[i].id();
    }
    define(node, new Value(graph.add(name(node), op, ids), rank));
  }

  void define(OnnxNode node, Value value) throws WeightsFileException {
    checkNew(node);
    values.put(node.output(), value);
  }

  void define(OnnxNode node, OnnxTensor constant) throws WeightsFileException {
    checkNew(node);
    constants.put(node.output(), constant.named(node.output()));
  }

  void define(OnnxNode node, List<Long> known) throws WeightsFileException {
    checkNew(node);
    numbers.put(node.output(), known);
  }

  private void checkNew(OnnxNode node) throws WeightsFileException {
    String name = node.output();
    if (constants.containsKey(name) || values.containsKey(name) || numbers.containsKey(name)) {
      throw refuse(node, "computes " + Quote.name(name) + ", which there is already");
    }
  }

  /** Gives what the first input means a second name. */
  void alias(OnnxNode node) throws WeightsFileException {
    String name = node.input(0);
    OnnxTensor constant = constants.get(name);
    List<Long> known = numbers.get(name);
    if (constant != null) {
      define(node, constant);
    } else if (known != null) {
      define(node, known);
    } else {
      define(node, value(node, 0));
    }
  }

  /** Replaces what computes a value. */
  void replace(Value value, Op op) {
    graph.replace(value.id(), op, graph.node(value.id()).inputs());
  }

  // ---- what is read

  Value value(OnnxNode node, int index) throws WeightsFileException {
    String name = node.input(index);
    Value value = values.get(name);
    if (value == null) {
      throw refuse(
          node,
          constants.containsKey(name) || numbers.containsKey(name)
              ? "reads the constant " + Quote.name(name) + " where a value is expected"
              : "reads " + Quote.name(name) + ", which no earlier node computes");
    }
    return value;
  }

  /** The first input, of four extents. */
  Value picture(OnnxNode node) throws WeightsFileException {
    Value value = value(node, 0);
    if (value.rank() != PICTURE) {
      throw refuse(node, "reads a value without height and width");
    }
    return value;
  }

  /** Whether a name is that of a tensor in the file. */
  boolean isConstant(String name) {
    return constants.containsKey(name);
  }

  /** The values of a constant. */
  Tensor parameter(OnnxNode node, int index, String role) throws WeightsFileException {
    return tensors.parameter(constantOf(node, index), role);
  }

  /** Whole numbers that are known without a run. */
  List<Long> numbers(OnnxNode node, int index) throws WeightsFileException {
    List<Long> known = numbers.get(node.input(index));
    return known != null ? known : tensors.numbers(constantOf(node, index));
  }

  /** The same, and a constant of floats counts whose values are whole numbers. */
  List<Long> wholeNumbers(OnnxNode node, int index) throws WeightsFileException {
    List<Long> known = numbers.get(node.input(index));
    return known != null ? known : tensors.wholeNumbers(constantOf(node, index));
  }

  /** A constant of floats with two extents. */
  OnnxTensor matrix(OnnxNode node, int index) throws WeightsFileException {
    OnnxTensor constant = constantOf(node, index);
    if (constant.dims().size() != 2 || ElementType.floats(constant.type()) == null) {
      throw refuse(
          node, "reads " + Quote.name(node.input(index)) + ", which is no matrix of floats");
    }
    return constant;
  }

  boolean isFalse(OnnxNode node, int index) throws WeightsFileException {
    return tensors.isFalse(constantOf(node, index));
  }

  private OnnxTensor constantOf(OnnxNode node, int index) throws WeightsFileException {
    OnnxTensor constant = constants.get(node.input(index));
    if (constant == null) {
      throw refuse(
          node, "has no constant as input " + index + " (" + Quote.name(node.input(index)) + ")");
    }
    return constant;
  }

  /** An attribute that is 0 or 1. */
  long flag(OnnxNode node, String attribute, long otherwise) throws WeightsFileException {
    long flag = node.number(attribute, otherwise);
    if (flag != 0 && flag != 1) {
      throw refuse(node, "has " + attribute + " " + flag);
    }
    return flag;
  }

  /** The operator that computes a value. */
  Op op(Value value) {
    return graph.node(value.id()).op();
  }

  /** The shape of a value as ours, whatever its rank there is. */
  Shape shape(Value value) {
    return graph.node(value.id()).shape();
  }

  /** How many nodes read the value of a name. */
  int uses(String name) {
    return uses.getOrDefault(name, 0);
  }

  // ---- names and faults

  /** As its parameters are called; else as the file calls the node, or its value. */
  private String name(OnnxNode node) {
    String weight = node.input(1);
    if (weight.endsWith(WEIGHT) && weight.length() > WEIGHT.length()) {
      return unique(weight.substring(0, weight.length() - WEIGHT.length()));
    }
    return unique(node.title());
  }

  /** The wanted name, or where it is taken with a number behind it. */
  private String unique(String wanted) {
    String name = wanted;
    for (int number = names.getOrDefault(wanted, 1); names.putIfAbsent(name, 1) != null; ) {
      number++;
      name = wanted + "_" + number;
      names.put(wanted, number);
    }
    return name;
  }

  /** That a node is not one of this project's. */
  WeightsFileException refuse(OnnxNode node, String why) {
    return faults.of(
        Code.UNSUPPORTED_ONNX,
        "node " + Quote.name(node.title()) + ", " + Quote.brief(node.operator()) + ": " + why);
  }
}
