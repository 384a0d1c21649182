/* C twin of fake_scale(.u64 x, .f32 factor, .u32 count), x[i] *= factor: the kernel of the driver's own tests. */
#include "fakecuda.h"

#include <string.h>

typedef struct { uint64_t x; float factor; uint32_t count; } scale;

static void run(void *argument) {
  scale *s = argument;
  float *x = fake_memory(s->x, s->count * sizeof *x);
  for (uint32_t i = 0; x && i < s->count; i++) x[i] *= s->factor;
}

static int launch_scale(const fake_launch *launch, void *stream) {
  scale s;
  memcpy(&s.x, launch->parameters[0], sizeof s.x);
  memcpy(&s.factor, launch->parameters[1], sizeof s.factor);
  memcpy(&s.count, launch->parameters[2], sizeof s.count);
  if ((uint64_t)launch->grid[0] * launch->block[0] < s.count) return INVALID_VALUE;
  if (!fake_memory(s.x, s.count * sizeof(float))) return ILLEGAL_ADDRESS;
  return fake_enqueue(stream, run, &s, sizeof s);
}

fake_kernel fake_find_scale(const char *entry) { return strcmp(entry, "fake_scale") ? NULL : launch_scale; }
