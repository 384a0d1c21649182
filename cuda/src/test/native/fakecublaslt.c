/* The emulated cuBLASLt: products with bias and ReLU. It has two algorithms: the first needs a workspace, the second
   none. Where the option "cublas.noLt" is set it has none. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fakecublas.h"

enum { COMPUTE_TYPE = 0, SCALE_TYPE = 1, TRANSA = 3, TRANSB = 4, EPILOGUE = 7, BIAS_POINTER = 8 };
enum { DEFAULT = 1, RELU = 2, BIAS = 4, RELU_BIAS = 6 };
enum { MAX_WORKSPACE = 1, REDUCTION_MASK = 3, IMPLEMENTATION_MASK = 12 };
enum { OUT_OF_PLACE_IN_COMPUTE_TYPE = 2 };
enum { FMA = 1, TENSOR_CORE_FLOAT16 = 2 };
enum { WORKSPACE = 4096 };

static const char DESCRIPTION[] = "cublasLtMatmulDesc", LAYOUT[] = "cublasLtMatrixLayout";
static const char PREFERENCE[] = "cublasLtMatmulPreference";

typedef struct {
  int compute, scale, transposed_a, transposed_b, epilogue;
  uint64_t bias;
} description;

typedef struct {
  int type;
  uint64_t rows, columns;
  int64_t ld;
} layout;

typedef struct {
  uint64_t most_workspace, implementations;
  uint32_t reductions;
} preference;

/* Opaque to callers; which product it was listed for is remembered, since another may not suit it. */
typedef struct {
  uint64_t which, m, n, k, epilogue, unused[3];
} algorithm;

typedef struct {
  algorithm algorithm;
  size_t workspace_bytes;
  int state;
  float waves;
  int reserved[4];
} heuristic;

static void *made(const char *kind, size_t bytes) {
  void *object = calloc(1, bytes);
  if (!object) abort();
  fake_created(kind, object);
  return object;
}

static int destroyed(const char *kind, void *object) {
  if (!fake_destroyed(kind, object)) return INVALID_VALUE;
  free(object);
  return SUCCESS;
}

int cublasLtMatmulDescCreate(description **result, int compute, int scale) {
  ENTER;
  if (!result) return INVALID_VALUE;
  *result = made(DESCRIPTION, sizeof **result);
  **result = (description){.compute = compute, .scale = scale, .epilogue = DEFAULT};
  return SUCCESS;
}

int cublasLtMatmulDescDestroy(description *d) {
  ENTER;
  return destroyed(DESCRIPTION, d);
}

int cublasLtMatmulDescSetAttribute(description *d, int attribute, const void *value, size_t bytes) {
  ENTER;
  if (!fake_alive(DESCRIPTION, d) || !value) return INVALID_VALUE;
  int *number = attribute == TRANSA ? &d->transposed_a : attribute == TRANSB ? &d->transposed_b : &d->epilogue;
  switch (attribute) {
    case TRANSA:
    case TRANSB:
    case EPILOGUE:
      if (bytes != sizeof *number) return INVALID_VALUE;
      memcpy(number, value, bytes);
      return SUCCESS;
    case BIAS_POINTER:
      if (bytes != sizeof d->bias) return INVALID_VALUE;
      memcpy(&d->bias, value, bytes);
      return SUCCESS;
    default: return INVALID_VALUE;
  }
}

int cublasLtMatrixLayoutCreate(layout **result, int type, uint64_t rows, uint64_t columns, int64_t ld) {
  ENTER;
  if (!result || !rows || !columns || ld < (int64_t)rows) return INVALID_VALUE;
  *result = made(LAYOUT, sizeof **result);
  **result = (layout){type, rows, columns, ld};
  return SUCCESS;
}

int cublasLtMatrixLayoutDestroy(layout *l) {
  ENTER;
  return destroyed(LAYOUT, l);
}

int cublasLtMatmulPreferenceCreate(preference **result) {
  ENTER;
  if (!result) return INVALID_VALUE;
  *result = made(PREFERENCE, sizeof **result);
  **result = (preference){0, UINT64_MAX, UINT32_MAX};
  return SUCCESS;
}

int cublasLtMatmulPreferenceDestroy(preference *p) {
  ENTER;
  return destroyed(PREFERENCE, p);
}

int cublasLtMatmulPreferenceSetAttribute(preference *p, int attribute, const void *value, size_t bytes) {
  ENTER;
  if (!fake_alive(PREFERENCE, p) || !value) return INVALID_VALUE;
  void *field = attribute == MAX_WORKSPACE    ? (void *)&p->most_workspace
                : attribute == REDUCTION_MASK ? (void *)&p->reductions
                                              : (void *)&p->implementations;
  size_t wanted = attribute == REDUCTION_MASK ? sizeof p->reductions : sizeof p->most_workspace;
  if (attribute != MAX_WORKSPACE && attribute != REDUCTION_MASK && attribute != IMPLEMENTATION_MASK) return INVALID_VALUE;
  if (bytes != wanted) return INVALID_VALUE;
  memcpy(field, value, bytes);
  return SUCCESS;
}

/* The product without addresses; what does not fit is an error code in *wrong. */
static gemm product(const description *d, const layout *a, const layout *b, const layout *c, const layout *result, int *wrong) {
  matrix stored[4];
  const layout *layouts[] = {a, b, c, result};
  int turned[] = {d->transposed_a, d->transposed_b, PLAIN, PLAIN};
  for (int i = 0; i < 4; i++) {
    const layout *l = layouts[i];
    stored[i] = (matrix){0, l->type, turned[i] != PLAIN, (int)l->rows, (int)l->columns, (int)l->ld};
  }
  gemm g = {.a = stored[0], .b = stored[1], .c = stored[2], .d = stored[3], .m = (int)result->rows, .n = (int)result->columns};
  g.k = g.a.transposed ? g.a.rows : g.a.columns;
  g.tensor_cores = d->compute == COMPUTE_32F_TF32;
  g.floor = d->epilogue == RELU || d->epilogue == RELU_BIAS ? 0 : -INFINITY;
  int rows_a = g.a.transposed ? g.a.columns : g.a.rows;
  int rows_b = g.b.transposed ? g.b.columns : g.b.rows, columns_b = g.b.transposed ? g.b.rows : g.b.columns;
  int fits = rows_a == g.m && rows_b == g.k && columns_b == g.n && g.c.rows == g.m && g.c.columns == g.n;
  int known = d->epilogue == DEFAULT || d->epilogue == RELU || d->epilogue == BIAS || d->epilogue == RELU_BIAS;
  *wrong = !fits || !known ? INVALID_VALUE : d->scale != FLOAT ? NOT_SUPPORTED : gemm_check(&g, d->compute);
  return g;
}

/* What an algorithm computes with: tensor cores if the types or the precision of the products are narrower. */
static uint64_t implementation(const description *d, const layout *a) {
  return a->type != FLOAT || d->compute == COMPUTE_32F_TF32 ? TENSOR_CORE_FLOAT16 : FMA;
}

int cublasLtMatmulAlgoGetHeuristic(void *h, description *d, layout *a, layout *b, layout *c, layout *result, preference *p,
                                   int requested, heuristic *results, int *returned) {
  ENTER;
  if (!fake_alive(HANDLE, h)) return NOT_INITIALIZED;
  if (!fake_alive(DESCRIPTION, d) || !fake_alive(PREFERENCE, p)) return INVALID_VALUE;
  if (!fake_alive(LAYOUT, a) || !fake_alive(LAYOUT, b) || !fake_alive(LAYOUT, c) || !fake_alive(LAYOUT, result)) return INVALID_VALUE;
  if (requested < 1 || !results || !returned) return INVALID_VALUE;
  /* As in some versions of the real one, a bias has to have an address. */
  if (d->epilogue & BIAS && !d->bias) return INVALID_VALUE;
  int wrong;
  gemm g = product(d, a, b, c, result, &wrong);
  *returned = 0;
  if (wrong) return wrong;
  for (uint64_t which = 0; which < 2 && *returned < requested; which++) {
    size_t workspace = which == 0 ? WORKSPACE : 0;
    if (fake_option("cublas.noLt") || workspace > p->most_workspace) continue;
    if (!(implementation(d, a) & p->implementations)) continue;
    if (workspace && !(p->reductions & OUT_OF_PLACE_IN_COMPUTE_TYPE)) continue;
    algorithm listed = {1 + which, (uint64_t)g.m, (uint64_t)g.n, (uint64_t)g.k, (uint64_t)d->epilogue, {0}};
    results[(*returned)++] = (heuristic){listed, workspace, SUCCESS, 1, {0}};
  }
  return *returned ? SUCCESS : NOT_SUPPORTED;
}

int cublasLtMatmul(void *h, description *d, const float *alpha, uint64_t a_at, layout *a, uint64_t b_at, layout *b,
                   const float *beta, uint64_t c_at, layout *c, uint64_t d_at, layout *result, const algorithm *chosen,
                   uint64_t workspace, size_t workspace_bytes, void *stream) {
  ENTER;
  if (!fake_alive(HANDLE, h)) return NOT_INITIALIZED;
  if (!fake_alive(DESCRIPTION, d) || !alpha || !beta || !chosen) return INVALID_VALUE;
  if (!fake_alive(LAYOUT, a) || !fake_alive(LAYOUT, b) || !fake_alive(LAYOUT, c) || !fake_alive(LAYOUT, result)) return INVALID_VALUE;
  int wrong;
  gemm g = product(d, a, b, c, result, &wrong);
  if (wrong) return wrong;
  algorithm wanted = {chosen->which, (uint64_t)g.m, (uint64_t)g.n, (uint64_t)g.k, (uint64_t)d->epilogue, {0}};
  if (memcmp(chosen, &wanted, sizeof wanted) || chosen->which < 1 || chosen->which > 2) return INVALID_VALUE;
  if (chosen->which == 1 && workspace_bytes < WORKSPACE) return INVALID_VALUE;
  if (workspace_bytes && workspace % 256) return INVALID_VALUE;
  /* The alignment that algorithms are listed for unless a preference says otherwise. */
  if (a_at % 256 || b_at % 256 || c_at % 256 || d_at % 256 || d->bias % 16) return INVALID_VALUE;
  g.a.at = a_at;
  g.b.at = b_at;
  g.c.at = c_at;
  g.d.at = d_at;
  g.alpha = *alpha;
  g.beta = *beta;
  g.bias = d->epilogue & BIAS ? d->bias : 0;
  if (d->epilogue & BIAS && !g.bias) return INVALID_VALUE;
  g.workspace = workspace;
  g.workspace_bytes = chosen->which == 1 ? WORKSPACE : 0;
  return gemm_enqueue(&g, stream);
}
