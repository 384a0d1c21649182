package org.resnet4j.core.onnx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
  /** ResNet-152 has 520 nodes and 930 tensors. */
  private static final int MAX_PARTS = 20_000;

  private static final int MAX_NUMBERS = 64;
  private static final int OWN_VALUES = 0;
  private static final int VALUES_BESIDE = 1;

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
    return new OnnxGraph(producer, opset, metadata, nodes, constants, inputs, outputs);
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
      opset = version;
    }
  }

  private static boolean isOwn(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  private void entry(ProtoReader in, Map<String, String> to) throws WeightsFileException {
    String key = "";
    String value = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> key = in.text();
        case 2 -> value = in.text();
        default -> {
          // Unknown to ONNX 1.12.
        }
      }
    }
    checkCount(to.size());
    to.put(key, value);
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
          OnnxTensor tensor = tensor(in.message());
          if (constants.put(tensor.name(), tensor) != null) {
            throw faults.ofTensor(Code.DUPLICATE_KEY, tensor.name(), "is there twice");
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
    List<String> from = new ArrayList<>();
    List<String> to = new ArrayList<>();
    Map<String, OnnxNode.Attribute> attributes = new LinkedHashMap<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> addText(in, from);
        case 2 -> addText(in, to);
        case 3 -> name = in.text();
        case 4 -> operator = in.text();
        case 5 -> attribute(in.message(), attributes);
        case 7 -> domain = in.text();
        default -> {
          // A text for people.
        }
      }
    }
    String whole = isOwn(domain) ? operator : domain + "." + operator;
    return new OnnxNode(name, whole, from, to, attributes);
  }

  private void addText(ProtoReader in, List<String> to) throws WeightsFileException {
    checkCount(to.size());
    to.add(in.text());
  }

  private void attribute(ProtoReader in, Map<String, OnnxNode.Attribute> to)
      throws WeightsFileException {
    String name = "";
    List<Long> numbers = new ArrayList<>();
    float number = 0;
    String text = "";
    OnnxTensor tensor = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 2 -> number = in.real();
        case 3, 8 -> in.numbers(numbers, MAX_NUMBERS);
        case 4 -> text = in.text();
        case 5 -> tensor = tensor(in.message());
        default -> {
          // Graphs, types and lists that no operator here has.
        }
      }
    }
    checkCount(to.size());
    to.put(name, new OnnxNode.Attribute(numbers, number, text, tensor));
  }

  private OnnxTensor tensor(ProtoReader in) throws WeightsFileException {
    List<Long> dims = new ArrayList<>();
    List<Long> numbers = new ArrayList<>();
    Map<String, String> beside = new LinkedHashMap<>();
    String name = "";
    int type = 0;
    long begin = -1;
    long bytes = -1;
    long location = OWN_VALUES;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> in.numbers(dims, MAX_NUMBERS);
        case 2 -> type = elementType(in);
        case 4, 9, 10 -> { // packed floats and doubles lie there as raw data does
          if (begin >= 0) {
            throw faults.of(Code.UNSUPPORTED_ONNX, "has a tensor in several pieces");
          }
          begin = in.begin();
          bytes = in.length();
        }
        case 7 -> in.numbers(numbers, MAX_NUMBERS);
        case 8 -> name = in.text();
        case 13 -> entry(in.message(), beside);
        case 14 -> location = in.number();
        default -> {
          // Lists of types that no parameter here has.
        }
      }
    }
    if (location == VALUES_BESIDE) {
      return beside(name, dims, type, beside);
    }
    return new OnnxTensor(name, dims, type, numbers.isEmpty() ? null : numbers, begin, bytes, null);
  }

  private OnnxTensor beside(String name, List<Long> dims, int type, Map<String, String> entries)
      throws WeightsFileException {
    String file = entries.get("location");
    if (file == null) {
      throw faults.ofTensor(Code.BAD_ONNX, name, "lies in another file, and none is named");
    }
    long begin = whole(name, entries.getOrDefault("offset", "0"));
    String length = entries.get("length");
    return new OnnxTensor(
        name, dims, type, null, begin, length == null ? -1 : whole(name, length), file);
  }

  private long whole(String tensor, @Nullable String text) throws WeightsFileException {
    try {
      long number = Long.parseLong(String.valueOf(text));
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Falls through to the common refusal.
    }
    throw faults.ofTensor(Code.BAD_NUMBER, tensor, "lies at an offset that is no whole number");
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
    OnnxGraph.Input input = new OnnxGraph.Input(0, List.of());
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 2 -> input = type(in.message());
        default -> {
          // A text for people.
        }
      }
    }
    inputs.put(name, input);
  }

  /** What a {@code TypeProto} of tensors says. */
  private OnnxGraph.Input type(ProtoReader in) throws WeightsFileException {
    int type = 0;
    List<Long> extents = new ArrayList<>();
    while (in.next()) {
      if (in.field() != 1) {
        continue;
      }
      ProtoReader tensor = in.message();
      while (tensor.next()) {
        if (tensor.field() == 1) {
          type = elementType(tensor);
        } else if (tensor.field() == 2) {
          ProtoReader shape = tensor.message();
          while (shape.next()) {
            if (shape.field() == 1 && extents.size() < MAX_NUMBERS) {
              extents.add(extent(shape.message()));
            }
          }
        }
      }
    }
    return new OnnxGraph.Input(type, extents);
  }

  private static int elementType(ProtoReader in) throws WeightsFileException {
    return Math.clamp(in.number(), 0, Integer.MAX_VALUE);
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
