/* Memory of the emulated device. Addresses are handed out once, in a range that nobody can access, so that the host
   faults on a device pointer and a freed address never becomes valid again; the contents lie in shadow blocks between
   red zones. Copies check exact bounds. */
#define _GNU_SOURCE
#include "fakecuda.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGNMENT = 256, RED_ZONE = 256, QUARANTINE = 64, QUARANTINE_BYTES = 1 << 20 };
#define RANGE_BYTES ((uint64_t)1 << 42)
#define DEFAULT_CAPACITY ((uint64_t)1 << 30)

typedef struct {
  uint64_t address, bytes;
  unsigned char *block; /* red zone, contents, red zone */
  long number;
} allocation;

static allocation *allocations; /* sorted by address */
static size_t allocation_total, allocation_room;
static uint64_t range_start, next_address, capacity = DEFAULT_CAPACITY, used;
static long allocation_number;
/* Freed blocks stay poisoned for a while: work that kept a pointer into one computes with 0xDD. */
static unsigned char *quarantine[QUARANTINE];
static int quarantine_next;
/* The last freed block that is too large for that, for an allocation of its size: the system would have to make its pages
   anew, which takes ten times as long as poisoning them. */
static unsigned char *spare;
static uint64_t spare_bytes;

static int reserve(void) {
  if (range_start) return 1;
  void *range = mmap(NULL, RANGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (range == MAP_FAILED) return 0;
  range_start = ((uint64_t)range + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  next_address = range_start;
  return 1;
}

/* The live allocation that holds the range, or NULL. */
static allocation *find(uint64_t address, uint64_t bytes) {
  size_t low = 0, high = allocation_total;
  while (low < high) {
    size_t middle = (low + high) / 2;
    allocation *a = &allocations[middle];
    if (address < a->address) high = middle;
    else if (address - a->address >= a->bytes + (a->bytes == 0)) low = middle + 1;
    else return bytes <= a->bytes - (address - a->address) ? a : NULL;
  }
  return NULL;
}

void *fake_memory(uint64_t address, size_t bytes) {
  LOCKED;
  allocation *a = find(address, bytes);
  if (a) return a->block + RED_ZONE + (address - a->address);
  if (fake_running()) fake_set_sticky_error(ILLEGAL_ADDRESS);
  return NULL;
}

uint64_t fake_memory_free_bytes(void) { return capacity > used ? capacity - used : 0; }

uint64_t fake_memory_capacity(void) { return capacity; }

void fakeCapacity(uint64_t bytes) {
  LOCKED;
  capacity = bytes;
}

int fake_memory_leaks(char *text, size_t bytes) {
  size_t length = 0;
  for (size_t i = 0; i < allocation_total && length < bytes; i++) {
    length += (size_t)snprintf(text + length, bytes - length, "device memory %llu bytes, allocation %ld\n",
                               (unsigned long long)allocations[i].bytes, allocations[i].number);
  }
  return (int)allocation_total;
}

void fake_memory_reset(void) {
  for (size_t i = 0; i < allocation_total; i++) free(allocations[i].block);
  for (int i = 0; i < QUARANTINE; i++) {
    free(quarantine[i]);
    quarantine[i] = NULL;
  }
  allocation_total = 0;
  used = 0;
  allocation_number = 0;
  capacity = DEFAULT_CAPACITY;
}

static unsigned char *block_of(uint64_t bytes) {
  if (!spare || spare_bytes != bytes) return malloc(bytes + 2 * RED_ZONE);
  unsigned char *block = spare;
  spare = NULL;
  return block;
}

static int add(uint64_t bytes, uint64_t *address) {
  uint64_t step = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT + ALIGNMENT;
  if (bytes > fake_memory_free_bytes() || !reserve()) return OUT_OF_MEMORY;
  if (step > range_start + RANGE_BYTES - ALIGNMENT - next_address) return OUT_OF_MEMORY;
  unsigned char *block = block_of(bytes);
  if (!block) return OUT_OF_MEMORY;
  memset(block, POISON_NEW, bytes + 2 * RED_ZONE);
  if (allocation_total == allocation_room) {
    allocation_room = allocation_room ? 2 * allocation_room : 64;
    allocations = realloc(allocations, allocation_room * sizeof *allocations);
    if (!allocations) abort();
  }
  allocations[allocation_total++] = (allocation){next_address, bytes, block, ++allocation_number};
  *address = next_address;
  next_address += step;
  used += bytes;
  return 0;
}

static int intact(const unsigned char *zone) {
  for (int i = 0; i < RED_ZONE; i++) {
    if (zone[i] != POISON_NEW) return 0;
  }
  return 1;
}

static void retire(unsigned char *block, uint64_t bytes) {
  memset(block, POISON_FREE, bytes + 2 * RED_ZONE);
  if (bytes > QUARANTINE_BYTES) {
    free(spare);
    spare = block;
    spare_bytes = bytes;
    return;
  }
  free(quarantine[quarantine_next]);
  quarantine[quarantine_next] = block;
  quarantine_next = (quarantine_next + 1) % QUARANTINE;
}

int cuMemAlloc_v2(uint64_t *address, size_t bytes) {
  ENTER_CONTEXT;
  int code = fake_forbidden_in_capture();
  if (code) return code;
  if (fake_sticky_error()) return fake_sticky_error();
  if (!bytes) return INVALID_VALUE;
  return add(bytes, address);
}

int cuMemFree_v2(uint64_t address) {
  ENTER_CONTEXT;
  int code = fake_forbidden_in_capture();
  if (code) return code;
  fake_drain_all();
  allocation *a = find(address, 0);
  if (!a || a->address != address) return INVALID_VALUE;
  int zones = intact(a->block) && intact(a->block + RED_ZONE + a->bytes);
  used -= a->bytes;
  retire(a->block, a->bytes);
  size_t after = (size_t)(allocations + allocation_total - (a + 1));
  memmove(a, a + 1, after * sizeof *a);
  allocation_total--;
  return zones ? 0 : ILLEGAL_ADDRESS;
}

/* Managed memory would let the host touch device memory, which this emulator exists to catch. */
int cuMemAllocManaged(uint64_t *address, size_t bytes, unsigned flags) {
  (void)address, (void)bytes, (void)flags;
  ENTER_CONTEXT;
  return NOT_SUPPORTED;
}

int cuMemGetInfo_v2(size_t *available, size_t *total) {
  ENTER_CONTEXT;
  *available = fake_memory_free_bytes();
  *total = capacity;
  return 0;
}

int cuMemHostAlloc(void **pointer, size_t bytes, unsigned flags) {
  (void)flags;
  ENTER_CONTEXT;
  int code = fake_forbidden_in_capture();
  if (code) return code;
  if (!bytes) return INVALID_VALUE;
  if (posix_memalign(pointer, 4096, bytes)) return OUT_OF_MEMORY;
  memset(*pointer, POISON_NEW, bytes);
  fake_created("pinned memory", *pointer);
  return 0;
}

int cuMemFreeHost(void *pointer) {
  ENTER_CONTEXT;
  int code = fake_forbidden_in_capture();
  if (code) return code;
  fake_drain_all();
  if (!fake_destroyed("pinned memory", pointer)) return INVALID_VALUE;
  free(pointer);
  return 0;
}

/* Copies and fills. Those without a stream wait for blocking streams only. */
typedef struct {
  uint64_t to, from;
  void *host;
  size_t bytes;
  unsigned char value;
} transfer;

static void run_to_device(void *argument) {
  transfer *t = argument;
  void *to = fake_memory(t->to, t->bytes);
  if (to) memcpy(to, t->host, t->bytes);
}

static void run_to_host(void *argument) {
  transfer *t = argument;
  void *from = fake_memory(t->from, t->bytes);
  if (from) memcpy(t->host, from, t->bytes);
}

static void run_within(void *argument) {
  transfer *t = argument;
  void *to = fake_memory(t->to, t->bytes), *from = fake_memory(t->from, t->bytes);
  if (to && from) memmove(to, from, t->bytes);
}

static void run_fill(void *argument) {
  transfer *t = argument;
  void *to = fake_memory(t->to, t->bytes);
  if (to) memset(to, t->value, t->bytes);
}

static int legacy(void (*work)(void *), transfer t) {
  int code = fake_forbidden_in_capture();
  if (code) return code;
  fake_drain_blocking();
  if (!fake_sticky_error()) work(&t);
  return fake_sticky_error();
}

int cuMemcpyHtoD_v2(uint64_t to, const void *from, size_t bytes) {
  ENTER_CONTEXT;
  if (!fake_memory(to, bytes) || !from) return INVALID_VALUE;
  return legacy(run_to_device, (transfer){.to = to, .host = (void *)from, .bytes = bytes});
}

int cuMemcpyDtoH_v2(void *to, uint64_t from, size_t bytes) {
  ENTER_CONTEXT;
  if (!fake_memory(from, bytes) || !to) return INVALID_VALUE;
  return legacy(run_to_host, (transfer){.from = from, .host = to, .bytes = bytes});
}

int cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes, void *stream) {
  ENTER_CONTEXT;
  if (!fake_memory(to, bytes) || !from) return INVALID_VALUE;
  transfer t = {.to = to, .host = (void *)from, .bytes = bytes};
  return fake_enqueue(stream, run_to_device, &t, sizeof t);
}

int cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, void *stream) {
  ENTER_CONTEXT;
  if (!fake_memory(from, bytes) || !to) return INVALID_VALUE;
  transfer t = {.from = from, .host = to, .bytes = bytes};
  return fake_enqueue(stream, run_to_host, &t, sizeof t);
}

int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, void *stream) {
  ENTER_CONTEXT;
  if (!fake_memory(to, bytes) || !fake_memory(from, bytes)) return INVALID_VALUE;
  transfer t = {.to = to, .from = from, .bytes = bytes};
  return fake_enqueue(stream, run_within, &t, sizeof t);
}

int cuMemsetD8Async(uint64_t to, unsigned char value, size_t bytes, void *stream) {
  ENTER_CONTEXT;
  if (!fake_memory(to, bytes)) return INVALID_VALUE;
  transfer t = {.to = to, .bytes = bytes, .value = value};
  return fake_enqueue(stream, run_fill, &t, sizeof t);
}
