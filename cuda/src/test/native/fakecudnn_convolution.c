/* Numbers, tensors and the convolution of the emulated cuDNN: strided loops, sums in float32. */
#include "fakecudnn.h"

#include <stdlib.h>
#include <string.h>

int is_type(int type) { return type == FLOAT || type == HALF || type == BFLOAT16; }

size_t type_bytes(int type) { return type == FLOAT ? 4 : 2; }

float number_load(int type, const void *memory, size_t index) {
  const char *at = (const char *)memory + index * type_bytes(type);
  float value;
  if (type == FLOAT) {
    memcpy(&value, at, 4);
  } else if (type == HALF) {
    _Float16 half;
    memcpy(&half, at, 2);
    value = (float)half;
  } else {
    uint32_t bits = 0;
    memcpy((char *)&bits + 2, at, 2);
    memcpy(&value, &bits, 4);
  }
  return value;
}

void number_store(int type, void *memory, size_t index, float value) {
  char *at = (char *)memory + index * type_bytes(type);
  if (type == FLOAT) {
    memcpy(at, &value, 4);
  } else if (type == HALF) {
    _Float16 half = (_Float16)value;
    memcpy(at, &half, 2);
  } else {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    bits = value != value ? bits | 0x400000 : bits + 0x7FFF + (bits >> 16 & 1);
    memcpy(at, (char *)&bits + 2, 2);
  }
}

size_t tensor_index(const tensor *t, int n, int c, int h, int w) {
  return (size_t)n * (size_t)t->strides[N] + (size_t)c * (size_t)t->strides[C] +
         (size_t)h * (size_t)t->strides[H] + (size_t)w * (size_t)t->strides[W];
}

size_t tensor_bytes(const tensor *t) {
  return (tensor_index(t, t->dims[N] - 1, t->dims[C] - 1, t->dims[H] - 1, t->dims[W] - 1) + 1) * type_bytes(t->type);
}

void tensor_pack(tensor *t, int format) {
  int c = t->dims[C], h = t->dims[H], w = t->dims[W];
  t->format = format;
  t->strides[N] = c * h * w;
  t->strides[C] = format == NHWC ? 1 : h * w;
  t->strides[H] = format == NHWC ? w * c : w;
  t->strides[W] = format == NHWC ? c : 1;
}

int same_dims(const tensor *a, const tensor *b) { return !memcmp(a->dims, b->dims, sizeof a->dims); }

int overlap(uint64_t a, size_t a_bytes, uint64_t b, size_t b_bytes) { return a < b + b_bytes && b < a + a_bytes; }

static int output_size(int input, int kernel, int pad, int stride, int dilation) {
  int span = input + 2 * pad - dilation * (kernel - 1) - 1;
  return span < 0 ? 0 : span / stride + 1;
}

void convolution_output(const convolution *c, int dims[4]) {
  dims[N] = c->x.dims[N];
  dims[C] = c->w.dims[N];
  for (int i = 0; i < 2; i++) {
    dims[H + i] = output_size(c->x.dims[H + i], c->w.dims[H + i], c->pad[i], c->stride[i], c->dilation[i]);
  }
}

int convolution_check(const convolution *c) {
  tensor expected = c->y;
  int k = c->w.dims[N];
  convolution_output(c, expected.dims);
  if (c->w.dims[C] * c->groups != c->x.dims[C] || k % c->groups) return BAD_PARAM;
  if (!same_dims(&expected, &c->y) || expected.dims[H] < 1 || expected.dims[W] < 1) return BAD_PARAM;
  if (c->x.type != c->w.type || c->x.type != c->y.type) return NOT_SUPPORTED;
  if (c->z.set && (!same_dims(&c->z, &c->y) || c->z.type != c->y.type)) return BAD_PARAM;
  if (c->bias.set) {
    const int *d = c->bias.dims;
    if (d[N] != 1 || d[C] != k || d[H] != 1 || d[W] != 1) return BAD_PARAM;
    if (c->bias.type != c->y.type && c->bias.type != FLOAT) return NOT_SUPPORTED;
  }
  return SUCCESS;
}

static float factor(const convolution *c, float value) { return c->tensor_cores ? fake_tf32(value) : value; }

/* Pixels of a row that are computed together, and input channels: weights are then read from the nearest cache. */
enum { PIXELS = 8, CHANNELS = 4, LINE = 16 };

/* The weights in float32, output channels innermost, so that the compiler can vectorize over these. */
static float *transposed(const convolution *c, const void *w) {
  int k_all = c->w.dims[N], channels = c->w.dims[C], taps_w = c->w.dims[W];
  float *result = malloc((size_t)c->w.dims[H] * taps_w * channels * k_all * sizeof(float));
  if (!result) abort();
  for (int r = 0; r < c->w.dims[H]; r++)
    for (int s = 0; s < taps_w; s++)
      for (int line = 0; line < channels; line += LINE)
        for (int k = 0; k < k_all; k++)
          for (int i = line; i < channels && i < line + LINE; i++)
            result[(((size_t)r * taps_w + s) * channels + i) * k_all + k] =
                factor(c, number_load(c->w.type, w, tensor_index(&c->w, k, i, r, s)));
  return result;
}

/* Adds some channels' products to the sums of one pixel, one after the other. */
static void add(float *restrict sums, const float *values, const float *weights, int channels, int k_all, int k_group) {
  if (channels == CHANNELS) {
    const float *w0 = weights, *w1 = w0 + k_all, *w2 = w1 + k_all, *w3 = w2 + k_all;
    float v0 = values[0], v1 = values[1], v2 = values[2], v3 = values[3];
    for (int k = 0; k < k_group; k++) sums[k] = sums[k] + v0 * w0[k] + v1 * w1[k] + v2 * w2[k] + v3 * w3[k];
  } else {
    for (int i = 0; i < channels; i++)
      for (int k = 0; k < k_group; k++) sums[k] += values[i] * weights[(size_t)i * k_all + k];
  }
}

/* One group at some pixels of a row. */
typedef struct {
  int n, group, row, first, count;
} pixels;

/* Loads what a tap reads at a pixel; 0 if that is padding. */
static int load(const convolution *c, const void *x, const pixels *p, int column, int r, int s, float *values) {
  int channels = c->w.dims[C];
  int h = p->row * c->stride[0] - c->pad[0] + r * c->dilation[0];
  int v = column * c->stride[1] - c->pad[1] + s * c->dilation[1];
  if (h < 0 || h >= c->x.dims[H] || v < 0 || v >= c->x.dims[W]) return 0;
  for (int i = 0; i < channels; i++) {
    values[i] = factor(c, number_load(c->x.type, x, tensor_index(&c->x, p->n, p->group * channels + i, h, v)));
  }
  return 1;
}

/* The sums of a group at some pixels, each over rows, columns and channels in this order. */
static void sums_of(const convolution *c, const void *x, const float *w, const pixels *p, float *values, float *sums) {
  int channels = c->w.dims[C], k_all = c->w.dims[N], k_group = k_all / c->groups, inside[PIXELS];
  memset(sums, 0, (size_t)p->count * k_group * sizeof(float));
  for (int r = 0; r < c->w.dims[H]; r++) {
    for (int s = 0; s < c->w.dims[W]; s++) {
      for (int j = 0; j < p->count; j++) inside[j] = load(c, x, p, p->first + j, r, s, values + j * channels);
      for (int i = 0; i < channels; i += CHANNELS) {
        const float *weights =
            w + (((size_t)r * c->w.dims[W] + s) * channels + i) * k_all + (size_t)p->group * k_group;
        int some = channels - i < CHANNELS ? channels - i : CHANNELS;
        for (int j = 0; j < p->count; j++)
          if (inside[j]) add(sums + j * k_group, values + j * channels + i, weights, some, k_all, k_group);
      }
    }
  }
}

/* The operands of a run, as the emulator sees them. */
typedef struct {
  const void *x, *z, *bias;
  const float *w;
  void *y;
} operands;

static void epilogue(const convolution *c, const operands *o, const pixels *p, int column, const float *sums) {
  int k_group = c->w.dims[N] / c->groups;
  for (int i = 0; i < k_group; i++) {
    int k = p->group * k_group + i;
    size_t at = tensor_index(&c->y, p->n, k, p->row, column);
    float value = c->alpha * sums[i];
    if (o->z) value += c->beta * number_load(c->z.type, o->z, tensor_index(&c->z, p->n, k, p->row, column));
    if (o->bias) value += number_load(c->bias.type, o->bias, tensor_index(&c->bias, 0, k, 0, 0));
    if (c->activation == RELU && value < 0) value = 0;
    number_store(c->y.type, o->y, at, value);
  }
}

static void run(void *argument) {
  const convolution *c = argument;
  const void *x = fake_memory(c->x_at, tensor_bytes(&c->x)), *w = fake_memory(c->w_at, tensor_bytes(&c->w));
  void *y = fake_memory(c->y_at, tensor_bytes(&c->y));
  const void *z = c->z_at ? fake_memory(c->z_at, tensor_bytes(&c->z)) : NULL;
  const void *bias = c->bias_at ? fake_memory(c->bias_at, tensor_bytes(&c->bias)) : NULL;
  void *workspace = c->workspace_bytes ? fake_memory(c->workspace, c->workspace_bytes) : NULL;
  if (!x || !w || !y || (c->z_at && !z) || (c->bias_at && !bias) || (c->workspace_bytes && !workspace)) return;
  /* What a workspace holds is lost: a buffer that lies in it shows. */
  if (workspace) memset(workspace, 0xAB, c->workspace_bytes);
  int channels = c->w.dims[C], k_group = c->w.dims[N] / c->groups, columns = c->y.dims[W];
  float *weights = transposed(c, w), *values = malloc((size_t)PIXELS * (channels + k_group) * sizeof(float));
  if (!values) abort();
  float *sums = values + (size_t)PIXELS * channels;
  operands o = {x, z, bias, weights, y};
  for (int n = 0; n < c->y.dims[N]; n++)
    for (int h = 0; h < c->y.dims[H]; h++)
      for (int v = 0; v < columns; v += PIXELS)
        for (int group = 0; group < c->groups; group++) {
          pixels p = {n, group, h, v, columns - v < PIXELS ? columns - v : PIXELS};
          sums_of(c, o.x, o.w, &p, values, sums);
          for (int j = 0; j < p.count; j++) epilogue(c, &o, &p, v + j, sums + j * k_group);
        }
  free(weights);
  free(values);
}

static int misaligned(uint64_t address) { return address % 16 != 0; }

int convolution_enqueue(const convolution *c, void *stream) {
  size_t x = tensor_bytes(&c->x), w = tensor_bytes(&c->w), y = tensor_bytes(&c->y);
  if (!c->x_at || !c->w_at || !c->y_at) return NULL_POINTER;
  if (!fake_memory(c->x_at, x) || !fake_memory(c->w_at, w) || !fake_memory(c->y_at, y)) return BAD_PARAM;
  if (c->z_at && !fake_memory(c->z_at, tensor_bytes(&c->z))) return BAD_PARAM;
  if (c->bias_at && !fake_memory(c->bias_at, tensor_bytes(&c->bias))) return BAD_PARAM;
  if (misaligned(c->x_at) || misaligned(c->w_at) || misaligned(c->y_at)) return MISALIGNED;
  if (overlap(c->x_at, x, c->y_at, y) || overlap(c->w_at, w, c->y_at, y)) return BAD_PARAM;
  if (c->z_at && c->z_at != c->y_at && overlap(c->z_at, tensor_bytes(&c->z), c->y_at, y)) return BAD_PARAM;
  if (c->workspace_bytes) {
    if (!c->workspace || !fake_memory(c->workspace, c->workspace_bytes)) return BAD_PARAM;
    if (overlap(c->workspace, c->workspace_bytes, c->y_at, y)) return BAD_PARAM;
  }
  return fake_enqueue(stream, run, c, sizeof *c) ? EXECUTION_FAILED : SUCCESS;
}
