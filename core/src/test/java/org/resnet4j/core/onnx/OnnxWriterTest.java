package org.resnet4j.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.conformance.SeededWeights;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.WeightSource;

class OnnxWriterTest {
  private static final Window POINT = new Window(1, 1, 0);

  @TempDir Path folder;

  @Test
  void headerSaysWhoWroteItAndWhatReadsIt() {
    Fields model = Fields.of(OnnxWriter.toBytes(resnet18()));
    assertThat(model.integer(1)).isEqualTo(8);
    assertThat(model.text(2)).isEqualTo("resnet4j");
    assertThat(model.text(3)).matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
    assertThat(model.message(8).text(1)).isEmpty();
    assertThat(model.message(8).integer(2)).isEqualTo(17);
  }

  /** They would become others, or none, and what comes back another graph. */
  @ParameterizedTest
  @ValueSource(strings = {"", "\ud800", "a\udfffb"})
  void refusesNamesThatOnnxCannotHold(String name) {
    GraphBuilder graph = new GraphBuilder();
    int x = graph.add("input", new Op.Input(new Shape(3, 4, 4)));
    graph.add(name, new Op.Relu(), x);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OnnxWriter.toBytes(graph.build()))
        .withMessageContaining("cannot be written as ONNX");
    if (!name.isEmpty()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> OnnxWriter.toBytes(resnet18(), Map.of("key", name)));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> OnnxWriter.toBytes(resnet18(), Map.of(name, "value")));
    }
  }

  @Test
  void resnet18HasTorchvisionsOperators() {
    Fields graph = graph(resnet18());
    assertThat(operators(graph))
        .isEqualTo(
            Map.of(
                "Conv", 20L,
                "BatchNormalization", 20L,
                "Relu", 17L,
                "Add", 8L,
                "MaxPool", 1L,
                "GlobalAveragePool", 1L,
                "Flatten", 1L,
                "Gemm", 1L));
    assertThat(attributes(node(graph, "conv1")))
        .isEqualTo(
            Map.of(
                "group", List.of(1L),
                "kernel_shape", List.of(7L, 7L),
                "pads", List.of(3L, 3L, 3L, 3L),
                "strides", List.of(2L, 2L)));
    assertThat(attributes(node(graph, "maxpool")))
        .isEqualTo(
            Map.of(
                "kernel_shape", List.of(3L, 3L),
                "pads", List.of(1L, 1L, 1L, 1L),
                "strides", List.of(2L, 2L)));
    assertThat(attributes(node(graph, "layer2.0.downsample.0")))
        .containsEntry("strides", List.of(2L, 2L))
        .containsEntry("pads", List.of(0L, 0L, 0L, 0L));
    assertThat(attributes(node(graph, "bn1"))).isEqualTo(Map.of("epsilon", List.of(1e-5f)));
    assertThat(attributes(node(graph, "fc/flatten"))).isEqualTo(Map.of("axis", List.of(1L)));
    assertThat(attributes(node(graph, "logits"))).isEqualTo(Map.of("transB", List.of(1L)));
    assertThat(node(graph, "bn1").texts(1))
        .containsExactly("conv1", "bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var");
    assertThat(node(graph, "layer1.0.add").texts(1)).containsExactly("layer1.0.bn2", "maxpool");
  }

  @Test
  void groupsAreWritten() {
    ResNetSpec spec = ResNets.named("resnext50_32x4d").withBaseWidth(32);
    Fields graph = graph(ResNet.build(spec, 32, 32, weights(spec)));
    assertThat(attributes(node(graph, "layer1.0.conv2"))).containsEntry("group", List.of(32L));
  }

  @Test
  void aFusedConvolutionBecomesThreeNodes() {
    Fields graph = graph(Passes.inference().apply(resnet18()));
    assertThat(operators(graph))
        .isEqualTo(
            Map.of(
                "Conv", 20L,
                "Relu", 17L,
                "Add", 8L,
                "MaxPool", 1L,
                "GlobalAveragePool", 1L,
                "Flatten", 1L,
                "Gemm", 1L));
    Fields relu = node(graph, "layer1.0.conv2");
    assertThat(relu.text(4)).isEqualTo("Relu");
    assertThat(relu.texts(1)).containsExactly("layer1.0.conv2/add");
    assertThat(node(graph, "layer1.0.conv2/add").texts(1))
        .containsExactly("layer1.0.conv2/conv", "maxpool");
    assertThat(node(graph, "layer1.0.conv2/conv").texts(1))
        .containsExactly("layer1.0.conv1", "layer1.0.conv2.weight", "layer1.0.conv2.bias");
    assertThat(node(graph, "layer2.0.downsample.0").text(4)).isEqualTo("Conv");
  }

  @Test
  void weightsAreInsideUnderTorchvisionsNames() {
    Graph network = resnet18();
    Fields graph = graph(network);
    Map<String, Fields> tensors =
        graph.messages(5).stream()
            .collect(Collectors.toMap(tensor -> tensor.text(8), Function.identity()));
    assertThat(tensors)
        .hasSize(20 + 4 * 20 + 2)
        .containsKeys("layer4.1.bn2.running_var", "fc.weight", "fc.bias");
    assertThat(tensors.get("layer1.0.conv1.weight").integers(1)).containsExactly(8L, 8L, 3L, 3L);
    for (Fields tensor : tensors.values()) {
      assertThat(tensor.integer(2)).isEqualTo(1);
    }
    Op.Linear linear = (Op.Linear) network.output().op();
    float[] read = new float[linear.weight().size()];
    ByteBuffer.wrap(tensors.get("fc.weight").bytes(9))
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(read);
    assertThat(read).containsExactly(linear.weight().data());
  }

  @Test
  void theBatchIsOpenAndTheRestIsFixed() {
    Fields graph = graph(resnet18());
    assertThat(graph.message(11).text(1)).isEqualTo("input");
    assertThat(dims(graph.message(11))).containsExactly("N", "3", "64", "48");
    assertThat(graph.message(12).text(1)).isEqualTo("logits");
    assertThat(dims(graph.message(12))).containsExactly("N", "10");
  }

  @Test
  void anotherLastNodeNamesTheOutput() {
    GraphBuilder builder = new GraphBuilder();
    int x = builder.add("image", new Op.Input(new Shape(2, 5, 4)));
    Tensor weight = Tensor.of(new float[6], 3, 2, 1, 1);
    builder.add("last", new Op.Conv(weight, null, POINT, 1, Epilogue.NONE.withRelu()), x);
    Fields graph = graph(builder.build());
    assertThat(graph.message(11).text(1)).isEqualTo("input");
    assertThat(graph.message(12).text(1)).isEqualTo("last");
    assertThat(dims(graph.message(12))).containsExactly("N", "3", "5", "4");
    assertThat(node(graph, "last/conv").texts(1)).containsExactly("input", "last.weight");
  }

  @Test
  void noTwoValuesShareAName() {
    GraphBuilder builder = new GraphBuilder();
    int x = builder.add("x", new Op.Input(new Shape(1, 1, 1)));
    Tensor one = Tensor.of(new float[] {1}, 1, 1, 1, 1);
    for (String name : List.of("input", "logits", "a", "a.weight", "a/conv")) {
      x = builder.add(name, new Op.Conv(one, null, POINT, 1, Epilogue.NONE.withRelu()), x);
    }
    builder.add("fc", new Op.Linear(Tensor.of(new float[] {1}, 1, 1), null), x);
    Fields graph = graph(builder.build());
    List<String> names =
        graph.messages(1).stream()
            .map(node -> node.text(2))
            .collect(Collectors.toCollection(ArrayList::new));
    names.add(graph.message(11).text(1));
    graph.messages(5).forEach(tensor -> names.add(tensor.text(8)));
    assertThat(names)
        .doesNotHaveDuplicates()
        .contains("input", "input_", "logits", "logits_", "a.weight", "a.weight_", "a/conv");
    assertThat(graph.message(12).text(1)).isEqualTo("logits");
  }

  @Test
  void allThreeFormsGiveTheSameBytesEachTime() throws IOException {
    byte[] bytes = OnnxWriter.toBytes(resnet18());
    Path file = folder.resolve("a.onnx");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OnnxWriter.Written written = OnnxWriter.write(resnet18(), file);
    assertThat(OnnxWriter.write(resnet18(), out)).isEqualTo(written);
    assertThat(written).isEqualTo(new OnnxWriter.Written(69, bytes.length));
    assertThat(out.toByteArray()).isEqualTo(bytes);
    assertThat(file).hasBinaryContent(bytes);
    assertThat(folder.toFile().list()).containsExactly("a.onnx");
  }

  @Test
  void replacesAnOldFileOrLeavesIt() throws IOException {
    Path file = Files.writeString(folder.resolve("a.onnx"), "old");
    Graph meta = ResNet.build(ResNets.named("resnet18"), 64, 64, WeightSource.META);
    assertThatThrownBy(() -> OnnxWriter.write(meta, file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("conv1: has a meta tensor");
    assertThat(file).hasContent("old");
    OnnxWriter.write(resnet18(), file);
    assertThat(file).hasBinaryContent(OnnxWriter.toBytes(resnet18()));
  }

  @Test
  void refusesBadPathsByName() throws IOException {
    Path missing = folder.resolve("none/a.onnx");
    assertThatThrownBy(() -> OnnxWriter.write(resnet18(), missing))
        .isInstanceOf(IOException.class)
        .hasMessage(
            missing
                + ": cannot be written: its folder does not exist; choose another path or make room"
                + " there");
    assertThatThrownBy(() -> OnnxWriter.write(resnet18(), folder))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(folder + ": cannot be written: it is no regular file; ");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void refusesMoreThanAProtobufMessageHolds() {
    GraphBuilder builder = new GraphBuilder();
    int x = builder.add("input", new Op.Input(new Shape(1024, 4, 4)));
    Tensor shared = Tensor.of(new float[1 << 24], 1024, 1024, 4, 4);
    for (int i = 0; i < 32; i++) {
      x =
          builder.add(
              "conv" + i, new Op.Conv(shared, null, new Window(4, 1, 2), 1, Epilogue.NONE), x);
    }
    Graph graph = builder.build();
    Path file = folder.resolve("a.onnx");
    assertThatThrownBy(() -> OnnxWriter.write(graph, file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "the graph needs 2,147,48\\d,\\d{3} bytes .* at most 2,147,483,647; .*");
    assertThat(file).doesNotExist();
  }

  /** So that nothing is written here that is not read here. */
  @Test
  void refusesMorePartsThanAreRead() throws IOException {
    Path file = folder.resolve("a.onnx");
    OnnxWriter.write(relus(20_000), file);
    assertThat(OnnxFile.open(file).graph(4, 4).nodes()).hasSize(20_001);
    assertThatThrownBy(() -> OnnxWriter.write(relus(20_001), file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the graph has 20,001 nodes and 0 tensors as ONNX, and of either at most 20,000 are"
                + " read; fuse it, or use fewer layers");
  }

  private static Graph relus(int count) {
    GraphBuilder builder = new GraphBuilder();
    int x = builder.add("input", new Op.Input(new Shape(1, 4, 4)));
    for (int i = 0; i < count; i++) {
      x = builder.add("relu" + i, new Op.Relu(), x);
    }
    return builder.build();
  }

  @Test
  void whoIsInterruptedIsNotToldToMakeRoom() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> OnnxWriter.write(resnet18(), folder.resolve("a.onnx")))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith(": cannot be written: the thread was interrupted; write it again");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(folder).isEmptyDirectory();
  }

  private static Graph resnet18() {
    ResNetSpec spec = ResNets.named("resnet18").withBaseWidth(8).withNumClasses(10);
    return ResNet.build(spec, 64, 48, weights(spec));
  }

  private static WeightSource weights(ResNetSpec spec) {
    return new SeededWeights(1, spec.block());
  }

  private static Fields graph(Graph graph) {
    return Fields.of(OnnxWriter.toBytes(graph)).message(7);
  }

  private static Fields node(Fields graph, String output) {
    return graph.messages(1).stream()
        .filter(node -> node.text(2).equals(output))
        .findFirst()
        .orElseThrow();
  }

  private static Map<String, Long> operators(Fields graph) {
    return graph.messages(1).stream()
        .collect(Collectors.groupingBy(node -> node.text(4), Collectors.counting()));
  }

  private static Map<String, List<?>> attributes(Fields node) {
    Map<String, List<?>> attributes = new TreeMap<>();
    for (Fields attribute : node.messages(5)) {
      List<?> value =
          switch ((int) attribute.integer(20)) {
            case 1 -> List.of(attribute.number(2));
            case 2 -> attribute.integers(3);
            case 7 -> attribute.integers(8);
            default -> throw new IllegalArgumentException("attribute " + attribute.text(1));
          };
      attributes.put(attribute.text(1), value);
    }
    return attributes;
  }

  private static List<String> dims(Fields value) {
    Fields type = value.message(2).message(1);
    assertThat(type.integer(1)).isEqualTo(1);
    return type.message(2).messages(1).stream()
        .map(dim -> dim.numbers().equals(List.of(2)) ? dim.text(2) : Long.toString(dim.integer(1)))
        .toList();
  }
}
