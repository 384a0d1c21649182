package org.resnet4j.core.model;

import java.io.IOException;
import java.nio.file.Path;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.weights.SafetensorsFile;

/**
 * A network with its weights and all that belongs to them: how a picture becomes its input and what
 * its outputs are called.
 *
 * <p>Immutable and thread-safe.
 *
 * @param name what a user calls it
 * @param description one line for people: the network, its classes, the data set, the preprocessing
 *     and whether that was assumed
 * @param spec the network
 * @param graph not fused, for {@code crop x crop} pixels; with values but for {@link
 *     #withoutValues}
 * @param preprocessing from a picture to its input
 * @param labels the names of its outputs
 */
public record PretrainedModel(
    String name,
    String description,
    ResNetSpec spec,
    Graph graph,
    Preprocessing preprocessing,
    Labels labels) {

  /**
   * Checks that the parts belong together.
   *
   * @throws IllegalArgumentException if the graph is not for the preprocessing's crop, or its
   *     outputs, the specification's classes and the labels differ in number
   */
  public PretrainedModel {
    Shape input = new Shape(3, preprocessing.crop(), preprocessing.crop());
    if (!graph.inputShape().equals(input)) {
      throw new IllegalArgumentException(
          "%s: the graph takes %s, the preprocessing %s makes %s"
              .formatted(name, graph.inputShape(), preprocessing.name(), input));
    }
    long outputs = graph.output().shape().size();
    if (outputs != spec.numClasses() || outputs != labels.size()) {
      throw new IllegalArgumentException(
          "%s: the graph has %s outputs, the specification %s classes, and there are %s labels"
              .formatted(name, outputs, spec.numClasses(), labels.size()));
    }
  }

  /**
   * Loads a safetensors file; see {@link #load(SafetensorsFile, ModelOptions)}.
   *
   * @throws IOException if the file cannot be read or used
   * @throws IllegalArgumentException if {@code options.model()} is no known name
   */
  public static PretrainedModel load(Path weights, ModelOptions options) throws IOException {
    return load(SafetensorsFile.open(weights), options);
  }

  /**
   * Loads a safetensors file with torchvision's tensor names. What the options leave open comes
   * from the file:
   *
   * <ul>
   *   <li>the network from the metadata's {@code model}, else the one of torchvision's ten that
   *       fits best; its base width from {@code base_width}, else the stem's channels;
   *   <li>the number of classes always from {@code fc.weight};
   *   <li>the preprocessing from {@code input_size} or {@code resize_size} and {@code crop_size},
   *       {@code mean}, {@code std} and {@code interpolation}, else {@link
   *       Preprocessing#TORCHVISION_V1}, which {@link #description} then calls assumed;
   *   <li>the labels from {@code classes}, a JSON array of strings, else ImageNet's if there are
   *       1000, else numbers.
   * </ul>
   *
   * @throws org.resnet4j.core.weights.WeightsMismatchException if names or extents do not fit; the
   *     message lists all that do not and names the network that would fit better
   * @throws org.resnet4j.core.weights.SafetensorsException if a value or element type cannot be
   *     used, or the file changed
   * @throws ModelFileException if metadata is malformed, or the number of classes or labels
   *     contradicts the options; the message names the file and the key
   * @throws IOException one of these
   * @throws IllegalArgumentException if {@code options.model()} is no known name
   */
  public static PretrainedModel load(SafetensorsFile weights, ModelOptions options)
      throws IOException {
    return new ModelLoader(weights, options).load();
  }

  /** This model with a graph of meta tensors: all but the weights, which it does not keep alive. */
  public PretrainedModel withoutValues() {
    return new PretrainedModel(
        name, description, spec, graph.withoutValues(), preprocessing, labels);
  }
}
