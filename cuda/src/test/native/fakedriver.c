/* Start-up, devices, the primary context, modules and kernel launches of the emulated driver. */
#define _GNU_SOURCE
#include "fakecuda.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEVICES = 16, MULTIPROCESSORS = 16, MAJOR = 75, MINOR = 76, THREADS = 1024 };

typedef struct function {
  struct function *next;
  char entry[];
} function;

typedef struct { char *ptx; function *functions; } module;

static int initialized, retained[DEVICES], contexts[DEVICES];
static _Thread_local int *current;

int fake_context_current(void) { return current && retained[current - contexts] > 0; }

/* But one of each device, which the process keeps to its end. */
int fake_contexts_retained(void) {
  int total = 0;
  for (int i = 0; i < DEVICES; i++) total += retained[i] > 1 ? retained[i] - 1 : 0;
  return total;
}

void fake_driver_reset(void) {
  memset(retained, 0, sizeof retained);
  initialized = 0;
}

int cuDriverGetVersion(int *version) {
  ENTER;
  *version = fake_option("driver.version");
  return 0;
}

int cuInit(unsigned flags) {
  ENTER;
  if (flags) return INVALID_VALUE;
  if (!fake_option("devices")) return NO_DEVICE;
  initialized = 1;
  return 0;
}

int cuDeviceGetCount(int *count) {
  ENTER;
  if (!initialized) return NOT_INITIALIZED;
  *count = fake_option("devices");
  return 0;
}

static int check_device(int device) {
  if (!initialized) return NOT_INITIALIZED;
  return device < 0 || device >= DEVICES || device >= fake_option("devices") ? INVALID_DEVICE : 0;
}

int cuDeviceGet(int *device, int ordinal) {
  ENTER;
  *device = ordinal;
  return check_device(ordinal);
}

int cuDeviceGetName(char *name, int bytes, int device) {
  ENTER;
  if (bytes > 0) snprintf(name, (size_t)bytes, "Emulated GPU %d", device);
  return check_device(device);
}

int cuDeviceGetAttribute(int *value, int attribute, int device) {
  ENTER;
  switch (attribute) {
    case MULTIPROCESSORS: *value = 132; break;
    case MAJOR: *value = fake_option("compute.major"); break;
    case MINOR: *value = fake_option("compute.minor"); break;
    default: return NOT_SUPPORTED;
  }
  return check_device(device);
}

int cuDeviceTotalMem_v2(size_t *bytes, int device) {
  ENTER;
  *bytes = fake_memory_capacity();
  return check_device(device);
}

int cuDevicePrimaryCtxRetain(int **context, int device) {
  ENTER;
  int code = check_device(device);
  if (code) return code;
  if (!retained[device]++) fake_note("contexts made");
  *context = &contexts[device];
  return 0;
}

int cuDevicePrimaryCtxRelease_v2(int device) {
  ENTER;
  int code = check_device(device);
  if (code) return code;
  if (!retained[device]) return INVALID_CONTEXT;
  retained[device]--;
  return 0;
}

int cuCtxSetCurrent(int *context) {
  ENTER;
  if (context && (context < contexts || context >= contexts + DEVICES)) return INVALID_CONTEXT;
  current = context;
  return 0;
}

int cuModuleLoadData(module **result, const char *ptx) {
  ENTER_CONTEXT;
  if (!strstr(ptx, ".version") || !strstr(ptx, ".target")) return INVALID_PTX;
  module *m = calloc(1, sizeof *m);
  if (!m || !(m->ptx = strdup(ptx))) abort();
  fake_created("module", m);
  *result = m;
  return 0;
}

int cuModuleUnload(module *m) {
  ENTER_CONTEXT;
  if (!fake_destroyed("module", m)) return INVALID_HANDLE;
  for (function *f = m->functions, *next; f; f = next) {
    next = f->next;
    free(f);
  }
  free(m->ptx);
  free(m);
  return 0;
}

/* True if the text declares ".entry name", followed by its parameter list. */
static int declares(const char *ptx, const char *name) {
  for (const char *at = strstr(ptx, ".entry"); at; at = strstr(at, ".entry")) {
    at += strlen(".entry");
    while (isspace((unsigned char)*at)) at++;
    size_t length = strlen(name);
    if (!strncmp(at, name, length) && (at[length] == '(' || isspace((unsigned char)at[length]))) return 1;
  }
  return 0;
}

int cuModuleGetFunction(function **result, module *m, const char *entry) {
  ENTER_CONTEXT;
  if (!fake_alive("module", m)) return INVALID_HANDLE;
  if (!declares(m->ptx, entry)) return NOT_FOUND;
  function *f = malloc(sizeof *f + strlen(entry) + 1);
  if (!f) abort();
  strcpy(f->entry, entry);
  f->next = m->functions;
  m->functions = f;
  *result = f;
  return 0;
}

int cuLaunchKernel(function *f, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,
                   unsigned blockZ, unsigned sharedBytes, void *stream, void **parameters, void **extra) {
  (void)sharedBytes;
  ENTER_CONTEXT;
  if (fake_sticky_error()) return fake_sticky_error();
  if (!f || !parameters || extra) return INVALID_VALUE;
  if (!gridX || !gridY || !gridZ || !blockX || !blockY || !blockZ) return INVALID_VALUE;
  if (gridX > INT32_MAX || gridY > 65535 || gridZ > 65535 || blockZ > 64) return INVALID_VALUE;
  if ((uint64_t)blockX * blockY * blockZ > THREADS) return INVALID_VALUE;
  fake_kernel kernel = fake_find_scale(f->entry);
  if (!kernel) kernel = fake_find_kernel(f->entry);
  if (!kernel) return NOT_SUPPORTED;
  fake_launch launch = {{gridX, gridY, gridZ}, {blockX, blockY, blockZ}, parameters};
  return kernel(&launch, stream);
}

static const char *error_name(int code, const char **text) {
  static _Thread_local char name[32];
  snprintf(name, sizeof name, "CUDA_ERROR_%d", code);
  return *text = name;
}

int cuGetErrorName(int code, const char **name) {
  error_name(code, name);
  return 0;
}

int cuGetErrorString(int code, const char **text) {
  error_name(code, text);
  return 0;
}
