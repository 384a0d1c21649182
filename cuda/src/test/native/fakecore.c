/* Bookkeeping of the emulator: lock, call counts, trace, injected faults, options, live objects. */
#define _GNU_SOURCE
#include "fakecuda.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FUNCTIONS = 1024, TRACE = 1 << 17, FAULTS = 64, OPTIONS = 64, NAME = 96 };

typedef struct { char name[NAME]; long calls; } function_count;
typedef struct { char function[NAME]; int nth, code; } fault;
typedef struct { char name[NAME]; int value; } option;
typedef struct { const char *kind; const void *object; } live_object;

static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static function_count functions[FUNCTIONS];
static int function_total;
static const char *trace[TRACE];
static long trace_total;
static fault faults[FAULTS];
static int fault_total;
static option options[OPTIONS];
static int option_total;
static live_object *objects;
static size_t object_total, object_room;

static const option DEFAULTS[] = {
    {"devices", 1}, {"driver.version", 12060}, {"compute.major", 9}, {"compute.minor", 0}};

void fake_lock(void) { pthread_mutex_lock(&lock); }

void fake_unlock(int *unused) {
  (void)unused;
  pthread_mutex_unlock(&lock);
}

float fake_tf32(float value) {
  uint32_t bits;
  if (value - value != 0) return value; /* NaN and infinities */
  memcpy(&bits, &value, sizeof bits);
  bits = (bits + 0x1000) & ~UINT32_C(0x1FFF);
  memcpy(&value, &bits, sizeof bits);
  return value;
}

static void copy_name(char *to, const char *from) { snprintf(to, NAME, "%s", from); }

static function_count *count_of(const char *name) {
  for (int i = 0; i < function_total; i++) {
    if (!strcmp(functions[i].name, name)) return &functions[i];
  }
  if (function_total == FUNCTIONS) abort();
  copy_name(functions[function_total].name, name);
  functions[function_total].calls = 0;
  return &functions[function_total++];
}

int fake_enter(const char *function) {
  LOCKED;
  function_count *count = count_of(function);
  count->calls++;
  trace[trace_total++ % TRACE] = count->name;
  for (int i = 0; i < fault_total; i++) {
    fault *f = &faults[i];
    if (f->nth > 0 && !strcmp(f->function, function) && --f->nth == 0) return f->code;
  }
  return 0;
}

/* FAKE_FAIL=function:nth:code in the environment does to a whole process what fakeFail does. */
__attribute__((constructor)) static void fail_by_environment(void) {
  const char *text = getenv("FAKE_FAIL");
  char function[NAME];
  int nth, code;
  if (text && sscanf(text, "%95[^:]:%d:%d", function, &nth, &code) == 3) fakeFail(function, nth, code);
}

void fake_note(const char *what) {
  LOCKED;
  count_of(what)->calls++;
}

void fakeFail(const char *function, int nth, int code) {
  LOCKED;
  if (fault_total == FAULTS) abort();
  fault *f = &faults[fault_total++];
  copy_name(f->function, function);
  f->nth = nth;
  f->code = code;
}

long fakeCalls(const char *function) {
  LOCKED;
  if (function) return count_of(function)->calls;
  return trace_total;
}

size_t fakeTrace(char *text, size_t bytes) {
  LOCKED;
  size_t length = 0;
  if (bytes) text[0] = 0;
  for (long i = trace_total > TRACE ? trace_total - TRACE : 0; i < trace_total; i++) {
    const char *name = trace[i % TRACE];
    if (length + strlen(name) + 2 > bytes) break;
    length += (size_t)sprintf(text + length, "%s\n", name);
  }
  return length;
}

void fakeOption(const char *name, int value) {
  LOCKED;
  for (int i = 0; i < option_total; i++) {
    if (!strcmp(options[i].name, name)) {
      options[i].value = value;
      return;
    }
  }
  if (option_total == OPTIONS) abort();
  copy_name(options[option_total].name, name);
  options[option_total++].value = value;
}

int fake_option(const char *name) {
  LOCKED;
  for (int i = 0; i < option_total; i++) {
    if (!strcmp(options[i].name, name)) return options[i].value;
  }
  for (size_t i = 0; i < sizeof DEFAULTS / sizeof *DEFAULTS; i++) {
    if (!strcmp(DEFAULTS[i].name, name)) return DEFAULTS[i].value;
  }
  return 0;
}

/* The index of a live object, or object_total. */
static size_t find(const char *kind, const void *object) {
  size_t i = 0;
  while (i < object_total && (objects[i].object != object || strcmp(objects[i].kind, kind))) i++;
  return i;
}

void fake_created(const char *kind, const void *object) {
  LOCKED;
  if (object_total == object_room) {
    object_room = object_room ? 2 * object_room : 64;
    objects = realloc(objects, object_room * sizeof *objects);
    if (!objects) abort();
  }
  objects[object_total++] = (live_object){kind, object};
}

int fake_destroyed(const char *kind, const void *object) {
  LOCKED;
  size_t i = find(kind, object);
  if (i == object_total) return 0;
  objects[i] = objects[--object_total];
  return 1;
}

int fake_alive(const char *kind, const void *object) {
  LOCKED;
  return find(kind, object) < object_total;
}

int fakeLeaks(char *text, size_t bytes) {
  LOCKED;
  if (bytes) text[0] = 0;
  size_t length = 0;
  for (size_t i = 0; i < object_total && length < bytes; i++) {
    length += (size_t)snprintf(text + length, bytes - length, "%s %p\n", objects[i].kind, objects[i].object);
  }
  int contexts = fake_contexts_retained();
  if (contexts && length < bytes) {
    length += (size_t)snprintf(text + length, bytes - length, "primary context, retained %d times\n", contexts);
  }
  if (length > bytes) length = bytes;
  return (int)object_total + contexts + fake_memory_leaks(text + length, bytes - length);
}

void fakeReset(void) {
  LOCKED;
  fake_streams_reset();
  fake_driver_reset();
  fake_memory_reset();
  function_total = fault_total = option_total = 0;
  trace_total = 0;
  object_total = 0;
}
