package org.resnet4j.core.onnx;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An operator of an ONNX graph, as the file describes it.
 *
 * @param operator ONNX's name of it, with its domain if that is not ONNX's own
 * @param inputs names of values; empty names of those that are left out
 * @param outputs names of values
 */
record OnnxNode(
    String name,
    String operator,
    List<String> inputs,
    List<String> outputs,
    Map<String, Attribute> attributes) {

  /**
   * What an attribute has of each kind.
   *
   * @param numbers its whole numbers, one or several
   * @param number its float, 0 if it has none
   */
  record Attribute(List<Long> numbers, float number, String text, @Nullable OnnxTensor tensor) {}

  OnnxNode {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = Map.copyOf(attributes);
  }

  /** Whether there is such an input. */
  boolean hasInput(int index) {
    return index < inputs.size() && !inputs.get(index).isEmpty();
  }

  /** The whole number that an attribute is, or what it is by default. */
  long number(String attribute, long otherwise) {
    List<Long> numbers = numbers(attribute);
    return numbers.isEmpty() ? otherwise : numbers.getFirst();
  }

  /** The whole numbers that an attribute has; none where it is left out. */
  List<Long> numbers(String attribute) {
    Attribute found = attributes.get(attribute);
    return found == null ? List.of() : found.numbers();
  }

  /** The float that an attribute is, or what it is by default. */
  float real(String attribute, float otherwise) {
    Attribute found = attributes.get(attribute);
    return found == null ? otherwise : found.number();
  }

  /** The text that an attribute is; empty where it is left out. */
  String text(String attribute) {
    Attribute found = attributes.get(attribute);
    return found == null ? "" : found.text();
  }
}
