package org.resnet4j.cuda.cublas;

import java.util.List;
import org.resnet4j.cuda.library.NativeFunction;

/** Signatures of the C functions. Source: NVIDIA, cuBLAS 12 and 13 reference, cuBLASLt included. */
final class CublasFunctions {
  static final NativeFunction CREATE = NativeFunction.of("cublasCreate_v2", "h:handle");
  static final NativeFunction DESTROY = NativeFunction.of("cublasDestroy_v2", "p:handle");
  static final NativeFunction GET_PROPERTY =
      NativeFunction.of("cublasGetProperty", "i:type", "h:value");
  static final NativeFunction SET_STREAM =
      NativeFunction.of("cublasSetStream_v2", "p:handle", "p:stream");
  static final NativeFunction SET_MATH_MODE =
      NativeFunction.of("cublasSetMathMode", "p:handle", "i:mode");
  static final NativeFunction SET_WORKSPACE =
      NativeFunction.of("cublasSetWorkspace_v2", "p:handle", "p:workspace", "l:bytes");
  static final NativeFunction GEMM_EX =
      NativeFunction.of(
          "cublasGemmEx",
          "p:handle",
          "i:transA",
          "i:transB",
          "i:m",
          "i:n",
          "i:k",
          "h:alpha",
          "p:A",
          "i:typeA",
          "i:lda",
          "p:B",
          "i:typeB",
          "i:ldb",
          "h:beta",
          "p:C",
          "i:typeC",
          "i:ldc",
          "i:computeType",
          "i:algorithm");

  static final NativeFunction CREATE_MATMUL =
      NativeFunction.of("cublasLtMatmulDescCreate", "h:descriptor", "i:computeType", "i:scaleType");
  static final NativeFunction DESTROY_MATMUL =
      NativeFunction.of("cublasLtMatmulDescDestroy", "p:descriptor");
  static final NativeFunction SET_MATMUL =
      NativeFunction.of(
          "cublasLtMatmulDescSetAttribute", "p:descriptor", "i:attribute", "h:value", "l:bytes");
  static final NativeFunction CREATE_LAYOUT =
      NativeFunction.of(
          "cublasLtMatrixLayoutCreate", "h:layout", "i:type", "l:rows", "l:columns", "l:ld");
  static final NativeFunction DESTROY_LAYOUT =
      NativeFunction.of("cublasLtMatrixLayoutDestroy", "p:layout");
  static final NativeFunction CREATE_PREFERENCE =
      NativeFunction.of("cublasLtMatmulPreferenceCreate", "h:preference");
  static final NativeFunction DESTROY_PREFERENCE =
      NativeFunction.of("cublasLtMatmulPreferenceDestroy", "p:preference");
  static final NativeFunction SET_PREFERENCE =
      NativeFunction.of(
          "cublasLtMatmulPreferenceSetAttribute",
          "p:preference",
          "i:attribute",
          "h:value",
          "l:bytes");
  static final NativeFunction GET_HEURISTIC =
      NativeFunction.of(
          "cublasLtMatmulAlgoGetHeuristic",
          "p:handle",
          "p:descriptor",
          "p:layoutA",
          "p:layoutB",
          "p:layoutC",
          "p:layoutD",
          "p:preference",
          "i:requested",
          "h:results",
          "h:returned");
  static final NativeFunction MATMUL =
      NativeFunction.of(
          "cublasLtMatmul",
          "p:handle",
          "p:descriptor",
          "h:alpha",
          "p:A",
          "p:layoutA",
          "p:B",
          "p:layoutB",
          "h:beta",
          "p:C",
          "p:layoutC",
          "p:D",
          "p:layoutD",
          "h:algorithm",
          "p:workspace",
          "l:workspaceBytes",
          "p:stream");

  /** All of them; those of cuBLASLt are found through cuBLAS, which stands on it. */
  static final List<NativeFunction> ALL =
      List.of(
          CREATE,
          DESTROY,
          GET_PROPERTY,
          SET_STREAM,
          SET_MATH_MODE,
          SET_WORKSPACE,
          GEMM_EX,
          CREATE_MATMUL,
          DESTROY_MATMUL,
          SET_MATMUL,
          CREATE_LAYOUT,
          DESTROY_LAYOUT,
          CREATE_PREFERENCE,
          DESTROY_PREFERENCE,
          SET_PREFERENCE,
          GET_HEURISTIC,
          MATMUL);

  private CublasFunctions() {}
}
