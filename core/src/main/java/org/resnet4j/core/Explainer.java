package org.resnet4j.core;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.Deadline;
import org.resnet4j.core.backend.RunCancelledException;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.model.Labels;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.stack.StackReserve;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;

/**
 * From pictures to the parts of them that speak for a class.
 *
 * <p>A ResNet ends in an average over all pixels and one linear layer. Both are linear, so they may
 * change places: the layer, as a 1x1 convolution, gives each pixel's part in each class's logit.
 * The maps are exact, not an estimate, and cost no more than classifying.
 *
 * <p>Thread-safe, cancelled and limited as {@link Classifier} is. A picture for which the maps are
 * not all finite has none: {@code explain} throws a {@link NonFiniteResultException} then.
 *
 * <p>Source: B. Zhou et al., "Learning Deep Features for Discriminative Localization", CVPR 2016.
 */
public final class Explainer implements AutoCloseable {
  private static final String MAPS = "maps";

  private final PictureRunner runner;
  private final Maps maps;

  private Explainer(PictureRunner runner, Maps maps) {
    this.runner = runner;
    this.maps = maps;
  }

  /** {@link #open(PretrainedModel, Backend, DecodeOptions)} with the default options. */
  public static Explainer open(PretrainedModel model, Backend backend) {
    StackReserve.requireForFirstUse();
    return open(model, backend, DecodeOptions.DEFAULT);
  }

  /**
   * Compiles the model with its last two layers exchanged, and opens a first session.
   *
   * @param backend stays the caller's, who closes it after the explainer
   * @param decodeOptions for pictures given as files
   * @throws IllegalArgumentException if the model does not end in a global average pool and a
   *     linear layer behind it, or takes neither RGB nor grey pictures
   * @throws org.resnet4j.core.backend.InsufficientMemoryException if it does not fit the memory
   * @throws IllegalStateException if the backend is closed
   */
  public static Explainer open(
      PretrainedModel model, Backend backend, DecodeOptions decodeOptions) {
    Graph graph = model.graph();
    Node head = graph.output();
    if (!(head.op() instanceof Op.Linear linear)
        || !(graph.nodes().get(head.inputs().getFirst()).op() instanceof Op.GlobalAvgPool)) {
      throw new IllegalArgumentException(
          model.name()
              + " does not end in an average over all pixels and a linear layer behind it");
    }
    PretrainedModel exchanged =
        new PretrainedModel(
            model.name(),
            model.description(),
            null,
            exchanged(graph, linear),
            model.preprocessing(),
            Labels.NONE);
    return new Explainer(
        PictureRunner.open("explainer", exchanged, backend, 1, decodeOptions),
        new Maps(exchanged.graph().output().shape(), bias(linear), model.labels()));
  }

  /** The graph with its last two layers exchanged. */
  static Graph exchanged(Graph graph, Op.Linear linear) {
    Node pool = graph.nodes().get(graph.output().inputs().getFirst());
    GraphBuilder builder = new GraphBuilder();
    for (Node node : graph.nodes().subList(0, pool.id())) {
      builder.add(node.name(), node.op(), node.inputs());
    }
    Tensor weight = linear.weight();
    Op maps =
        new Op.Conv(
            Tensor.of(weight.data(), weight.dim(0), weight.dim(1), 1, 1),
            null,
            new Window(1, 1, 0),
            1,
            Epilogue.NONE);
    builder.add(MAPS, maps, pool.inputs());
    return builder.build();
  }

  private static float[] bias(Op.Linear linear) {
    @Nullable Tensor bias = linear.bias();
    return bias == null ? new float[linear.weight().dim(0)] : bias.data().clone();
  }

  /** What becomes of a picture's outputs. */
  private record Maps(Shape shape, float[] bias, Labels labels)
      implements PictureRunner.Result<Explanation> {
    @Override
    public Explanation of(float[] outputs, int offset, Classification.Timing timing) {
      float[] maps = new Outputs(Math.toIntExact(shape.size())).of(outputs, offset, timing);
      return new Explanation(shape.height(), shape.width(), maps, bias, labels);
    }
  }

  /**
   * Explains a picture in a file.
   *
   * @param deadline when the result is no longer wanted
   * @throws ImageDecodeException if the file cannot be read or is no sound picture
   * @throws NonFiniteResultException if the maps are not all finite
   * @throws RunCancelledException if the calling thread is interrupted or the deadline passes
   * @throws IllegalStateException if this explainer or its backend is closed
   */
  public Explanation explain(Path image, Deadline deadline) throws ImageDecodeException {
    return runner.finite(image, deadline, maps);
  }

  /** {@link #explain(RgbImage, Deadline)} without a deadline. */
  public Explanation explain(RgbImage image) {
    return explain(image, Deadline.NONE);
  }

  /**
   * Explains a decoded picture.
   *
   * @param deadline when the result is no longer wanted
   * @throws NonFiniteResultException if the maps are not all finite
   * @throws RunCancelledException if the calling thread is interrupted or the deadline passes
   * @throws IllegalStateException if this explainer or its backend is closed
   */
  public Explanation explain(RgbImage image, Deadline deadline) {
    return runner.finite(List.of(image), deadline, maps).getFirst();
  }

  /**
   * Lets calls in flight finish, waiting for them, then releases sessions and plan. Idempotent; may
   * be called from any thread.
   */
  @Override
  public void close() {
    runner.close();
  }
}
