package org.resnet4j.cuda.cudnn;

import java.util.List;
import org.resnet4j.cuda.library.NativeFunction;
import org.resnet4j.cuda.library.NativeFunction.Result;

/**
 * Signatures of the C functions. Source: NVIDIA, cuDNN 9 API reference, {@code cudnn_graph}, {@code
 * cudnn_ops} and {@code cudnn_cnn} libraries.
 */
final class CudnnFunctions {
  static final NativeFunction GET_VERSION = NativeFunction.of(Result.SIZE, "cudnnGetVersion");
  static final NativeFunction GET_CUDART_VERSION =
      NativeFunction.of(Result.SIZE, "cudnnGetCudartVersion");
  static final NativeFunction GET_ERROR_STRING =
      NativeFunction.of(Result.TEXT, "cudnnGetErrorString", "i:status");
  static final NativeFunction GET_LAST_ERROR_STRING =
      NativeFunction.of(Result.NONE, "cudnnGetLastErrorString", "h:message", "l:bytes");
  static final NativeFunction CHECK_GRAPH_VERSION = NativeFunction.of("cudnnGraphVersionCheck");
  static final NativeFunction CHECK_OPS_VERSION = NativeFunction.of("cudnnOpsVersionCheck");
  static final NativeFunction CHECK_CNN_VERSION = NativeFunction.of("cudnnCnnVersionCheck");
  static final NativeFunction CREATE = NativeFunction.of("cudnnCreate", "h:handle");
  static final NativeFunction DESTROY = NativeFunction.of("cudnnDestroy", "p:handle");
  static final NativeFunction SET_STREAM =
      NativeFunction.of("cudnnSetStream", "p:handle", "p:stream");

  static final NativeFunction CREATE_TENSOR = create("Tensor");
  static final NativeFunction DESTROY_TENSOR = destroy("Tensor");
  static final NativeFunction SET_TENSOR =
      NativeFunction.of(
          "cudnnSetTensor4dDescriptorEx",
          "p:descriptor",
          "i:dataType",
          "i:n",
          "i:c",
          "i:h",
          "i:w",
          "i:nStride",
          "i:cStride",
          "i:hStride",
          "i:wStride");
  static final NativeFunction CREATE_FILTER = create("Filter");
  static final NativeFunction DESTROY_FILTER = destroy("Filter");
  static final NativeFunction SET_FILTER =
      NativeFunction.of(
          "cudnnSetFilter4dDescriptor",
          "p:descriptor",
          "i:dataType",
          "i:format",
          "i:k",
          "i:c",
          "i:h",
          "i:w");
  static final NativeFunction CREATE_CONVOLUTION = create("Convolution");
  static final NativeFunction DESTROY_CONVOLUTION = destroy("Convolution");
  static final NativeFunction SET_CONVOLUTION =
      NativeFunction.of(
          "cudnnSetConvolution2dDescriptor",
          "p:descriptor",
          "i:padH",
          "i:padW",
          "i:strideH",
          "i:strideW",
          "i:dilationH",
          "i:dilationW",
          "i:mode",
          "i:computeType");
  static final NativeFunction SET_GROUP_COUNT =
      NativeFunction.of("cudnnSetConvolutionGroupCount", "p:descriptor", "i:groups");
  static final NativeFunction SET_MATH_TYPE =
      NativeFunction.of("cudnnSetConvolutionMathType", "p:descriptor", "i:mathType");
  static final NativeFunction GET_OUTPUT_DIMENSIONS =
      NativeFunction.of(
          "cudnnGetConvolution2dForwardOutputDim",
          "p:convolution",
          "p:x",
          "p:w",
          "h:n",
          "h:c",
          "h:h",
          "h:w");
  static final NativeFunction CREATE_POOLING = create("Pooling");
  static final NativeFunction DESTROY_POOLING = destroy("Pooling");
  static final NativeFunction SET_POOLING =
      NativeFunction.of(
          "cudnnSetPooling2dDescriptor",
          "p:descriptor",
          "i:mode",
          "i:nanPropagation",
          "i:height",
          "i:width",
          "i:padH",
          "i:padW",
          "i:strideH",
          "i:strideW");
  static final NativeFunction CREATE_ACTIVATION = create("Activation");
  static final NativeFunction DESTROY_ACTIVATION = destroy("Activation");
  static final NativeFunction SET_ACTIVATION =
      NativeFunction.of(
          "cudnnSetActivationDescriptor",
          "p:descriptor",
          "i:mode",
          "i:nanPropagation",
          "d:coefficient");

  static final NativeFunction GET_ALGORITHMS =
      NativeFunction.of(
          "cudnnGetConvolutionForwardAlgorithm_v7",
          "p:handle",
          "p:x",
          "p:w",
          "p:convolution",
          "p:y",
          "i:requested",
          "h:returned",
          "h:results");
  static final NativeFunction FIND_ALGORITHMS =
      NativeFunction.of(
          "cudnnFindConvolutionForwardAlgorithmEx",
          "p:handle",
          "p:x",
          "p:xData",
          "p:w",
          "p:wData",
          "p:convolution",
          "p:y",
          "p:yData",
          "i:requested",
          "h:returned",
          "h:results",
          "p:workspace",
          "l:workspaceBytes");
  static final NativeFunction GET_WORKSPACE_SIZE =
      NativeFunction.of(
          "cudnnGetConvolutionForwardWorkspaceSize",
          "p:handle",
          "p:x",
          "p:w",
          "p:convolution",
          "p:y",
          "i:algorithm",
          "h:bytes");
  static final NativeFunction CONVOLUTION_FORWARD =
      NativeFunction.of(
          "cudnnConvolutionForward",
          "p:handle",
          "h:alpha",
          "p:x",
          "p:xData",
          "p:w",
          "p:wData",
          "p:convolution",
          "i:algorithm",
          "p:workspace",
          "l:workspaceBytes",
          "h:beta",
          "p:y",
          "p:yData");
  static final NativeFunction CONVOLUTION_BIAS_ACTIVATION_FORWARD =
      NativeFunction.of(
          "cudnnConvolutionBiasActivationForward",
          "p:handle",
          "h:alpha1",
          "p:x",
          "p:xData",
          "p:w",
          "p:wData",
          "p:convolution",
          "i:algorithm",
          "p:workspace",
          "l:workspaceBytes",
          "h:alpha2",
          "p:z",
          "p:zData",
          "p:bias",
          "p:biasData",
          "p:activation",
          "p:y",
          "p:yData");
  static final NativeFunction POOLING_FORWARD =
      NativeFunction.of(
          "cudnnPoolingForward",
          "p:handle",
          "p:pooling",
          "h:alpha",
          "p:x",
          "p:xData",
          "h:beta",
          "p:y",
          "p:yData");

  static final NativeFunction BACKEND_CREATE =
      NativeFunction.of("cudnnBackendCreateDescriptor", "i:type", "h:descriptor");
  static final NativeFunction BACKEND_DESTROY =
      NativeFunction.of("cudnnBackendDestroyDescriptor", "p:descriptor");
  static final NativeFunction BACKEND_SET =
      NativeFunction.of(
          "cudnnBackendSetAttribute",
          "p:descriptor",
          "i:attribute",
          "i:type",
          "l:count",
          "h:elements");
  static final NativeFunction BACKEND_GET =
      NativeFunction.of(
          "cudnnBackendGetAttribute",
          "p:descriptor",
          "i:attribute",
          "i:type",
          "l:requested",
          "h:count",
          "h:elements");
  static final NativeFunction BACKEND_FINALIZE =
      NativeFunction.of("cudnnBackendFinalize", "p:descriptor");
  static final NativeFunction BACKEND_EXECUTE =
      NativeFunction.of("cudnnBackendExecute", "p:handle", "p:plan", "p:variantPack");

  /** All of them. */
  static final List<NativeFunction> ALL =
      List.of(
          GET_VERSION,
          GET_CUDART_VERSION,
          GET_ERROR_STRING,
          GET_LAST_ERROR_STRING,
          CHECK_GRAPH_VERSION,
          CHECK_OPS_VERSION,
          CHECK_CNN_VERSION,
          CREATE,
          DESTROY,
          SET_STREAM,
          CREATE_TENSOR,
          DESTROY_TENSOR,
          SET_TENSOR,
          CREATE_FILTER,
          DESTROY_FILTER,
          SET_FILTER,
          CREATE_CONVOLUTION,
          DESTROY_CONVOLUTION,
          SET_CONVOLUTION,
          SET_GROUP_COUNT,
          SET_MATH_TYPE,
          GET_OUTPUT_DIMENSIONS,
          CREATE_POOLING,
          DESTROY_POOLING,
          SET_POOLING,
          CREATE_ACTIVATION,
          DESTROY_ACTIVATION,
          SET_ACTIVATION,
          GET_ALGORITHMS,
          FIND_ALGORITHMS,
          GET_WORKSPACE_SIZE,
          CONVOLUTION_FORWARD,
          CONVOLUTION_BIAS_ACTIVATION_FORWARD,
          POOLING_FORWARD,
          BACKEND_CREATE,
          BACKEND_DESTROY,
          BACKEND_SET,
          BACKEND_GET,
          BACKEND_FINALIZE,
          BACKEND_EXECUTE);

  /** Of the parts, which may be of another version than the library that calls them. */
  static final List<NativeFunction> VERSION_CHECKS =
      List.of(CHECK_GRAPH_VERSION, CHECK_OPS_VERSION, CHECK_CNN_VERSION);

  private CudnnFunctions() {}

  private static NativeFunction create(String kind) {
    return NativeFunction.of("cudnnCreate" + kind + "Descriptor", "h:descriptor");
  }

  private static NativeFunction destroy(String kind) {
    return NativeFunction.of("cudnnDestroy" + kind + "Descriptor", "p:descriptor");
  }
}
