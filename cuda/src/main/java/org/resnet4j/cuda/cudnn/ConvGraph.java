package org.resnet4j.cuda.cudnn;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.cuda.driver.CudaException;

/**
 * A convolution with its epilogue as an operation graph, for which cuDNN lists engines: {@code conv
 * -> (+ residual) -> (+ bias) -> (relu)} with float32 between the operations. Every method throws
 * {@link CudaException}; {@link CudnnStatus#isNotSupported} codes mean that another way is to be
 * taken. Owns native objects; needs its handle open; not thread-safe. Source: NVIDIA, cuDNN graph
 * API.
 */
public final class ConvGraph implements AutoCloseable {
  static final long X = 1;
  static final long W = 2;
  static final long Y = 3;
  static final long RESIDUAL = 4;
  static final long BIAS = 5;
  private static final long FIRST_VIRTUAL = 100;
  private static final long ALIGNMENT_BYTES = 16;

  private final CudnnHandle handle;
  private final GraphSpec spec;
  private final List<BackendDescriptor> descriptors = new ArrayList<>();
  private final List<BackendDescriptor> operations = new ArrayList<>();
  private long nextVirtual = FIRST_VIRTUAL;

  private ConvGraph(CudnnHandle handle, GraphSpec spec) {
    this.handle = handle;
    this.spec = spec;
  }

  /** Describes the graph to cuDNN. */
  public static ConvGraph build(CudnnHandle handle, GraphSpec spec) {
    ConvGraph graph = new ConvGraph(handle, spec);
    try {
      graph.describe();
      return graph;
    } catch (CudaException e) {
      Failures.closeAfter(e, graph::close);
      throw e;
    }
  }

  /** What it computes. */
  public GraphSpec spec() {
    return spec;
  }

  /**
   * Engines for this graph, best first, made into plans; those that carry an unwanted note, or of
   * which cuDNN makes no plan after all, are left out. The caller closes them.
   */
  public List<ConvPlan> plans(HeuristicMode mode, Set<NumericalNote> unwanted) {
    List<ConvPlan> plans = new ArrayList<>();
    List<BackendDescriptor> configurations = new ArrayList<>();
    try {
      configure(mode, configurations);
      for (BackendDescriptor configuration : configurations) {
        Engine engine = Engine.read(handle.cudnn(), configuration);
        if (engine.notes().stream().noneMatch(unwanted::contains)) {
          addPlan(plans, configuration, engine);
        }
      }
    } catch (CudaException e) {
      plans.forEach(plan -> Failures.closeAfter(e, plan::close));
      Failures.closeAfter(e, () -> Failures.closeAll(configurations));
      throw e;
    }
    try {
      Failures.closeAll(configurations);
    } catch (CudaException e) {
      plans.forEach(plan -> Failures.closeAfter(e, plan::close));
      throw e;
    }
    return List.copyOf(plans);
  }

  private void addPlan(List<ConvPlan> plans, BackendDescriptor configuration, Engine engine) {
    try {
      plans.add(ConvPlan.make(handle, spec, configuration, engine));
    } catch (CudaException e) {
      if (!CudnnStatus.isNotSupported(e.code())) {
        throw e;
      }
    }
  }

  /** Fills the list, so that the caller can close what there is when this throws. */
  private void configure(HeuristicMode mode, List<BackendDescriptor> configurations) {
    try (BackendDescriptor heuristic = make(DescriptorType.ENGINEHEUR_DESCRIPTOR)) {
      heuristic
          .set(Attribute.ENGINEHEUR_OPERATION_GRAPH, descriptors.getLast())
          .set(Attribute.ENGINEHEUR_MODE, mode)
          .finish();
      int count = heuristic.count(Attribute.ENGINEHEUR_RESULTS);
      for (int i = 0; i < count; i++) {
        configurations.add(make(DescriptorType.ENGINECFG_DESCRIPTOR));
      }
      int filled =
          count == 0
              ? 0
              : heuristic.get(
                  Attribute.ENGINEHEUR_RESULTS, configurations.toArray(BackendDescriptor[]::new));
      while (configurations.size() > filled) {
        configurations.getLast().close();
        configurations.removeLast();
      }
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
    owned(DescriptorType.OPERATIONGRAPH_DESCRIPTOR)
        .set(Attribute.OPERATIONGRAPH_HANDLE, handle)
        .set(Attribute.OPERATIONGRAPH_OPS, operations.toArray(BackendDescriptor[]::new))
        .finish();
  }

  private BackendDescriptor result(boolean last) {
    return last
        ? tensor(Y, spec.type(), spec.y(), false)
        : tensor(nextVirtual++, DataType.FLOAT, spec.y(), true);
  }

  private BackendDescriptor tensor(long id, DataType type, TensorShape shape, boolean virtual) {
    return owned(DescriptorType.TENSOR_DESCRIPTOR)
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
        owned(DescriptorType.CONVOLUTION_DESCRIPTOR)
            .setInt64(Attribute.CONVOLUTION_SPATIAL_DIMS, 2)
            .set(Attribute.CONVOLUTION_COMP_TYPE, DataType.FLOAT)
            .set(Attribute.CONVOLUTION_CONV_MODE, ConvolutionMode.CROSS_CORRELATION)
            .setInt64(Attribute.CONVOLUTION_PRE_PADDINGS, geometry.padH(), geometry.padW())
            .setInt64(Attribute.CONVOLUTION_POST_PADDINGS, geometry.padH(), geometry.padW())
            .setInt64(Attribute.CONVOLUTION_FILTER_STRIDES, geometry.strideH(), geometry.strideW())
            .setInt64(Attribute.CONVOLUTION_DILATIONS, geometry.dilationH(), geometry.dilationW())
            .finish();
    return owned(DescriptorType.OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR)
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
        owned(DescriptorType.POINTWISE_DESCRIPTOR)
            .set(Attribute.POINTWISE_MODE, mode)
            .set(Attribute.POINTWISE_MATH_PREC, DataType.FLOAT)
            .finish();
    BackendDescriptor operation =
        owned(DescriptorType.OPERATION_POINTWISE_DESCRIPTOR)
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

  private BackendDescriptor make(DescriptorType type) {
    return BackendDescriptor.create(handle.cudnn(), type);
  }

  private BackendDescriptor owned(DescriptorType type) {
    BackendDescriptor descriptor = make(type);
    descriptors.add(descriptor);
    return descriptor;
  }

  /** Destroys the description; plans made of it go on. Idempotent. */
  @Override
  public void close() {
    Failures.closeAll(descriptors);
  }
}
