package org.resnet4j.core.onnx;

import java.util.List;
import java.util.Map;
import org.resnet4j.core.tensor.Tensor;

/**
 * The messages a model consists of, with ONNX's field numbers.
 *
 * <p>Source: {@code onnx/onnx.proto} of the ONNX repository, IR version 8.
 */
final class Proto {
  /** Name of the batch dimension, which each run of the model chooses. */
  static final String BATCH = "N";

  /** {@code GraphProto}: a repeated {@link #node}. */
  static final int GRAPH_NODE = 1;

  /** {@code GraphProto}: a repeated {@link #tensor}. */
  static final int GRAPH_INITIALIZER = 5;

  /** {@code TensorProto.DataType}. */
  static final int UINT8 = 2;

  static final int INT8 = 3;

  static final int INT32 = 6;

  private static final int FLOAT = 1;
  private static final int ATTRIBUTE_FLOAT = 1;
  private static final int ATTRIBUTE_INT = 2;
  private static final int ATTRIBUTE_INTS = 7;

  private Proto() {}

  /** {@code ModelProto}: a model of the standard operators. */
  static Message model(int irVersion, int opset, String version, Message graph) {
    return new Message()
        .integer(1, irVersion)
        .text(2, "resnet4j") // producer_name
        .text(3, version) // producer_version
        .message(7, graph)
        .message(8, new Message().text(1, "").integer(2, opset)); // OperatorSetIdProto
  }

  /** {@code ModelProto.metadata_props}, to be added to a model. */
  static Message metadata(Map<String, String> entries) {
    Message fields = new Message();
    entries.forEach((key, value) -> fields.message(14, new Message().text(1, key).text(2, value)));
    return fields;
  }

  /** {@code GraphProto}: nodes and initializers are those of {@code nodes}, {@code weights}. */
  static Message graph(Message nodes, Message weights, Message input, Message output) {
    return new Message()
        .fieldsOf(nodes)
        .text(2, "resnet")
        .fieldsOf(weights)
        .message(11, input)
        .message(12, output);
  }

  /** {@code NodeProto}: named by its output, of which every operator here has one. */
  static Message node(String op, List<String> inputs, String output, List<Message> attributes) {
    Message node = new Message();
    inputs.forEach(input -> node.text(1, input));
    node.text(2, output).text(3, output).text(4, op);
    attributes.forEach(attribute -> node.message(5, attribute));
    return node;
  }

  /** {@code AttributeProto} of one float. */
  static Message floatAttribute(String name, float value) {
    return new Message().text(1, name).number(2, value).integer(20, ATTRIBUTE_FLOAT);
  }

  /** {@code AttributeProto} of one whole number. */
  static Message intAttribute(String name, int value) {
    return new Message().text(1, name).integer(3, value).integer(20, ATTRIBUTE_INT);
  }

  /** {@code AttributeProto} of several whole numbers. */
  static Message intsAttribute(String name, int... values) {
    Message attribute = new Message().text(1, name);
    for (int value : values) {
      attribute.integer(8, value);
    }
    return attribute.integer(20, ATTRIBUTE_INTS);
  }

  /** {@code TensorProto}: the values of {@code tensor} under other extents of the same product. */
  static Message tensor(String name, Tensor tensor, int... dims) {
    Message proto = new Message();
    for (int dim : dims) {
      proto.integer(1, dim);
    }
    return proto.integer(2, FLOAT).text(8, name).floats(9, tensor.data()); // raw_data
  }

  /** {@code TensorProto}: elements of another type, little-endian; a scalar without extents. */
  static Message tensor(String name, int type, byte[] data, int... dims) {
    Message proto = new Message();
    for (int dim : dims) {
      proto.integer(1, dim);
    }
    return proto.integer(2, type).text(8, name).bytes(9, data); // raw_data
  }

  /** {@code ValueInfoProto}: {@link #BATCH} tensors of extents {@code dims}. */
  static Message value(String name, int... dims) {
    Message shape = new Message().message(1, new Message().text(2, BATCH)); // dim_param
    for (int dim : dims) {
      shape.message(1, new Message().integer(1, dim)); // dim_value
    }
    Message tensorType = new Message().integer(1, FLOAT).message(2, shape);
    return new Message().text(1, name).message(2, new Message().message(1, tensorType));
  }
}
