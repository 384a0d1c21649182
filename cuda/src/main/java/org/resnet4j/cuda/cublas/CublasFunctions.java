package org.resnet4j.cuda.cublas;

import java.util.List;
import org.resnet4j.cuda.library.NativeFunction;

/** Signatures of the C functions. Source: NVIDIA, cuBLAS 12 and 13 reference. */
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

  /** All of them. */
  static final List<NativeFunction> ALL =
      List.of(CREATE, DESTROY, GET_PROPERTY, SET_STREAM, SET_MATH_MODE, SET_WORKSPACE, GEMM_EX);

  private CublasFunctions() {}
}
