/* The emulated cuBLAS, the same for 12 and 13: handles and GemmEx. Like the real one it stands on cuBLASLt. */
#include "fakecublas.h"

#include <math.h>
#include <stdlib.h>

enum { DISALLOW_REDUCED_PRECISION_REDUCTION = 16 };

typedef struct {
  void *stream;
  uint64_t workspace;
  size_t workspace_bytes;
  int math;
} handle;

int cublasCreate_v2(handle **result) {
  ENTER;
  if (!result) return INVALID_VALUE;
  *result = calloc(1, sizeof **result);
  if (!*result) abort();
  fake_created(HANDLE, *result);
  return SUCCESS;
}

int cublasDestroy_v2(handle *h) {
  ENTER;
  if (!fake_destroyed(HANDLE, h)) return NOT_INITIALIZED;
  free(h);
  return SUCCESS;
}

int cublasGetProperty(int type, int *value) {
  static const int VERSION[] = {12, 9, 1};
  ENTER;
  if (type < 0 || type > 2 || !value) return INVALID_VALUE;
  *value = VERSION[type];
  return SUCCESS;
}

/* As in the real one, a new stream brings the default workspace back. */
int cublasSetStream_v2(handle *h, void *stream) {
  ENTER;
  if (!fake_alive(HANDLE, h)) return NOT_INITIALIZED;
  if (stream && !fake_alive("stream", stream)) return INVALID_VALUE;
  h->stream = stream;
  h->workspace = 0;
  h->workspace_bytes = 0;
  return SUCCESS;
}

int cublasSetMathMode(handle *h, int mode) {
  ENTER;
  if (!fake_alive(HANDLE, h)) return NOT_INITIALIZED;
  if (mode < 0 || (mode & ~DISALLOW_REDUCED_PRECISION_REDUCTION) > 3) return INVALID_VALUE;
  h->math = mode;
  return SUCCESS;
}

int cublasSetWorkspace_v2(handle *h, uint64_t workspace, size_t bytes) {
  ENTER;
  if (!fake_alive(HANDLE, h)) return NOT_INITIALIZED;
  if (workspace % 256 || (bytes && !fake_memory(workspace, bytes))) return INVALID_VALUE;
  h->workspace = workspace;
  h->workspace_bytes = bytes;
  return SUCCESS;
}

int cublasGemmEx(handle *h, int operation_a, int operation_b, int m, int n, int k, const float *alpha, uint64_t a,
                 int type_a, int lda, uint64_t b, int type_b, int ldb, const float *beta, uint64_t c, int type_c,
                 int ldc, int compute, int algorithm) {
  ENTER;
  if (!fake_alive(HANDLE, h)) return NOT_INITIALIZED;
  if (operation_a < PLAIN || operation_a > CONJUGATED || operation_b < PLAIN || operation_b > CONJUGATED) return INVALID_VALUE;
  if (!alpha || !beta) return INVALID_VALUE;
  if (algorithm != -1) return NOT_SUPPORTED;
  matrix result = matrix_stored(c, type_c, PLAIN, m, n, ldc);
  gemm g = {
      .a = matrix_stored(a, type_a, operation_a, m, k, lda),
      .b = matrix_stored(b, type_b, operation_b, k, n, ldb),
      .c = result,
      .d = result,
      .m = m,
      .n = n,
      .k = k,
      .tensor_cores = compute == COMPUTE_32F_TF32,
      .alpha = *alpha,
      .beta = *beta,
      .floor = -INFINITY,
      .workspace = h->workspace,
      .workspace_bytes = h->workspace_bytes};
  int wrong = gemm_check(&g, compute);
  return wrong ? wrong : gemm_enqueue(&g, h->stream);
}
