/* What the parts of the emulated cuDNN share. */
#ifndef FAKECUDNN_H
#define FAKECUDNN_H

#include "fake.h"

enum {
  SUCCESS = 0,
  BAD_PARAM = 2000,
  SUBLIBRARY_LOADING_FAILED = 1008,
  NULL_POINTER = 2002,
  MISALIGNED = 2003,
  NOT_FINALIZED = 2004,
  ATTRIBUTE_TYPE = 2010,
  NOT_SUPPORTED = 3000,
  GRAPH_PATTERN = 3001,
  PREREQUISITE_MISSING = 3008,
  EXECUTION_FAILED = 5000
};
enum { FLOAT = 0, HALF = 2, BFLOAT16 = 9 };
enum { NCHW = 0, NHWC = 1 };
enum { RELU = 1, IDENTITY = 5 };
enum { N, C, H, W };

/* Begins a function: count, injected fault. */
#define ENTER                          \
  do {                                 \
    int fault_ = fake_enter(__func__); \
    if (fault_) return fault_;         \
  } while (0)

typedef struct {
  int set, type, format;
  int dims[4], strides[4]; /* N C H W, in elements */
} tensor;

typedef struct {
  void *stream;
} handle;

/* Whether the loader finds a library by its bare name. */
int loader_finds(const char *soname);

int is_type(int type);
size_t type_bytes(int type);
float number_load(int type, const void *memory, size_t index);
void number_store(int type, void *memory, size_t index, float value);

/* Bytes from the first to past the last element. */
size_t tensor_bytes(const tensor *t);
size_t tensor_index(const tensor *t, int n, int c, int h, int w);
void tensor_pack(tensor *t, int format);
int same_dims(const tensor *a, const tensor *b);
int overlap(uint64_t a, size_t a_bytes, uint64_t b, size_t b_bytes);

/* y = act(alpha conv(x, w) + beta z + bias); z_at and bias_at are 0 for none. With tensor cores float32 is rounded to
   TF32 before it is multiplied. */
typedef struct {
  tensor x, w, z, bias, y;
  uint64_t x_at, w_at, z_at, bias_at, y_at, workspace;
  size_t workspace_bytes;
  int pad[2], stride[2], dilation[2], groups, activation, tensor_cores;
  float alpha, beta;
} convolution;

/* Shapes and types only: 0, BAD_PARAM or NOT_SUPPORTED. */
int convolution_check(const convolution *c);
/* Memory too, then queues. */
int convolution_enqueue(const convolution *c, void *stream);
void convolution_output(const convolution *c, int dims[4]);

#endif
