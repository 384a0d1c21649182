package org.resnet4j.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.image.CropOffset;
import org.resnet4j.core.image.Interpolation;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.safetensors.SafetensorsWriter;

class ModelFolderTest {
  private static final String PROCESSOR =
      """
      {"feature_extractor_type": "ConvNextFeatureExtractor", "crop_pct": 0.875, "do_normalize": true,
       "do_resize": true, "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225],
       "resample": 3, "size": 224}
      """;
  private static final String CONFIG =
      """
      {"architectures": ["ResNetForImageClassification"], "model_type": "resnet",
       "depths": [3, 4, 6, 3], "downsample_in_bottleneck": true, "hidden_act": "relu",
       "downsample_in_first_stage": false, "layer_type": "bottleneck", "some": NaN,
       "id2label": {"0": "cat", "2": "newt", "1": "dog, domestic"}}
      """;

  @TempDir Path folder;

  @Test
  void aFolderOfTransformersIsRead() throws IOException {
    write("model.safetensors", tensors(3));
    Files.writeString(folder.resolve("config.json"), CONFIG);
    Files.writeString(folder.resolve("preprocessor_config.json"), PROCESSOR);
    PretrainedModel model = load();
    assertThat(model.labels().names()).containsExactly("cat", "dog, domestic", "newt");
    assertThat(model.spec().stridePlacement()).isEqualTo(StridePlacement.V1);
    assertThat(model.preprocessing())
        .isEqualTo(
            new Preprocessing(
                "from-file",
                256,
                224,
                Interpolation.BICUBIC,
                List.of(0.485f, 0.456f, 0.406f),
                List.of(0.229f, 0.224f, 0.225f),
                CropOffset.DOWN));
    PretrainedModel other =
        PretrainedModel.load(
            folder,
            ModelOptions.defaults()
                .withStridePlacement(StridePlacement.V1_5)
                .withPreprocessing(Preprocessing.TORCHVISION_V2));
    assertThat(other.spec().stridePlacement()).isEqualTo(StridePlacement.V1_5);
    assertThat(other.preprocessing()).isEqualTo(Preprocessing.TORCHVISION_V2);
  }

  @Test
  void aFolderOfTimmIsRead() throws IOException {
    write("model.safetensors", tensors(3));
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"architecture": "resnet50", "num_classes": 3, "num_features": 128, "global_pool": "avg",
         "model_args": {"in_chans": 3, "drop_path_rate": 0.05, "zero_init_last": false},
         "pretrained_cfg": {"tag": "a1_in1k", "input_size": [3, 224, 224], "fixed_input_size": false,
           "test_input_size": [3, 288, 288], "interpolation": "bicubic", "crop_pct": 0.95,
           "crop_mode": "center", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225],
           "first_conv": "conv1", "label_names": ["a", "b", "c"]}}
        """);
    PretrainedModel model = load();
    assertThat(model.preprocessing()).isEqualTo(Preprocessing.TIMM_A1);
    assertThat(model.labels().names()).containsExactly("a", "b", "c");
  }

  /** Nor can a user's word for the network make it one that is built. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"architecture\": \"resnet50\", \"global_pool\": \"max\"} | 'global_pool' is 'max'",
        "{\"architecture\": \"resnet50\", \"model_args\": {\"output_stride\": 8}} | 'model_args'",
        "{\"model_type\": \"resnet\", \"hidden_act\": \"gelu\"} | only relu is built",
        "{\"model_type\": \"resnet\", \"problem_type\": \"multi_label_classification\"} | only single_label_classification is built",
      })
  void whatNoTensorTellsIsRefused(String json, String reason) throws IOException {
    write("model.safetensors", tensors(3));
    Files.writeString(folder.resolve("config.json"), json);
    for (String name : new String[] {null, "resnet50"}) {
      assertThatThrownBy(
              () -> PretrainedModel.load(folder, ModelOptions.defaults().withModel(name)))
          .isInstanceOf(ModelFileException.class)
          .hasMessageContaining(reason);
    }
  }

  @Test
  void weightsInSeveralFilesAreOneNetwork() throws IOException {
    Map<String, Tensor> tensors = tensors(3);
    Map<String, Tensor> first = new LinkedHashMap<>();
    Map<String, Tensor> second = new LinkedHashMap<>();
    StringBuilder index =
        new StringBuilder("{\"metadata\": {\"total_size\": 1}, \"weight_map\": {");
    tensors.forEach((name, tensor) -> {
      boolean early = name.compareTo("layer2") < 0;
      (early ? first : second).put(name, tensor);
      index.append(index.charAt(index.length() - 1) == '{' ? "" : ",");
      index.append("\"%s\": \"model-0000%s-of-00002.safetensors\"".formatted(name, early ? 1 : 2));
    });
    write("model-00001-of-00002.safetensors", first);
    write("model-00002-of-00002.safetensors", second);
    Path file = folder.resolve("model.safetensors.index.json");
    Files.writeString(file, index + "}}");
    PretrainedModel model = load();
    assertThat(model.name()).isEqualTo("resnet50");
    write("model-00002-of-00002.safetensors", tensors);
    assertThatThrownBy(this::load).hasMessageContaining("is in more than one file");
    for (String name :
        List.of("../model.safetensors", ".", "/etc/passwd", "a\\\\b", "\\ud800.safetensors")) {
      Files.writeString(file, "{\"weight_map\": {\"conv1.weight\": \"" + name + "\"}}");
      assertThatThrownBy(this::load).hasMessageContaining("what is no file beside it");
    }
    write("other.safetensors", first);
    Files.writeString(file, "{\"weight_map\": {\"layer4.0.bn1.bias\": \"other.safetensors\"}}");
    assertThatThrownBy(this::load)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining("'layer4.0.bn1.bias' in a file that lacks this tensor");
    Files.writeString(file, "{\"weight_map\": {\"fc.bias\": 7}}");
    assertThatThrownBy(this::load).hasMessageContaining("no file beside it");
    Files.writeString(file, "{}");
    assertThatThrownBy(this::load).hasMessageContaining("has no weight_map");
  }

  /** Without the configuration the answers would have other names, silently. */
  @Test
  void aLinkToNothingIsMissed() throws IOException {
    Path weights = folder.resolve("model.safetensors");
    Files.createSymbolicLink(weights, folder.resolve("blob"));
    assertThatThrownBy(this::load)
        .hasMessageContaining("has no weights: model.safetensors is a link to nothing");
    Files.delete(weights);
    write("model.safetensors", tensors(3));
    for (String name : List.of("config.json", "preprocessor_config.json")) {
      Path file = folder.resolve(name);
      Files.createSymbolicLink(file, folder.resolve("blob"));
      assertThatThrownBy(this::load).isInstanceOf(IOException.class).hasMessageContaining(name);
      Files.delete(file);
    }
  }

  @Test
  void theOnlyWeightsFileCountsWhateverItIsCalled() throws IOException {
    assertThatThrownBy(this::load)
        .hasMessageStartingWith(folder + ": has no weights")
        .hasMessageContaining("name the weights file itself");
    write("mine.safetensors", tensors(3));
    assertThat(load().name()).isEqualTo("resnet50");
    write("second.safetensors", tensors(3));
    assertThatThrownBy(this::load).hasMessageContaining("has 2 weights files");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"hidden_act\": \"gelu\" | 'hidden_act' is 'gelu', and only relu",
        "\"model_type\": \"convnext\" | 'model_type' is 'convnext', and only resnet",
        "\"downsample_in_first_stage\": true | 'downsample_in_first_stage' is true",
        "\"downsample_in_bottleneck\": \"yes\" | neither true nor false",
        "\"num_labels\": 7 | 'num_labels' is 7, but the classifier has 3 classes; correct it",
        "\"id2label\": {\"0\": \"a\"} | has 1 labels, but the classifier has 3 classes",
        "\"id2label\": {\"0\": \"a\", \"1\": \"b\", \"3\": \"c\"} | of which none is for class 2",
        "\"id2label\": {\"0\": \"a\", \"1\": \"b\", \"2\": \" \"} | label 2 (counted from 0) is blank",
        "\"model_type\": \"resnet\", \"model_type\": \"resnet\" | not valid JSON",
        "\"x\": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[ | not valid JSON",
        "\"x\": 1} {\"y\": 2 | not valid JSON",
      })
  void aConfigurationThatCannotBeUsedIsNamed(String entry, String reason) throws IOException {
    write("model.safetensors", tensors(3));
    Path config = folder.resolve("config.json");
    String type = entry.contains("model_type") ? "" : "\"model_type\": \"resnet\", ";
    Files.writeString(config, "{" + type + entry + "}");
    assertThatThrownBy(this::load)
        .isInstanceOf(ModelFileException.class)
        .hasMessageStartingWith(config + ": ")
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"resample\": 3 | \"resample\": 1 | only 2 (bilinear) and 3 (bicubic)",
        "\"size\": 224 | \"size\": 384 | to which this processor warps",
        "\"size\": 224 | \"size\": {\"height\": 224, \"width\": 224} | which is not built here",
        "\"crop_pct\": 0.875 | \"crop_pct\": 1e-9 | no usable size",
        "\"do_resize\": true | \"do_resize\": false | always resized",
        "[0.485, 0.456, 0.406] | [0.485] | one number for each of 3 channels",
        "[0.229, 0.224, 0.225] | [1e-6, 1, 1] | there is no such preprocessing",
        "\"size\": 224 | \"size\": 224, \"rescale_factor\": 0.00784 | only 1/255",
        "\"resample\": 3 | \"resample\": 0 | 'resample' is 0.0",
        "\"image_std\" | \"other\" | 'image_std' is absent",
        "[0.229, 0.224, 0.225] | [0, 1, 1] | which is no positive number",
        "\"resample\": 3 | \"resample\": 2.7 | 'resample' is 2.7",
        "\"resample\": 3 | \"resample\": [2, 3] | which is not one number",
        "\"crop_pct\": 0.875 | \"crop_pct\": [0.875, 1] | which is not one number",
        "\"size\": 224 | \"size\": 224, \"rescale_factor\": [0.0039215688, 9] | not one number",
        "\"size\": 224 | \"size\": 224, \"do_flip_channel_order\": true | 'do_flip_channel_order' is",
        "\"size\": 224 | \"size\": 224, \"rescale_offset\": true | 'rescale_offset' is true",
        "\"size\": 224 | \"size\": 224, \"do_pad\": true | 'do_pad' is true, which is not built",
        "ConvNextFeatureExtractor\" | BitImageProcessor\", \"do_center_crop\": false |"
            + " 'do_center_crop' is not true",
        ", \"size\": 224 | `` | 'size' is absent, and this processor warps a picture to 384",
        "\"size\": 224 | \"size\": null | 'size' is absent, and this processor warps",
        "\"feature_extractor_type\" | \"crop_size\": 224, \"x\" | 'image_processor_type' is absent",
        "\"feature_extractor_type\" | \"do_center_crop\": true, \"x\" | 'image_processor_type' is",
        "ConvNextFeatureExtractor | LevitImageProcessor | only those of ConvNext, Bit, CLIP",
      })
  void aPreprocessingThatCannotBeUsedIsNamed(String from, String to, String reason)
      throws IOException {
    write("model.safetensors", tensors(3));
    Path file = folder.resolve("preprocessor_config.json");
    assertThat(PROCESSOR).contains(from);
    Files.writeString(file, PROCESSOR.replace(from, to));
    assertThatThrownBy(this::load)
        .isInstanceOf(ModelFileException.class)
        .hasMessageStartingWith(folder.toString())
        .hasMessageContaining(reason);
    assertThatThrownBy(this::load).hasMessageEndingWith(message(reason));
    ModelOptions told = ModelOptions.defaults().withPreprocessing(Preprocessing.TORCHVISION_V1);
    assertThat(PretrainedModel.load(folder, told).name()).isEqualTo("resnet50");
    LoadedNetwork network = LoadedNetwork.load(folder, ModelOptions.defaults());
    assertThat(network.graph().inputShape()).isEqualTo(new Shape(3, 224, 224));
  }

  /** What stands beside it may be for other programs. */
  @ParameterizedTest
  @ValueSource(strings = {"[1]", "no JSON", "{\"crop_size\": \"x\"}"})
  void aNetworkNeedsNoPreprocessing(String text) throws IOException {
    SafetensorsWriter.write(
        folder.resolve("model.safetensors"), tensors(3), Map.of("classes", "[\"one\"]"));
    Files.writeString(folder.resolve("preprocessor_config.json"), text);
    assertThatThrownBy(this::load).isInstanceOf(ModelFileException.class);
    LoadedNetwork network = LoadedNetwork.load(folder, ModelOptions.defaults());
    assertThat(network.name()).isEqualTo("resnet50");
    assertThat(network.graph().output().shape()).isEqualTo(new Shape(3, 1, 1));
  }

  @Test
  void otherProcessorsResizeAndCrop() throws IOException {
    write("model.safetensors", tensors(3));
    Files.writeString(
        folder.resolve("preprocessor_config.json"),
        """
        {"image_processor_type": "BitImageProcessorFast", "size": {"shortest_edge": 40},
         "do_convert_rgb": true, "do_pad": false, "do_rescale": true, "rescale_factor": 0.00392156862745098,
         "do_center_crop": true, "crop_size": {"height": 32, "width": 32}, "resample": 2,
         "image_mean": [0, 0, 0], "image_std": [1, 1, 1]}
        """);
    LoadedNetwork network = LoadedNetwork.load(folder, ModelOptions.defaults());
    assertThat(network.graph().inputShape()).isEqualTo(new Shape(3, 32, 32));
    Preprocessing read = load().preprocessing();
    assertThat(read.resizeShorterSide()).isEqualTo(40);
    assertThat(read.crop()).isEqualTo(32);
    assertThat(read.interpolation()).isEqualTo(Interpolation.BILINEAR);
  }

  /** As transformers does where a processor is told less, or two names, or none. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"image_processor_type\": \"BitImageProcessor\", \"do_center_crop\": true, \"size\": 256"
            + " | 256 | 224 | BICUBIC",
        "\"image_processor_type\": \"CLIPImageProcessor\", \"do_center_crop\": true,"
            + " \"crop_size\": 192 | 224 | 192 | BICUBIC",
        "\"image_processor_type\": \"BitImageProcessor\", \"do_center_crop\": true, \"size\": 256,"
            + " \"feature_extractor_type\": \"ConvNextFeatureExtractor\" | 256 | 224 | BICUBIC",
        "\"image_processor_type\": \"BitImageProcessor\", \"size\": 248 | 248 | 224 | BICUBIC",
        "\"size\": 224 | 256 | 224 | BILINEAR",
      })
  void whatAProcessorIsNotToldIsAsTransformersHasIt(
      String stated, int resize, int crop, Interpolation interpolation) throws IOException {
    write("model.safetensors", tensors(3));
    Files.writeString(
        folder.resolve("preprocessor_config.json"),
        "{" + stated + ", \"image_mean\": [0, 0, 0], \"image_std\": [1, 1, 1]}");
    Preprocessing read = load().preprocessing();
    assertThat(read.resizeShorterSide()).isEqualTo(resize);
    assertThat(read.crop()).isEqualTo(crop);
    assertThat(read.interpolation()).isEqualTo(interpolation);
  }

  private PretrainedModel load() throws IOException {
    return PretrainedModel.load(folder, ModelOptions.defaults());
  }

  private void write(String name, Map<String, Tensor> tensors) throws IOException {
    Files.deleteIfExists(folder.resolve(name));
    SafetensorsWriter.write(folder.resolve(name), tensors, Map.of());
  }

  private static Map<String, Tensor> tensors(int classes) {
    ResNetSpec spec = ResNets.named("resnet50").withBaseWidth(4).withNumClasses(classes);
    return SeededModels.tensors(spec, SeededModels.weights(1));
  }

  /** The remedy is what this test then does. */
  private static String message(String reason) {
    return reason.contains("there is no such preprocessing")
        ? "state another by options"
        : "name the preprocessing in its place, by --preset";
  }

  /** Where something is said that cannot be read, it is not as if nothing were said. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"id2label\": [\"a\", \"b\", \"c\"]} | 'id2label' is",
        "{\"label2id\": {\"a\": 0, \"b\": 1, \"c\": 2}} | 'id2label' is",
        "{\"architecture\": \"resnet50\", \"label_names\": {\"0\": \"a\"}} | which is no list",
        "{\"architecture\": \"resnet50\", \"label_names\": [\"a\", null, \"c\"]} | no name for class 1",
      })
  void labelsOfAnotherFormAreRefused(String config, String reason) throws IOException {
    write("model.safetensors", tensors(3));
    Files.writeString(folder.resolve("config.json"), config);
    assertThatThrownBy(this::load)
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining(reason);
    ModelOptions told = ModelOptions.defaults().withLabels(Labels.of(List.of("x", "y", "z")));
    assertThat(PretrainedModel.load(folder, told).labels().names()).containsExactly("x", "y", "z");
  }

  /** As timm reads them; the name of the network may have the tag of its weights. */
  @Test
  void labelsBesideTheWeightsConfigurationGoBeforeThoseInIt() throws IOException {
    write("model.safetensors", tensors(3));
    Path config = folder.resolve("config.json");
    String inner = "\"pretrained_cfg\": {\"label_names\": [\"x\", \"y\", \"z\"]}";
    String start = "{\"architecture\": \"resnet50.a1_in1k\", ";
    Files.writeString(config, start + "\"label_names\": [\"a\", \"b\", \"c\"], " + inner + "}");
    assertThat(load().labels().names()).containsExactly("a", "b", "c");
    Files.writeString(config, start + "\"label_names\": null, " + inner + "}");
    assertThat(load().labels().names()).containsExactly("x", "y", "z");
  }

  /** Others shorten such a file to what they need. */
  @Test
  void labelsAloneAreAConfigurationToo() throws IOException {
    write("model.safetensors", tensors(3));
    Path config = folder.resolve("config.json");
    Files.writeString(config, "{\"id2label\": {\"0\": \"a\", \"1\": \"b\", \"2\": \"c\"}}");
    assertThat(load().labels().names()).containsExactly("a", "b", "c");
    Files.writeString(config, "{\"num_labels\": 7}");
    assertThatThrownBy(this::load).hasMessageContaining("'num_labels' is 7");
  }

  /** As the message says. */
  @Test
  void labelsOfTheUsersTakeThePlaceOfThoseThatDoNotFit() throws IOException {
    write("model.safetensors", tensors(3));
    Path config = folder.resolve("config.json");
    Files.writeString(config, "{\"model_type\": \"resnet\", \"id2label\": {\"0\": \"a\"}}");
    assertThatThrownBy(this::load).hasMessageEndingWith("; give the labels, by --labels");
    ModelOptions told = ModelOptions.defaults().withLabels(Labels.of(List.of("x", "y", "z")));
    assertThat(PretrainedModel.load(folder, told).labels().names()).containsExactly("x", "y", "z");
  }
}
