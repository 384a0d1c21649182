package org.resnet4j.core.onnx;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An operator of an ONNX graph, as the file describes it. Attributes are asked for by their kind,
 * which {@link OnnxSchema} has checked.
 *
 * @param operator ONNX's name of it, with its domain if that is not ONNX's own
 * @param inputs names of values; empty names of those that are left out
 * @param outputs names of values, likewise
 */
record OnnxNode(
    String name,
    String operator,
    List<String> inputs,
    List<String> outputs,
    Map<String, Attribute> attributes) {

  /** What an attribute is; ONNX's numbers are the positions. */
  enum Kind {
    UNDEFINED,
    FLOAT,
    INT,
    STRING,
    TENSOR,
    GRAPH,
    FLOATS,
    INTS,
    STRINGS;

    static Kind of(long number) {
      return number > 0 && number < values().length ? values()[(int) number] : UNDEFINED;
    }
  }

  /** An attribute: what it is, and that in one of the others. */
  record Attribute(
      Kind kind,
      float real,
      long number,
      String text,
      @Nullable OnnxTensor tensor,
      List<Long> numbers) {}

  OnnxNode {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  /** Whether there is such an input. */
  boolean hasInput(int index) {
    return !input(index).isEmpty();
  }

  /** The name of an input; empty if it is left out. */
  String input(int index) {
    return index < inputs.size() ? inputs.get(index) : "";
  }

  /** The name of the first output; empty if there is none. */
  String output() {
    return outputs.isEmpty() ? "" : outputs.getFirst();
  }

  /** What messages call it. */
  String title() {
    return name.isEmpty() ? output() : name;
  }

  boolean has(String attribute) {
    return attributes.containsKey(attribute);
  }

  /** The whole number that an attribute is, or what it is by default. */
  long number(String attribute, long otherwise) {
    Attribute found = attributes.get(attribute);
    return found == null ? otherwise : found.number();
  }

  /** The whole numbers that an attribute is; none where it is left out. */
  List<Long> numbers(String attribute) {
    Attribute found = attributes.get(attribute);
    return found == null ? List.of() : found.numbers();
  }

  /** The float that an attribute is, or what it is by default. */
  float real(String attribute, float otherwise) {
    Attribute found = attributes.get(attribute);
    return found == null ? otherwise : found.real();
  }

  /** The text that an attribute is, or what it is by default. */
  String text(String attribute, String otherwise) {
    Attribute found = attributes.get(attribute);
    return found == null ? otherwise : found.text();
  }
}
