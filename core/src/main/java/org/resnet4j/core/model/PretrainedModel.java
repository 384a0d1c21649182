package org.resnet4j.core.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.onnx.OnnxFile;
import org.resnet4j.core.stack.AmpleStack;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.weights.Checkpoint;

/**
 * A network with its weights and all that belongs to them: how a picture becomes its input and what
 * its outputs are called.
 *
 * <p>Immutable and thread-safe.
 *
 * @param name what a user calls it
 * @param description one line for people: the network, its classes, the data set, the preprocessing
 *     and whether that was assumed
 * @param spec the member of the family that the network is, or null where a file has the graph
 *     itself
 * @param graph not fused, for {@code crop x crop} pixels; with values but for {@link
 *     #withoutValues}
 * @param preprocessing from a picture to its input
 * @param labels the names of its outputs
 */
public record PretrainedModel(
    String name,
    String description,
    @Nullable ResNetSpec spec,
    Graph graph,
    Preprocessing preprocessing,
    Labels labels) {

  /**
   * Checks that the parts belong together.
   *
   * @throws IllegalArgumentException if the graph is not for the preprocessing's channels and crop,
   *     its outputs are not the specification's, or there is not a label for each class
   */
  public PretrainedModel {
    Shape input = new Shape(preprocessing.channels(), preprocessing.crop(), preprocessing.crop());
    if (!graph.inputShape().equals(input)) {
      throw new IllegalArgumentException(
          "%s: the graph takes %s, the preprocessing %s makes %s"
              .formatted(name, graph.inputShape(), preprocessing.name(), input));
    }
    int classes = classes(graph);
    boolean fits =
        spec == null
            || (spec.numClasses() == classes && spec.outputs() == graph.output().shape().size());
    if (!fits || classes != labels.size()) {
      throw new IllegalArgumentException(
          "%s: the graph has %s outputs and %s classes, the specification %s, and there are %s labels"
              .formatted(name, graph.output().shape().size(), classes, spec, labels.size()));
    }
  }

  /**
   * What a weights file is to say of itself so that whoever loads it prepares pictures and names
   * classes as this model does: keys and values as {@link #load(Checkpoint, ModelOptions)} reads
   * them.
   */
  public Map<String, String> metadata() {
    return ModelMetadata.of(preprocessing, labels);
  }

  /** How many classes it tells apart; 0 if it ends at its features. */
  public int classes() {
    return classes(graph);
  }

  private static int classes(Graph graph) {
    return graph.output().op() instanceof Op.Linear linear ? linear.weight().dim(0) : 0;
  }

  /** How many features it sees in a picture: what its classifier reads, or its output. */
  public int features() {
    return Math.toIntExact(graph.nodes().get(lastOfBody()).shape().size());
  }

  /** How many numbers it makes of a picture. */
  public int outputs() {
    return Math.toIntExact(graph.output().shape().size());
  }

  /**
   * Loads a weights file, safetensors or PyTorch's, an ONNX file, or a folder of a model hub; see
   * {@link #load(Checkpoint, ModelOptions)} and {@link #load(OnnxFile, ModelOptions)}. A folder's
   * {@code config.json} and {@code preprocessor_config.json}, of timm or Hugging Face transformers,
   * go before what the weights file says.
   *
   * @throws IOException if a file cannot be read or used
   * @throws IllegalArgumentException if {@code options.model()} is no known name
   */
  public static PretrainedModel load(Path weights, ModelOptions options) throws IOException {
    return AmpleStack.run(new Loading(weights, options));
  }

  static ModelSource source(Path weights, ModelOptions options, ModelFolder.Need need)
      throws IOException {
    if (Files.isDirectory(weights)) {
      return ModelFolder.open(weights, options, need);
    }
    return OnnxFile.isOne(weights)
        ? new OnnxLoader(OnnxFile.open(weights), List.of(), options)
        : new ModelLoader(WeightsFiles.open(weights), List.of(), options);
  }

  /**
   * Loads an ONNX file, whose graph is the network. What the options leave open comes from the
   * file's metadata, with the same keys as a checkpoint's, else is assumed likewise; the pictures'
   * size from its input, where that is fixed.
   *
   * @throws org.resnet4j.core.weights.WeightsFileException if an operator, extent or value cannot
   *     be used, or the file changed
   * @throws ModelFileException if the graph contradicts the options or the metadata
   * @throws IOException one of these
   * @throws IllegalArgumentException if {@code options.model()} is no known name
   */
  public static PretrainedModel load(OnnxFile file, ModelOptions options) throws IOException {
    return AmpleStack.run(new OnnxLoading(file, options));
  }

  /**
   * Loads a checkpoint with torchvision's tensor names or others that {@link
   * org.resnet4j.core.weights.ParameterNames} knows, which {@link #description} then says. What the
   * options leave open comes from the file:
   *
   * <ul>
   *   <li>the network from the metadata's {@code model} or timm's {@code architecture}, else it is
   *       read off the tensors, whatever its depths, groups and widths; its base width from {@code
   *       base_width}, else the stem's channels; the stem and the channels of a picture always from
   *       {@code conv1.weight};
   *   <li>the number of classes always from {@code fc.weight}; without such a layer the network
   *       ends at its pooled features;
   *   <li>the preprocessing from {@code input_size} or {@code resize_size} and {@code crop_size} or
   *       {@code crop_pct}, {@code mean}, {@code std} and {@code interpolation}, also as Python
   *       prints them, else {@link Preprocessing#TORCHVISION_V1} or what comes nearest for grey
   *       pictures and small ones, which {@link #description} then calls assumed;
   *   <li>the labels from {@code classes}, a JSON array of strings, else ImageNet's if there are
   *       1000, else numbers.
   * </ul>
   *
   * @throws org.resnet4j.core.weights.WeightsMismatchException if names or extents do not fit; the
   *     message lists all that do not and names the network that would fit better
   * @throws org.resnet4j.core.weights.WeightsFileException if a value or element type cannot be
   *     used, or the file changed
   * @throws ModelFileException if metadata is malformed, or the number of classes or labels
   *     contradicts the options; the message names the file and the key
   * @throws IOException one of these
   * @throws IllegalArgumentException if {@code options.model()} is no known name
   */
  public static PretrainedModel load(Checkpoint weights, ModelOptions options) throws IOException {
    return AmpleStack.run(new CheckpointLoading(weights, options));
  }

  private record Loading(Path weights, ModelOptions options)
      implements AmpleStack.Call<PretrainedModel, IOException> {
    @Override
    public PretrainedModel run() throws IOException {
      return source(weights, options, ModelFolder.Need.ALL).load();
    }
  }

  private record CheckpointLoading(Checkpoint weights, ModelOptions options)
      implements AmpleStack.Call<PretrainedModel, IOException> {
    @Override
    public PretrainedModel run() throws IOException {
      return new ModelLoader(weights, List.of(), options).load();
    }
  }

  private record OnnxLoading(OnnxFile file, ModelOptions options)
      implements AmpleStack.Call<PretrainedModel, IOException> {
    @Override
    public PretrainedModel run() throws IOException {
      return new OnnxLoader(file, List.of(), options).load();
    }
  }

  /** The node whose value the classifier reads; the output if there is none such. */
  private int lastOfBody() {
    List<Node> nodes = graph.nodes();
    int last = nodes.size() - 1;
    if (classes() == 0) {
      return last;
    }
    for (int i = last; i > 0; i--) {
      if (nodes.get(i).op() instanceof Op.GlobalAvgPool) {
        return i;
      }
    }
    while (nodes.get(last).op() instanceof Op.Linear || nodes.get(last).op() instanceof Op.Relu) {
      last--;
    }
    return last;
  }

  /**
   * This model up to its pooled features, without its last layer, or layers where several follow;
   * itself if it has none such.
   */
  public PretrainedModel withoutClassifier() {
    if (classes() == 0) {
      return this;
    }
    GraphBuilder body = new GraphBuilder();
    graph
        .nodes()
        .subList(0, lastOfBody() + 1)
        .forEach(node -> body.add(node.name(), node.op(), node.inputs()));
    return new PretrainedModel(
        name,
        description,
        spec == null ? null : spec.withNumClasses(0),
        body.build(),
        preprocessing,
        Labels.NONE);
  }

  /** This model with a graph of meta tensors: all but the weights, which it does not keep alive. */
  public PretrainedModel withoutValues() {
    return new PretrainedModel(
        name, description, spec, graph.withoutValues(), preprocessing, labels);
  }
}
