package org.resnet4j.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.resnet4j.core.onnx.OnnxFiles.concat;
import static org.resnet4j.core.onnx.OnnxFiles.field;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.conformance.SeededWeights;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.ModelOptions;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.model.Stem;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;

class OnnxFileTest {
  private static final int SIZE = 33;
  private static final int MUTATIONS = 20_000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path folder;

  static Stream<String> torch() throws IOException {
    try (Stream<Path> files = Files.list(OnnxFiles.path("torch.txt").resolveSibling("."))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".onnx"))
          .sorted()
          .toList()
          .stream();
    }
  }

  /** Pictures, then logits, of two images, then their activation maps. */
  private static float[] torchValues() throws IOException {
    return values("torch.txt");
  }

  private static float[] values(String name) throws IOException {
    List<String> lines = Files.readAllLines(OnnxFiles.path(name));
    float[] values = new float[lines.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.parseFloat(lines.get(i));
    }
    return values;
  }

  @ParameterizedTest
  @MethodSource("torch")
  void torchsExportsGivePyTorchsLogits(String name) throws IOException {
    OnnxFile file = OnnxFile.open(OnnxFiles.path(name));
    assertThat(file.channels()).isEqualTo(3);
    assertThat(file.height()).hasValue(SIZE);
    assertThat(file.width()).hasValue(SIZE);
    assertThat(file.producer()).isEqualTo("pytorch");
    Graph graph = file.graph(SIZE, SIZE);
    float[] values = torchValues();
    int pixels = 2 * 3 * SIZE * SIZE;
    float[] input = Arrays.copyOf(values, pixels);
    float[] expected =
        name.startsWith("v2")
            ? Arrays.copyOf(values("v2.txt"), 10)
            : Arrays.copyOfRange(values, pixels, pixels + 10);
    float[] logits = OnnxFiles.run(graph, 2, input);
    OnnxFiles.assertClose(logits, expected, 2e-6, 2e-6);
    assertThat(graph.output().name()).isEqualTo(name.startsWith("v2") ? "fc.5" : "fc");
    Graph fused = Passes.inference().apply(graph);
    OnnxFiles.assertClose(OnnxFiles.run(fused, 2, input), expected, 2e-6, 2e-6);
    // Our own exports of it have the same bits again.
    Graph again = OnnxFile.of(OnnxWriter.toBytes(graph), "again").graph(SIZE, SIZE);
    assertThat(OnnxFiles.run(again, 2, input)).isEqualTo(logits);
  }

  /** Its features are what was pooled, however many layers follow. */
  @Test
  void aHeadOfSeveralLayersIsTheClassifier() throws IOException {
    OnnxFile file = OnnxFile.open(OnnxFiles.path("v2-opset13.onnx"));
    PretrainedModel model = PretrainedModel.load(file, ModelOptions.defaults());
    assertThat(model.classes()).isEqualTo(5);
    assertThat(model.features()).isEqualTo(6);
    PretrainedModel body = model.withoutClassifier();
    assertThat(body.classes()).isZero();
    assertThat(body.features()).isEqualTo(6);
    float[] input = Arrays.copyOf(torchValues(), 2 * 3 * SIZE * SIZE);
    float[] features = Arrays.copyOfRange(values("v2.txt"), 10, 22);
    OnnxFiles.assertClose(OnnxFiles.run(body.graph(), 2, input), features, 2e-6, 2e-6);
  }

  static List<ResNetSpec> members() {
    ResNetSpec basic = ResNets.named("resnet18").withBaseWidth(4).withNumClasses(5);
    ResNetSpec grouped =
        ResNets.named("resnext50_32x4d").withBaseWidth(32).withGroups(4, 8).withNumClasses(3);
    return List.of(
        basic, basic.withNumClasses(0), basic.withInChannels(1).withStem(Stem.CIFAR), grouped);
  }

  /** Names, operators and bits stay; of a fused graph, what it was before. */
  @ParameterizedTest
  @MethodSource("members")
  void ownExportsComeBackExactly(ResNetSpec spec) throws IOException {
    Graph graph = ResNet.build(spec, SIZE, SIZE, new SeededWeights(1, spec.block()));
    float[] input = pixels(spec.inChannels() * SIZE * SIZE);
    float[] output = OnnxFiles.run(graph, 1, input);
    Graph back = OnnxFile.of(OnnxWriter.toBytes(graph), "own").graph(SIZE, SIZE);
    assertThat(back.toString()).isEqualTo(graph.toString());
    assertThat(OnnxFiles.run(back, 1, input)).isEqualTo(output);
    Graph fused = Passes.inference().apply(graph);
    Graph fusedBack = OnnxFile.of(OnnxWriter.toBytes(fused), "own").graph(SIZE, SIZE);
    assertThat(Passes.inference().apply(fusedBack).nodes().stream().map(Node::op).toList())
        .hasSameSizeAs(fused.nodes());
    assertThat(OnnxFiles.run(Passes.inference().apply(fusedBack), 1, input))
        .isEqualTo(OnnxFiles.run(fused, 1, input));
  }

  private static float[] pixels(int count) {
    SplittableRandom random = new SplittableRandom(3);
    float[] pixels = new float[count];
    for (int i = 0; i < count; i++) {
      pixels[i] = (float) random.nextDouble(-2, 2);
    }
    return pixels;
  }

  // ---- single operators

  private static Message tensor(String name, int... dims) {
    float[] values = new float[Tensor.meta(dims).size()];
    Arrays.fill(values, 0.5f);
    return Proto.tensor(name, Tensor.of(values, dims), dims);
  }

  /** A model of nodes that read {@code x} of 4x8x8 and write {@code y}. */
  private static byte[] model(int opset, Message nodes, Message constants) {
    return OnnxFiles.bytes(
        Proto.model(
            8,
            opset,
            "1",
            Proto.graph(nodes, constants, Proto.value("x", 4, 8, 8), Proto.value("y", 4))));
  }

  private static byte[] single(String operator, List<String> inputs, Message... attributes) {
    Message nodes =
        new Message()
            .message(Proto.GRAPH_NODE, Proto.node(operator, inputs, "y", List.of(attributes)));
    Message constants =
        new Message()
            .message(Proto.GRAPH_INITIALIZER, tensor("w", 4, 4, 3, 3))
            .message(Proto.GRAPH_INITIALIZER, tensor("v", 4))
            .message(Proto.GRAPH_INITIALIZER, tensor("m", 4, 4));
    return model(13, nodes, constants);
  }

  private static WeightsFileException refused(byte[] bytes) {
    return assertThrows(WeightsFileException.class, () -> OnnxFile.of(bytes, "x.onnx").graph(8, 8));
  }

  static Stream<byte[]> misfits() {
    List<String> convolution = List.of("x", "w");
    return Stream.of(
        single("Softmax", List.of("x")),
        single("Conv", convolution, Proto.intsAttribute("pads", 1, 0, 1, 0)),
        single("Conv", convolution, Proto.intsAttribute("strides", 1, 2)),
        single("Conv", convolution, Proto.intsAttribute("dilations", 2, 2)),
        single("Conv", convolution, Proto.intsAttribute("strides", 0, 0)),
        single("Conv", convolution, Proto.intsAttribute("pads", -1, -1, -1, -1)),
        single("Conv", convolution, Proto.intAttribute("group", 3)),
        single("Conv", List.of("x", "v")),
        single("Conv", List.of("x", "nowhere")),
        single("Conv", List.of("x")),
        single("Conv", List.of()),
        single("Conv", List.of("w", "w")),
        single("Add", List.of("x", "v")),
        single("Add", List.of("x", "x", "x")),
        single("Gemm", List.of("x", "m")),
        single("MatMul", List.of("x", "m")),
        single("Flatten", List.of("x")),
        single("MaxPool", List.of("x"), Proto.intsAttribute("kernel_shape", 9, 9)),
        single("MaxPool", List.of("x")),
        single("AveragePool", List.of("x"), Proto.intsAttribute("kernel_shape", 3, 3)),
        single("ReduceMean", List.of("x"), Proto.intsAttribute("axes", 1)),
        single("Reshape", List.of("x", "v")),
        single("Reshape", List.of("x", "y")),
        single("Dropout", List.of("x", "v", "v")),
        single("Sum", List.of("x")),
        single("BatchNormalization", List.of("x", "v", "v", "v")),
        single("Constant", List.of()));
  }

  @ParameterizedTest
  @MethodSource("misfits")
  void whatDoesNotFitIsRefusedByItsNode(byte[] model) {
    WeightsFileException refused = refused(model);
    assertThat(refused.getMessage()).matches("x\\.onnx: (node|tensor) '[^']+',? [^\n]+; [^\n]+");
    assertThat(refused.code()).isEqualTo(Code.UNSUPPORTED_ONNX);
  }

  @Test
  void theFirstOperatorThatDoesNotFitIsNamed() {
    Message nodes = new Message();
    nodes.message(1, Proto.node("Relu", List.of("x"), "a", List.of()));
    nodes.message(1, Proto.node("Clip", List.of("a"), "b", List.of()));
    nodes.message(1, Proto.node("Erf", List.of("b"), "y", List.of()));
    assertThat(refused(model(13, nodes, new Message())))
        .hasMessageStartingWith("x.onnx: node 'b', Clip: is none of a ResNet's operators; ");
  }

  @Test
  void nodesThatNothingReadsAreNotLookedAt() throws IOException {
    Message nodes = new Message();
    nodes.message(1, Proto.node("Erf", List.of("x"), "unused", List.of()));
    nodes.message(1, Proto.node("Identity", List.of("x"), "same", List.of()));
    nodes.message(1, Proto.node("Relu", List.of("same"), "y", List.of()));
    Graph graph = OnnxFile.of(model(13, nodes, new Message()), "x").graph(8, 8);
    assertThat(graph.nodes()).extracting(Node::name).containsExactly("x", "y");
  }

  @Test
  void aMatrixProductAndItsBiasAreOneLayer() throws IOException {
    Message nodes = new Message();
    nodes.message(1, Proto.node("GlobalAveragePool", List.of("x"), "p", List.of()));
    nodes.message(1, Proto.node("Flatten", List.of("p"), "f", List.of()));
    nodes.message(1, Proto.node("MatMul", List.of("f", "m"), "l", List.of()));
    nodes.message(1, Proto.node("Add", List.of("v", "l"), "y", List.of()));
    Message constants = new Message().message(5, tensor("m", 4, 3)).message(5, tensor("v", 3));
    Graph graph = OnnxFile.of(model(13, nodes, constants), "x").graph(8, 8);
    assertThat(graph.nodes()).hasSize(3);
    float[] ones = new float[4 * 64];
    Arrays.fill(ones, 1);
    assertThat(OnnxFiles.run(graph, 1, ones)).containsExactly(2.5f, 2.5f, 2.5f);
    assertThat(OnnxFile.of(model(13, nodes, constants), "x").channels()).isEqualTo(4);
  }

  /** What an alias of the product is read by must not get the bias. */
  @Test
  void aBiasOfAProductThatOthersReadIsRefused() {
    Message nodes = new Message();
    nodes.message(1, Proto.node("GlobalAveragePool", List.of("x"), "p", List.of()));
    nodes.message(1, Proto.node("Flatten", List.of("p"), "f", List.of()));
    nodes.message(1, Proto.node("MatMul", List.of("f", "m"), "l", List.of()));
    nodes.message(1, Proto.node("Identity", List.of("l"), "a", List.of()));
    nodes.message(1, Proto.node("Add", List.of("a", "v"), "b", List.of()));
    nodes.message(1, Proto.node("Add", List.of("b", "l"), "y", List.of()));
    Message constants = new Message().message(5, tensor("m", 4, 3)).message(5, tensor("v", 3));
    assertThat(refused(model(13, nodes, constants)))
        .hasMessageContaining("node 'b', Add: adds a constant");
  }

  @Test
  void aValueIsComputedOnce() {
    Message nodes = new Message();
    nodes.message(1, Proto.node("Relu", List.of("x"), "a", List.of()));
    nodes.message(1, Proto.node("Identity", List.of("x"), "a", List.of()));
    nodes.message(1, Proto.node("Relu", List.of("a"), "y", List.of()));
    assertThat(refused(model(13, nodes, new Message())))
        .hasMessageContaining("computes 'a', which there is already");
  }

  @Test
  void trainingIsRefused() {
    Message mask = new Message().integer(2, 9).text(8, "t");
    Message nodes =
        new Message().message(1, Proto.node("Dropout", List.of("x", "", "t"), "y", List.of()));
    byte[] yes = field(9, new byte[] {1});
    byte[] no = field(9, new byte[] {0});
    byte[] model = model(13, nodes, new Message());
    byte[] tensor = OnnxFiles.bytes(mask);
    assertThat(refused(concat(model, field(7, field(5, concat(tensor, yes))))))
        .hasMessageContaining("drops values, as in training");
    assertThat(assertGraph(concat(model, field(7, field(5, concat(tensor, no))))).nodes())
        .hasSize(1);
    Message norm = new Message();
    norm.text(1, "x").text(1, "v").text(1, "v").text(1, "v").text(1, "v");
    norm.text(2, "y").text(2, "mean").text(2, "var").text(4, "BatchNormalization");
    Message constants = new Message().message(5, tensor("v", 4));
    assertThat(refused(model(9, new Message().message(1, norm), constants)))
        .hasMessageContaining("has several outputs, as in training");
  }

  private static Graph assertGraph(byte[] model) {
    try {
      return OnnxFile.of(model, "x").graph(8, 8);
    } catch (WeightsFileException e) {
      throw new AssertionError(e);
    }
  }

  /** As float16 is written by {@code onnx.helper.make_tensor}: the low halves of a list. */
  @Test
  void halvesMayBeAList() throws IOException {
    Message nodes = new Message();
    nodes.message(1, Proto.node("GlobalAveragePool", List.of("x"), "p", List.of()));
    nodes.message(1, Proto.node("Flatten", List.of("p"), "f", List.of()));
    nodes.message(1, Proto.node("MatMul", List.of("f", "m"), "y", List.of()));
    byte[] model = model(13, nodes, new Message());
    float[] ones = new float[4 * 64];
    Arrays.fill(ones, 1);
    // 1, 2, -1, 0.5: two numbers of two bytes, two of three
    byte[] list = varints(0x3C00, 0x4000, 0xBC00, 0x3800);
    Graph graph = assertGraph(concat(model, listed(10, list)));
    assertThat(OnnxFiles.run(graph, 1, ones)).containsExactly(2.5f);
    byte[] brains = varints(0x3F80, 0x4000, 0xBF80, 0x3F00);
    assertThat(OnnxFiles.run(assertGraph(concat(model, listed(16, brains))), 1, ones))
        .containsExactly(2.5f);
    assertThat(refused(concat(model, listed(10, varints(1, 2, 3)))))
        .hasMessageContaining("tensor 'm'")
        .hasMessageContaining("its extents need 4");
    assertThat(refused(concat(model, listed(10, varints(1000, 2000, 3000)))))
        .hasMessageContaining("has 3 numbers, its extents need 4");
    assertThat(refused(concat(model, listed(10, varints(1, 2, 3, 4, 5)))))
        .hasMessageContaining("has more than the 4 numbers");
    assertThat(refused(concat(model, listed(10, varints(1, 2, 3, 0x10000)))))
        .hasMessageContaining("has the number 65536, which is none of 16 bits");
    assertThat(refused(concat(model, listed(10, new byte[] {1, 1, 1, -1}))))
        .hasMessageContaining("cut off");
    byte[] twice = concat(field(5, varints(1, 2)), field(5, varints(3, 4)));
    assertThat(refused(concat(model, matrix(10, twice)))).hasMessageContaining("in several pieces");
  }

  /** A graph's matrix {@code m} of 4x1 with its values as a list. */
  private static byte[] listed(int type, byte[] list) {
    return matrix(type, field(5, list));
  }

  private static byte[] matrix(int type, byte[] values) {
    byte[] head =
        OnnxFiles.bytes(new Message().integer(1, 4).integer(1, 1).integer(2, type).text(8, "m"));
    return field(7, field(5, concat(head, values)));
  }

  private static byte[] varints(int... numbers) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int number : numbers) {
      int rest = number;
      while (rest > 0x7F) {
        bytes.write(rest & 0x7F | 0x80);
        rest >>>= 7;
      }
      bytes.write(rest);
    }
    return bytes.toByteArray();
  }

  /** A small file must not become a large network. */
  @Test
  void tensorsAreSharedByFew() {
    Message nodes = new Message();
    String value = "x";
    for (int i = 0; i < 1000; i++) {
      String next = i == 999 ? "y" : "v" + i;
      Message pads = Proto.intsAttribute("pads", 1, 1, 1, 1);
      nodes.message(1, Proto.node("Conv", List.of(value, "w"), next, List.of(pads)));
      value = next;
    }
    Message constants = new Message().message(5, tensor("w", 4, 4, 3, 3));
    assertThat(refused(model(13, nodes, constants)).code()).isEqualTo(Code.UNSUPPORTED_ONNX);
  }

  @ParameterizedTest
  @CsvSource({"6, false", "7, true", "25, true", "26, false", "0, false"})
  void operatorSetsFrom7To25(int opset, boolean supported) throws IOException {
    Message nodes = new Message().message(1, Proto.node("Relu", List.of("x"), "y", List.of()));
    byte[] model = model(opset, nodes, new Message());
    if (supported) {
      assertThat(OnnxFile.of(model, "x").graph(8, 8).nodes()).hasSize(2);
    } else {
      assertThat(refused(model)).hasMessageContaining("operator set " + opset);
    }
  }

  @Test
  void aFileOfAnotherFormIsNone() {
    assertThat(refused(new byte[0]).code()).isEqualTo(Code.BAD_ONNX);
    assertThat(refused("no protobuf".getBytes()).code()).isEqualTo(Code.BAD_ONNX);
  }

  // ---- values beside the model

  private Path external(String location) throws IOException {
    Message value = new Message();
    value.integer(1, 4).integer(1, 4).integer(1, 3).integer(1, 3).integer(2, 1).text(8, "w");
    value.message(13, new Message().text(1, "location").text(2, location));
    value.integer(14, 1);
    Message nodes = new Message().message(1, Proto.node("Conv", List.of("x", "w"), "y", List.of()));
    Path file = folder.resolve("m.onnx");
    Files.write(file, model(13, nodes, new Message().message(5, value)));
    return file;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../w.bin", "/etc/passwd", "a/../../w.bin", "", ".", "w\0.bin", "missing.bin"})
  void valuesLieInTheModelsFolder(String location) throws IOException {
    Path file = external(location);
    WeightsFileException refused =
        assertThrows(WeightsFileException.class, () -> OnnxFile.open(file).graph(8, 8));
    assertThat(refused.code())
        .isEqualTo(location.equals("missing.bin") ? Code.UNREADABLE : Code.UNSUPPORTED_ONNX);
  }

  @Test
  void valuesBesideAreReadAndMustBeAllThere() throws IOException {
    Path file = external("sub/w.bin");
    Files.createDirectory(folder.resolve("sub"));
    Path values = folder.resolve("sub/w.bin");
    Files.write(values, new byte[4 * 4 * 9 * 4]);
    assertThat(OnnxFile.open(file).graph(8, 8).nodes()).hasSize(2);
    Files.write(values, new byte[4 * 4 * 9 * 4 - 1]);
    WeightsFileException refused =
        assertThrows(WeightsFileException.class, () -> OnnxFile.open(file).graph(8, 8));
    assertThat(refused.code()).isEqualTo(Code.DATA_TRUNCATED);
  }

  // ---- hostile files

  @Test
  void lengthsAndExtentsThatLieTakeNoMemory() {
    Message huge = new Message().integer(1, 1 << 15).integer(1, 1 << 15).integer(2, 1).text(8, "w");
    Message nodes = new Message().message(1, Proto.node("Conv", List.of("x", "w"), "y", List.of()));
    long before = THREADS.getCurrentThreadAllocatedBytes();
    assertThat(refused(model(13, nodes, new Message().message(5, huge)))).isNotNull();
    byte[] sound = single("Relu", List.of("x"));
    assertThat(refused(concat(sound, new byte[] {58, -1, -1, -1, -1, 7})).code())
        .isEqualTo(Code.BAD_ONNX);
    assertThat(refused(concat(sound, new byte[] {0x0B})).code()).isEqualTo(Code.BAD_ONNX);
    assertThat(refused(concat(sound, field(7, field(1, field(4, new byte[5_000_000]))))).code())
        .isEqualTo(Code.LIMIT_EXCEEDED);
    byte[][] many = new byte[30_000][];
    Arrays.fill(many, field(1, new byte[0]));
    assertThat(refused(concat(sound, field(7, concat(many)))).code())
        .isEqualTo(Code.LIMIT_EXCEEDED);
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(64 << 20);
  }

  @Test
  void damagedFilesAreRefusedAndNothingElse() throws IOException {
    byte[] whole = OnnxFiles.bytes("torch-flatten-opset13.onnx");
    SplittableRandom random = new SplittableRandom(5);
    List<Integer> read = new ArrayList<>();
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] mutant = whole.clone();
      for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
        mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
      }
      if (random.nextInt(4) == 0) {
        mutant = Arrays.copyOf(mutant, random.nextInt(mutant.length));
      }
      try {
        OnnxFile file = OnnxFile.of(mutant, "mutant");
        file.graph(SIZE, SIZE);
        read.add(i);
      } catch (WeightsFileException expected) {
        assertThat(expected.getMessage()).startsWith("mutant: ").doesNotContain("\n");
      }
    }
    assertThat(read).hasSizeBetween(1000, MUTATIONS - 1000);
  }
}
