package org.resnet4j.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.weights.safetensors.SafetensorsFile;

/**
 * The embedded cases: every network of {@link ResNets}, odd image sizes and odd networks, all with
 * generated weights; and {@link DemoModel} on the sample pictures.
 */
public final class GoldenCases {
  private static final String FOLDER = "cases/";
  private static final List<String> NAMES = listNames();

  private GoldenCases() {}

  private static List<String> listNames() {
    Stream<String> sizes =
        Stream.of("resnet18", "resnet50", "resnext50_32x4d")
            .flatMap(model -> Stream.of("-97x97", "-225x160", "-256x320").map(model::concat));
    return Stream.of(
            Stream.of(DemoModel.NAME),
            ResNets.all().stream().map(ResNetSpec::name).map(model -> model + "-224"),
            Stream.of("resnet50-v1-224"),
            sizes,
            Stream.of(
                "resnet18-classes10-64",
                "resnet50-classes1-64",
                "depthwise-96",
                "groups2-96",
                "resnet18-cifar-32",
                "resnet50-grey-96",
                "resnet34-features-96",
                "resnext50_32x4d-cifar-features-5x40x33",
                "resnet26-160"))
        .flatMap(names -> names)
        .toList();
  }

  /** All of them; the demo model first. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * The cases of one network, by the name of its specification.
   *
   * @throws UncheckedIOException if the jar is damaged
   */
  public static List<String> ofModel(String model) {
    return NAMES.stream().filter(name -> modelOf(name).equals(model)).toList();
  }

  private static String modelOf(String name) {
    return name.equals(DemoModel.NAME)
        ? name
        : open(name).file().metadata().getOrDefault("model", "");
  }

  /**
   * Loads one case.
   *
   * @throws IllegalArgumentException if there is none of that name; the message lists all
   * @throws IllegalStateException if the jar lacks it
   * @throws UncheckedIOException if the jar is damaged
   */
  public static GoldenCase load(String name) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "no golden case '" + name + "'; there are " + String.join(", ", NAMES));
    }
    try {
      return name.equals(DemoModel.NAME) ? demo() : SyntheticCase.load(name, open(name));
    } catch (IOException e) {
      throw damaged(name, e);
    }
  }

  private static GoldenFile open(String name) {
    String path = FOLDER + name + ".safetensors";
    try {
      return new GoldenFile(
          SafetensorsFile.of(Resources.bytes(path), "embedded " + path),
          "make it again with golden/tools/make_goldens.py");
    } catch (IOException e) {
      throw damaged(name, e);
    }
  }

  private static UncheckedIOException damaged(String name, IOException cause) {
    return new UncheckedIOException("the embedded golden case " + name + " is damaged", cause);
  }

  private static GoldenCase demo() {
    Samples samples = Samples.load();
    PretrainedModel model = DemoModel.load();
    Preprocessing preprocessing = model.preprocessing();
    int batch = samples.names().size();
    float[] input = new float[batch * preprocessing.size()];
    List<double[]> logits = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      String sample = samples.names().get(i);
      preprocessing.apply(samples.image(sample), input, i * preprocessing.size());
      logits.add(samples.logits(sample));
    }
    double[] all = logits.stream().flatMapToDouble(Arrays::stream).toArray();
    Tap tap = new Tap(Stage.LOGITS, all, null, samples.errors());
    return new GoldenCase(DemoModel.NAME, DemoModel.NAME, model::graph, batch, input, List.of(tap));
  }
}
