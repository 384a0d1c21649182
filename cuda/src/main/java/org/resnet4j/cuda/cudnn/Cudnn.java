package org.resnet4j.cuda.cudnn;

import static org.resnet4j.cuda.cudnn.CudnnFunctions.*;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.cuda.library.LibraryFinder;
import org.resnet4j.cuda.library.LibraryQuery;
import org.resnet4j.cuda.library.LibraryStatus;
import org.resnet4j.cuda.library.MissingFunctionException;
import org.resnet4j.cuda.library.NativeCalls;
import org.resnet4j.cuda.library.NativeFunction;

/**
 * The functions of cuDNN 9, one method each with C's order of arguments. A {@code long} is a
 * handle, a descriptor, a device address or a size in bytes; a {@code MemorySegment} is host
 * memory; a status other than success is a {@link org.resnet4j.cuda.driver.CudaException}.
 * Immutable; different threads may use different cuDNN handles. Source: NVIDIA, cuDNN API
 * reference.
 */
public final class Cudnn {
  private static final long MINIMUM_VERSION = 90_000;
  private static final long VERSION_LIMIT = 100_000;
  private static final int TEXT_BYTES = 1024;

  /** What is looked for. */
  static final LibraryQuery QUERY =
      new LibraryQuery(
          "cuDNN 9",
          List.of("libcudnn.so.9"),
          "RESNET4J_CUDNN",
          "install cuDNN 9 for the driver's CUDA version (for example the pip package"
              + " nvidia-cudnn-cu12 or nvidia-cudnn-cu13)");

  private final NativeCalls calls;
  private final String location;

  private Cudnn(NativeCalls calls, String location) {
    this.calls = calls;
    this.location = location;
  }

  /** Whether cuDNN can be used. */
  public sealed interface Status {
    /**
     * It can.
     *
     * @param cudnn its functions
     */
    record Usable(Cudnn cudnn) implements Status {}

    /**
     * It cannot.
     *
     * @param reason what is wrong
     * @param remedy what a user can do
     */
    record Missing(String reason, String remedy) implements Status {}
  }

  /**
   * Finds, opens and checks the library. Never throws because there is none.
   *
   * @param named file or folder that the user named, or null
   */
  public static Status load(LibraryFinder finder, @Nullable Path named) {
    return switch (finder.find(QUERY, named)) {
      case LibraryStatus.Missing(String reason, String remedy) ->
          new Status.Missing(reason, remedy);
      case LibraryStatus.Found found -> bind(found);
    };
  }

  private static Status bind(LibraryStatus.Found found) {
    NativeCalls calls;
    try {
      calls = NativeCalls.bind(found.symbols(), ALL, CudnnStatus::nameOf);
    } catch (MissingFunctionException e) {
      return new Status.Missing(
          found.location() + " is not cuDNN 9: " + e.getMessage(), QUERY.remedy());
    }
    Cudnn cudnn = new Cudnn(calls, found.location());
    long version = cudnn.getVersion();
    if (version < MINIMUM_VERSION || version >= VERSION_LIMIT) {
      return new Status.Missing(
          "%s has version %s, needed is 9".formatted(found.location(), versionText(version)),
          QUERY.remedy());
    }
    return new Status.Usable(cudnn);
  }

  /** Versions before 9 were 1000 times the major, those since are 10000 times. */
  static String versionText(long version) {
    long unit = version < 10_000 ? 1000 : 10_000;
    return version / unit + "." + version % unit / 100 + "." + version % 100;
  }

  /** The file, or the bare soname if the loader knew where. */
  public String location() {
    return location;
  }

  /** For example {@code 9.10.2}. */
  public String versionText() {
    return versionText(getVersion());
  }

  /** For example 91002. */
  public long getVersion() {
    return calls.size(GET_VERSION);
  }

  /** Of the CUDA runtime that cuDNN was built with, for example 12090. */
  public long getCudartVersion() {
    return calls.size(GET_CUDART_VERSION);
  }

  /** The library's name of a status. */
  public String getErrorString(int status) {
    return calls.text(GET_ERROR_STRING, status);
  }

  /** More about this thread's last failure; empty if there is no more. */
  public String getLastErrorString() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment message = arena.allocate(TEXT_BYTES);
      calls.run(GET_LAST_ERROR_STRING, message, (long) TEXT_BYTES);
      return message.getString(0);
    }
  }

  long create() {
    return created(CREATE);
  }

  void destroy(long handle) {
    calls.call(DESTROY, handle);
  }

  void setStream(long handle, long stream) {
    calls.call(SET_STREAM, handle, stream);
  }

  long createTensorDescriptor() {
    return created(CREATE_TENSOR);
  }

  void destroyTensorDescriptor(long descriptor) {
    calls.call(DESTROY_TENSOR, descriptor);
  }

  void setTensor4dDescriptor(
      long descriptor, TensorFormat format, DataType type, int n, int c, int h, int w) {
    calls.call(SET_TENSOR, descriptor, format.value(), type.value(), n, c, h, w);
  }

  void setTensor4dDescriptorEx(
      long descriptor,
      DataType type,
      int n,
      int c,
      int h,
      int w,
      int nStride,
      int cStride,
      int hStride,
      int wStride) {
    calls.call(
        SET_TENSOR_STRIDES,
        descriptor,
        type.value(),
        n,
        c,
        h,
        w,
        nStride,
        cStride,
        hStride,
        wStride);
  }

  long createFilterDescriptor() {
    return created(CREATE_FILTER);
  }

  void destroyFilterDescriptor(long descriptor) {
    calls.call(DESTROY_FILTER, descriptor);
  }

  void setFilter4dDescriptor(
      long descriptor, DataType type, TensorFormat format, int k, int c, int h, int w) {
    calls.call(SET_FILTER, descriptor, type.value(), format.value(), k, c, h, w);
  }

  long createConvolutionDescriptor() {
    return created(CREATE_CONVOLUTION);
  }

  void destroyConvolutionDescriptor(long descriptor) {
    calls.call(DESTROY_CONVOLUTION, descriptor);
  }

  void setConvolution2dDescriptor(
      long descriptor,
      int padH,
      int padW,
      int strideH,
      int strideW,
      int dilationH,
      int dilationW,
      ConvolutionMode mode,
      DataType computeType) {
    calls.call(
        SET_CONVOLUTION,
        descriptor,
        padH,
        padW,
        strideH,
        strideW,
        dilationH,
        dilationW,
        mode.value(),
        computeType.value());
  }

  void setConvolutionGroupCount(long descriptor, int groups) {
    calls.call(SET_GROUP_COUNT, descriptor, groups);
  }

  void setConvolutionMathType(long descriptor, MathType mathType) {
    calls.call(SET_MATH_TYPE, descriptor, mathType.value());
  }

  /** N, C, H, W of a convolution's result. */
  int[] getConvolution2dForwardOutputDim(long convolution, long x, long w) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment dims = arena.allocate(ValueLayout.JAVA_INT, 4);
      calls.call(
          GET_OUTPUT_DIMENSIONS,
          convolution,
          x,
          w,
          dims,
          dims.asSlice(4),
          dims.asSlice(8),
          dims.asSlice(12));
      return dims.toArray(ValueLayout.JAVA_INT);
    }
  }

  long createPoolingDescriptor() {
    return created(CREATE_POOLING);
  }

  void destroyPoolingDescriptor(long descriptor) {
    calls.call(DESTROY_POOLING, descriptor);
  }

  void setPooling2dDescriptor(
      long descriptor,
      PoolingMode mode,
      NanPropagation nanPropagation,
      int height,
      int width,
      int padH,
      int padW,
      int strideH,
      int strideW) {
    calls.call(
        SET_POOLING,
        descriptor,
        mode.value(),
        nanPropagation.value(),
        height,
        width,
        padH,
        padW,
        strideH,
        strideW);
  }

  long createActivationDescriptor() {
    return created(CREATE_ACTIVATION);
  }

  void destroyActivationDescriptor(long descriptor) {
    calls.call(DESTROY_ACTIVATION, descriptor);
  }

  void setActivationDescriptor(
      long descriptor, ActivationMode mode, NanPropagation nanPropagation, double coefficient) {
    calls.call(SET_ACTIVATION, descriptor, mode.value(), nanPropagation.value(), coefficient);
  }

  List<AlgorithmResult> getConvolutionForwardAlgorithm(
      long handle, long x, long w, long convolution, long y, int requested) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment returned = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment results = arena.allocate(AlgorithmResult.LAYOUT, requested);
      calls.call(GET_ALGORITHMS, handle, x, w, convolution, y, requested, returned, results);
      return AlgorithmResult.read(results, returned.get(ValueLayout.JAVA_INT, 0));
    }
  }

  List<AlgorithmResult> findConvolutionForwardAlgorithmEx(
      long handle,
      long x,
      long xData,
      long w,
      long wData,
      long convolution,
      long y,
      long yData,
      int requested,
      long workspace,
      long workspaceBytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment returned = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment results = arena.allocate(AlgorithmResult.LAYOUT, requested);
      calls.call(
          FIND_ALGORITHMS,
          handle,
          x,
          xData,
          w,
          wData,
          convolution,
          y,
          yData,
          requested,
          returned,
          results,
          workspace,
          workspaceBytes);
      return AlgorithmResult.read(results, returned.get(ValueLayout.JAVA_INT, 0));
    }
  }

  /** In bytes. */
  long getConvolutionForwardWorkspaceSize(
      long handle, long x, long w, long convolution, long y, ForwardAlgorithm algorithm) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(ValueLayout.JAVA_LONG);
      calls.call(GET_WORKSPACE_SIZE, handle, x, w, convolution, y, algorithm.value(), bytes);
      return bytes.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  void convolutionForward(
      long handle,
      MemorySegment alpha,
      long x,
      long xData,
      long w,
      long wData,
      long convolution,
      ForwardAlgorithm algorithm,
      long workspace,
      long workspaceBytes,
      MemorySegment beta,
      long y,
      long yData) {
    calls.call(
        CONVOLUTION_FORWARD,
        handle,
        alpha,
        x,
        xData,
        w,
        wData,
        convolution,
        algorithm.value(),
        workspace,
        workspaceBytes,
        beta,
        y,
        yData);
  }

  void convolutionBiasActivationForward(
      long handle,
      MemorySegment alpha1,
      long x,
      long xData,
      long w,
      long wData,
      long convolution,
      ForwardAlgorithm algorithm,
      long workspace,
      long workspaceBytes,
      MemorySegment alpha2,
      long z,
      long zData,
      long bias,
      long biasData,
      long activation,
      long y,
      long yData) {
    calls.call(
        CONVOLUTION_BIAS_ACTIVATION_FORWARD,
        handle,
        alpha1,
        x,
        xData,
        w,
        wData,
        convolution,
        algorithm.value(),
        workspace,
        workspaceBytes,
        alpha2,
        z,
        zData,
        bias,
        biasData,
        activation,
        y,
        yData);
  }

  void poolingForward(
      long handle,
      long pooling,
      MemorySegment alpha,
      long x,
      long xData,
      MemorySegment beta,
      long y,
      long yData) {
    calls.call(POOLING_FORWARD, handle, pooling, alpha, x, xData, beta, y, yData);
  }

  long backendCreateDescriptor(DescriptorType type) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
      calls.call(BACKEND_CREATE, type.value(), out);
      return out.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  void backendDestroyDescriptor(long descriptor) {
    calls.call(BACKEND_DESTROY, descriptor);
  }

  void backendSetAttribute(
      long descriptor, Attribute attribute, AttributeType type, long count, MemorySegment values) {
    calls.call(BACKEND_SET, descriptor, attribute.value(), type.value(), count, values);
  }

  /** Returns how many elements there are, which may be more than requested. */
  long backendGetAttribute(
      long descriptor,
      Attribute attribute,
      AttributeType type,
      long requested,
      MemorySegment values) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
      calls.call(
          BACKEND_GET, descriptor, attribute.value(), type.value(), requested, count, values);
      return count.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  void backendFinalize(long descriptor) {
    calls.call(BACKEND_FINALIZE, descriptor);
  }

  void backendExecute(long handle, long plan, long variantPack) {
    calls.call(BACKEND_EXECUTE, handle, plan, variantPack);
  }

  private long created(NativeFunction function) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
      calls.call(function, out);
      return out.get(ValueLayout.JAVA_LONG, 0);
    }
  }
}
