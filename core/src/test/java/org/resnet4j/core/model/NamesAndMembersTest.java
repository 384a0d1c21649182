package org.resnet4j.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.Checkpoint;
import org.resnet4j.core.weights.ShardedCheckpoint;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsMismatchException;

/** Whatever a file calls its tensors, the same network is loaded; whatever member it is. */
class NamesAndMembersTest {
  private static final ModelOptions DEFAULTS = ModelOptions.defaults();

  /**
   * A way to name torchvision's tensors.
   *
   * @param said what the description says of it
   */
  record Naming(String title, UnaryOperator<String> rename, String said) {
    @Override
    public String toString() {
      return title;
    }
  }

  private static Naming prefix(String prefix) {
    return new Naming(prefix, name -> prefix + name, "without the prefix '" + prefix + "'");
  }

  static Stream<Naming> namings() {
    return Stream.of(
        new Naming("torchvision", name -> name, "preprocessing"),
        prefix("module."),
        prefix("_orig_mod."),
        prefix("model."),
        prefix("module._orig_mod."),
        prefix("_orig_mod.module."),
        prefix("net.backbone.encoder."),
        prefix("anything.0."),
        new Naming(
            "transformers, ResNetModel",
            NamesAndMembersTest::transformers,
            "from the names of Hugging Face transformers"),
        new Naming(
            "transformers, ResNetForImageClassification",
            name -> (name.startsWith("fc.") ? "" : "resnet.") + transformers(name),
            "without the prefix 'resnet.'"),
        new Naming(
            "transformers, wrapped",
            name -> "model." + (name.startsWith("fc.") ? "" : "resnet.") + transformers(name),
            "with 'model.classifier.1' as the classifier"),
        new Naming(
            "children of a Sequential",
            NamesAndMembersTest::children,
            "from the names of torch.nn.Sequential"),
        new Naming(
            "pytorch-cifar's",
            name -> name.replace("downsample", "shortcut").replace("fc.", "linear."),
            "with 'linear' as the classifier"),
        new Naming(
            "a head of one layer in a Sequential",
            name -> name.replace("fc.", "fc.1."),
            "with 'fc.1' as the classifier"),
        new Naming(
            "a head beside the backbone",
            name -> name.startsWith("fc.") ? "head." + name : "backbone." + name,
            "with 'head.fc' as the classifier"));
  }

  private static String transformers(String name) {
    String renamed =
        name.replaceFirst("^conv1\\.", "embedder.embedder.convolution.")
            .replaceFirst("^bn1\\.", "embedder.embedder.normalization.")
            .replace("downsample.0", "shortcut.convolution")
            .replace("downsample.1", "shortcut.normalization")
            .replace("fc.", "classifier.1.");
    renamed =
        Pattern.compile("^layer(\\d)\\.(\\d+)\\.")
            .matcher(renamed)
            .replaceFirst(found ->
                "encoder.stages.%d.layers.%s."
                    .formatted(Integer.parseInt(found.group(1)) - 1, found.group(2)));
    for (String kind : List.of("conv", "bn")) {
      String word = kind.equals("conv") ? "convolution" : "normalization";
      renamed =
          Pattern.compile("\\." + kind + "(\\d)\\.")
              .matcher(renamed)
              .replaceFirst(
                  found -> ".layer.%d.%s.".formatted(Integer.parseInt(found.group(1)) - 1, word));
    }
    return renamed;
  }

  private static String children(String name) {
    String renamed =
        name.replaceFirst("^conv1\\.", "0.")
            .replaceFirst("^bn1\\.", "1.")
            .replaceFirst("^fc\\.", "9.");
    return Pattern.compile("^layer(\\d)\\.")
        .matcher(renamed)
        .replaceFirst(found -> (Integer.parseInt(found.group(1)) + 3) + ".");
  }

  @ParameterizedTest
  @MethodSource("namings")
  void theNamesOfOthersAreTheSameNetwork(Naming naming) throws IOException {
    for (String network : List.of("resnet18", "resnet50")) {
      ResNetSpec spec = ResNets.named(network).withBaseWidth(4).withNumClasses(3);
      Map<String, Tensor> plain = SeededModels.tensors(spec, SeededModels.weights(1));
      PretrainedModel expected = load(plain);
      Map<String, Tensor> renamed = new LinkedHashMap<>();
      plain.forEach((name, tensor) -> renamed.put(naming.rename.apply(name), tensor));
      renamed.put(
          naming.rename.apply("layer1.0.bn1.num_batches_tracked"), Tensor.of(new float[] {3}));
      renamed.put("n_averaged", Tensor.of(new float[] {3}));
      PretrainedModel model = load(renamed);
      assertThat(model.spec()).isEqualTo(spec);
      assertThat(model.description()).contains(naming.said);
      assertThat(values(model)).containsExactly(values(expected));
    }
  }

  private static double[] values(PretrainedModel model) {
    return model.graph().nodes().stream()
        .map(Node::op)
        .map(Op::tensors)
        .flatMap(List::stream)
        .mapToDouble(tensor -> tensor.size() == 0 ? 0 : tensor.data()[tensor.size() / 2])
        .toArray();
  }

  @Test
  void whatIsLeftOverIsStillRefused() {
    ResNetSpec spec = ResNets.named("resnet18").withBaseWidth(4).withNumClasses(3);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    SeededModels.tensors(spec, SeededModels.weights(1))
        .forEach((name, tensor) -> tensors.put("model." + name, tensor));
    tensors.put("criterion.weight", Tensor.of(new float[3], 3));
    assertThatThrownBy(() -> load(tensors))
        .isInstanceOf(WeightsMismatchException.class)
        .hasMessageContaining("for resnet18 (1)")
        .hasMessageContaining("'criterion.weight'");
    tensors.remove("criterion.weight");
    tensors.put("fc.weight", tensors.get("model.fc.weight"));
    assertThatThrownBy(() -> load(tensors)).hasMessageContaining("'model.fc.weight'");
  }

  @Test
  void twoLayersAreNoClassifier() {
    ResNetSpec spec = ResNets.named("resnet18").withBaseWidth(4).withNumClasses(3);
    Map<String, Tensor> tensors = SeededModels.tensors(spec, SeededModels.weights(1));
    tensors.put("fc.0.weight", tensors.remove("fc.weight"));
    tensors.put("fc.0.bias", tensors.remove("fc.bias"));
    tensors.put("fc.2.weight", Tensor.of(new float[6], 2, 3));
    tensors.put("fc.2.bias", Tensor.of(new float[2], 2));
    assertThatThrownBy(() -> load(tensors))
        .isInstanceOf(WeightsMismatchException.class)
        .hasMessageContainingAll("'fc.weight'", "'fc.0.weight'", "'fc.2.bias'");
  }

  @Test
  void twoNetworksInAFileAreNamed() {
    ResNetSpec spec = ResNets.named("resnet18").withBaseWidth(4).withNumClasses(3);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    SeededModels.tensors(spec, SeededModels.weights(1))
        .forEach((name, tensor) -> {
          tensors.put("student." + name, tensor);
          tensors.put("teacher." + name, tensor);
        });
    assertThatThrownBy(() -> load(tensors))
        .isInstanceOf(WeightsMismatchException.class)
        .hasMessageEndingWith(
            "the file holds 2 networks, whose names begin with 'student.', 'teacher.'; save the one"
                + " that is wanted alone");
  }

  @ParameterizedTest
  @CsvSource({
    "BASIC, 2_2_2_2, 1, 64, 4, resnet18",
    "BASIC, 1_2_1_3, 1, 64, 5, resnet_basic_1_2_1_3",
    "BOTTLENECK, 2_2_2_2, 1, 64, 4, resnet26",
    "BOTTLENECK, 3_4_6_3, 32, 4, 16, resnext50_32x4d",
    "BOTTLENECK, 3_4_23_3, 32, 4, 16, resnext101_32x4d",
    "BOTTLENECK, 3_4_6_3, 1, 128, 3, wide_resnet50_2",
    "BOTTLENECK, 1_1_1_1, 3, 40, 10, resnet_bottleneck_1_1_1_1_3x40d",
    "BOTTLENECK, 1_1_2_1, 64, 1, 64, resnet_bottleneck_1_1_2_1_64x1d",
  })
  void everyMemberIsReadOffItsTensors(
      Block block, String depths, int groups, int perGroup, int base, String name)
      throws IOException {
    List<Integer> blocks = Stream.of(depths.split("_")).map(Integer::valueOf).toList();
    ResNetSpec spec =
        ResNetSpec.of(name, block, blocks, groups, perGroup).withBaseWidth(base).withNumClasses(3);
    for (Stem stem : Stem.values()) {
      for (int channels : new int[] {1, 3, 5}) {
        ResNetSpec member = spec.withStem(stem).withInChannels(channels);
        PretrainedModel model = load(SeededModels.tensors(member, SeededModels.weights(2)));
        assertThat(model.spec()).isEqualTo(member);
        assertThat(model.preprocessing().channels()).isEqualTo(channels);
        assertThat(model.preprocessing().crop()).isEqualTo(stem == Stem.CIFAR ? 32 : 224);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "layer1.0.fc1.weight | squeeze-and-excitation",
        "module.conv1.3.weight | several 3x3",
        "layer2.0.downsample.2.weight | pooled",
        "blocks.0.attn.qkv.weight | transformer",
        "conv1.bias | biases",
        "fc._packed_params.dtype | quantised",
      })
  void saysWhatANetworkIsThatOnlyLooksLikeOne(String tensor, String words) {
    ResNetSpec spec = ResNets.named("resnet50").withBaseWidth(4).withNumClasses(3);
    Map<String, Tensor> tensors = SeededModels.tensors(spec, SeededModels.weights(1));
    tensors.put(tensor, Tensor.of(new float[1], 1));
    assertThatThrownBy(() -> load(tensors))
        .isInstanceOf(WeightsMismatchException.class)
        .hasMessageContaining("'" + tensor + "'")
        .message()
        .satisfies(message -> assertThat(message.lines().toList().getLast()).contains(words));
  }

  /** What is left open goes by the stem, also where the file says something. */
  @Test
  void aSmallStemTakesSmallPictures() throws IOException {
    ResNetSpec spec =
        ResNets.named("resnet18").withBaseWidth(4).withNumClasses(3).withStem(Stem.CIFAR);
    Map<String, Tensor> tensors = SeededModels.tensors(spec, SeededModels.weights(1));
    Map<String, String> statistics = Map.of("mean", "0.5", "std", "0.25");
    PretrainedModel model = PretrainedModel.load(SeededModels.file(tensors, statistics), DEFAULTS);
    assertThat(model.preprocessing().crop()).isEqualTo(32);
    assertThat(model.preprocessing().mean()).containsExactly(0.5f, 0.5f, 0.5f);
  }

  @Test
  void channelsForWhichThereIsNoPictureAreRefusedInALine() {
    ResNetSpec spec = ResNets.named("resnet18").withBaseWidth(1).withNumClasses(3);
    Map<String, Tensor> tensors =
        SeededModels.tensors(spec.withInChannels(50_000), SeededModels.weights(1));
    assertThatThrownBy(() -> load(tensors))
        .isInstanceOf(ModelFileException.class)
        .hasMessageStartingWith("test.safetensors: there is no such preprocessing");
  }

  @Test
  void saysWhatIsMissing() {
    ResNetSpec spec = ResNets.named("resnet50").withBaseWidth(4).withNumClasses(3);
    Map<String, Tensor> groupNorm = SeededModels.tensors(spec, SeededModels.weights(1));
    groupNorm.keySet().removeIf(name -> name.contains("running"));
    assertThatThrownBy(() -> load(groupNorm)).message().endsWith("which is not built here");
    Map<String, Tensor> three = SeededModels.tensors(spec, SeededModels.weights(1));
    three.keySet().removeIf(name -> name.startsWith("layer4"));
    assertThatThrownBy(() -> load(three)).hasMessageContaining("fewer than four stages");
  }

  @ParameterizedTest
  @CsvSource({"resnetaa50", "resnetblur50", "resnet50d", "vit_base_patch16_224"})
  void anArchitectureThatIsNotBuiltIsRefusedWhateverItsTensors(String architecture) {
    ResNetSpec spec = ResNets.named("resnet50").withBaseWidth(4).withNumClasses(3);
    Map<String, Tensor> tensors = SeededModels.tensors(spec, SeededModels.weights(1));
    Map<String, String> metadata = Map.of("architecture", architecture);
    assertThatThrownBy(() -> PretrainedModel.load(SeededModels.file(tensors, metadata), DEFAULTS))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("'architecture' is '" + architecture + "', which is not built here");
  }

  @ParameterizedTest
  @CsvSource({"resnet50", "tv_resnet50", "gluon_resnet50_v1b", "ssl_resnet50"})
  void timmsNamesOfWhatIsBuiltAreKnown(String architecture) throws IOException {
    ResNetSpec spec = ResNets.named("resnet50").withBaseWidth(4).withNumClasses(3);
    Map<String, Tensor> tensors = SeededModels.tensors(spec, SeededModels.weights(1));
    Map<String, String> metadata =
        Map.of(
            "architecture", architecture,
            "num_classes", "3",
            "input_size", "(3, 224, 224)",
            "mean", "(0.485, 0.456, 0.406)",
            "std", "[0.229, 0.224, 0.225]",
            "interpolation", "bicubic",
            "crop_pct", "0.95",
            "crop_mode", "center");
    PretrainedModel model = PretrainedModel.load(SeededModels.file(tensors, metadata), DEFAULTS);
    assertThat(model.spec()).isEqualTo(spec);
    assertThat(model.description()).endsWith("preprocessing timm-a1");
  }

  @Test
  void whichOfSeveralNetworksItIsIsSaid() throws IOException {
    ResNetSpec spec = ResNets.named("resnet18").withBaseWidth(4).withNumClasses(3);
    Checkpoint file =
        SeededModels.file(SeededModels.tensors(spec, SeededModels.weights(1)), Map.of());
    Checkpoint chosen =
        new Checkpoint() {
          @Override
          public String description() {
            return file.description();
          }

          @Override
          public Map<String, String> metadata() {
            return file.metadata();
          }

          @Override
          public Map<String, List<Long>> shapes() {
            return file.shapes();
          }

          @Override
          public Map<String, Tensor> readAll(Collection<String> names) throws WeightsFileException {
            return file.readAll(names);
          }

          @Override
          public Optional<String> choice() {
            return Optional.of("under 'model', not 'model_ema'");
          }
        };
    Checkpoint sharded = new ShardedCheckpoint("parts", List.of(chosen));
    for (Checkpoint each : List.of(chosen, sharded)) {
      assertThat(PretrainedModel.load(each, DEFAULTS).description())
          .contains(", 3 classes, tensors under 'model', not 'model_ema', preprocessing");
    }
  }

  private static PretrainedModel load(Map<String, Tensor> tensors) throws IOException {
    return PretrainedModel.load(SeededModels.file(tensors, Map.of()), DEFAULTS);
  }
}
