/* C twins of the PTX entries: the same parameters in the same order, the same roundings.
   A twin answers a launch with CUDA_ERROR_ILLEGAL_ADDRESS (700) for sizes of zero and for buffers
   that are not wholly in live memory. A thread computes one (row, channel) here too, so a grid that is too small
   leaves the rest of the target as it was. */
#include "fake.h"

#include <math.h>
#include <string.h>

enum { ILLEGAL_ADDRESS = 700, MISALIGNED_ADDRESS = 716 };
enum { VECTOR_BYTES = 16, POOL_PARTS = 8, POOL_RUN = 64 };
enum { F32, F16, BF16 };
enum { SAMPLES = 256 };

/* One queued kernel: what computes one (row, channel), and its parameters, named as in the PTX
   text; counts and numbers are those after rows and channels, in their order. */
typedef struct call {
  void (*compute)(const struct call *call, uint32_t row, uint32_t channel);
  int type;
  uint32_t lanes; /* channels that a thread computes */
  uint64_t source, filter, bias, residual, target;
  size_t source_bytes, filter_bytes, bias_bytes, residual_bytes, target_bytes;
  uint32_t rows, channels;
  uint32_t counts[10];
  float floor;
  uint64_t covered_rows, covered_channels;
} call;

/* ---- numbers ---- */

static size_t bytes_of(int type) {
  return type == F32 ? 4 : 2;
}

static uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static float widen_half(uint16_t half) {
  uint32_t sign = (uint32_t) (half & 0x8000) << 16;
  uint32_t exponent = half >> 10 & 31, fraction = half & 1023;
  if (exponent == 31) {
    return float_of(sign | 0x7F800000 | fraction << 13);
  }
  if (exponent == 0) {
    float magnitude = (float) fraction * 0x1p-24f;
    return sign ? -magnitude : magnitude;
  }
  return float_of(sign | (exponent + 112) << 23 | fraction << 13);
}

/* Shifts right by 1 to 31 and rounds to nearest even. */
static uint32_t shift_rounded(uint32_t value, uint32_t shift) {
  uint32_t kept = value >> shift, rest = value & ((1u << shift) - 1), half = 1u << (shift - 1);
  return kept + (rest > half || (rest == half && (kept & 1)));
}

static uint16_t narrow_half(float value) {
  uint32_t bits = bits_of(value), sign = bits >> 16 & 0x8000, magnitude = bits & 0x7FFFFFFF;
  if (magnitude > 0x7F800000) {
    return 0x7FFF;
  }
  if (magnitude >= 0x47800000) {
    return (uint16_t) (sign | 0x7C00);
  }
  if (magnitude >= 0x38800000) {
    return (uint16_t) (sign | shift_rounded(magnitude - 0x38000000, 13));
  }
  uint32_t exponent = magnitude >> 23;
  if (exponent < 102) {
    return (uint16_t) sign;
  }
  uint32_t fraction = (magnitude & 0x7FFFFF) | 0x800000;
  return (uint16_t) (sign | shift_rounded(fraction, 126 - exponent));
}

static uint16_t narrow_bfloat(float value) {
  uint32_t bits = bits_of(value);
  if (value != value) {
    return (uint16_t) ((bits | 0x400000) >> 16);
  }
  return (uint16_t) ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

static float load(int type, const char *memory, size_t index) {
  uint16_t half;
  float value;
  if (type == F32) {
    memcpy(&value, memory + index * 4, sizeof value);
    return value;
  }
  memcpy(&half, memory + index * 2, sizeof half);
  return type == F16 ? widen_half(half) : float_of((uint32_t) half << 16);
}

static void store(int type, char *memory, size_t index, float value) {
  if (type == F32) {
    memcpy(memory + index * 4, &value, sizeof value);
    return;
  }
  uint16_t half = type == F16 ? narrow_half(value) : narrow_bfloat(value);
  memcpy(memory + index * 2, &half, sizeof half);
}

/* ---- kernels: one (row, channel) each ---- */

static const char *source_of(const call *c) {
  return fake_memory(c->source, c->source_bytes);
}

static void put(const call *c, int type, uint32_t row, uint32_t channel, float value) {
  store(type, fake_memory(c->target, c->target_bytes), (size_t) row * c->channels + channel, value);
}

static float bias_of(const call *c, uint32_t channel) {
  return load(F32, fake_memory(c->bias, c->bias_bytes), channel);
}

static void input(const call *c, uint32_t row, uint32_t channel) {
  size_t pixels = c->counts[0], channels = c->counts[1];
  float value = 0;
  if (channel < channels) {
    size_t plane = row / pixels * channels + channel;
    value = load(F32, source_of(c), plane * pixels + row % pixels);
  }
  put(c, c->type, row, channel, value);
}

static void input_u8(const call *c, uint32_t row, uint32_t channel) {
  uint32_t channels = c->counts[0];
  float value = 0;
  if (channel < channels) {
    unsigned char sample = (unsigned char) source_of(c)[(size_t) row * channels + channel];
    value = load(F32, fake_memory(c->bias, c->bias_bytes), (size_t) channel * SAMPLES + sample);
  }
  put(c, c->type, row, channel, value);
}

static void epilogue(const call *c, uint32_t row, uint32_t channel) {
  size_t index = (size_t) row * c->channels + channel;
  float value = load(c->type, source_of(c), index) + bias_of(c, channel);
  if (c->residual) {
    value += load(c->type, fake_memory(c->residual, c->residual_bytes), index);
  }
  put(c, c->type, row, channel, value < c->floor ? c->floor : value);
}

static void average_pool(const call *c, uint32_t row, uint32_t channel) {
  size_t pixels = c->counts[0];
  const char *source = source_of(c);
  float sum = 0;
  for (size_t part = 0; part < POOL_PARTS; part++) {
    float its = 0;
    for (size_t run = part; run < pixels; run += POOL_PARTS * POOL_RUN) {
      float of_run = 0;
      for (size_t pixel = run; pixel < pixels && pixel < run + POOL_PARTS * POOL_RUN; pixel += POOL_PARTS) {
        of_run += load(c->type, source, (row * pixels + pixel) * c->channels + channel);
      }
      its += of_run;
    }
    sum = part == 0 ? its : sum + its;
  }
  put(c, c->type, row, channel, sum / (float) pixels);
}

static void max_pool(const call *c, uint32_t row, uint32_t channel) {
  int64_t height = c->counts[0], width = c->counts[1];
  int64_t target_height = c->counts[2], target_width = c->counts[3];
  int64_t kernel = c->counts[4], stride = c->counts[5], padding = c->counts[6];
  int64_t image = row / target_width / target_height;
  int64_t top = row / target_width % target_height * stride - padding;
  int64_t left = row % target_width * stride - padding;
  const char *source = source_of(c);
  float best = -INFINITY;
  for (int64_t y = top; y < top + kernel; y++) {
    for (int64_t x = left; x < left + kernel; x++) {
      if (y < 0 || y >= height || x < 0 || x >= width) {
        continue;
      }
      size_t pixel = (size_t) ((image * height + y) * width + x);
      float value = load(c->type, source, pixel * c->channels + channel);
      if (value > best || value != value) {
        best = value;
      }
    }
  }
  put(c, c->type, row, channel, best);
}

static void convolution(const call *c, uint32_t row, uint32_t channel) {
  int64_t height = c->counts[0], width = c->counts[1];
  int64_t target_height = c->counts[2], target_width = c->counts[3];
  int64_t kernel = c->counts[4], stride = c->counts[5], padding = c->counts[6];
  size_t source_channels = c->counts[7], group_source = c->counts[8], first = channel / c->counts[9] * group_source;
  int64_t image = row / target_width / target_height;
  int64_t top = row / target_width % target_height * stride - padding;
  int64_t left = row % target_width * stride - padding;
  const char *source = source_of(c), *filter = fake_memory(c->filter, c->filter_bytes);
  float sum = 0;
  for (int64_t dy = 0; dy < kernel; dy++) {
    for (int64_t dx = 0; dx < kernel; dx++) {
      int64_t y = top + dy, x = left + dx;
      if (y < 0 || y >= height || x < 0 || x >= width) {
        continue;
      }
      size_t from = (size_t) ((image * height + y) * width + x) * source_channels + first;
      size_t weights = (size_t) ((channel * kernel + dy) * kernel + dx) * group_source;
      for (size_t i = 0; i < group_source; i++) {
        sum = fmaf(load(c->type, source, from + i), load(c->type, filter, weights + i), sum);
      }
    }
  }
  float value = sum + bias_of(c, channel);
  if (c->residual) {
    value += load(c->type, fake_memory(c->residual, c->residual_bytes), (size_t) row * c->channels + channel);
  }
  put(c, c->type, row, channel, value < c->floor ? c->floor : value);
}

static void logits(const call *c, uint32_t row, uint32_t channel) {
  float value = load(c->type, source_of(c), (size_t) row * c->counts[0] + channel);
  put(c, F32, row, channel, value + bias_of(c, channel));
}

/* ---- launching ---- */

static int alive(uint64_t address, size_t bytes) {
  return bytes == 0 || fake_memory(address, bytes) != NULL;
}

static int buffers_alive(const call *c) {
  return alive(c->source, c->source_bytes) && alive(c->filter, c->filter_bytes) && alive(c->bias, c->bias_bytes)
      && alive(c->residual, c->residual_bytes) && alive(c->target, c->target_bytes);
}

static void run(void *argument) {
  const call *c = argument;
  if (!buffers_alive(c)) {
    return; /* fake_memory has noted the error for the next wait. */
  }
  for (uint32_t row = 0; row < c->rows && row < c->covered_rows; row++) {
    for (uint32_t channel = 0; channel < c->channels && channel < c->covered_channels; channel++) {
      c->compute(c, row, channel);
    }
  }
}

static int enqueue(call *c, const fake_launch *launch, void *stream) {
  if (c->source_bytes == 0 || c->target_bytes == 0 || !buffers_alive(c)) {
    return ILLEGAL_ADDRESS;
  }
  uint64_t addresses = c->source | c->bias | c->residual | c->target;
  if (c->lanes > 1 && (c->channels % c->lanes != 0 || addresses % VECTOR_BYTES != 0)) {
    return MISALIGNED_ADDRESS;
  }
  c->covered_rows = (uint64_t) launch->grid[0] * (c->compute == average_pool ? 1 : launch->block[1]);
  c->covered_channels = (uint64_t) launch->grid[1] * launch->block[0] * c->lanes;
  return fake_enqueue(stream, run, c, sizeof *c);
}

/* Readers of the parameters, one after the other. */

static uint64_t take_address(void ***parameters) {
  uint64_t value;
  memcpy(&value, *(*parameters)++, sizeof value);
  return value;
}

static uint32_t take_count(void ***parameters) {
  uint32_t value;
  memcpy(&value, *(*parameters)++, sizeof value);
  return value;
}

static float take_number(void ***parameters) {
  float value;
  memcpy(&value, *(*parameters)++, sizeof value);
  return value;
}

static void take_size(call *c, void ***parameters, int counts) {
  c->rows = take_count(parameters);
  c->channels = take_count(parameters);
  for (int i = 0; i < counts; i++) {
    c->counts[i] = take_count(parameters);
  }
  c->target_bytes = (size_t) c->rows * c->channels * bytes_of(c->type);
}

static int launch_input(int type, uint32_t lanes, const fake_launch *launch, void *stream) {
  void **p = launch->parameters;
  call c = {.compute = input, .type = type, .lanes = lanes};
  c.source = take_address(&p);
  c.target = take_address(&p);
  take_size(&c, &p, 2);
  if (c.counts[0] == 0 || c.rows % c.counts[0] != 0) {
    return ILLEGAL_ADDRESS;
  }
  c.source_bytes = (size_t) c.rows * c.counts[1] * 4;
  return enqueue(&c, launch, stream);
}

static int launch_input_u8(int type, uint32_t lanes, const fake_launch *launch, void *stream) {
  void **p = launch->parameters;
  call c = {.compute = input_u8, .type = type, .lanes = lanes};
  c.source = take_address(&p);
  c.bias = take_address(&p);
  c.target = take_address(&p);
  take_size(&c, &p, 1);
  c.source_bytes = (size_t) c.rows * c.counts[0];
  c.bias_bytes = (size_t) c.counts[0] * SAMPLES * 4;
  return enqueue(&c, launch, stream);
}

static int launch_epilogue(int type, uint32_t lanes, const fake_launch *launch, void *stream) {
  void **p = launch->parameters;
  call c = {.compute = epilogue, .type = type, .lanes = lanes};
  c.source = take_address(&p);
  c.bias = take_address(&p);
  c.residual = take_address(&p);
  c.target = take_address(&p);
  take_size(&c, &p, 0);
  c.floor = take_number(&p);
  c.source_bytes = c.target_bytes;
  c.bias_bytes = (size_t) c.channels * 4;
  c.residual_bytes = c.residual ? c.target_bytes : 0;
  return enqueue(&c, launch, stream);
}

static int launch_average_pool(int type, uint32_t lanes, const fake_launch *launch, void *stream) {
  void **p = launch->parameters;
  call c = {.compute = average_pool, .type = type, .lanes = lanes};
  c.source = take_address(&p);
  c.target = take_address(&p);
  take_size(&c, &p, 1);
  c.source_bytes = c.target_bytes * c.counts[0];
  return enqueue(&c, launch, stream);
}

static int launch_max_pool(int type, uint32_t lanes, const fake_launch *launch, void *stream) {
  void **p = launch->parameters;
  call c = {.compute = max_pool, .type = type, .lanes = lanes};
  c.source = take_address(&p);
  c.target = take_address(&p);
  take_size(&c, &p, 7);
  uint64_t windows = (uint64_t) c.counts[2] * c.counts[3];
  if (windows == 0 || c.rows % windows != 0) {
    return ILLEGAL_ADDRESS;
  }
  c.source_bytes = c.rows / windows * c.counts[0] * c.counts[1] * c.channels * bytes_of(type);
  return enqueue(&c, launch, stream);
}

static int launch_convolution(int type, uint32_t lanes, const fake_launch *launch, void *stream) {
  void **p = launch->parameters;
  call c = {.compute = convolution, .type = type, .lanes = lanes};
  c.source = take_address(&p);
  c.filter = take_address(&p);
  c.bias = take_address(&p);
  c.residual = take_address(&p);
  c.target = take_address(&p);
  take_size(&c, &p, 10);
  c.floor = take_number(&p);
  uint64_t windows = (uint64_t) c.counts[2] * c.counts[3];
  if (windows == 0 || c.rows % windows != 0 || c.counts[9] == 0 || c.channels % c.counts[9] != 0
      || c.channels / c.counts[9] * c.counts[8] != c.counts[7]) {
    return ILLEGAL_ADDRESS;
  }
  c.source_bytes = c.rows / windows * c.counts[0] * c.counts[1] * c.counts[7] * bytes_of(type);
  c.filter_bytes = (size_t) c.channels * c.counts[4] * c.counts[4] * c.counts[8] * bytes_of(type);
  c.bias_bytes = (size_t) c.channels * 4;
  c.residual_bytes = c.residual ? c.target_bytes : 0;
  return enqueue(&c, launch, stream);
}

static int launch_logits(int type, uint32_t lanes, const fake_launch *launch, void *stream) {
  void **p = launch->parameters;
  call c = {.compute = logits, .type = type, .lanes = lanes};
  c.source = take_address(&p);
  c.bias = take_address(&p);
  c.target = take_address(&p);
  take_size(&c, &p, 1);
  if (c.rows == 0 || c.channels == 0 || c.counts[0] < c.channels) {
    return ILLEGAL_ADDRESS;
  }
  c.source_bytes = ((size_t) (c.rows - 1) * c.counts[0] + c.channels) * bytes_of(type);
  c.bias_bytes = (size_t) c.channels * 4;
  c.target_bytes = (size_t) c.rows * c.channels * 4;
  return enqueue(&c, launch, stream);
}

/* ---- entries ---- */

#define TWIN(kernel, suffix, type, lanes)                                                  \
  static int kernel##_##suffix(const fake_launch *launch, void *stream) {                 \
    return launch_##kernel(type, lanes, launch, stream);                                  \
  }
#define TWINS(kernel) TWIN(kernel, f32, F32, 1) TWIN(kernel, f16, F16, 1) TWIN(kernel, bf16, BF16, 1)
#define VECTOR_TWINS(kernel) \
  TWINS(kernel) TWIN(kernel, f32x4, F32, 4) TWIN(kernel, f16x8, F16, 8) TWIN(kernel, bf16x8, BF16, 8)
VECTOR_TWINS(input)
VECTOR_TWINS(input_u8)
VECTOR_TWINS(epilogue)
VECTOR_TWINS(average_pool)
VECTOR_TWINS(max_pool)
TWINS(convolution)
TWINS(logits)

#define ENTRY(name) {"resnet4j_" #name, name}
#define ENTRIES(kernel) ENTRY(kernel##_f32), ENTRY(kernel##_f16), ENTRY(kernel##_bf16)
#define VECTOR_ENTRIES(kernel) \
  ENTRIES(kernel), ENTRY(kernel##_f32x4), ENTRY(kernel##_f16x8), ENTRY(kernel##_bf16x8)
static const struct {
  const char *entry;
  fake_kernel twin;
} entries[] = {
    VECTOR_ENTRIES(input),    VECTOR_ENTRIES(input_u8), VECTOR_ENTRIES(epilogue), VECTOR_ENTRIES(average_pool),
    VECTOR_ENTRIES(max_pool), ENTRIES(convolution),     ENTRIES(logits)};

fake_kernel fake_find_kernel(const char *entry) {
  for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
    if (strcmp(entry, entries[i].entry) == 0) {
      return entries[i].twin;
    }
  }
  return NULL;
}
