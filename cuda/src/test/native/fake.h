/* What the emulated libraries share. libcuda.so.1 defines it; the other libraries link against that. */
#ifndef FAKE_H
#define FAKE_H

#include <stddef.h>
#include <stdint.h>

/* Device memory, as the emulator sees it; NULL unless [address, address + bytes) lies in one live allocation. */
void *fake_memory(uint64_t address, size_t bytes);

/* A factor of TF32: rounded to 10 bits after the point, ties away from zero, as cvt.rna.tf32 does. */
float fake_tf32(float value);

/* Queues work on a stream (or records it while the stream is captured); it runs at the next synchronisation.
   argument is copied (bytes). 0 or an error code. */
int fake_enqueue(void *stream, void (*work)(void *argument), const void *argument, size_t bytes);

/* Begins every emulated function: counts and traces the call; returns the code that a test has asked this call to
   fail with, or 0. */
int fake_enter(const char *function);

/* Counts something that is no call, for fakeCalls. */
void fake_note(const char *what);

/* Objects for the leak list: created, destroyed (0 if it was not alive: the caller returns its "invalid handle"),
   alive. kind is a literal such as "cudnnTensorDescriptor". */
void fake_created(const char *kind, const void *object);
int fake_destroyed(const char *kind, const void *object);
int fake_alive(const char *kind, const void *object);

/* A switch set by fakeOption, or its default, which is 0 for a name that is not listed in fakecore.c. */
int fake_option(const char *name);

/* Kernels: C twin of a PTX entry, found by name; NULL if there is none. The twin checks its arguments and enqueues; it
   returns 0 or a CUDA error code. */
typedef struct {
  unsigned grid[3], block[3];
  void **parameters;
} fake_launch;
typedef int (*fake_kernel)(const fake_launch *launch, void *stream);
fake_kernel fake_find_kernel(const char *entry);

/* For tests. fakeReset: all state, 1 GiB capacity, no faults, everything freed. fakeFail: the nth call from now fails
   with code (1-based). fakeCalls: of one function, or of all (NULL). fakeLeaks: how many objects and allocations are
   alive, listed in text. fakeTrace: the last 131072 function names, newline-separated; returns the text's length. */
void fakeReset(void);
void fakeFail(const char *function, int nth, int code);
long fakeCalls(const char *function);
int fakeLeaks(char *text, size_t bytes);
void fakeCapacity(uint64_t bytes);
void fakeOption(const char *name, int value);
size_t fakeTrace(char *text, size_t bytes);

#endif
