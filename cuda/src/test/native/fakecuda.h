/* What the parts of the emulated libcuda share with each other only. */
#ifndef FAKECUDA_H
#define FAKECUDA_H

#include "fake.h"

enum {
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  NOT_INITIALIZED = 3,
  NO_DEVICE = 100,
  INVALID_DEVICE = 101,
  INVALID_CONTEXT = 201,
  INVALID_PTX = 218,
  INVALID_HANDLE = 400,
  NOT_FOUND = 500,
  NOT_READY = 600,
  ILLEGAL_ADDRESS = 700,
  NOT_SUPPORTED = 801,
  CAPTURE_UNSUPPORTED = 900,
  CAPTURE_INVALIDATED = 901,
  CAPTURE_ISOLATION = 905,
  ILLEGAL_STATE = 401
};

/* One lock over everything, held while an emulated or a test function runs. */
void fake_lock(void);
void fake_unlock(int *unused);
#define LOCKED __attribute__((cleanup(fake_unlock))) int locked_ = (fake_lock(), 0); (void)locked_

/* Begins a driver function: lock, count, injected fault. */
#define ENTER                          \
  LOCKED;                              \
  do {                                 \
    int fault_ = fake_enter(__func__); \
    if (fault_) return fault_;         \
  } while (0)
/* The same for a function that needs a current context. */
#define ENTER_CONTEXT                           \
  ENTER;                                        \
  if (!fake_context_current()) return INVALID_CONTEXT

int fake_context_current(void);

/* Device memory and what it was poisoned with. */
enum { POISON_NEW = 0xCB, POISON_FREE = 0xDD };
void fake_memory_reset(void);
uint64_t fake_memory_free_bytes(void);
uint64_t fake_memory_capacity(void);
int fake_memory_leaks(char *text, size_t bytes);

/* 900 and a spoilt capture if this thread is capturing, else 0: for calls that a capture forbids. */
int fake_forbidden_in_capture(void);
/* Runs everything that is queued on every stream. */
void fake_drain_all(void);
/* Of those that were not made CU_STREAM_NON_BLOCKING. */
void fake_drain_blocking(void);
/* An error of work that has run: reported by every later launch, copy and synchronisation, as a broken context does. */
int fake_sticky_error(void);
void fake_set_sticky_error(int code);
/* True while queued work runs. */
int fake_running(void);
void fake_streams_reset(void);
void fake_driver_reset(void);
int fake_contexts_retained(void);

/* The kernel of the driver's own tests. */
fake_kernel fake_find_scale(const char *entry);

#endif
