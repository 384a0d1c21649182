package org.resnet4j.core.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.core.onnx.OnnxNode.Attribute;
import org.resnet4j.core.onnx.OnnxNode.Kind;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.Content;
import org.resnet4j.core.weights.content.Faults;

/**
 * Reads the messages of an ONNX file, without the values of its tensors.
 *
 * <p>Source: {@code onnx/onnx.proto} of the ONNX repository; {@link Proto} writes the same.
 */
final class OnnxParser {
  /** Nodes, or tensors. ResNet-152 has 520 nodes and 930 tensors. */
  static final int MAX_PARTS = 20_000;

  private static final int MAX_RANK = 8;

  /** No operator here has ten. */
  private static final int MAX_ATTRIBUTES = 64;

  private final Faults faults;
  private final List<OnnxNode> nodes = new ArrayList<>();
  private final Map<String, OnnxTensor> constants = new LinkedHashMap<>();
  private final Map<String, OnnxGraph.Input> inputs = new LinkedHashMap<>();
  private final List<String> outputs = new ArrayList<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private String producer = "";
  private long opset;
  private boolean hasGraph;

  private OnnxParser(Faults faults) {
    this.faults = faults;
  }

  /** Reads what {@code content} says. */
  static OnnxGraph parse(Content content, Faults faults) throws WeightsFileException {
    OnnxParser parser = new OnnxParser(faults);
    try (Content.Access access = content.access()) {
      parser.model(ProtoReader.of(content, access, faults));
      access.checkUnchanged();
    }
    return parser.result();
  }

  private OnnxGraph result() throws WeightsFileException {
    if (!hasGraph) {
      throw faults.of(Code.BAD_ONNX, "is damaged or no ONNX file: it has no graph");
    }
    inputs.keySet().removeAll(constants.keySet()); // of old files every constant is an input, too
    return new OnnxGraph(
        producer, opset, Collections.unmodifiableMap(metadata), nodes, constants, inputs, outputs);
  }

  private void model(ProtoReader in) throws WeightsFileException {
    while (in.next()) {
      switch (in.field()) {
        case 2 -> producer = in.text();
        case 7 -> {
          hasGraph = true;
          graph(in.message());
        }
        case 8 -> operators(in.message());
        case 14 -> entry(in.message(), metadata);
        case 25 -> function(in.message());
        default -> {
          // Versions and texts for people.
        }
      }
    }
  }

  private void operators(ProtoReader in) throws WeightsFileException {
    String domain = "";
    long version = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> domain = in.text();
        case 2 -> version = in.number();
        default -> {
          // Unknown to ONNX 1.12.
        }
      }
    }
    if (isOwn(domain)) {
      if (opset != 0 && opset != version) {
        throw faults.of(Code.UNSUPPORTED_ONNX, "is of operator sets " + opset + " and " + version);
      }
      opset = version;
    }
  }

  /** One of ONNX's own domain would be what an operator of its name means. */
  private void function(ProtoReader in) throws WeightsFileException {
    String name = "";
    String domain = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 10 -> domain = in.text();
        default -> {
          // Its body, which only a node of its own domain would run.
        }
      }
    }
    if (isOwn(domain)) {
      throw faults.of(
          Code.UNSUPPORTED_ONNX, "has a function " + Quote.name(name) + " in ONNX's own domain");
    }
  }

  private static boolean isOwn(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  private void entry(ProtoReader in, Map<String, String> to) throws WeightsFileException {
    OnnxEntry entry = OnnxEntry.parse(in);
    checkCount(to.size());
    to.put(entry.key(), entry.value());
  }

  private void checkCount(int parts) throws WeightsFileException {
    if (parts >= MAX_PARTS) {
      throw faults.of(Code.LIMIT_EXCEEDED, "has more than " + MAX_PARTS + " parts of a kind");
    }
  }

  private void graph(ProtoReader in) throws WeightsFileException {
    while (in.next()) {
      switch (in.field()) {
        case 1 -> {
          checkCount(nodes.size());
          nodes.add(node(in.message()));
        }
        case 5 -> {
          checkCount(constants.size());
          OnnxTensor tensor = OnnxTensorParser.parse(in.message(), faults);
          if (tensor.name().isEmpty() || constants.put(tensor.name(), tensor) != null) {
            throw faults.ofTensor(
                Code.UNSUPPORTED_ONNX, tensor.name(), "is there twice, or has no name");
          }
        }
        case 11 -> {
          checkCount(inputs.size());
          value(in.message());
        }
        case 12 -> {
          checkCount(outputs.size());
          outputs.add(name(in.message()));
        }
        case 15 -> throw faults.of(Code.UNSUPPORTED_ONNX, "has sparse tensors");
        default -> {
          // Names, texts and the extents of values inside.
        }
      }
    }
  }

  private OnnxNode node(ProtoReader in) throws WeightsFileException {
    String name = "";
    String operator = "";
    String domain = "";
    String overload = "";
    List<String> from = new ArrayList<>();
    List<String> to = new ArrayList<>();
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> addText(in, from);
        case 2 -> addText(in, to);
        case 3 -> name = in.text();
        case 4 -> operator = in.text();
        case 5 -> attribute(in.message(), attributes);
        case 7 -> domain = in.text();
        case 8 -> overload = in.text();
        default -> {
          // A text for people.
        }
      }
    }
    String whole = isOwn(domain) ? operator : domain + "." + operator;
    whole += overload.isEmpty() ? "" : ":" + overload;
    return new OnnxNode(name, whole, from, to, attributes);
  }

  private void addText(ProtoReader in, List<String> to) throws WeightsFileException {
    checkCount(to.size());
    to.add(in.text());
  }

  private void attribute(ProtoReader in, Map<String, Attribute> to) throws WeightsFileException {
    String name = "";
    Kind kind = Kind.UNDEFINED;
    boolean elsewhere = false;
    float real = 0;
    long number = 0;
    String text = "";
    OnnxTensor tensor = null;
    List<Long> numbers = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 2 -> real = in.real();
        case 3 -> number = in.number();
        case 4 -> text = in.text();
        case 5 -> {
          if (tensor != null) {
            throw faults.of(Code.UNSUPPORTED_ONNX, "has two tensors in an attribute");
          }
          tensor = OnnxTensorParser.parse(in.message(), faults);
        }
        case 8 -> in.numbers(numbers, OnnxTensor.MAX_NUMBERS);
        case 20 -> kind = Kind.of(in.number());
        case 21 -> elsewhere = true;
        default -> {
          // Graphs, types and lists that no operator here has.
        }
      }
    }
    if (to.size() == MAX_ATTRIBUTES || to.containsKey(name)) {
      throw faults.of(
          Code.UNSUPPORTED_ONNX,
          "has a node with an attribute " + Quote.name(name) + " twice, or too many");
    }
    Kind own = elsewhere ? Kind.UNDEFINED : kind; // else it is that of a function around it
    to.put(name, new Attribute(own, real, number, text, tensor, numbers));
  }

  private String name(ProtoReader in) throws WeightsFileException {
    String name = "";
    while (in.next()) {
      if (in.field() == 1) {
        name = in.text();
      }
    }
    return name;
  }

  /** A {@code ValueInfoProto} of an input. */
  private void value(ProtoReader in) throws WeightsFileException {
    String name = "";
    OnnxGraph.Input input = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 2 -> {
          if (input != null) {
            throw faults.of(Code.UNSUPPORTED_ONNX, "has an input of two types");
          }
          input = type(in.message());
        }
        default -> {
          // A text for people.
        }
      }
    }
    if (name.isEmpty()
        || inputs.put(name, input == null ? OnnxGraph.Input.UNKNOWN : input) != null) {
      throw faults.of(
          Code.UNSUPPORTED_ONNX, "has an input " + Quote.name(name) + " twice, or without a name");
    }
  }

  /** What a {@code TypeProto} says; of one that is not of tensors alone, nothing. */
  private static OnnxGraph.Input type(ProtoReader in) throws WeightsFileException {
    OnnxGraph.Input type = null;
    while (in.next()) {
      boolean tensors = in.field() == 1;
      if (tensors || (in.isOfBytes() && in.field() != 6)) { // 6 is a text for people
        type = tensors && type == null ? tensorType(in.message()) : OnnxGraph.Input.UNKNOWN;
      }
    }
    return type == null ? OnnxGraph.Input.UNKNOWN : type;
  }

  private static OnnxGraph.Input tensorType(ProtoReader in) throws WeightsFileException {
    int type = 0;
    List<Long> extents = new ArrayList<>();
    while (in.next()) {
      if (in.field() == 1) {
        type = in.elementType();
      } else if (in.field() == 2) {
        ProtoReader shape = in.message();
        while (shape.next()) {
          if (shape.field() == 1 && extents.size() <= MAX_RANK) {
            extents.add(extent(shape.message()));
          }
        }
      }
    }
    return new OnnxGraph.Input(type, extents);
  }

  private static long extent(ProtoReader in) throws WeightsFileException {
    long extent = -1;
    while (in.next()) {
      if (in.field() == 1) {
        extent = in.number();
      }
    }
    return extent < 1 ? -1 : extent; // some write 0 for an extent that a run chooses
  }
}
