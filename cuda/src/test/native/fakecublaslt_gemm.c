/* Matrices and products of the emulated cuBLAS: plain loops, sums in float32. */
#include <math.h>
#include <string.h>

#include "fakecublas.h"

static size_t width(int type) { return type == FLOAT ? 4 : 2; }

static float load(int type, const void *memory, size_t index) {
  const char *from = (const char *)memory + index * width(type);
  float value = 0;
  if (type == FLOAT) {
    memcpy(&value, from, 4);
  } else if (type == HALF) {
    _Float16 half;
    memcpy(&half, from, 2);
    value = (float)half;
  } else {
    memcpy((char *)&value + 2, from, 2);
  }
  return value;
}

static void store(int type, void *memory, size_t index, float value) {
  char *to = (char *)memory + index * width(type);
  if (type == FLOAT) {
    memcpy(to, &value, 4);
  } else if (type == HALF) {
    _Float16 half = (_Float16)value;
    memcpy(to, &half, 2);
  } else {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    bits = value != value ? bits | 0x400000 : bits + 0x7FFF + (bits >> 16 & 1);
    memcpy(to, (char *)&bits + 2, 2);
  }
}

/* Where op(x) has a row and a column. */
static size_t index_of(const matrix *x, int row, int column) {
  size_t ld = (size_t)x->ld;
  return x->transposed ? (size_t)row * ld + (size_t)column : (size_t)column * ld + (size_t)row;
}

static size_t bytes_of(const matrix *x) {
  return ((size_t)(x->columns - 1) * (size_t)x->ld + (size_t)x->rows) * width(x->type);
}

static size_t bias_bytes(const gemm *g) { return (size_t)g->m * width(g->d.type); }

matrix matrix_stored(uint64_t at, int type, int operation, int rows, int columns, int ld) {
  int turned = operation != PLAIN;
  return (matrix){at, type, turned, turned ? columns : rows, turned ? rows : columns, ld};
}

static void run(void *argument) {
  const gemm *g = argument;
  const void *a = fake_memory(g->a.at, bytes_of(&g->a)), *b = fake_memory(g->b.at, bytes_of(&g->b));
  const void *c = fake_memory(g->c.at, bytes_of(&g->c));
  const void *bias = g->bias ? fake_memory(g->bias, bias_bytes(g)) : NULL;
  void *d = fake_memory(g->d.at, bytes_of(&g->d));
  void *workspace = g->workspace_bytes ? fake_memory(g->workspace, g->workspace_bytes) : NULL;
  if (!a || !b || !c || !d || (g->bias && !bias) || (g->workspace_bytes && !workspace)) return;
  if (workspace) memset(workspace, 0xAB, g->workspace_bytes);
  for (int column = 0; column < g->n; column++) {
    for (int row = 0; row < g->m; row++) {
      float value = 0;
      for (int i = 0; i < g->k; i++) {
        float left = load(g->a.type, a, index_of(&g->a, row, i)), right = load(g->b.type, b, index_of(&g->b, i, column));
        value += g->tensor_cores ? fake_tf32(left) * fake_tf32(right) : left * right;
      }
      value *= g->alpha;
      /* With beta 0, C is not read: it may hold NaN. */
      if (g->beta != 0) value += g->beta * load(g->c.type, c, index_of(&g->c, row, column));
      if (bias) value += load(g->d.type, bias, (size_t)row);
      if (value < g->floor) value = g->floor;
      store(g->d.type, d, index_of(&g->d, row, column), value);
    }
  }
}

static int is_type(int type) { return type == FLOAT || type == HALF || type == BFLOAT16; }

static int overlap(const matrix *x, const matrix *y) {
  return x->at < y->at + bytes_of(y) && y->at < x->at + bytes_of(x);
}

int gemm_check(const gemm *g, int compute) {
  if (g->m < 1 || g->n < 1 || g->k < 1) return INVALID_VALUE;
  if (!is_type(g->a.type) || !is_type(g->b.type) || !is_type(g->d.type) || g->c.type != g->d.type) return NOT_SUPPORTED;
  if (compute != COMPUTE_32F && compute != COMPUTE_32F_PEDANTIC && compute != COMPUTE_32F_TF32) return NOT_SUPPORTED;
  if (g->a.type != g->b.type || (g->d.type != g->a.type && g->d.type != FLOAT)) return NOT_SUPPORTED;
  if (g->a.ld < g->a.rows || g->b.ld < g->b.rows || g->c.ld < g->m || g->d.ld < g->m) return INVALID_VALUE;
  return SUCCESS;
}

int gemm_enqueue(const gemm *g, void *stream) {
  const matrix *all[] = {&g->a, &g->b, &g->c, &g->d};
  for (int i = 0; i < 4; i++) {
    if (!fake_memory(all[i]->at, bytes_of(all[i]))) return INVALID_VALUE;
  }
  if (g->bias && !fake_memory(g->bias, bias_bytes(g))) return INVALID_VALUE;
  if (g->workspace_bytes && !fake_memory(g->workspace, g->workspace_bytes)) return INVALID_VALUE;
  if (overlap(&g->a, &g->d) || overlap(&g->b, &g->d)) return INVALID_VALUE;
  if (g->c.at != g->d.at && overlap(&g->c, &g->d)) return INVALID_VALUE;
  return fake_enqueue(stream, run, g, sizeof *g) ? EXECUTION_FAILED : SUCCESS;
}
