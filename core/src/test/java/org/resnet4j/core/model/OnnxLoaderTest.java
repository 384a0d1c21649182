package org.resnet4j.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.image.CropOffset;
import org.resnet4j.core.image.Interpolation;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.image.PreprocessingChange;
import org.resnet4j.core.onnx.OnnxFile;
import org.resnet4j.core.onnx.OnnxWriter;
import org.resnet4j.core.tensor.Shape;

/** A network that comes as an ONNX file. */
class OnnxLoaderTest {
  private static final ResNetSpec SPEC =
      ResNets.named("resnet18").withBaseWidth(4).withNumClasses(3);

  @TempDir Path folder;

  private Path file(ResNetSpec spec, int height, int width) throws IOException {
    Path file = folder.resolve("tiny.onnx");
    OnnxWriter.write(ResNet.build(spec, height, width, SeededModels.weights(1)), file);
    return file;
  }

  @Test
  void picturesHaveTheSizeThatTheFileHas() throws IOException {
    PretrainedModel model = PretrainedModel.load(file(SPEC, 112, 112), ModelOptions.defaults());
    assertThat(model.preprocessing().crop()).isEqualTo(112);
    assertThat(model.preprocessing().resizeShorterSide()).isEqualTo(128);
    assertThat(model.name()).isEqualTo("tiny");
    assertThat(model.spec()).isNull();
    assertThat(model.classes()).isEqualTo(3);
    assertThat(model.features()).isEqualTo(32);
    assertThat(model.outputs()).isEqualTo(3);
    assertThat(model.labels().names()).isEqualTo(Labels.numbered(3).names());
    assertThat(model.description())
        .isEqualTo(
            "an ONNX graph of 69 nodes by resnet4j, 3 classes, preprocessing torchvision-v1 with"
                + " options (assumed)");
  }

  private static Stream<Preprocessing> preprocessings() {
    Preprocessing odd =
        new Preprocessing(
            "odd",
            73,
            65,
            Interpolation.BICUBIC,
            List.of(0.1f, 1e-7f, -3f),
            List.of(0.3333333f, 1e9f, 2f),
            CropOffset.DOWN);
    return Stream.concat(
        Preprocessing.presets().stream().filter(preset -> preset.channels() == 3), Stream.of(odd));
  }

  /** What a model writes of itself is all that makes its pictures and its answers' names. */
  @ParameterizedTest
  @MethodSource("preprocessings")
  void metadataMakesTheSameModel(Preprocessing preprocessing) throws IOException {
    Graph graph =
        ResNet.build(SPEC, preprocessing.crop(), preprocessing.crop(), SeededModels.weights(1));
    Labels labels = Labels.of(List.of("a \"quoted\" one", "zwei \u00e4", "3"));
    PretrainedModel model = new PretrainedModel("m", "d", SPEC, graph, preprocessing, labels);
    Path file = folder.resolve("said.onnx");
    OnnxWriter.write(graph, model.metadata(), file);
    PretrainedModel loaded = PretrainedModel.load(file, ModelOptions.defaults());
    assertThat(loaded.preprocessing().withName("")).isEqualTo(preprocessing.withName(""));
    assertThat(loaded.labels().names()).isEqualTo(labels.names());
    assertThat(loaded.description()).doesNotContain("assumed");
    assertThat(loaded.metadata()).isEqualTo(model.metadata());
  }

  @Test
  void atTheUsualSizeTheUsualIsAssumed() throws IOException {
    PretrainedModel model = PretrainedModel.load(file(SPEC, 224, 224), ModelOptions.defaults());
    assertThat(model.preprocessing()).isEqualTo(Preprocessing.TORCHVISION_V1);
    assertThat(model.withoutClassifier().classes()).isZero();
    assertThat(model.withoutClassifier().outputs()).isEqualTo(32);
  }

  @Test
  void theUserMayWantAnotherSize() throws IOException {
    PreprocessingChange change = new PreprocessingChange(72, 64, null, null, null);
    PretrainedModel model =
        PretrainedModel.load(
            file(SPEC, 224, 224),
            ModelOptions.defaults()
                .withChange(change)
                .withLabels(
                    Labels.read(Files.writeString(folder.resolve("labels.txt"), "a\nb\nc\n"))));
    assertThat(model.graph().inputShape().height()).isEqualTo(64);
    assertThat(model.labels().get(2)).isEqualTo("c");
  }

  @Test
  void whatContradictsTheFileIsRefused() throws IOException {
    Path file = file(SPEC, 224, 224);
    assertThatThrownBy(() -> PretrainedModel.load(file, ModelOptions.defaults().withNumClasses(10)))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("its last layer has 3 classes, --num-classes says 10");
    assertThatThrownBy(
            () -> PretrainedModel.load(file, ModelOptions.defaults().withModel("resnet34")))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("multiply-adds, a resnet34 has ");
    Path oblong = file(SPEC, 64, 96);
    assertThatThrownBy(() -> PretrainedModel.load(oblong, ModelOptions.defaults()))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("takes pictures of 64x96 pixels, and crops are square");
    LoadedNetwork network = LoadedNetwork.load(oblong, ModelOptions.defaults());
    assertThat(network.graph().inputShape()).isEqualTo(new Shape(3, 64, 96));
    ModelOptions other = ModelOptions.defaults().withNumClasses(10);
    assertThatThrownBy(() -> LoadedNetwork.load(oblong, other))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("its last layer has 3 classes, --num-classes says 10");
    Path grey = file(SPEC.withInChannels(1), 64, 64);
    assertThatThrownBy(() ->
            PretrainedModel.load(
                grey, ModelOptions.defaults().withPreprocessing(Preprocessing.TORCHVISION_V1)))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("its input has 1 channels");
  }

  @Test
  void theUserMayTakeSquaresWhereTheFileHasNone() throws IOException {
    Path oblong = file(SPEC, 64, 96);
    PreprocessingChange crop = new PreprocessingChange(null, 64, null, null, null);
    for (ModelOptions options :
        List.of(
            ModelOptions.defaults().withChange(crop),
            ModelOptions.defaults().withPreprocessing(Preprocessing.FASHION_MNIST))) {
      assertThat(PretrainedModel.load(oblong, options).graph().inputShape())
          .isEqualTo(new Shape(3, 64, 64));
    }
  }

  @Test
  void picturesAsLargeAsCifarsAreNotCropped() throws IOException {
    Preprocessing assumed =
        PretrainedModel.load(file(SPEC, 32, 32), ModelOptions.defaults()).preprocessing();
    assertThat(assumed.name()).isEqualTo("cifar-size");
    assertThat(assumed.resizeShorterSide()).isEqualTo(32);
  }

  @Test
  void aNameMayBeNoPath() throws IOException {
    byte[] bytes = Files.readAllBytes(file(SPEC, 64, 64));
    assertThat(
            PretrainedModel.load(
                    OnnxFile.of(bytes, "http:\\\\a\0b\\m.onnx"), ModelOptions.defaults())
                .name())
        .isEqualTo("m");
  }

  @Test
  void moreClassesThanAMemberMayHaveAreOneLine() throws IOException {
    Path file = file(SPEC.withBaseWidth(1).withNumClasses(65536), 64, 64);
    assertThat(PretrainedModel.load(file, ModelOptions.defaults()).classes()).isEqualTo(65536);
    assertThatThrownBy(
            () -> PretrainedModel.load(file, ModelOptions.defaults().withModel("resnet18")))
        .isInstanceOf(ModelFileException.class);
  }

  @Test
  void theUserMayNameTheNetwork() throws IOException {
    ResNetSpec whole = ResNets.named("resnet18").withNumClasses(3);
    Path file = file(whole, 64, 64);
    assertThat(PretrainedModel.load(file, ModelOptions.defaults().withModel("resnet18")).classes())
        .isEqualTo(3);
  }

  @Test
  void aFolderMayHaveOne() throws IOException {
    Files.move(file(SPEC, 224, 224), folder.resolve("model.onnx"));
    Files.writeString(
        folder.resolve("preprocessor_config.json"),
        """
        {"feature_extractor_type": "ConvNextFeatureExtractor", "crop_pct": 0.875,
         "do_normalize": true, "do_resize": true, "image_mean": [0.5, 0.5, 0.5],
         "image_std": [0.5, 0.5, 0.5], "resample": 3, "size": 224}
        """);
    PretrainedModel model = PretrainedModel.load(folder, ModelOptions.defaults());
    assertThat(model.preprocessing().interpolation()).isEqualTo(Interpolation.BICUBIC);
    assertThat(model.preprocessing().mean()).containsExactly(0.5f, 0.5f, 0.5f);
    assertThat(model.description()).endsWith("preprocessing from-file");
  }

  /** Which says nothing of the path or its permissions. */
  @Test
  void anInterruptedThreadIsToldSo() throws IOException {
    Path file = file(SPEC, 32, 32);
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> PretrainedModel.load(file, ModelOptions.defaults()))
          .hasMessage(file + ": the thread that reads it was interrupted; open it anew");
      Path other = folder.resolve("other.onnx");
      Graph graph = ResNet.build(SPEC, 32, 32, SeededModels.weights(1));
      assertThatThrownBy(() -> OnnxWriter.write(graph, other))
          .hasMessageStartingWith(other + ": cannot be written: the thread was interrupted; ");
      assertThat(other).doesNotExist();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
