package org.resnet4j.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.resnet4j.core.onnx.OnnxFiles.concat;
import static org.resnet4j.core.onnx.OnnxFiles.field;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.WeightsFileException;

/** What ONNX says otherwise than a reader might guess is read as ONNX says, or refused. */
class OnnxStrictnessTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int FLOAT = 1;
  private static final int INT = 2;
  private static final int STRING = 3;
  private static final int TENSOR = 4;
  private static final int STRINGS = 8;
  private static final int FLOATS = 6;

  @TempDir Path folder;

  private static byte[] model(int opset, Message nodes, Message constants) {
    return OnnxFiles.bytes(
        Proto.model(
            8,
            opset,
            "1",
            Proto.graph(nodes, constants, Proto.value("x", 2, 4, 4), Proto.value("y", 2))));
  }

  private static Message node(
      String operator, List<String> inputs, String output, Message... attributes) {
    return Proto.node(operator, inputs, output, List.of(attributes));
  }

  private static Message nodes(Message... nodes) {
    Message all = new Message();
    for (Message node : nodes) {
      all.message(Proto.GRAPH_NODE, node);
    }
    return all;
  }

  private static Message constants(Message... tensors) {
    Message all = new Message();
    for (Message tensor : tensors) {
      all.message(Proto.GRAPH_INITIALIZER, tensor);
    }
    return all;
  }

  /** Of one node with a window, whose weight is {@code w} of 2x2x3x3. */
  private static byte[] window(String operator, Message... attributes) {
    List<String> inputs = operator.equals("Conv") ? List.of("x", "w") : List.of("x");
    return model(
        13,
        nodes(node(operator, inputs, "y", attributes)),
        constants(Proto.tensor("w", Tensor.of(new float[36], 2, 2, 3, 3), 2, 2, 3, 3)));
  }

  /**
   * Of a matrix product behind the mean, with {@code m} of 2x2 in which no two values are equal.
   */
  private static byte[] gemm(Message... attributes) {
    return tail(13, node("Gemm", List.of("f", "m"), "y", attributes));
  }

  private static byte[] tail(int opset, Message... last) {
    Message all =
        nodes(node("GlobalAveragePool", List.of("x"), "p"), node("Flatten", List.of("p"), "f"));
    for (Message node : last) {
      all.message(Proto.GRAPH_NODE, node);
    }
    return model(opset, all, constants(matrix()));
  }

  private static Message matrix() {
    return Proto.tensor("m", Tensor.of(new float[] {1, 2, 3, 5}, 2, 2), 2, 2);
  }

  private static Message attribute(String name, int kind) {
    return new Message().text(1, name).integer(20, kind);
  }

  private static Graph graph(byte[] model) throws WeightsFileException {
    return OnnxFile.of(model, "x.onnx").graph(4, 4);
  }

  /** Of a picture whose channels are 1 and 2 everywhere. */
  private static float[] run(byte[] model) throws WeightsFileException {
    float[] input = new float[32];
    for (int i = 0; i < 32; i++) {
      input[i] = 1 + i / 16;
    }
    return OnnxFiles.run(graph(model), 1, input);
  }

  private static void assertRefused(byte[] model, String words) {
    assertThatThrownBy(() -> graph(model))
        .isInstanceOf(WeightsFileException.class)
        .hasMessageStartingWith("x.onnx: ")
        .hasMessageContaining(words)
        .message()
        .hasLineCount(1);
  }

  private static Arguments refused(byte[] model, String words) {
    return Arguments.of(Named.of(words, model), words);
  }

  static Stream<Arguments> attributes() {
    Message kernel = Proto.intsAttribute("kernel_shape", 3, 3);
    Message floats = attribute("strides", FLOATS).number(7, 2).number(7, 2);
    return Stream.of(
        refused(
            window("MaxPool", kernel, attribute("ceil_mode", FLOAT).number(2, 1)),
            "node 'y', MaxPool: has an attribute ceil_mode of kind float, and it is of kind int"),
        refused(window("MaxPool", kernel, floats), "strides of kind floats"),
        refused(
            window("MaxPool", kernel, attribute("auto_pad", STRINGS).text(9, "SAME_UPPER")),
            "auto_pad of kind strings"),
        refused(
            window("MaxPool", kernel, attribute("auto_pad", STRING).text(4, "SAME_FOO")),
            "has auto_pad 'SAME_FOO'"),
        refused(
            window(
                "AveragePool",
                Proto.intsAttribute("kernel_shape", 4, 4),
                attribute("auto_pad", STRING).text(4, "FOO")),
            "averages windows"),
        refused(
            window(
                "AveragePool",
                Proto.intsAttribute("kernel_shape", 4, 4),
                Proto.intsAttribute("strides", 0, -7, 3)),
            "averages windows"),
        refused(
            window("MaxPool", kernel, Proto.intsAttribute("stride", 2, 2)),
            "an attribute 'stride'"),
        refused(
            window("Conv", attribute("group", 7).integer(8, 1).integer(8, 2)),
            "group of kind ints"),
        refused(
            window("Conv", attribute("group", INT).integer(3, 1).text(21, "g")),
            "group of kind undefined"),
        refused(
            window("Conv", new Message().text(1, "group").integer(3, 1)),
            "group of kind undefined"),
        refused(
            window("Conv", Proto.intAttribute("group", 1), Proto.intAttribute("group", 2)),
            "an attribute 'group' twice"),
        refused(gemm(Proto.intAttribute("transB", 2)), "node 'y', Gemm: has transB 2"),
        refused(gemm(attribute("transB", FLOAT).number(2, 1)), "transB of kind float"),
        refused(
            model(13, nodes(node("Relu", List.of("x", "x"), "y")), new Message()), "has 2 inputs"),
        refused(
            model(
                18,
                nodes(node("ReduceMean", List.of("x"), "y", Proto.intsAttribute("axes", 2, 3))),
                new Message()),
            "an attribute 'axes', which it has not in operator set 18"),
        refused(
            model(
                13,
                nodes(
                    node("Constant", List.of(), "c", attribute("value_float", FLOAT).number(2, 1)),
                    node("Add", List.of("x", "c"), "y")),
                new Message()),
            "an attribute 'value_float'"));
  }

  @ParameterizedTest
  @MethodSource("attributes")
  void attributesAreOfTheirKind(byte[] model, String words) {
    assertRefused(model, words);
  }

  @Test
  void ofAnAttributeGivenTwiceTheLastCounts() throws IOException {
    Message twice = attribute("transB", INT).integer(3, 0).integer(3, 1);
    assertThat(run(gemm(twice))).containsExactly(1 * 1 + 2 * 2, 1 * 3 + 2 * 5);
    assertThat(run(gemm(Proto.intAttribute("transB", 1)))).containsExactly(5, 13);
    assertThat(run(gemm())).containsExactly(1 * 1 + 2 * 3, 1 * 2 + 2 * 5);
    assertThat(run(tail(13, node("MatMul", List.of("f", "m"), "y")))).containsExactly(7, 12);
  }

  /** As PyTorch writes a layer without a bias when it folds no constants. */
  @Test
  void aLayersWeightsMayBeTransposed() throws IOException {
    Message turned = node("Transpose", List.of("m"), "t", Proto.intsAttribute("perm", 1, 0));
    Message product = node("MatMul", List.of("f", "t"), "y");
    assertThat(run(tail(13, turned, product))).containsExactly(5, 13);
    assertThat(run(tail(13, node("Transpose", List.of("m"), "t"), product))).containsExactly(5, 13);
    Message back = node("Transpose", List.of("t"), "b");
    assertThat(run(tail(13, turned, back, node("Gemm", List.of("f", "b"), "y"))))
        .containsExactly(7, 12);
    Message same = node("Transpose", List.of("m"), "t", Proto.intsAttribute("perm", 0, 1));
    assertRefused(tail(13, same, product), "node 't', Transpose: orders axes as [0, 1]");
    Message picture = node("Transpose", List.of("x"), "t");
    assertRefused(tail(13, picture, product), "has no constant as input 0 ('x')");
  }

  // ---- values

  private static byte[] withMatrix(byte[] tensor) {
    byte[] model =
        model(
            13,
            nodes(
                node("GlobalAveragePool", List.of("x"), "p"),
                node("Flatten", List.of("p"), "f"),
                node("Gemm", List.of("f", "m"), "y")),
            new Message());
    return concat(model, field(7, field(Proto.GRAPH_INITIALIZER, tensor)));
  }

  private static byte[] tensor(int type, byte[]... fields) {
    byte[] head =
        OnnxFiles.bytes(new Message().integer(1, 2).integer(1, 2).integer(2, type).text(8, "m"));
    return concat(head, concat(fields));
  }

  private static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  private static byte[] doubles(double... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      bytes.putDouble(value);
    }
    return bytes.array();
  }

  private static byte[] shorts(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      bytes.putShort((short) value);
    }
    return bytes.array();
  }

  static Stream<byte[]> sameMatrices() {
    byte[] four = floats(1, 2, 3, 5);
    return Stream.of(
        tensor(1, field(9, four)),
        tensor(1, field(4, four)),
        tensor(1, field(4, new byte[0]), field(9, four)),
        tensor(11, field(10, doubles(1, 2, 3, 5))),
        tensor(11, field(9, doubles(1, 2, 3, 5))),
        tensor(10, field(9, shorts(0x3C00, 0x4000, 0x4200, 0x4500))),
        tensor(16, field(9, shorts(0x3F80, 0x4000, 0x4040, 0x40A0))));
  }

  @ParameterizedTest
  @MethodSource("sameMatrices")
  void valuesOfEveryKindOfFloats(byte[] tensor) throws IOException {
    assertThat(run(withMatrix(tensor))).containsExactly(7, 12);
  }

  static Stream<Arguments> otherMatrices() {
    byte[] four = floats(1, 2, 3, 5);
    return Stream.of(
        refused(
            tensor(1, field(10, doubles(1, 2))), "tensor 'm' is of float, and its values are not"),
        refused(
            tensor(11, field(4, floats(1, 2, 3, 4, 5, 6, 7, 8))),
            "is of double, and its values are not"),
        refused(tensor(10, field(4, floats(1, 2))), "is of float16, and its values are not"),
        refused(tensor(1, field(4, four), field(9, four)), "has its values in several pieces"),
        refused(
            tensor(1, field(9, four), field(3, new byte[0])), "has its values in several pieces"),
        refused(tensor(1, new byte[] {4 << 3 | 5, 0, 0, 0, 0}), "has its values in several pieces"),
        refused(
            tensor(10, field(5, new byte[] {1, 2, 3})),
            "has a list of 3 bytes, its extents need 4 numbers"),
        refused(tensor(1), "has no values"),
        refused(tensor(3, field(9, new byte[4])), "tensor 'm' is of int8"),
        refused(tensor(1, field(9, new byte[15])), "has 15 bytes, its extents need 16"));
  }

  @ParameterizedTest
  @MethodSource("otherMatrices")
  void valuesOfAnotherTypeThanIsSaidAreRefused(byte[] tensor, String words) {
    assertRefused(withMatrix(tensor), words);
  }

  @Test
  void aListThatNothingReadsMayBeLong() throws IOException {
    byte[] numbers = new byte[1000];
    byte[] unused =
        concat(
            OnnxFiles.bytes(new Message().integer(1, 1000).integer(2, 7).text(8, "u")),
            field(7, numbers));
    assertThat(run(concat(gemm(), field(7, field(5, unused))))).containsExactly(7, 12);
  }

  @Test
  void aDropoutsSwitchMayBeAListOfOne() throws IOException {
    byte[] no =
        concat(OnnxFiles.bytes(new Message().integer(2, 9).text(8, "t")), field(5, new byte[] {0}));
    byte[] yes =
        concat(OnnxFiles.bytes(new Message().integer(2, 9).text(8, "t")), field(5, new byte[] {1}));
    byte[] model = model(13, nodes(node("Dropout", List.of("x", "", "t"), "y")), new Message());
    assertThat(graph(concat(model, field(7, field(5, no)))).nodes()).hasSize(1);
    assertRefused(concat(model, field(7, field(5, yes))), "drops values, as in training");
  }

  // ---- names

  static Stream<Arguments> names() {
    Message two = attribute("value", 4).message(5, matrix());
    Message unnamed = Proto.tensor("", Tensor.of(new float[] {1}, 1), 1);
    return Stream.of(
        refused(
            tail(13, node("Constant", List.of(), "m", two), node("Gemm", List.of("f", "m"), "y")),
            "node 'm', Constant: computes 'm', which there is already"),
        refused(
            tail(13, node("Constant", List.of(), "x", two), node("Gemm", List.of("f", "x"), "y")),
            "computes 'x', which there is already"),
        refused(
            model(13, nodes(node("Relu", List.of("x"), "y")), constants(unnamed)), "has no name"),
        refused(
            model(
                13,
                nodes(node("Relu", List.of("x"), ""), node("Relu", List.of(""), "y")),
                new Message()),
            "reads '', which no earlier node computes"),
        refused(
            concat(
                gemm(),
                field(7, OnnxFiles.bytes(new Message().message(11, Proto.value("x", 3, 2, 2))))),
            "an input 'x' twice"),
        refused(
            concat(
                gemm(), field(8, OnnxFiles.bytes(new Message().text(1, "ai.onnx").integer(2, 12)))),
            "is of operator sets 13 and 12"),
        refused(
            concat(gemm(), field(25, OnnxFiles.bytes(new Message().text(1, "Gemm")))),
            "has a function 'Gemm' in ONNX's own domain"));
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyNameIsGivenOnce(byte[] model, String words) {
    assertRefused(model, words);
  }

  @Test
  void aBiasMayBeSharedAndAFunctionOfAnotherDomainMayBeThere() throws IOException {
    byte[] shared =
        model(
            13,
            nodes(
                node("GlobalAveragePool", List.of("x"), "p"),
                node("Flatten", List.of("p"), "f"),
                node("MatMul", List.of("f", "m"), "a"),
                node("Add", List.of("a", "v"), "b"),
                node("MatMul", List.of("b", "m"), "c"),
                node("Add", List.of("v", "c"), "y")),
            constants(matrix(), Proto.tensor("v", Tensor.of(new float[] {10, 20}, 2), 2)));
    byte[] function = OnnxFiles.bytes(new Message().text(1, "Gemm").text(10, "their.own"));
    assertThat(run(concat(shared, field(25, function))))
        .containsExactly(17 * 1 + 32 * 3 + 10, 17 * 2 + 32 * 5 + 20);
  }

  // ---- extents

  private static Message longs(String name, long... values) {
    Message tensor = new Message().integer(1, values.length).integer(2, 7).text(8, name);
    for (long value : values) {
      tensor.integer(7, value);
    }
    return tensor;
  }

  private static byte[] reshaped(int opset, int batch, Message shape, Message... before) {
    Message all = nodes(node("GlobalAveragePool", List.of("x"), "p"));
    for (Message node : before) {
      all.message(Proto.GRAPH_NODE, node);
    }
    all.message(Proto.GRAPH_NODE, node("Reshape", List.of("p", "s"), "f"));
    all.message(Proto.GRAPH_NODE, node("Gemm", List.of("f", "m"), "y"));
    Message constants =
        constants(matrix(), shape, longs("zero", 0), longs("minus", -1), longs("one", 1));
    Message type = new Message().message(1, new Message().integer(1, batch));
    for (int extent : new int[] {2, 4, 4}) {
      type.message(1, new Message().integer(1, extent));
    }
    Message input =
        new Message()
            .text(1, "x")
            .message(2, new Message().message(1, new Message().integer(1, 1).message(2, type)));
    return OnnxFiles.bytes(
        Proto.model(8, opset, "1", Proto.graph(all, constants, input, Proto.value("y", 2))));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, -1, true", "0, -1, 2, true", "0, 0, 2, true", "0, 1, -1, true", "8, 8, -1, true",
    "8, 1, -1, false", "8, 4, -1, false", "0, -1, -1, false", "0, 4, 2, false", "0, 2, 2, false",
    "0, 0, 3, false", "0, 0, 0, false", "0, -2, 2, false",
  })
  void aReshapeKeepsTheImages(int batch, long rows, long columns, boolean fits) throws IOException {
    byte[] model = reshaped(13, batch, longs("s", rows, columns));
    if (fits) {
      assertThat(run(model)).containsExactly(7, 12);
    } else {
      assertRefused(model, "node 'f', Reshape: makes [" + rows + ", " + columns + "]");
    }
  }

  /** As {@code x.view(x.size(0), -1)} and its like become. */
  @ParameterizedTest
  @ValueSource(ints = {11, 13, 18})
  void aReshapeMayComputeItsExtents(int opset) throws IOException {
    Message[] axes = {Proto.intsAttribute("axes", 0)};
    Message unsqueeze =
        opset < 13
            ? node("Unsqueeze", List.of("n"), "row", axes)
            : node("Unsqueeze", List.of("n", "zero"), "row");
    Message concat = node("Concat", List.of("row", "minus"), "s", Proto.intAttribute("axis", 0));
    Message[] gathered = {
      node("Shape", List.of("p"), "e"),
      node("Gather", List.of("e", "zero"), "n", Proto.intAttribute("axis", 0)),
      unsqueeze,
      concat
    };
    Message[] sliced = {
      node("Shape", List.of("p"), "e"),
      node("Slice", List.of("e", "zero", "one", "zero"), "n"),
      node("Cast", List.of("n"), "row", Proto.intAttribute("to", 7)),
      concat
    };
    assertThat(run(reshaped(opset, 0, longs("unused", 1), gathered))).containsExactly(7, 12);
    assertThat(run(reshaped(opset, 0, longs("unused", 1), sliced))).containsExactly(7, 12);
    Message[] channels = {
      node("Shape", List.of("p"), "e"), node("Gather", List.of("e", "one"), "n"), unsqueeze, concat
    };
    assertRefused(reshaped(opset, 0, longs("unused", 1), channels), "makes [2, -1] of N x 2x1x1");
  }

  /** As PyTorch wrote them for operator sets before 9. */
  @ParameterizedTest
  @CsvSource({"-1, ''", "2, ''", "-1.5, 'is no whole number'", "1e30, 'is no whole number'"})
  void anExtentMayBeADouble(double columns, String problem) throws IOException {
    Message constant = Proto.tensor("", ElementType.DOUBLE, doubles(columns));
    Message[] before = {
      node("Shape", List.of("p"), "e"),
      node("Gather", List.of("e", "zero"), "n"),
      node("Unsqueeze", List.of("n"), "row", Proto.intsAttribute("axes", 0)),
      node("Constant", List.of(), "c", attribute("value", TENSOR).message(5, constant)),
      node("Cast", List.of("c"), "l", Proto.intAttribute("to", 7)),
      node("Concat", List.of("row", "l"), "s", Proto.intAttribute("axis", 0))
    };
    byte[] model = reshaped(8, 0, longs("unused", 1), before);
    if (problem.isEmpty()) {
      assertThat(run(model)).containsExactly(7, 12);
    } else {
      assertRefused(model, problem);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2 2, true",
    "3 2, true",
    "-1 -1, true",
    "2 3, false",
    "0 2, false",
    "2 1, false",
    "1 2, false"
  })
  void axesAreDroppedOneAfterTheOther(String axes, boolean fits) throws IOException {
    String[] each = axes.split(" ");
    byte[] model =
        tailOf(
            node("Squeeze", List.of("p", "a"), "q"),
            node("Squeeze", List.of("q", "b"), "f"),
            Long.parseLong(each[0]),
            Long.parseLong(each[1]));
    if (fits) {
      assertThat(run(model)).containsExactly(7, 12);
    } else {
      assertThatThrownBy(() -> graph(model))
          .isInstanceOf(WeightsFileException.class)
          .hasMessageContaining("Squeeze: drops axes [");
    }
  }

  private static byte[] tailOf(Message first, Message second, long a, long b) {
    return model(
        13,
        nodes(
            node("GlobalAveragePool", List.of("x"), "p"),
            first,
            second,
            node("Gemm", List.of("f", "m"), "y")),
        constants(matrix(), longs("a", a), longs("b", b)));
  }

  // ---- files beside the model

  private Path external(Path in) throws IOException {
    return external(in, "m.bin");
  }

  private Path external(Path in, String location) throws IOException {
    Message value = new Message().integer(1, 2).integer(1, 2).integer(2, 1).text(8, "m");
    value.message(13, new Message().text(1, "location").text(2, location)).integer(14, 1);
    byte[] model =
        concat(
            model(
                13,
                nodes(
                    node("GlobalAveragePool", List.of("x"), "p"),
                    node("Flatten", List.of("p"), "f"),
                    node("Gemm", List.of("f", "m"), "y")),
                new Message()),
            field(7, field(5, OnnxFiles.bytes(value))));
    return Files.write(in.resolve("model.onnx"), model);
  }

  @Test
  void aFileThatCannotBeNamedIsNotSaidToLieElsewhere() throws IOException {
    Path model = external(folder, "m\0.bin");
    assertThatThrownBy(() -> OnnxFile.open(model))
        .isInstanceOf(WeightsFileException.class)
        .hasMessageContaining("tensor 'm' lies in 'm\\u0000.bin', which is no file's name here");
  }

  @Test
  void aLinkOutOfTheFolderIsNotFollowedButACachesAre() throws IOException {
    Path inside = Files.createDirectory(folder.resolve("model"));
    Path model = external(inside);
    Path outside = Files.write(folder.resolve("m.bin"), floats(1, 2, 3, 5));
    Files.createSymbolicLink(inside.resolve("m.bin"), outside);
    assertThatThrownBy(() -> OnnxFile.open(model))
        .isInstanceOf(WeightsFileException.class)
        .hasMessageContaining("tensor 'm' lies in 'm.bin', outside the model's folder");

    Path blob = Files.move(model, folder.resolve("blob"));
    Files.createSymbolicLink(model, blob); // both lead to one folder, as in a hub's cache
    assertThat(OnnxFiles.run(OnnxFile.open(model).graph(4, 4), 1, new float[32]))
        .containsExactly(0, 0);
  }

  @Test
  void valuesThatChangedSinceTheFileWasOpenedAreRefused() throws IOException {
    Path values = Files.write(folder.resolve("m.bin"), floats(1, 2, 3, 5));
    OnnxFile file = OnnxFile.open(external(folder));
    assertThat(file.graph(4, 4).nodes()).hasSize(3);
    Files.write(values, floats(1, 2, 3, 5, 8));
    assertThatThrownBy(() -> file.graph(4, 4))
        .isInstanceOf(WeightsFileException.class)
        .hasMessageContaining("m.bin: changed after its header was read");
  }

  // ---- small files that would take long

  private static byte[] chain(int length, IntFunction<String> name) {
    byte[][] parts = new byte[length][];
    for (int i = 0; i < length; i++) {
      String from = i == 0 ? "x" : "v" + (i - 1);
      String to = i == length - 1 ? "y" : "v" + i;
      byte[] relu = concat(text(1, from), text(2, to), text(3, name.apply(i)), text(4, "Relu"));
      parts[i] = field(7, field(1, relu));
    }
    return concat(model(13, new Message(), new Message()), concat(parts));
  }

  private static byte[] text(int number, String text) {
    return field(number, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Texts of one hash code. */
  private static String colliding(int index) {
    return IntStream.range(0, 15)
        .mapToObj(bit -> (index >> bit & 1) == 0 ? "Aa" : "BB")
        .reduce("", String::concat);
  }

  @Test
  void manyNodesOfOneNameOrOneHashTakeNoTime() throws IOException {
    List<byte[]> models =
        List.of(chain(15_000, i -> "a"), chain(15_000, OnnxStrictnessTest::colliding));
    for (byte[] model : models) {
      long memory = THREADS.getCurrentThreadAllocatedBytes();
      long time = THREADS.getCurrentThreadCpuTime();
      Graph graph = graph(model);
      assertThat(graph.nodes().stream().map(Node::name).distinct().count()).isEqualTo(15_001);
      assertThat(THREADS.getCurrentThreadCpuTime() - time).isLessThan(5_000_000_000L);
      assertThat(THREADS.getCurrentThreadAllocatedBytes() - memory).isLessThan(512L << 20);
    }
  }

  @Test
  void aNodeHasFewAttributes() {
    Message relu = new Message().text(1, "x").text(2, "y").text(4, "Relu");
    for (int i = 0; i < 1000; i++) {
      relu.message(5, Proto.intAttribute(colliding(i), 1));
    }
    assertRefused(model(13, nodes(relu), new Message()), "twice, or too many");
  }

  @Test
  void textsAreReadAsUtf8() throws IOException {
    byte[] model = chain(1, i -> "größe");
    assertThat(graph(model).output().name()).isEqualTo("größe");
    assertThat(new String(model, StandardCharsets.UTF_8)).contains("größe");
  }
}
