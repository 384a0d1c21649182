package org.resnet4j.core.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.resnet4j.core.weights.safetensors.Samples.entry;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.Mismatch.ShapeMismatch;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.safetensors.SafetensorsFile;
import org.resnet4j.core.weights.safetensors.Samples;

class StateDictTest {
  private static final Map<String, int[]> EXPECTED =
      Map.of("conv1.weight", new int[] {2, 1}, "bn1.running_var", new int[] {2});

  private static Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("conv1.weight", Tensor.of(new float[] {1, 2}, 2, 1));
    tensors.put("bn1.running_var", Tensor.of(new float[] {0, 4}, 2));
    tensors.put("bn1.num_batches_tracked", Tensor.of(new float[] {7}));
    return tensors;
  }

  @Test
  void givesParametersByName() throws IOException {
    StateDict loaded = load(Samples.open(tensors()), "tiny", EXPECTED);
    assertThat(loaded.source()).isEqualTo("test.safetensors");
    assertThat(loaded.tensors()).containsOnlyKeys("conv1.weight", "bn1.running_var");
    assertThat(loaded.get("conv1.weight", 2, 1).data()).containsExactly(1, 2);
    assertThat(loaded.get("bn1.running_var", 2).data()).containsExactly(0, 4);
  }

  @Test
  void getChecksNameAndExtents() throws IOException {
    StateDict loaded = load(Samples.open(tensors()), "tiny", EXPECTED);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loaded.get("fc.weight", 2, 1))
        .withMessage("test.safetensors: no tensor 'fc.weight'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loaded.get("conv1.weight", 1, 2))
        .withMessage("test.safetensors: tensor 'conv1.weight' has extents [2, 1], expected [1, 2]");
  }

  @Test
  void loadReportsEveryDifference() throws IOException {
    Map<String, Tensor> tensors = tensors();
    tensors.remove("bn1.running_var");
    tensors.put("conv1.weight", Tensor.of(new float[2], 1, 2));
    tensors.put("head.bias", Tensor.of(new float[1], 1));
    SafetensorsFile file = Samples.open(tensors);
    WeightsMismatchException e =
        catchThrowableOfType(
            WeightsMismatchException.class, () -> load(file, "resnet18", EXPECTED));
    assertThat(e.mismatch())
        .isEqualTo(
            new Mismatch(
                List.of("bn1.running_var"),
                List.of("head.bias"),
                List.of(new ShapeMismatch("conv1.weight", List.of(1L, 2L), List.of(2L, 1L)))));
    assertThat(e.architecture()).isEqualTo("resnet18");
    assertThat(e.source()).isEqualTo("test.safetensors");
    assertThat(e.hint()).isEmpty();
    assertThat(e)
        .hasMessage(
            """
            test.safetensors: Error(s) in loading state_dict for resnet18 (3):
              Missing key(s) in state_dict (1): 'bn1.running_var'
              Unexpected key(s) in state_dict (1): 'head.bias'
              size mismatch for 'conv1.weight': copying a param with shape [1, 2] from checkpoint, \
            the shape in current model is [2, 1].\
            """);
  }

  @Test
  void theHintEndsTheMessage() {
    Mismatch mismatch = new Mismatch(List.of("a"), List.of(), List.of());
    WeightsMismatchException e =
        new WeightsMismatchException("f", "resnet18", mismatch, "the tensors look like resnet50");
    assertThat(e.hint()).contains("the tensors look like resnet50");
    assertThat(e).hasMessageEndingWith("'a'\nthe tensors look like resnet50");
  }

  @Test
  void longListsAreCutButCounted() {
    Map<String, int[]> expected = new LinkedHashMap<>();
    Map<String, List<Long>> actual = new LinkedHashMap<>();
    for (int i = 0; i < 300; i++) {
      expected.put("old" + i, new int[] {1});
      actual.put("new" + i, List.of(1L));
      expected.put("both" + i, new int[] {1});
      actual.put("both" + i, List.of(2L));
    }
    Mismatch mismatch = StateDict.check(expected, actual);
    assertThat(mismatch.count()).isEqualTo(900);
    assertThat(mismatch.missing()).hasSize(300).startsWith("old0", "old1");
    assertThat(mismatch.describe())
        .contains("Missing key(s) in state_dict (300): 'old0'", "'old19', ... and 280 more\n")
        .contains("Unexpected key(s) in state_dict (300): 'new0'", "'new19', ... and 280 more\n")
        .contains("size mismatch for 'both19'")
        .endsWith("\n... and 280 more")
        .doesNotContain("20'");
  }

  @Test
  void equalShapesAreNoMismatch() throws IOException {
    Mismatch mismatch = StateDict.check(EXPECTED, shapes(Samples.open(tensors())));
    assertThat(mismatch.isEmpty()).isTrue();
    assertThat(mismatch.describe()).isEmpty();
  }

  @Test
  void extentsBeyondAnIntAreAMismatch() throws IOException {
    String header = "{" + entry("a", "U8", "[0,4294967297]", 0, 0) + "}";
    SafetensorsFile file = SafetensorsFile.of(Samples.file(header, 0), "memory");
    Mismatch mismatch = StateDict.check(Map.of("a", new int[] {0, 1}), shapes(file));
    assertThat(mismatch.shapes()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"NaN", "Infinity", "-Infinity"})
  void refusesValuesThatAreNotFinite(float value) throws IOException {
    Map<String, Tensor> tensors = tensors();
    tensors.put("conv1.weight", Tensor.of(new float[] {1, value}, 2, 1));
    WeightsFileException e = refused(Samples.open(tensors), Code.BAD_VALUE);
    assertThat(e.tensor()).contains("conv1.weight");
    assertThat(e).hasMessageContaining("has " + value + " at [1, 0], which is not finite");
  }

  @Test
  void refusesNegativeVariances() throws IOException {
    Map<String, Tensor> tensors = tensors();
    tensors.put("bn1.running_var", Tensor.of(new float[] {1, -1e-30f}, 2));
    WeightsFileException e = refused(Samples.open(tensors), Code.BAD_VALUE);
    assertThat(e).hasMessageContaining("'bn1.running_var' has -1.0E-30 at [1]");
  }

  @Test
  void onlyNeededTensorsMustBeConvertible() throws IOException {
    String tracked = entry("bn1.num_batches_tracked", "I64", "[]", 0, 8);
    String weight = entry("conv1.weight", "%s", "[2,1]", 8, 16);
    Map<String, int[]> expected = Map.of("conv1.weight", new int[] {2, 1});
    byte[] good = Samples.file("{" + tracked + "," + weight.formatted("F32") + "}", 16);
    StateDict loaded = load(SafetensorsFile.of(good, "good"), "tiny", expected);
    assertThat(loaded.tensors()).containsOnlyKeys("conv1.weight");
    byte[] bad = Samples.file("{" + tracked + "," + weight.formatted("I32") + "}", 16);
    SafetensorsFile integers = SafetensorsFile.of(bad, "bad");
    WeightsFileException e =
        catchThrowableOfType(WeightsFileException.class, () -> load(integers, "tiny", expected));
    assertThat(e.code()).isEqualTo(Code.UNSUPPORTED_DTYPE);
  }

  private static StateDict load(
      SafetensorsFile file, String architecture, Map<String, int[]> expected) throws IOException {
    return StateDict.load(file, ParameterNames.of(file.shapes()), architecture, expected);
  }

  private static Map<String, List<Long>> shapes(SafetensorsFile file) {
    return ParameterNames.of(file.shapes()).shapes();
  }

  private static WeightsFileException refused(SafetensorsFile file, Code code) {
    WeightsFileException e =
        catchThrowableOfType(WeightsFileException.class, () -> load(file, "tiny", EXPECTED));
    assertThat(e).isNotNull();
    assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
    return e;
  }
}
