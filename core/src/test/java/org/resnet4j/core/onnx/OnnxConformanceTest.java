package org.resnet4j.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.resnet4j.core.onnx.OnnxFiles.concat;
import static org.resnet4j.core.onnx.OnnxFiles.field;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.Faults;
import org.resnet4j.core.weights.content.MemoryContent;

/** ONNX's own cases of pictures and of operators that a ResNet has. */
class OnnxConformanceTest {
  /** With operators' kinds that no ResNet has, or that start training. */
  private static final Set<String> REFUSED =
      Set.of(
          "test_AvgPool2d",
          "test_AvgPool2d_stride",
          "test_Conv2d_dilated",
          "test_averagepool_2d_ceil",
          "test_averagepool_2d_default",
          "test_averagepool_2d_pads",
          "test_averagepool_2d_pads_count_include_pad",
          "test_averagepool_2d_precomputed_pads",
          "test_averagepool_2d_precomputed_pads_count_include_pad",
          "test_averagepool_2d_precomputed_same_upper",
          "test_averagepool_2d_precomputed_strides",
          "test_averagepool_2d_same_lower",
          "test_averagepool_2d_same_upper",
          "test_averagepool_2d_strides",
          "test_batchnorm_epsilon_training_mode",
          "test_batchnorm_example_training_mode",
          "test_conv_with_autopad_same",
          "test_conv_with_strides_and_asymmetric_padding",
          "test_Conv2d",
          "test_Conv2d_groups",
          "test_Conv2d_groups_thnn",
          "test_Conv2d_no_bias",
          "test_flatten_axis0",
          "test_flatten_axis1",
          "test_flatten_axis2",
          "test_flatten_axis3",
          "test_flatten_default_axis",
          "test_flatten_negative_axis1",
          "test_flatten_negative_axis2",
          "test_flatten_negative_axis3",
          "test_flatten_negative_axis4",
          "test_maxpool_2d_ceil",
          "test_maxpool_2d_dilations",
          "test_maxpool_2d_pads",
          "test_maxpool_2d_precomputed_same_upper",
          "test_maxpool_2d_same_lower",
          "test_maxpool_2d_same_upper",
          "test_maxpool_with_argmax_2d_precomputed_strides",
          "test_operator_flatten",
          "test_operator_reduced_mean",
          "test_operator_reduced_mean_keepdim",
          "test_squeeze");

  static List<String> cases() throws IOException {
    try (Stream<Path> folders = Files.list(OnnxFiles.path("conformance"))) {
      return folders.map(folder -> folder.getFileName().toString()).sorted().toList();
    }
  }

  /** The model with all its inputs but the first as constants. */
  private static byte[] model(String name) throws WeightsFileException {
    byte[] bytes = OnnxFiles.bytes("conformance/" + name + "/model.onnx");
    List<String> inputs = List.copyOf(parse(bytes).inputs().keySet());
    for (int i = 1; i < inputs.size(); i++) {
      byte[] called = field(8, inputs.get(i).getBytes(StandardCharsets.UTF_8));
      bytes = concat(bytes, field(7, field(5, concat(data(name, "input", i), called))));
    }
    return bytes;
  }

  private static byte[] data(String name, String what, int index) {
    return OnnxFiles.bytes(
        "conformance/" + name + "/test_data_set_0/" + what + "_" + index + ".pb");
  }

  private static OnnxGraph parse(byte[] bytes) throws WeightsFileException {
    return OnnxParser.parse(new MemoryContent(bytes, "case"), new Faults("case"));
  }

  private static OnnxValues values(byte[] bytes) {
    Faults faults = new Faults("case");
    return new OnnxValues(new OnnxContents(new MemoryContent(bytes, "case"), faults), faults);
  }

  private static float[] tensor(String name, String what) throws WeightsFileException {
    byte[] named = field(8, what.getBytes(StandardCharsets.UTF_8));
    byte[] bytes = field(7, field(5, concat(data(name, what, 0), named)));
    OnnxTensor tensor = parse(bytes).constants().values().iterator().next();
    return values(bytes).parameter(tensor, "values").data();
  }

  private static List<Long> extents(OnnxGraph model) {
    return model.inputs().values().iterator().next().extents();
  }

  private static Graph graph(byte[] bytes) throws WeightsFileException {
    OnnxGraph model = parse(bytes);
    int[] extents = extents(model).stream().mapToInt(Math::toIntExact).toArray();
    return new OnnxImport(model, new OnnxScope(model, values(bytes), new Faults("case")))
        .graph(
            model.inputs().keySet().iterator().next(),
            new Shape(extents[1], extents[2], extents[3]));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void givesTheExpectedOutputOrSaysWhyNot(String name) throws IOException {
    byte[] model = model(name);
    if (REFUSED.contains(name)) {
      WeightsFileException refused =
          assertThrows(WeightsFileException.class, () -> graph(model), name);
      assertThat(refused.code()).isEqualTo(Code.UNSUPPORTED_ONNX);
      assertThat(refused).hasMessageStartingWith("case: node ");
    } else {
      int batch = Math.toIntExact(extents(parse(model)).getFirst());
      float[] output = OnnxFiles.run(graph(model), batch, tensor(name, "input"));
      OnnxFiles.assertClose(output, tensor(name, "output"), 1e-3, 1e-7);
    }
  }
}
