package org.resnet4j.golden;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.model.LoadedNetwork;
import org.resnet4j.core.model.ModelOptions;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.DType;
import org.resnet4j.core.weights.TensorInfo;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.safetensors.SafetensorsFile;

/**
 * A network of one's own: its weights, and what PyTorch makes of an input.
 *
 * <p>The golden file is safetensors: {@code input} F32 [N, 3, H, W], {@code logits} F32 or F64 [N,
 * K], and, as many as one likes, {@code stem}, {@code layer1} to {@code layer4} F32 or F64 [N, C,
 * H, W] and {@code pooled} [N, C] or [N, C, 1, 1]. The metadata may give {@code e_ref.logits},
 * {@code e_ref.layer1} and so on, PyTorch's own float32 error against float64, and {@code
 * e_tf32.logits}, {@code e_fp16.logits} or {@code e_bf16.logits} and so on, what {@link
 * RoundingErrors} are in other precisions.
 */
public final class UserGolden {
  private static final String REMEDY = "write it as golden/tools/export_my_network.py does";
  private static final String INPUT = "input";

  private UserGolden() {}

  /**
   * Loads and checks both files.
   *
   * @param weights a safetensors file with torchvision's names
   * @param golden what to compare with
   * @param options what the weights' file leaves open
   * @throws org.resnet4j.core.weights.WeightsMismatchException if the weights are not those of a
   *     network of the family, or of the one named
   * @throws org.resnet4j.core.weights.WeightsFileException if a file cannot be read or is damaged
   * @throws GoldenFileException if the golden file lacks the input or the logits, has a tensor that
   *     no stage is called, extents that do not fit the network or each other, a value that is not
   *     finite, or metadata that is no number
   * @throws IOException one of these, or another about a file
   * @throws IllegalArgumentException if {@code options.model()} is no known name
   */
  public static GoldenCase load(Path weights, Path golden, ModelOptions options)
      throws IOException {
    GoldenFile file = new GoldenFile(open(golden), REMEDY);
    long[] image = inputShape(file);
    LoadedNetwork loaded = LoadedNetwork.load(weights, options);
    Graph graph = resized(file, loaded, image);
    int batch = (int) image[0];
    double[] input = file.values(INPUT, image);
    float[] floats = new float[input.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) input[i];
    }
    return new GoldenCase(
        golden.toString(), loaded.name(), () -> graph, batch, floats, taps(file, graph, batch));
  }

  /** Hints that weights would need are none for golden values. */
  private static SafetensorsFile open(Path golden) throws IOException {
    try {
      return SafetensorsFile.open(golden);
    } catch (WeightsFileException e) {
      throw switch (e.code()) {
        case HEADER_TOO_SMALL, HEADER_TOO_LARGE, HEADER_BEYOND_FILE, INVALID_UTF8, INVALID_JSON ->
            new GoldenFileException(
                golden.toString(), "is no safetensors file with golden values", REMEDY);
        default -> e;
      };
    }
  }

  private static long[] inputShape(GoldenFile file) throws GoldenFileException {
    checkNames(file);
    TensorInfo info = file.info(INPUT);
    file.info(Stage.LOGITS.label());
    List<Long> shape = info.shape();
    boolean sound =
        shape.size() == 4
            && shape.get(1) == 3
            && shape.stream().allMatch(extent -> extent >= 1)
            && info.elements() <= Integer.MAX_VALUE - 8;
    if (!sound) {
      throw file.bad("tensor 'input' is " + shape + ", expected [N, 3, H, W]");
    }
    if (info.dtype() != DType.F32) {
      throw file.bad(
          "tensor 'input' is " + info.dtype() + ", expected F32",
          "save the float32 input, and the logits computed from it");
    }
    return shape.stream().mapToLong(Long::longValue).toArray();
  }

  /** A misspelt tap must not pass for one that was compared. */
  private static void checkNames(GoldenFile file) throws GoldenFileException {
    Set<String> known =
        Stream.concat(Stream.of(INPUT), Stream.of(Stage.values()).map(Stage::label))
            .collect(Collectors.toSet());
    if (file.file().contains("fc.weight")) {
      throw file.bad("holds weights, not golden values", "give weights with --weights");
    }
    for (String name : file.file().tensors().keySet()) {
      if (!known.contains(name)) {
        throw file.bad(
            "has a tensor " + Quote.name(name) + ", which nothing can be compared with",
            "leave it out or name it input, stem, layer1 to layer4, pooled or logits");
      }
    }
  }

  private static Graph resized(GoldenFile file, LoadedNetwork loaded, long[] image)
      throws GoldenFileException {
    try {
      return loaded.graph().withInputShape(new Shape(3, (int) image[2], (int) image[3]));
    } catch (IllegalArgumentException e) {
      throw file.bad(
          "tensor 'input' is %s, which %s cannot take (%s)"
              .formatted(Arrays.toString(image), loaded.name(), e.getMessage()),
          "use images of another size");
    }
  }

  private static List<Tap> taps(GoldenFile file, Graph graph, int batch) throws IOException {
    List<Tap> taps = new ArrayList<>();
    for (Stage stage : Stage.values()) {
      RoundingErrors errors = file.errors(stage);
      if (file.file().contains(stage.label())) {
        Shape shape = stage.node(graph).shape();
        taps.add(new Tap(stage, values(file, stage, batch, shape), null, errors));
      } else if (!errors.isUnknown()) {
        throw file.bad("has an error for " + stage.label() + ", but no tensor of this name");
      }
    }
    return taps;
  }

  private static double[] values(GoldenFile file, Stage stage, int batch, Shape shape)
      throws IOException {
    String name = stage.label();
    int rank = file.info(name).shape().size();
    boolean flat = shape.height() == 1 && shape.width() == 1 && rank != 4;
    if (stage == Stage.LOGITS && flat && rank == 2) {
      checkLogits(file, batch, shape);
    }
    return flat
        ? file.values(name, batch, shape.channels())
        : file.values(name, batch, shape.channels(), shape.height(), shape.width());
  }

  private static void checkLogits(GoldenFile file, int batch, Shape shape)
      throws GoldenFileException {
    List<Long> actual = file.info(Stage.LOGITS.label()).shape();
    if (actual.get(0) != batch) {
      throw file.bad(
          "tensor 'logits' is of %s images, tensor 'input' of %s".formatted(actual.get(0), batch));
    }
    if (actual.get(1) != shape.channels()) {
      throw file.bad(
          "tensor 'logits' has %s classes, the weights' fc.weight %s"
              .formatted(actual.get(1), shape.channels()),
          "give the weights that the logits were computed with");
    }
  }
}
