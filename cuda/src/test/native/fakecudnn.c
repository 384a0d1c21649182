/* The emulated cuDNN's handle and legacy functions. Descriptors are checked as cuDNN would, and harder: alive, set, and
   fitting each other. Signatures are those of cuDNN 9. */
#include "fakecudnn.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALGORITHMS = 8, IMPLICIT_GEMM = 0, PRECOMP_GEMM = 1, GEMM = 2, WINOGRAD = 6, FMA = 3 };
enum { WORKSPACE_UNIT = 256 };

static const char HANDLE[] = "cudnnHandle", TENSOR[] = "cudnnTensorDescriptor", FILTER[] = "cudnnFilterDescriptor";
static const char CONVOLUTION[] = "cudnnConvolutionDescriptor", POOLING[] = "cudnnPoolingDescriptor";
static const char ACTIVATION[] = "cudnnActivationDescriptor";

typedef struct {
  int set, pad[2], stride[2], dilation[2], mode, compute, groups, math;
} geometry;
typedef struct {
  int set, mode, nan, window[2], pad[2], stride[2];
} pooling;
typedef struct {
  int set, mode, nan;
  double coefficient;
} activation;
typedef struct {
  int algorithm, status;
  float time;
  size_t memory;
  int determinism, math, reserved[3];
} performance;

static int make(const char *kind, void **result, size_t bytes) {
  if (!result) return NULL_POINTER;
  *result = calloc(1, bytes);
  if (!*result) abort();
  fake_created(kind, *result);
  return SUCCESS;
}

static int drop(const char *kind, void *object) {
  if (!fake_destroyed(kind, object)) return BAD_PARAM;
  free(object);
  return SUCCESS;
}

size_t cudnnGetVersion(void) {
  fake_enter(__func__);
  int version = fake_option("cudnn.version");
  return version ? (size_t)version : 91002;
}

size_t cudnnGetCudartVersion(void) {
  fake_enter(__func__);
  return fake_option("cudnn.cuda13") ? 13000 : 12090;
}

const char *cudnnGetErrorString(int status) {
  fake_enter(__func__);
  return status == SUCCESS ? "CUDNN_STATUS_SUCCESS" : status == BAD_PARAM ? "CUDNN_STATUS_BAD_PARAM" : "another status";
}

void cudnnGetLastErrorString(char *message, size_t bytes) {
  fake_enter(__func__);
  if (message && bytes) snprintf(message, bytes, "%s", fake_option("cudnn.explains") ? "the emulator explains\n" : "");
}

/* What the loader finds by name: what the process has loaded, wherever from, or what lies on its path. */
int loader_finds(const char *soname) { return dlopen(soname, RTLD_LAZY) != NULL; }

#define VERSION_CHECK(part)                                         \
  int cudnn##part##VersionCheck(void) {                             \
    ENTER;                                                          \
    return fake_option("cudnn.otherVersion") ? 1002 : SUCCESS;      \
  }
VERSION_CHECK(Graph)
VERSION_CHECK(Ops)
VERSION_CHECK(Cnn)

int cudnnCreate(void **result) {
  ENTER;
  if (!loader_finds("libcudnn_graph.so.9")) return SUBLIBRARY_LOADING_FAILED;
  return make(HANDLE, result, sizeof(handle));
}

int cudnnDestroy(void *object) {
  ENTER;
  return drop(HANDLE, object);
}

int cudnnSetStream(handle *h, void *stream) {
  ENTER;
  if (!fake_alive(HANDLE, h) || (stream && !fake_alive("stream", stream))) return BAD_PARAM;
  h->stream = stream;
  return SUCCESS;
}

#define LIFE(name, kind, type)                        \
  int cudnnCreate##name##Descriptor(void **result) {  \
    ENTER;                                            \
    return make(kind, result, sizeof(type));          \
  }                                                   \
  int cudnnDestroy##name##Descriptor(void *object) {  \
    ENTER;                                            \
    return drop(kind, object);                        \
  }
LIFE(Tensor, TENSOR, tensor)
LIFE(Filter, FILTER, tensor)
LIFE(Convolution, CONVOLUTION, geometry)
LIFE(Pooling, POOLING, pooling)
LIFE(Activation, ACTIVATION, activation)

static int fill(tensor *t, int type, int n, int c, int h, int w) {
  if (!is_type(type) || n < 1 || c < 1 || h < 1 || w < 1) return BAD_PARAM;
  if ((int64_t)n * c * h > INT32_MAX / w) return NOT_SUPPORTED;
  *t = (tensor){.set = 1, .type = type, .dims = {n, c, h, w}};
  return SUCCESS;
}

int cudnnSetTensor4dDescriptorEx(tensor *t, int type, int n, int c, int h, int w, int n_stride, int c_stride,
                                 int h_stride, int w_stride) {
  ENTER;
  if (!fake_alive(TENSOR, t)) return BAD_PARAM;
  if (n_stride < 1 || c_stride < 1 || h_stride < 1 || w_stride < 1) return BAD_PARAM;
  int code = fill(t, type, n, c, h, w);
  if (code) return code;
  t->strides[N] = n_stride;
  t->strides[C] = c_stride;
  t->strides[H] = h_stride;
  t->strides[W] = w_stride;
  t->format = c_stride == 1 && c > 1 ? NHWC : NCHW;
  return SUCCESS;
}

int cudnnSetFilter4dDescriptor(tensor *f, int type, int format, int k, int c, int h, int w) {
  ENTER;
  if (!fake_alive(FILTER, f) || (format != NCHW && format != NHWC)) return BAD_PARAM;
  int code = fill(f, type, k, c, h, w);
  if (!code) tensor_pack(f, format);
  return code;
}

int cudnnSetConvolution2dDescriptor(geometry *g, int pad_h, int pad_w, int stride_h, int stride_w, int dilation_h,
                                    int dilation_w, int mode, int compute) {
  ENTER;
  if (!fake_alive(CONVOLUTION, g)) return BAD_PARAM;
  if (pad_h < 0 || pad_w < 0 || stride_h < 1 || stride_w < 1 || dilation_h < 1 || dilation_w < 1) return BAD_PARAM;
  if (mode != 0 && mode != 1) return BAD_PARAM;
  if (!is_type(compute)) return BAD_PARAM;
  if (mode == 0 || compute != FLOAT) return NOT_SUPPORTED;
  *g = (geometry){1, {pad_h, pad_w}, {stride_h, stride_w}, {dilation_h, dilation_w}, mode, compute, 1, 0};
  return SUCCESS;
}

int cudnnSetConvolutionGroupCount(geometry *g, int groups) {
  ENTER;
  if (!fake_alive(CONVOLUTION, g) || groups < 1) return BAD_PARAM;
  g->groups = groups;
  return SUCCESS;
}

int cudnnSetConvolutionMathType(geometry *g, int math) {
  ENTER;
  if (!fake_alive(CONVOLUTION, g) || math < 0 || math > 3) return BAD_PARAM;
  g->math = math;
  return SUCCESS;
}

int cudnnSetPooling2dDescriptor(pooling *p, int mode, int nan, int height, int width, int pad_h, int pad_w,
                                int stride_h, int stride_w) {
  ENTER;
  if (!fake_alive(POOLING, p) || mode < 0 || mode > 3 || nan < 0 || nan > 1) return BAD_PARAM;
  if (height < 1 || width < 1 || pad_h < 0 || pad_w < 0 || stride_h < 1 || stride_w < 1) return BAD_PARAM;
  if (pad_h >= height || pad_w >= width) return BAD_PARAM;
  *p = (pooling){1, mode, nan, {height, width}, {pad_h, pad_w}, {stride_h, stride_w}};
  return SUCCESS;
}

int cudnnSetActivationDescriptor(activation *a, int mode, int nan, double coefficient) {
  ENTER;
  if (!fake_alive(ACTIVATION, a) || mode < 0 || mode > 6 || nan < 0 || nan > 1) return BAD_PARAM;
  if (mode != RELU && mode != IDENTITY) return NOT_SUPPORTED;
  *a = (activation){1, mode, nan, coefficient};
  return SUCCESS;
}

/* The convolution that descriptors describe, without a result. */
static int describe(convolution *out, const tensor *x, const tensor *w, const geometry *g) {
  if (!fake_alive(TENSOR, x) || !fake_alive(FILTER, w) || !fake_alive(CONVOLUTION, g)) return BAD_PARAM;
  if (!x->set || !w->set || !g->set) return BAD_PARAM;
  *out = (convolution){.x = *x, .w = *w, .groups = g->groups, .activation = IDENTITY, .alpha = 1,
                        .tensor_cores = g->math != FMA};
  memcpy(out->pad, g->pad, sizeof out->pad);
  memcpy(out->stride, g->stride, sizeof out->stride);
  memcpy(out->dilation, g->dilation, sizeof out->dilation);
  return SUCCESS;
}

static int describe_all(convolution *out, handle *h, const tensor *x, const tensor *w, const geometry *g,
                        const tensor *y) {
  if (!fake_alive(HANDLE, h) || !fake_alive(TENSOR, y) || !y->set) return BAD_PARAM;
  int code = describe(out, x, w, g);
  if (code) return code;
  out->y = *y;
  code = convolution_check(out);
  return !code && out->groups > 1 && fake_option("cudnn.noLegacyGrouped") ? NOT_SUPPORTED : code;
}

int cudnnGetConvolution2dForwardOutputDim(geometry *g, tensor *x, tensor *w, int *n, int *c, int *h, int *v) {
  ENTER;
  convolution out;
  int dims[4], code = describe(&out, x, w, g);
  if (code) return code;
  if (w->dims[C] * g->groups != x->dims[C] || w->dims[N] % g->groups) return BAD_PARAM;
  convolution_output(&out, dims);
  *n = dims[N];
  *c = dims[C];
  *h = dims[H];
  *v = dims[W];
  return SUCCESS;
}

/* Which algorithm does what is made up; that some do not is what callers must bear. */
static int supports(const convolution *c, int algorithm) {
  int plain = c->groups == 1 && c->dilation[0] == 1 && c->dilation[1] == 1;
  switch (algorithm) {
    case IMPLICIT_GEMM:
    case PRECOMP_GEMM: return 1;
    case GEMM: return plain && c->x.format == NCHW;
    case WINOGRAD: return plain && c->w.dims[H] == 3 && c->w.dims[W] == 3 && c->stride[0] == 1 && c->stride[1] == 1;
    default: return 0;
  }
}

static size_t workspace_of(const convolution *c, int algorithm) {
  return algorithm == IMPLICIT_GEMM ? 0 : (size_t)algorithm * WORKSPACE_UNIT + (size_t)c->w.dims[N] * 4;
}

/* Those that work first. What may use tensor cores may also not: listed a second time. */
static int list(const convolution *c, int math, size_t limit, int timed, int requested, int *returned,
                performance *results) {
  static const int ORDER[ALGORITHMS] = {WINOGRAD, PRECOMP_GEMM, GEMM, IMPLICIT_GEMM, 3, 4, 5, 7};
  if (requested < 1 || !returned || !results) return BAD_PARAM;
  *returned = 0;
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < 2 * ALGORITHMS && *returned < requested; i++) {
      int algorithm = ORDER[i / 2], works = supports(c, algorithm) && workspace_of(c, algorithm) <= limit;
      if (works == pass || (i % 2 && math == FMA)) continue;
      results[(*returned)++] = (performance){
          .algorithm = algorithm,
          .status = works ? SUCCESS : NOT_SUPPORTED,
          .time = works && timed ? 0.5f * (float)(i + 1) : -1,
          .memory = works ? workspace_of(c, algorithm) : 0,
          .determinism = works,
          .math = i % 2 ? FMA : math,
      };
    }
  }
  return SUCCESS;
}

int cudnnGetConvolutionForwardAlgorithm_v7(handle *h, tensor *x, tensor *w, geometry *g, tensor *y, int requested,
                                           int *returned, performance *results) {
  ENTER;
  convolution c;
  int code = describe_all(&c, h, x, w, g, y);
  return code ? code : list(&c, g->math, SIZE_MAX, 0, requested, returned, results);
}

int cuStreamSynchronize(void *stream);

int cudnnFindConvolutionForwardAlgorithmEx(handle *h, tensor *x, uint64_t x_at, tensor *w, uint64_t w_at, geometry *g,
                                           tensor *y, uint64_t y_at, int requested, int *returned, performance *results,
                                           uint64_t workspace, size_t bytes) {
  ENTER;
  convolution c;
  int code = describe_all(&c, h, x, w, g, y);
  if (code) return code;
  c.x_at = x_at;
  c.w_at = w_at;
  c.y_at = y_at;
  c.workspace = workspace;
  c.workspace_bytes = bytes;
  /* It waits for what it times, which a captured stream forbids. */
  if (cuStreamSynchronize(h->stream)) return EXECUTION_FAILED;
  code = convolution_enqueue(&c, h->stream);
  if (code) return code;
  if (cuStreamSynchronize(h->stream)) return EXECUTION_FAILED;
  return list(&c, g->math, bytes, 1, requested, returned, results);
}

int cudnnGetConvolutionForwardWorkspaceSize(handle *h, tensor *x, tensor *w, geometry *g, tensor *y, int algorithm,
                                            size_t *bytes) {
  ENTER;
  convolution c;
  int code = describe_all(&c, h, x, w, g, y);
  if (code) return code;
  if (algorithm < 0 || algorithm >= ALGORITHMS || !bytes) return BAD_PARAM;
  if (!supports(&c, algorithm)) return NOT_SUPPORTED;
  *bytes = workspace_of(&c, algorithm);
  return SUCCESS;
}

static int place(convolution *c, uint64_t x, uint64_t w, uint64_t y, int algorithm, uint64_t workspace, size_t bytes) {
  if (algorithm < 0 || algorithm >= ALGORITHMS) return BAD_PARAM;
  if (!supports(c, algorithm)) return NOT_SUPPORTED;
  if (bytes < workspace_of(c, algorithm)) return BAD_PARAM;
  c->x_at = x;
  c->w_at = w;
  c->y_at = y;
  c->workspace = workspace;
  c->workspace_bytes = bytes;
  return SUCCESS;
}

int cudnnConvolutionForward(handle *h, const float *alpha, tensor *x, uint64_t x_at, tensor *w, uint64_t w_at,
                            geometry *g, int algorithm, uint64_t workspace, size_t bytes, const float *beta, tensor *y,
                            uint64_t y_at) {
  ENTER;
  convolution c;
  int code = describe_all(&c, h, x, w, g, y);
  if (code) return code;
  if (!alpha || !beta) return NULL_POINTER;
  code = place(&c, x_at, w_at, y_at, algorithm, workspace, bytes);
  if (code) return code;
  c.alpha = *alpha;
  if (*beta != 0) {
    c.beta = *beta;
    c.z = *y;
    c.z_at = y_at;
  }
  return convolution_enqueue(&c, h->stream);
}

int cudnnConvolutionBiasActivationForward(handle *h, const float *alpha1, tensor *x, uint64_t x_at, tensor *w,
                                          uint64_t w_at, geometry *g, int algorithm, uint64_t workspace, size_t bytes,
                                          const float *alpha2, tensor *z, uint64_t z_at, tensor *bias, uint64_t bias_at,
                                          activation *a, tensor *y, uint64_t y_at) {
  ENTER;
  convolution c;
  int code = describe_all(&c, h, x, w, g, y);
  if (code) return code;
  if (!alpha1 || !alpha2 || !z_at || !bias_at) return NULL_POINTER;
  if (!fake_alive(TENSOR, z) || !z->set || !fake_alive(TENSOR, bias) || !bias->set) return BAD_PARAM;
  if (!fake_alive(ACTIVATION, a) || !a->set) return BAD_PARAM;
  if (memcmp(z, y, sizeof *z)) return BAD_PARAM;
  c.bias = *bias;
  c.bias_at = bias_at;
  c.activation = a->mode;
  c.alpha = *alpha1;
  c.beta = *alpha2;
  if (c.beta != 0) {
    c.z = *z;
    c.z_at = z_at;
  }
  code = convolution_check(&c);
  if (code) return code;
  if (c.groups > 1 && fake_option("cudnn.noFusedGrouped")) return NOT_SUPPORTED;
  if (a->mode == IDENTITY && algorithm != PRECOMP_GEMM) return NOT_SUPPORTED;
  if (a->mode == IDENTITY && fake_option("cudnn.noFusedIdentity")) return NOT_SUPPORTED;
  code = place(&c, x_at, w_at, y_at, algorithm, workspace, bytes);
  return code ? code : convolution_enqueue(&c, h->stream);
}

typedef struct {
  tensor x, y;
  pooling p;
  uint64_t x_at, y_at;
} pool_call;

static float pooled(const pool_call *p, const void *x, int n, int c, int row, int column) {
  int maximum = p->p.mode == 0 || p->p.mode == 3, inside = 0;
  float best = 0, sum = 0;
  for (int i = 0; i < p->p.window[0]; i++) {
    for (int j = 0; j < p->p.window[1]; j++) {
      int h = row * p->p.stride[0] - p->p.pad[0] + i, v = column * p->p.stride[1] - p->p.pad[1] + j;
      if (h < 0 || h >= p->x.dims[H] || v < 0 || v >= p->x.dims[W]) continue;
      float value = number_load(p->x.type, x, tensor_index(&p->x, n, c, h, v));
      if (!inside++ || value > best || (p->p.nan && value != value)) best = value;
      sum += value;
    }
  }
  return maximum ? best : sum / (float)(p->p.mode == 1 ? p->p.window[0] * p->p.window[1] : inside);
}

static void run_pool(void *argument) {
  const pool_call *p = argument;
  const void *x = fake_memory(p->x_at, tensor_bytes(&p->x));
  void *y = fake_memory(p->y_at, tensor_bytes(&p->y));
  if (!x || !y) return;
  for (int n = 0; n < p->y.dims[N]; n++)
    for (int c = 0; c < p->y.dims[C]; c++)
      for (int h = 0; h < p->y.dims[H]; h++)
        for (int v = 0; v < p->y.dims[W]; v++)
          number_store(p->y.type, y, tensor_index(&p->y, n, c, h, v), pooled(p, x, n, c, h, v));
}

int cudnnPoolingForward(handle *h, pooling *p, const float *alpha, tensor *x, uint64_t x_at, const float *beta,
                        tensor *y, uint64_t y_at) {
  ENTER;
  if (!fake_alive(HANDLE, h) || !fake_alive(POOLING, p) || !fake_alive(TENSOR, x) || !fake_alive(TENSOR, y)) {
    return BAD_PARAM;
  }
  if (!p->set || !x->set || !y->set) return BAD_PARAM;
  if (!alpha || !beta) return NULL_POINTER;
  if (*alpha != 1 || *beta != 0 || x->type != y->type) return NOT_SUPPORTED;
  if (x->dims[N] != y->dims[N] || x->dims[C] != y->dims[C]) return BAD_PARAM;
  for (int i = 0; i < 2; i++) {
    if (y->dims[H + i] != (x->dims[H + i] + 2 * p->pad[i] - p->window[i]) / p->stride[i] + 1) return BAD_PARAM;
  }
  size_t x_bytes = tensor_bytes(x), y_bytes = tensor_bytes(y);
  if (!fake_memory(x_at, x_bytes) || !fake_memory(y_at, y_bytes)) return BAD_PARAM;
  if (overlap(x_at, x_bytes, y_at, y_bytes)) return BAD_PARAM;
  pool_call call = {*x, *y, *p, x_at, y_at};
  return fake_enqueue(h->stream, run_pool, &call, sizeof call) ? EXECUTION_FAILED : SUCCESS;
}
