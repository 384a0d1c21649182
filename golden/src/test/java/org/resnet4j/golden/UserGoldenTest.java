package org.resnet4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.model.Block;
import org.resnet4j.core.model.ModelOptions;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.onnx.OnnxWriter;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsMismatchException;
import org.resnet4j.core.weights.safetensors.SafetensorsWriter;

/** A network and golden values of one's own, and everything that can be wrong with them. */
class UserGoldenTest {
  private static final ResNetSpec SPEC =
      ResNets.named("resnet18").withBaseWidth(8).withNumClasses(10);
  private static final int[] INPUT = {2, 3, 40, 33};

  @TempDir private Path folder;

  private Path weights;
  private Path golden;

  /** The golden file's tensors, to be changed by a test before {@link #write}. */
  private final Map<String, double[]> values = new LinkedHashMap<>();

  private final Map<String, int[]> shapes = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private float[] input;

  @BeforeEach
  void makeASoundPair() throws IOException {
    weights = folder.resolve("weights.safetensors");
    golden = folder.resolve("golden.safetensors");
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    ResNet.build(
        SPEC,
        224,
        224,
        (name, dims) -> {
          Tensor tensor = new SyntheticWeights(5, Block.BASIC).get(name, dims);
          tensors.put(name, tensor);
          return tensor;
        });
    SafetensorsWriter.write(weights, tensors, Map.of());
    GoldenCase truth = SmallCases.basic();
    input = truth.input();
    for (Tap tap : truth.taps()) {
      values.put(tap.stage().label(), tap.values());
      var shape = tap.stage().node(truth.graph()).shape();
      shapes.put(
          tap.stage().label(),
          tap.stage().compareTo(Stage.POOLED) >= 0
              ? new int[] {2, shape.channels()}
              : new int[] {2, shape.channels(), shape.height(), shape.width()});
    }
  }

  private void write() throws IOException {
    write(INPUT);
  }

  private void write(int... inputShape) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    if (inputShape.length > 0) {
      int size = Tensor.meta(inputShape).size();
      writer.add("input", Tensor.of(Arrays.copyOf(input, size), inputShape));
    }
    values.forEach((name, data) -> writer.add(name, data, shapes.get(name)));
    metadata.forEach(writer::metadata);
    writer.write(golden);
  }

  private GoldenCase load() throws IOException {
    return UserGolden.load(weights, golden, ModelOptions.defaults());
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "simd"})
  void isVerifiedAtItsOwnSizeAndBatch(String name) throws IOException {
    metadata.put("e_ref.logits", "1e-6");
    write();
    GoldenCase loaded = load();
    assertThat(loaded.model()).isEqualTo("resnet18");
    assertThat(loaded.graph().inputShape().toString()).isEqualTo("3x40x33");
    try (Backend backend = Backends.open(name, BackendOptions.defaults())) {
      CaseResult result = Verifier.verify(loaded, backend);
      assertThat(result.passed()).as(result.toString()).isTrue();
      assertThat(result.stages()).hasSize(7);
      assertThat(result.logits().eRef()).isEqualTo(1e-6);
      assertThat(result.stages().getFirst().eRef()).isNaN();
    }
  }

  @Test
  void needsNoTaps() throws IOException {
    values.keySet().retainAll(Set.of("logits"));
    write();
    assertThat(load().taps()).extracting(Tap::stage).containsExactly(Stage.LOGITS);
  }

  @Test
  void takesPooledAsPyTorchLeavesIt() throws IOException {
    shapes.put("pooled", new int[] {2, 64, 1, 1});
    write();
    assertThat(load().taps()).hasSize(7);
  }

  /** An ONNX file's graph is the network, which may end where it likes. */
  @Test
  void aNetworkMayEndInMaps() throws IOException {
    Graph whole = SmallCases.basic().graph();
    Node last = Stage.LAYER4.node(whole);
    GraphBuilder body = new GraphBuilder();
    whole
        .nodes()
        .subList(0, last.id() + 1)
        .forEach(node -> body.add(node.name(), node.op(), node.inputs()));
    weights = folder.resolve("maps.onnx");
    OnnxWriter.write(body.build(), weights);
    values.put("logits", values.get("layer4"));
    shapes.put("logits", shapes.get("layer4"));
    values.keySet().removeAll(Set.of("pooled", "layer4"));
    write();
    try (Backend backend = Backends.open("simd", BackendOptions.defaults())) {
      CaseResult result = Verifier.verify(load(), backend);
      assertThat(result.passed()).as(result.toString()).isTrue();
    }
    values.get("logits")[7] += 0.01;
    write();
    try (Backend backend = Backends.open("simd", BackendOptions.defaults())) {
      assertThat(Verifier.verify(load(), backend).passed()).isFalse();
    }
  }

  @Test
  void takesFloat32Logits() throws IOException {
    double[] logits = values.remove("logits");
    float[] rounded = new float[logits.length];
    for (int i = 0; i < logits.length; i++) {
      rounded[i] = (float) logits[i];
    }
    new SafetensorsWriter()
        .add("input", Tensor.of(input, INPUT))
        .add("logits", Tensor.of(rounded, 2, 10))
        .write(golden);
    assertThat(load().logits().values()).isEqualTo(logits);
  }

  @Test
  void oneWrongWeightFails() throws IOException {
    values.get("logits")[3] += 0.001;
    write();
    try (Backend backend = Backends.open("simd", BackendOptions.defaults())) {
      CaseResult result = Verifier.verify(load(), backend);
      assertThat(result.passed()).isFalse();
      assertThat(result.firstBadStage().orElseThrow().name()).isEqualTo("logits");
      assertThat(result.firstBadLayer()).isNull();
    }
  }

  @Test
  void refusesWithoutInputOrLogits() throws IOException {
    write(new int[0]);
    refused("has no tensor 'input'; write it as golden/tools/export_my_network.py does");
    values.remove("logits");
    write();
    refused("has no tensor 'logits'; write it as");
  }

  @Test
  void refusesAnInputOfAnotherShape() throws IOException {
    write(2, 3, 40 * 33);
    refused("tensor 'input' is [2, 3, 1320], expected [N, 3, H, W]; ");
    write(2, 1, 40, 33);
    refused("tensor 'input' is [2, 1, 40, 33], expected [N, 3, H, W]; ");
    write(0, 3, 40, 33);
    refused("tensor 'input' is [0, 3, 40, 33], expected [N, 3, H, W]; ");
  }

  @Test
  void refusesAnInputOfAnotherType() throws IOException {
    values.put("input", new double[2 * 3 * 40 * 33]);
    shapes.put("input", INPUT);
    write(new int[0]);
    refused("tensor 'input' is F64, expected F32; save the float32 input");
  }

  @Test
  void refusesAnotherBatch() throws IOException {
    write(1, 3, 40, 33);
    values.keySet().removeIf(name -> !name.equals("logits"));
    write(1, 3, 40, 33);
    refused("tensor 'logits' is of 2 images, tensor 'input' of 1; ");
  }

  @Test
  void refusesAnotherNumberOfClasses() throws IOException {
    values.put("logits", new double[14]);
    shapes.put("logits", new int[] {2, 7});
    write();
    refused("tensor 'logits' has 7 classes, the weights' fc.weight 10; give the weights");
    shapes.put("logits", new int[] {14});
    write();
    refused("tensor 'logits' is [14], expected [2, 10]; ");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
  void refusesValuesThatAreNotFinite(double bad) throws IOException {
    values.get("logits")[13] = bad;
    write();
    refused("tensor 'logits' has " + bad + " at position 13; ");
    values.get("layer1")[5] = bad;
    write();
    refused("tensor 'layer1' has " + bad + " at position 5; ");
    input = input.clone();
    input[7] = (float) bad;
    write();
    refused("tensor 'input' has " + bad + " at position 7; ");
  }

  @Test
  void refusesATapOfAnotherShape() throws IOException {
    values.put("layer2", new double[10]);
    shapes.put("layer2", new int[] {2, 5});
    write();
    refused("tensor 'layer2' is [2, 5], expected [2, 16, 5, 5]; ");
  }

  @Test
  void refusesWhatNothingIsComparedWith() throws IOException {
    values.put("layer5", new double[1]);
    shapes.put("layer5", new int[] {1});
    write();
    refused("has a tensor 'layer5', which nothing can be compared with; leave it out or name it");
    metadata.put("e_ref.stem", "1e-7");
    values.keySet().removeIf(name -> !name.equals("logits"));
    write();
    refused("has an error for stem, but no tensor of this name; ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.1", "-1e-7", "NaN", "much", "Infinity", ""})
  void refusesAnErrorThatIsNotFloat32s(String eRef) throws IOException {
    metadata.put("e_ref.logits", eRef);
    write();
    refused("metadata 'e_ref.logits' is '" + eRef + "', which is no error of float32");
  }

  @ParameterizedTest
  @CsvSource({"e_tf32, 0.021, TF32", "e_fp16, 0.021, FP16", "e_bf16, 0.11, BF16"})
  void refusesAnErrorThatIsNotThePrecisions(String key, String error, String precision)
      throws IOException {
    metadata.put(key + ".logits", error);
    write();
    refused("metadata '" + key + ".logits' is '" + error + "', which is no error of " + precision);
  }

  @Test
  void refusesFilesInterchanged() {
    assertThatThrownBy(() -> UserGolden.load(golden, weights, ModelOptions.defaults()))
        .isInstanceOf(GoldenFileException.class)
        .hasMessage(weights + ": holds weights, not golden values; give weights with --weights");
  }

  @Test
  void refusesAnotherArchitecture() throws IOException {
    write();
    ModelOptions options = ModelOptions.defaults().withModel("resnet50");
    WeightsMismatchException refusal =
        catchThrowableOfType(
            WeightsMismatchException.class, () -> UserGolden.load(weights, golden, options));
    assertThat(refusal.hint()).contains("the tensors look like resnet18");
  }

  @Test
  void refusesTruncatedAndMissingFiles() throws IOException {
    write();
    byte[] sound = Files.readAllBytes(golden);
    Files.write(golden, Arrays.copyOf(sound, sound.length - 100));
    assertThatThrownBy(this::load)
        .isInstanceOf(WeightsFileException.class)
        .hasMessageStartingWith(golden + ": ");
    Files.delete(golden);
    assertThatThrownBy(this::load)
        .isInstanceOf(WeightsFileException.class)
        .hasMessageStartingWith(golden + ": ");
  }

  /** Not with what would be said of weights. */
  @Test
  void refusesAnotherKindOfFile() throws IOException {
    write();
    Files.write(golden, new byte[] {8, 7, 18, 7, 'p', 'y', 't', 'o', 'r', 'c', 'h'}); // ONNX
    refused("is no safetensors file with golden values; write it as ");
    Files.writeString(golden, "{}");
    refused("is no safetensors file with golden values; write it as ");
  }

  private void refused(String problem) {
    assertThatThrownBy(this::load)
        .isInstanceOf(GoldenFileException.class)
        .hasMessageStartingWith(golden + ": " + problem)
        .message()
        .satisfies(message -> assertThat(message.lines()).hasSize(1));
  }
}
