/* The emulated cuBLAS, the same for 12 and 13: GemmEx in plain loops with float32 sums. */
#include "fake.h"

#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, NOT_INITIALIZED = 1, INVALID_VALUE = 7, EXECUTION_FAILED = 13, NOT_SUPPORTED = 15 };
enum { FLOAT = 0, HALF = 2, BFLOAT16 = 14 };
enum { PLAIN = 0, TRANSPOSED = 1, CONJUGATED = 2 };
enum { DISALLOW_REDUCED_PRECISION_REDUCTION = 16 };
enum { COMPUTE_32F = 68, COMPUTE_32F_PEDANTIC = 69, COMPUTE_32F_TF32 = 77 };

static const char HANDLE[] = "cublasHandle";

typedef struct {
  void *stream;
  uint64_t workspace;
  size_t workspace_bytes;
  int math;
} handle;

#define ENTER                          \
  do {                                 \
    int fault_ = fake_enter(__func__); \
    if (fault_) return fault_;         \
  } while (0)

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

/* A matrix as stored, column-major. */
typedef struct {
  uint64_t at;
  int type, transposed, rows, columns, ld;
} matrix;

typedef struct {
  matrix a, b, c;
  int m, n, k;
  float alpha, beta;
  uint64_t workspace;
  size_t workspace_bytes;
} gemm;

static size_t width(int type) { return type == FLOAT ? 4 : 2; }

static float load(const matrix *x, const void *memory, int row, int column) {
  size_t index = x->transposed ? (size_t)row * (size_t)x->ld + (size_t)column : (size_t)column * (size_t)x->ld + (size_t)row;
  const char *from = (const char *)memory + index * width(x->type);
  float value = 0;
  if (x->type == FLOAT) {
    memcpy(&value, from, 4);
  } else if (x->type == HALF) {
    _Float16 half;
    memcpy(&half, from, 2);
    value = (float)half;
  } else {
    memcpy((char *)&value + 2, from, 2);
  }
  return value;
}

static void store(const matrix *x, void *memory, int row, int column, float value) {
  char *to = (char *)memory + ((size_t)column * (size_t)x->ld + (size_t)row) * width(x->type);
  if (x->type == FLOAT) {
    memcpy(to, &value, 4);
  } else if (x->type == HALF) {
    _Float16 half = (_Float16)value;
    memcpy(to, &half, 2);
  } else {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    bits = value != value ? bits | 0x400000 : bits + 0x7FFF + (bits >> 16 & 1);
    memcpy(to, (char *)&bits + 2, 2);
  }
}

static size_t bytes_of(const matrix *x) {
  return ((size_t)(x->columns - 1) * (size_t)x->ld + (size_t)x->rows) * width(x->type);
}

static void run(void *argument) {
  const gemm *g = argument;
  const void *a = fake_memory(g->a.at, bytes_of(&g->a)), *b = fake_memory(g->b.at, bytes_of(&g->b));
  void *c = fake_memory(g->c.at, bytes_of(&g->c));
  void *workspace = g->workspace_bytes ? fake_memory(g->workspace, g->workspace_bytes) : NULL;
  if (!a || !b || !c || (g->workspace_bytes && !workspace)) return;
  if (workspace) memset(workspace, 0xAB, g->workspace_bytes);
  for (int column = 0; column < g->n; column++) {
    for (int row = 0; row < g->m; row++) {
      float sum = 0;
      for (int i = 0; i < g->k; i++) sum += load(&g->a, a, row, i) * load(&g->b, b, i, column);
      /* With beta 0, C is not read: it may hold NaN. */
      float before = g->beta == 0 ? 0 : g->beta * load(&g->c, c, row, column);
      store(&g->c, c, row, column, g->alpha * sum + before);
    }
  }
}

static int is_type(int type) { return type == FLOAT || type == HALF || type == BFLOAT16; }

static int overlap(const matrix *x, const matrix *y) {
  return x->at < y->at + bytes_of(y) && y->at < x->at + bytes_of(x);
}

/* op(X) is rows by columns. */
static matrix stored(uint64_t at, int type, int operation, int rows, int columns, int ld) {
  int turned = operation != PLAIN;
  return (matrix){at, type, turned, turned ? columns : rows, turned ? rows : columns, ld};
}

int cublasGemmEx(handle *h, int operation_a, int operation_b, int m, int n, int k, const float *alpha, uint64_t a,
                 int type_a, int lda, uint64_t b, int type_b, int ldb, const float *beta, uint64_t c, int type_c,
                 int ldc, int compute, int algorithm) {
  ENTER;
  if (!fake_alive(HANDLE, h)) return NOT_INITIALIZED;
  if (operation_a < PLAIN || operation_a > CONJUGATED || operation_b < PLAIN || operation_b > CONJUGATED) return INVALID_VALUE;
  if (m < 1 || n < 1 || k < 1 || !alpha || !beta) return INVALID_VALUE;
  if (!is_type(type_a) || !is_type(type_b) || !is_type(type_c)) return NOT_SUPPORTED;
  if (compute != COMPUTE_32F && compute != COMPUTE_32F_PEDANTIC && compute != COMPUTE_32F_TF32) return NOT_SUPPORTED;
  if (type_a != type_b || (type_c != type_a && type_c != FLOAT)) return NOT_SUPPORTED;
  if (algorithm != -1) return NOT_SUPPORTED;
  gemm g = {
      stored(a, type_a, operation_a, m, k, lda), stored(b, type_b, operation_b, k, n, ldb),
      stored(c, type_c, PLAIN, m, n, ldc), m, n, k, *alpha, *beta, h->workspace, h->workspace_bytes};
  if (lda < g.a.rows || ldb < g.b.rows || ldc < m) return INVALID_VALUE;
  if (!fake_memory(a, bytes_of(&g.a)) || !fake_memory(b, bytes_of(&g.b)) || !fake_memory(c, bytes_of(&g.c))) {
    return INVALID_VALUE;
  }
  if (overlap(&g.a, &g.c) || overlap(&g.b, &g.c)) return INVALID_VALUE;
  return fake_enqueue(h->stream, run, &g, sizeof g) ? EXECUTION_FAILED : SUCCESS;
}
