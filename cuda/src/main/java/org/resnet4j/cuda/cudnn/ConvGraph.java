package org.resnet4j.cuda.cudnn;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.Failures;
import org.resnet4j.cuda.driver.GpuThread;
import org.resnet4j.cuda.driver.Resources;

/**
 * A convolution with its epilogue as an operation graph, for which cuDNN lists engines: {@code conv
 * -> (+ residual) -> (+ bias) -> (relu)} with float32 between the operations. Every method throws
 * {@link CudaException}. Owns native objects; needs its handle open; belongs to its {@link
 * GpuThread}. Source: NVIDIA, cuDNN graph API.
 */
public final class ConvGraph implements AutoCloseable {
  static final long X = 1;
  static final long W = 2;
  static final long Y = 3;
  static final long RESIDUAL = 4;
  static final long BIAS = 5;
  private static final long FIRST_VIRTUAL = 100;
  private static final long ALIGNMENT_BYTES = 16;

  private final CudnnHandle cudnn;
  private final GraphSpec spec;
  private final DescriptorList descriptors;
  private final Resources listed = new Resources();
  private final List<BackendDescriptor> operations = new ArrayList<>();
  private long nextVirtual = FIRST_VIRTUAL;

  private ConvGraph(CudnnHandle cudnn, GraphSpec spec) {
    this.cudnn = cudnn;
    this.spec = spec;
    this.descriptors = new DescriptorList(cudnn);
  }

  /** Describes the graph to cuDNN; if it is declined, nothing is left. */
  public static ConvGraph build(CudnnHandle cudnn, GraphSpec spec) {
    ConvGraph graph = new ConvGraph(cudnn, spec);
    try {
      graph.describe();
      return graph;
    } catch (Throwable e) {
      Failures.closeAfter(e, graph.descriptors);
      throw e;
    }
  }

  /** What it computes. */
  public GraphSpec spec() {
    return spec;
  }

  /**
   * The best engines for this graph, best first, of which no plan is made yet: they live as long as
   * this graph. Left out are those that carry an unwanted note. Empty if no engine is left.
   *
   * @param most how many to list at most
   */
  public List<EngineOffer> engines(HeuristicMode mode, Set<NumericalNote> unwanted, int most) {
    List<EngineOffer> offers = new ArrayList<>();
    DescriptorList configurations = listed.own(new DescriptorList(cudnn));
    int count = configure(mode, configurations);
    for (BackendDescriptor configuration : configurations.first(count)) {
      if (offers.size() < most) {
        Engine engine = Engine.read(cudnn, configuration);
        if (engine.notes().stream().noneMatch(unwanted::contains)) {
          offers.add(new EngineOffer(cudnn, spec, configuration, engine));
        }
      }
    }
    return List.copyOf(offers);
  }

  /** Makes descriptors and has cuDNN fill them; returns how many it filled. */
  private int configure(HeuristicMode mode, DescriptorList configurations) {
    try (BackendDescriptor heuristic =
        BackendDescriptor.create(cudnn, DescriptorType.ENGINEHEUR_DESCRIPTOR)) {
      heuristic
          .set(Attribute.ENGINEHEUR_OPERATION_GRAPH, descriptors.last())
          .set(Attribute.ENGINEHEUR_MODE, mode)
          .finish();
      int count = heuristic.count(Attribute.ENGINEHEUR_RESULTS);
      for (int i = 0; i < count; i++) {
        configurations.add(DescriptorType.ENGINECFG_DESCRIPTOR);
      }
      return count == 0 ? 0 : heuristic.get(Attribute.ENGINEHEUR_RESULTS, configurations.toArray());
    } catch (CudaException e) {
      if (CudnnStatus.isDeclined(e.code())) {
        return 0; // it knows no engine
      }
      throw e;
    }
  }

  private void describe() {
    BackendDescriptor x = tensor(X, spec.type(), spec.x(), false);
    BackendDescriptor w = tensor(W, spec.type(), spec.w(), false);
    boolean epilogue = spec.residual() || spec.bias() || spec.relu();
    BackendDescriptor at = result(!epilogue);
    operations.add(convolution(x, w, at));
    if (spec.residual()) {
      BackendDescriptor residual = tensor(RESIDUAL, spec.type(), spec.y(), false);
      at = pointwise(PointwiseMode.ADD, at, residual, result(!spec.bias() && !spec.relu()));
    }
    if (spec.bias()) {
      TensorShape channels = TensorShape.nhwc(1, spec.k(), 1, 1);
      BackendDescriptor bias = tensor(BIAS, spec.type(), channels, false);
      at = pointwise(PointwiseMode.ADD, at, bias, result(!spec.relu()));
    }
    if (spec.relu()) {
      pointwise(PointwiseMode.RELU_FWD, at, null, result(true));
    }
    descriptors
        .add(DescriptorType.OPERATIONGRAPH_DESCRIPTOR)
        .set(Attribute.OPERATIONGRAPH_HANDLE, cudnn)
        .set(Attribute.OPERATIONGRAPH_OPS, operations.toArray(BackendDescriptor[]::new))
        .finish();
  }

  private BackendDescriptor result(boolean last) {
    return last
        ? tensor(Y, spec.type(), spec.y(), false)
        : tensor(nextVirtual++, DataType.FLOAT, spec.y(), true);
  }

  private BackendDescriptor tensor(long id, DataType type, TensorShape shape, boolean virtual) {
    return descriptors
        .add(DescriptorType.TENSOR_DESCRIPTOR)
        .setInt64(Attribute.TENSOR_UNIQUE_ID, id)
        .set(Attribute.TENSOR_DATA_TYPE, type)
        .setInt64(Attribute.TENSOR_DIMENSIONS, shape.dimensions())
        .setInt64(Attribute.TENSOR_STRIDES, shape.strides())
        .setInt64(Attribute.TENSOR_BYTE_ALIGNMENT, ALIGNMENT_BYTES)
        .set(Attribute.TENSOR_IS_VIRTUAL, virtual)
        .finish();
  }

  private BackendDescriptor convolution(
      BackendDescriptor x, BackendDescriptor w, BackendDescriptor y) {
    ConvolutionGeometry geometry = spec.geometry();
    BackendDescriptor convolution =
        descriptors
            .add(DescriptorType.CONVOLUTION_DESCRIPTOR)
            .setInt64(Attribute.CONVOLUTION_SPATIAL_DIMS, 2)
            .set(Attribute.CONVOLUTION_COMP_TYPE, DataType.FLOAT)
            .set(Attribute.CONVOLUTION_CONV_MODE, ConvolutionMode.CROSS_CORRELATION)
            .setInt64(Attribute.CONVOLUTION_PRE_PADDINGS, geometry.padH(), geometry.padW())
            .setInt64(Attribute.CONVOLUTION_POST_PADDINGS, geometry.padH(), geometry.padW())
            .setInt64(Attribute.CONVOLUTION_FILTER_STRIDES, geometry.strideH(), geometry.strideW())
            .setInt64(Attribute.CONVOLUTION_DILATIONS, geometry.dilationH(), geometry.dilationW())
            .finish();
    return descriptors
        .add(DescriptorType.OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR)
        .set(Attribute.OPERATION_CONVOLUTION_FORWARD_X, x)
        .set(Attribute.OPERATION_CONVOLUTION_FORWARD_W, w)
        .set(Attribute.OPERATION_CONVOLUTION_FORWARD_Y, y)
        .set(Attribute.OPERATION_CONVOLUTION_FORWARD_CONV_DESC, convolution)
        .setFloat(Attribute.OPERATION_CONVOLUTION_FORWARD_ALPHA, 1f)
        .setFloat(Attribute.OPERATION_CONVOLUTION_FORWARD_BETA, 0f)
        .finish();
  }

  /** Adds an operation; returns its result. */
  private BackendDescriptor pointwise(
      PointwiseMode mode, BackendDescriptor x, @Nullable BackendDescriptor b, BackendDescriptor y) {
    BackendDescriptor arithmetic =
        descriptors
            .add(DescriptorType.POINTWISE_DESCRIPTOR)
            .set(Attribute.POINTWISE_MODE, mode)
            .set(Attribute.POINTWISE_MATH_PREC, DataType.FLOAT)
            .finish();
    BackendDescriptor operation =
        descriptors
            .add(DescriptorType.OPERATION_POINTWISE_DESCRIPTOR)
            .set(Attribute.OPERATION_POINTWISE_PW_DESCRIPTOR, arithmetic)
            .set(Attribute.OPERATION_POINTWISE_XDESC, x)
            .set(Attribute.OPERATION_POINTWISE_YDESC, y);
    if (b != null) {
      operation
          .set(Attribute.OPERATION_POINTWISE_BDESC, b)
          .setFloat(Attribute.OPERATION_POINTWISE_ALPHA1, 1f)
          .setFloat(Attribute.OPERATION_POINTWISE_ALPHA2, 1f);
    }
    operations.add(operation.finish());
    return y;
  }

  /** Destroys the description and what was listed; plans made of it go on. Idempotent. */
  @Override
  public void close() {
    try (descriptors) {
      listed.close();
    }
  }
}
