package org.resnet4j.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.model.Block;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.model.Stem;
import org.resnet4j.core.model.StridePlacement;
import org.resnet4j.core.weights.DType;
import org.resnet4j.core.weights.safetensors.SafetensorsFile;

/** The committed case files hold what the README says, made by the scripts beside them. */
class GoldenCasesTest {
  private static final Path FOLDER = Path.of("src/main/resources/org/resnet4j/golden/cases");
  private static final String SUFFIX = ".safetensors";
  private static final String REGENERATE = "python3 golden/tools/make_goldens.py";
  private static final int SAMPLES = 2048;
  private static final int WHOLE = 4096;

  /** What a case runs. */
  record Case(String name, ResNetSpec spec, int batch, int height, int width) {
    Case(String network, int height, int width) {
      this(network + "-" + height + "x" + width, ResNets.named(network), 1, height, width);
    }

    /** The whole extents of every tensor, by name. */
    Map<String, List<Long>> extents() {
      Map<String, List<Long>> extents = new LinkedHashMap<>();
      extents.put("logits", longs(batch, spec.outputs()));
      boolean small = spec.stem() == Stem.CIFAR;
      int h = small ? height : halved(halved(height));
      int w = small ? width : halved(halved(width));
      extents.put("stem", longs(batch, spec.baseWidth(), h, w));
      int channels = 0;
      for (int stage = 0; stage < ResNetSpec.STAGES; stage++) {
        channels = spec.planes(stage) * spec.block().expansion();
        extents.put("layer" + (stage + 1), longs(batch, channels, h, w));
        h = halved(h);
        w = halved(w);
      }
      extents.put("pooled", longs(batch, channels));
      return extents;
    }

    private static int halved(int extent) {
      return (extent + 1) / 2;
    }

    private static List<Long> longs(int... values) {
      return Arrays.stream(values).asLongStream().boxed().toList();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> cases() {
    Stream<Case> published =
        ResNets.all().stream().map(spec -> new Case(spec.name() + "-224", spec, 2, 224, 224));
    Stream<Case> sizes =
        Stream.of("resnet18", "resnet50", "resnext50_32x4d")
            .flatMap(network ->
                Stream.of(
                    new Case(network, 97, 97),
                    new Case(network, 225, 160),
                    new Case(network, 256, 320)));
    ResNetSpec v1 = ResNets.named("resnet50").withStridePlacement(StridePlacement.V1);
    ResNetSpec ten = ResNets.named("resnet18").withNumClasses(10);
    ResNetSpec one = ResNets.named("resnet50").withNumClasses(1);
    ResNetSpec depthwise = ResNetSpec.of("depthwise", Block.BOTTLENECK, List.of(1, 1, 1, 1), 64, 1);
    ResNetSpec groups2 = ResNetSpec.of("groups2", Block.BOTTLENECK, List.of(1, 2, 1, 1), 2, 32);
    ResNetSpec grey = ResNets.named("resnet50").withNumClasses(10).withInChannels(1);
    ResNetSpec features = ResNets.named("resnet34").withNumClasses(0);
    ResNetSpec five =
        ResNets.named("resnext50_32x4d").withNumClasses(0).withInChannels(5).withStem(Stem.CIFAR);
    Stream<Case> others =
        Stream.of(
            new Case("resnet50-v1-224", v1, 2, 224, 224),
            new Case("resnet18-classes10-64", ten, 2, 64, 64),
            new Case("resnet50-classes1-64", one, 2, 64, 64),
            new Case("depthwise-96", depthwise, 2, 96, 96),
            new Case("groups2-96", groups2, 2, 96, 96),
            new Case("resnet18-cifar-32", ten.withStem(Stem.CIFAR), 2, 32, 32),
            new Case("resnet50-grey-96", grey, 2, 96, 96),
            new Case("resnet34-features-96", features, 2, 96, 96),
            new Case("resnext50_32x4d-cifar-features-5x40x33", five, 2, 40, 33),
            new Case("resnet26-160", ResNets.named("resnet26"), 1, 160, 160));
    return Stream.of(published, sizes, others).flatMap(each -> each).toList();
  }

  @Test
  void theFolderHoldsTheseCasesAndIsSmall() throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.list(FOLDER)) {
      files = found.toList();
    }
    assertThat(files.stream().map(file -> file.getFileName().toString()))
        .containsExactlyInAnyOrderElementsOf(
            cases().stream().map(each -> each.name() + SUFFIX).toList());
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    assertThat(bytes).isLessThan(20_000_000);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void madeByTheseScripts(Case each) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (String script :
        List.of("make_goldens.py", "rounded.py", "synthetic.py", "safetensors_io.py")) {
      digest.update(Files.readAllBytes(Path.of("tools", script)));
    }
    assertThat(read(each).metadata())
        .as("%s is older than the scripts; run %s", each, REGENERATE)
        .containsEntry("script", "make_goldens.py")
        .containsEntry("script_sha256", HexFormat.of().formatHex(digest.digest()));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void describesItsNetwork(Case each) throws Exception {
    ResNetSpec spec = each.spec();
    Map<String, String> expected = new LinkedHashMap<>();
    expected.put("format_version", "1");
    expected.put("case", each.name());
    expected.put("model", spec.name());
    expected.put("block", spec.block() == Block.BASIC ? "basic" : "bottleneck");
    expected.put(
        "depths", spec.depths().stream().map(String::valueOf).collect(Collectors.joining(",")));
    expected.put("groups", Integer.toString(spec.groups()));
    expected.put("width_per_group", Integer.toString(spec.widthPerGroup()));
    expected.put("base_width", Integer.toString(spec.baseWidth()));
    expected.put("num_classes", Integer.toString(spec.numClasses()));
    expected.put("stride_placement", spec.stridePlacement() == StridePlacement.V1 ? "v1" : "v1_5");
    expected.put("in_channels", Integer.toString(spec.inChannels()));
    expected.put("stem", spec.stem() == Stem.CIFAR ? "cifar" : "imagenet");
    expected.put("batch", Integer.toString(each.batch()));
    expected.put("height", Integer.toString(each.height()));
    expected.put("width", Integer.toString(each.width()));
    expected.put("samples", Integer.toString(SAMPLES));
    Map<String, String> metadata = read(each).metadata();
    assertThat(metadata).containsAllEntriesOf(expected).containsKeys("torch", "torchvision");
    assertThat(metadata.get("seed")).satisfies(Long::parseLong);
    for (String tap : each.extents().keySet()) {
      // Less is not float32, more is not well conditioned.
      assertThat(Double.parseDouble(metadata.getOrDefault("e_ref." + tap, "NaN")))
          .as(tap)
          .isBetween(5e-8, 5e-6);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void holdsEveryTensor(Case each) throws Exception {
    SafetensorsFile file = read(each);
    Map<String, List<Long>> extents = each.extents();
    assertThat(file.tensors()).containsOnlyKeys(extents.keySet());
    for (Map.Entry<String, List<Long>> tap : extents.entrySet()) {
      String name = tap.getKey();
      long size = tap.getValue().stream().reduce(1L, Math::multiplyExact);
      boolean whole = name.equals("logits") || size <= WHOLE;
      assertThat(file.tensors().get(name).dtype()).as(name).isEqualTo(DType.F64);
      assertThat(file.tensors().get(name).shape())
          .as(name)
          .isEqualTo(whole ? tap.getValue() : List.of((long) SAMPLES));
      double meanSquare =
          Arrays.stream(file.readDoubles(name)).map(v -> v * v).average().orElseThrow();
      assertThat(Math.sqrt(meanSquare)).as(name).isBetween(0.1, 10.0);
    }
  }

  private static SafetensorsFile read(Case each) throws IOException {
    return SafetensorsFile.open(FOLDER.resolve(each.name() + SUFFIX));
  }
}
