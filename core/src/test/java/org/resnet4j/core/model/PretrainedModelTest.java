package org.resnet4j.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.image.Interpolation;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.image.PreprocessingChange;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsMismatchException;
import org.resnet4j.core.weights.safetensors.SafetensorsWriter;

class PretrainedModelTest {
  private static final ModelOptions DEFAULTS = ModelOptions.defaults();
  private static final List<String> SMALL =
      List.of("resnet18", "resnet34", "resnet50", "resnet101", "wide_resnet50_2", "resnet152");

  @TempDir Path folder;

  @Test
  void findsEverythingInTheFile() throws IOException {
    PretrainedModel model =
        load(
            tensors("resnet18", 3),
            DEFAULTS,
            Map.of(
                "model", "resnet18",
                "base_width", "4",
                "num_classes", "3",
                "input_size", "64",
                "mean", "0.286",
                "std", "0.353",
                "classes", "[\"cat\", \"dog\", \"K\\u00e4fer\"]",
                "dataset", "Pets (CC0)"));
    assertThat(model.spec())
        .isEqualTo(ResNets.named("resnet18").withBaseWidth(4).withNumClasses(3));
    assertThat(model.name()).isEqualTo("resnet18");
    assertThat(model.labels().names()).containsExactly("cat", "dog", "Käfer");
    assertThat(model.preprocessing()).isEqualTo(Preprocessing.FASHION_MNIST);
    assertThat(model.graph().inputShape()).isEqualTo(new Shape(3, 64, 64));
    assertThat(model.description())
        .isEqualTo("resnet18 (base width 4), 3 classes, Pets (CC0), preprocessing fashion-mnist");
    Op.Linear fc = (Op.Linear) model.graph().output().op();
    assertThat(fc.weight().data())
        .containsExactly(SeededModels.weights(1).get("fc.weight", 3, 32).data());
  }

  @Test
  void getsAlongWithoutMetadata() throws IOException {
    Path file = folder.resolve("bare.safetensors");
    SafetensorsWriter.write(file, tensors("resnet18", 1000), Map.of());
    PretrainedModel model = PretrainedModel.load(file, DEFAULTS);
    assertThat(model.spec()).isEqualTo(ResNets.named("resnet18").withBaseWidth(4));
    assertThat(model.labels()).isSameAs(Labels.imagenet1k());
    assertThat(model.preprocessing()).isEqualTo(Preprocessing.TORCHVISION_V1);
    assertThat(model.description())
        .isEqualTo("resnet18 (base width 4), 1000 classes, preprocessing torchvision-v1 (assumed)");
    assertThat(load(tensors("resnet18", 7), DEFAULTS, Map.of()).labels().get(6))
        .isEqualTo("class 6");
  }

  /** As of {@code nn.Linear(512, 7, bias=False)}. */
  @Test
  void aClassifierMayHaveNoBias() throws IOException {
    Map<String, Tensor> tensors = tensors("resnet18", 7);
    tensors.remove("fc.bias");
    PretrainedModel model = load(tensors, DEFAULTS, Map.of());
    assertThat(model.description())
        .startsWith("resnet18 (base width 4), 7 classes without bias, preprocessing ");
    Op.Linear fc = (Op.Linear) model.graph().output().op();
    assertThat(fc.weight().data()).containsExactly(tensors.get("fc.weight").data());
    assertThat(fc.bias().data()).containsExactly(new float[7]);
    tensors.remove("fc.weight");
    tensors.put("fc.bias", Tensor.of(new float[7], 7));
    assertThatThrownBy(() -> load(tensors, DEFAULTS, Map.of()))
        .isInstanceOf(WeightsMismatchException.class);
  }

  @Test
  void aClassifierMayHaveHundredsOfThousandsOfClasses() throws IOException {
    assertThat(load(tensors("resnet18", 360_232), DEFAULTS, Map.of()).classes()).isEqualTo(360_232);
  }

  @Test
  void optionsGoBeforeTheFile() throws IOException {
    PretrainedModel model =
        load(
            tensors("resnet50", 2),
            DEFAULTS
                .withModel("resnet50")
                .withNumClasses(2)
                .withLabels(Labels.of(List.of("yes", "no")))
                .withPreprocessing(Preprocessing.TIMM_A1)
                .withStridePlacement(StridePlacement.V1),
            Map.of("model", "resnet18", "input_size", "64", "classes", "[\"a\", \"b\"]"));
    assertThat(model.labels().names()).containsExactly("yes", "no");
    assertThat(model.preprocessing()).isEqualTo(Preprocessing.TIMM_A1);
    assertThat(model.spec().stridePlacement()).isEqualTo(StridePlacement.V1);
    assertThat(model.description()).contains("first 1x1").endsWith("preprocessing timm-a1");
  }

  @Test
  void everyPairOfNetworksIsRefusedWithTheRightSuggestion() throws IOException {
    int pairs = 0;
    for (String held : SMALL) {
      Map<String, Tensor> tensors = tensors(held, 2);
      for (String asked : SMALL) {
        ModelOptions options = DEFAULTS.withModel(asked).withPreprocessing(small());
        if (asked.equals(held)) {
          assertThat(load(tensors, options, Map.of()).name()).isEqualTo(held);
        } else {
          assertThatThrownBy(() -> load(tensors, options, Map.of()))
              .as("%s asked of %s", asked, held)
              .isInstanceOf(WeightsMismatchException.class)
              .hasMessageStartingWith("test.safetensors: ")
              .hasMessageContaining(asked)
              .hasMessageEndingWith("\nthe tensors look like " + held);
        }
        pairs++;
      }
    }
    System.out.println("R26: " + pairs + " pairs of networks, each named right");
  }

  private static Preprocessing small() {
    return new Preprocessing(
        "small", 32, 32, Interpolation.BILINEAR, List.of(0f, 0f, 0f), List.of(1f, 1f, 1f));
  }

  @Test
  void listsEveryProblemAtOnce() {
    Map<String, Tensor> tensors = tensors("resnet18", 10);
    tensors.put("backbone.conv1.weight", tensors.get("layer1.0.conv1.weight"));
    tensors.remove("layer1.0.conv1.weight");
    tensors.put("extra", Tensor.of(new float[1], 1));
    tensors.put("fc.weight", Tensor.of(new float[320], 32, 10));
    assertThatThrownBy(() -> load(tensors, DEFAULTS.withModel("resnet18"), Map.of()))
        .isInstanceOf(WeightsMismatchException.class)
        .hasMessageContainingAll(
            "'layer1.0.conv1.weight'",
            "'backbone.conv1.weight'",
            "'extra'",
            "fc.weight",
            "[32, 10]",
            "fc.bias")
        .hasMessageNotContaining("look like");
  }

  @Test
  void theClassCountIsTheFilesAndAnotherIsRefused() {
    assertThatThrownBy(() -> load(tensors("resnet18", 10), DEFAULTS.withNumClasses(1000), Map.of()))
        .isInstanceOf(ModelFileException.class)
        .hasMessageStartingWith("test.safetensors: ")
        .hasMessageContaining("fc.weight has 10 classes, --num-classes says 1000");
    assertThatThrownBy(
            () -> load(tensors("resnet18", 10), DEFAULTS.withLabels(Labels.imagenet1k()), Map.of()))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("fc.weight has 10 classes, and there are 1000 labels");
  }

  @ParameterizedTest
  @ValueSource(strings = {"NaN", "-1"})
  void refusesUnusableValues(float value) {
    Map<String, Tensor> tensors = tensors("resnet18", 2);
    float[] variances = {1, 1, value, 1};
    tensors.put("bn1.running_var", Tensor.of(variances, 4));
    assertThatThrownBy(() -> load(tensors, DEFAULTS, Map.of()))
        .isInstanceOf(WeightsFileException.class)
        .hasMessageContainingAll("test.safetensors", "bn1.running_var", "[2]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model | vgg16 | unknown",
        "base_width | wide | integer",
        "base_width | 0 | integer",
        "num_classes | 3 | fc.weight has 2 classes",
        "input_size | 64.0 | integer",
        "crop_size | 100000 | integer",
        "resize_size | -1 | integer",
        "interpolation | nearest | not bilinear or bicubic",
        "mean | 0.5 | std",
        "classes | [\"a\" | not valid JSON",
        "classes | [\"a\", \"b\"] x | not valid JSON",
        "classes | [\"a\", \"b\"] [] | not valid JSON",
        "classes | [\"a\", 1] | not one JSON array of strings",
        "classes | {\"a\": \"b\"} | not one JSON array of strings",
        "classes | [\"a\", [\"b\"]] | not one JSON array of strings",
        "classes | [\"a\", \"b\", \"c\"] | has 3 names, and fc.weight has 2 classes",
        "classes | [\"a\", \"\\u001b\"] | label 1",
        "classes | [] | no labels",
      })
  void namesFileAndKeyOfMalformedMetadata(String key, String value, String reason) {
    assertThatThrownBy(() -> load(tensors("resnet18", 2), DEFAULTS, Map.of(key, value)))
        .isInstanceOf(ModelFileException.class)
        .hasMessageStartingWith("test.safetensors: metadata ")
        .hasMessageContainingAll(key, reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "1,2",
        "1,2,3,4",
        "1,,2",
        "0.5,0.5,0",
        "Infinity",
        "NaN",
        "1e99",
        "1e-45"
      })
  void refusesMalformedDeviations(String std) {
    assertThatThrownBy(
            () -> load(tensors("resnet18", 2), DEFAULTS, Map.of("mean", "0.5", "std", std)))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("metadata 'std' ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3e38", "0.5,-1e6,0.5"})
  void refusesMeansThatMakeNoPicture(String mean) {
    assertThatThrownBy(
            () -> load(tensors("resnet18", 2), DEFAULTS, Map.of("mean", mean, "std", "0.5")))
        .isInstanceOf(ModelFileException.class)
        .hasMessageStartingWith("test.safetensors: metadata 'std' does not go with 'mean': ");
  }

  @Test
  void aPreprocessingNoPresetHasIsTakenAsItStands() throws IOException {
    PretrainedModel model =
        load(
            tensors("resnet18", 2),
            DEFAULTS,
            Map.of(
                "resize_size", "40",
                "crop_size", "32",
                "interpolation", "bicubic",
                "mean", "0.1, 0.2, 0.3",
                "std", "1,2,3"));
    assertThat(model.preprocessing())
        .isEqualTo(
            new Preprocessing(
                "from-file",
                40,
                32,
                Interpolation.BICUBIC,
                List.of(0.1f, 0.2f, 0.3f),
                List.of(1f, 2f, 3f)));
    assertThat(load(tensors("resnet18", 2), DEFAULTS, Map.of("resize_size", "232")).preprocessing())
        .isEqualTo(Preprocessing.TORCHVISION_V2);
  }

  @Test
  void optionsChangeAPreprocessingInPart() throws IOException {
    Map<String, String> stated = Map.of("resize_size", "40", "crop_size", "32");
    PreprocessingChange change =
        new PreprocessingChange(null, 24, Interpolation.BICUBIC, List.of(0.5f), null);
    PretrainedModel model = load(tensors("resnet18", 2), DEFAULTS.withChange(change), stated);
    Preprocessing changed = model.preprocessing();
    assertThat(changed.resizeShorterSide()).isEqualTo(40);
    assertThat(changed.crop()).isEqualTo(24);
    assertThat(changed.interpolation()).isEqualTo(Interpolation.BICUBIC);
    assertThat(changed.mean()).containsExactly(0.5f, 0.5f, 0.5f);
    assertThat(changed.std()).isEqualTo(Preprocessing.TORCHVISION_V1.std());
    assertThat(model.description()).endsWith("preprocessing from-file with options");
    PreprocessingChange whole =
        new PreprocessingChange(40, 32, Interpolation.BILINEAR, List.of(0f), List.of(1f));
    assertThat(
            load(tensors("resnet18", 2), DEFAULTS.withChange(whole), Map.of("mean", "x"))
                .description())
        .endsWith("preprocessing options");
    PreprocessingChange two =
        new PreprocessingChange(null, null, null, List.of(0f, 0f), List.of(1f, 1f));
    assertThatThrownBy(() -> load(tensors("resnet18", 2), DEFAULTS.withChange(two), Map.of()))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("takes 3 channels");
    PreprocessingChange none = new PreprocessingChange(null, null, null, null, List.of(0f));
    assertThatThrownBy(() -> load(tensors("resnet18", 2), DEFAULTS.withChange(none), Map.of()))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("positive deviations");
  }

  @Test
  void theSizeForTestsIsTakenOnRequest() throws IOException {
    Map<String, String> timm =
        Map.of(
            "input_size", "(3, 160, 160)",
            "crop_pct", "0.95",
            "test_input_size", "(3, 224, 224)",
            "test_crop_pct", "1.0");
    Preprocessing usual = load(tensors("resnet18", 2), DEFAULTS, timm).preprocessing();
    assertThat(usual.crop()).isEqualTo(160);
    assertThat(usual.resizeShorterSide()).isEqualTo(168);
    Preprocessing test =
        load(tensors("resnet18", 2), DEFAULTS.withTestSize(true), timm).preprocessing();
    assertThat(test.crop()).isEqualTo(224);
    assertThat(test.resizeShorterSide()).isEqualTo(224);
  }

  @Test
  void whatAFileSaysCannotBreakTheLine() throws IOException {
    assertThat(
            load(tensors("resnet18", 2), DEFAULTS, Map.of("dataset", "a\n\u001b[2J")).description())
        .doesNotContain("\n", "\u001b");
    assertThatThrownBy(
            () -> load(tensors("resnet18", 2), DEFAULTS, Map.of("model", "a\n\u001b[2J")))
        .hasMessageNotContainingAny("\n", "\u001b");
  }

  @Test
  void refusesNamesAndWidthsThatDoNotExist() {
    assertThatThrownBy(
            () -> load(tensors("resnet18", 2), DEFAULTS.withModel("resnet-18"), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("did you mean 'resnet18'?");
    assertThatThrownBy(
            () -> load(tensors("resnet18", 2), DEFAULTS.withModel("resnext50_32x4d"), Map.of()))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContainingAll("test.safetensors", "4 planes");
    assertThatThrownBy(() -> load(tensors("resnet18", 2), DEFAULTS, Map.of("base_width", "65536")))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("no network has a base width of 65536");
    assertThatThrownBy(() -> DEFAULTS.withNumClasses(0)).hasMessageContaining("numClasses");
  }

  @Test
  void namesAFileThatIsMissingOrNoWeights() throws IOException {
    Path missing = folder.resolve("missing.safetensors");
    assertThatThrownBy(() -> PretrainedModel.load(missing, DEFAULTS))
        .isInstanceOf(WeightsFileException.class)
        .hasMessageContaining(missing.toString());
    Path text = Files.writeString(folder.resolve("text.safetensors"), "<html>not found</html>");
    assertThatThrownBy(() -> PretrainedModel.load(text, DEFAULTS))
        .isInstanceOf(WeightsFileException.class)
        .hasMessageContaining(text.toString());
  }

  @Test
  void refusesPartsThatDoNotBelongTogether() {
    PretrainedModel tiny = SeededModels.tiny(5);
    assertThatThrownBy(() ->
            new PretrainedModel(
                "x", "x", tiny.spec(), tiny.graph(), Preprocessing.TORCHVISION_V1, tiny.labels()))
        .hasMessageContainingAll("3x32x32", "3x224x224");
    assertThatThrownBy(() ->
            new PretrainedModel(
                "x", "x", tiny.spec(), tiny.graph(), tiny.preprocessing(), Labels.numbered(6)))
        .hasMessageContainingAll("5 outputs", "6 labels");
  }

  private static Map<String, Tensor> tensors(String name, int classes) {
    ResNetSpec spec = ResNets.named(name).withBaseWidth(4).withNumClasses(classes);
    return SeededModels.tensors(spec, SeededModels.weights(1));
  }

  private static PretrainedModel load(
      Map<String, Tensor> tensors, ModelOptions options, Map<String, String> metadata)
      throws IOException {
    return PretrainedModel.load(SeededModels.file(tensors, metadata), options);
  }
}
