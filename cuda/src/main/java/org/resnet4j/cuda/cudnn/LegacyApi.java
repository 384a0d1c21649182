package org.resnet4j.cuda.cudnn;

import static org.resnet4j.cuda.cudnn.CudnnFunctions.*;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.resnet4j.cuda.library.NativeCalls;

/**
 * cuDNN's fixed functions, one method each with C's order of arguments. A {@code long} is a handle,
 * a descriptor, a device address or a size in bytes; a {@code MemorySegment} is host memory; a
 * status other than success is a {@link org.resnet4j.cuda.driver.CudaException}. Immutable;
 * different threads may use different cuDNN handles. Source: NVIDIA, cuDNN API reference, {@code
 * cudnn_ops} and {@code cudnn_cnn} libraries.
 */
record LegacyApi(NativeCalls calls) {
  long createTensorDescriptor() {
    return calls.written(CREATE_TENSOR);
  }

  void destroyTensorDescriptor(long descriptor) {
    calls.call(DESTROY_TENSOR, descriptor);
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
        SET_TENSOR, descriptor, type.value(), n, c, h, w, nStride, cStride, hStride, wStride);
  }

  long createFilterDescriptor() {
    return calls.written(CREATE_FILTER);
  }

  void destroyFilterDescriptor(long descriptor) {
    calls.call(DESTROY_FILTER, descriptor);
  }

  void setFilter4dDescriptor(
      long descriptor, DataType type, TensorFormat format, int k, int c, int h, int w) {
    calls.call(SET_FILTER, descriptor, type.value(), format.value(), k, c, h, w);
  }

  long createConvolutionDescriptor() {
    return calls.written(CREATE_CONVOLUTION);
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
    return calls.written(CREATE_POOLING);
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
    return calls.written(CREATE_ACTIVATION);
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
    return Workspace.bytes(
        calls.written(GET_WORKSPACE_SIZE, handle, x, w, convolution, y, algorithm.value()));
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
}
