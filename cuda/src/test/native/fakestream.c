/* Streams, events and graphs. Work is queued and runs only when somebody waits for it, so that a missing wait shows as
   wrong results. A captured stream records its work into a graph instead. */
#define _GNU_SOURCE
#include "fakecuda.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct operation {
  struct operation *next;
  long number; /* order of queueing, over all streams */
  size_t bytes;
  void (*work)(void *argument);
  _Alignas(16) char argument[];
} operation;

typedef struct { operation *head, *tail; } queue;

typedef struct stream {
  struct stream *next;
  queue pending, recorded;
  int capturing, spoilt;
  int blocking; /* with the legacy default stream, which copies without a stream are on */
} stream;

typedef struct { queue work; } graph;

typedef struct {
  stream *where; /* NULL: never recorded */
  long number;   /* of the operation that stamps it */
  int passed, captured;
  struct timespec time;
  long done; /* operations by then */
} event;

static stream *streams;
static long operation_number, operations_done;
static int running, sticky;
static _Thread_local stream *captured_here;

static operation *copy(void (*work)(void *), const void *argument, size_t bytes) {
  operation *o = malloc(sizeof *o + bytes);
  if (!o) abort();
  o->next = NULL;
  o->number = ++operation_number;
  o->bytes = bytes;
  o->work = work;
  memcpy(o->argument, argument, bytes);
  return o;
}

static void append(queue *q, operation *o) {
  if (q->tail) q->tail->next = o;
  else q->head = o;
  q->tail = o;
}

static void clear(queue *q) {
  for (operation *o = q->head, *next; o; o = next) {
    next = o->next;
    free(o);
  }
  q->head = q->tail = NULL;
}

/* Runs a stream's work up to and including an operation. Taken off first: the work may drain other streams. */
static void drain(stream *s, long last) {
  while (s->pending.head && s->pending.head->number <= last) {
    operation *o = s->pending.head;
    s->pending.head = o->next;
    if (!o->next) s->pending.tail = NULL;
    running++;
    operations_done++;
    if (!sticky) o->work(o->argument);
    running--;
    free(o);
  }
}

void fake_drain_all(void) {
  for (stream *s = streams; s; s = s->next) drain(s, operation_number);
}

void fake_drain_blocking(void) {
  for (stream *s = streams; s; s = s->next) {
    if (s->blocking) drain(s, operation_number);
  }
}

int fake_running(void) { return running; }

int fake_sticky_error(void) { return sticky; }

void fake_set_sticky_error(int code) { sticky = code; }

int fake_forbidden_in_capture(void) {
  if (!captured_here || !fake_alive("stream", captured_here) || !captured_here->capturing) return 0;
  captured_here->spoilt = 1;
  return CAPTURE_UNSUPPORTED;
}

void fake_streams_reset(void) {
  while (streams) {
    stream *s = streams;
    streams = s->next;
    clear(&s->pending);
    clear(&s->recorded);
    free(s);
  }
  sticky = 0;
}

int fake_enqueue(void *handle, void (*work)(void *argument), const void *argument, size_t bytes) {
  LOCKED;
  stream *s = handle;
  if (!fake_alive("stream", s)) return INVALID_HANDLE;
  if (sticky) return sticky;
  if (s->spoilt) return CAPTURE_INVALIDATED;
  append(s->capturing ? &s->recorded : &s->pending, copy(work, argument, bytes));
  return 0;
}

int cuStreamCreate(stream **result, unsigned flags) {
  ENTER_CONTEXT;
  if (flags > 1) return INVALID_VALUE;
  stream *s = calloc(1, sizeof *s);
  if (!s) return OUT_OF_MEMORY;
  s->blocking = !flags;
  s->next = streams;
  streams = s;
  fake_created("stream", s);
  *result = s;
  return 0;
}

int cuStreamDestroy_v2(stream *s) {
  ENTER_CONTEXT;
  if (!fake_destroyed("stream", s)) return INVALID_HANDLE;
  drain(s, operation_number);
  clear(&s->recorded);
  stream **link = &streams;
  while (*link != s) link = &(*link)->next;
  *link = s->next;
  if (captured_here == s) captured_here = NULL;
  free(s);
  return 0;
}

int cuStreamSynchronize(stream *s) {
  ENTER_CONTEXT;
  if (!fake_alive("stream", s)) return INVALID_HANDLE;
  int code = fake_forbidden_in_capture();
  if (code) return code;
  drain(s, operation_number);
  return sticky;
}

int cuCtxSynchronize(void) {
  ENTER_CONTEXT;
  int code = fake_forbidden_in_capture();
  if (code) return code;
  fake_drain_all();
  return sticky;
}

int cuStreamBeginCapture_v2(stream *s, int mode) {
  ENTER_CONTEXT;
  if (!fake_alive("stream", s)) return INVALID_HANDLE;
  if (mode < 0 || mode > 2) return INVALID_VALUE;
  if (s->capturing || captured_here) return ILLEGAL_STATE;
  s->capturing = 1;
  s->spoilt = 0;
  captured_here = s;
  return 0;
}

/* Capturing ends also if the call fails. */
int cuStreamEndCapture(stream *s, graph **result) {
  LOCKED;
  int failed = fake_enter(__func__);
  if (!failed && !fake_context_current()) return INVALID_CONTEXT;
  if (!fake_alive("stream", s)) return failed ? failed : INVALID_HANDLE;
  if (!s->capturing) return failed ? failed : ILLEGAL_STATE;
  int spoilt = failed ? failed : s->spoilt ? CAPTURE_INVALIDATED : 0;
  s->capturing = s->spoilt = 0;
  captured_here = NULL;
  *result = NULL;
  if (spoilt) {
    clear(&s->recorded);
    return spoilt;
  }
  graph *g = calloc(1, sizeof *g);
  if (!g) return OUT_OF_MEMORY;
  g->work = s->recorded;
  s->recorded = (queue){0};
  fake_created("graph", g);
  *result = g;
  return 0;
}

static void append_all(queue *to, const queue *from) {
  for (operation *o = from->head; o; o = o->next) append(to, copy(o->work, o->argument, o->bytes));
}

int cuGraphInstantiateWithFlags(graph **result, graph *g, unsigned long long flags) {
  ENTER_CONTEXT;
  if (!fake_alive("graph", g)) return INVALID_HANDLE;
  if (flags) return NOT_SUPPORTED;
  graph *executable = calloc(1, sizeof *executable);
  if (!executable) return OUT_OF_MEMORY;
  append_all(&executable->work, &g->work);
  fake_created("executable graph", executable);
  *result = executable;
  return 0;
}

int cuGraphLaunch(graph *executable, stream *s) {
  ENTER_CONTEXT;
  if (!fake_alive("executable graph", executable) || !fake_alive("stream", s)) return INVALID_HANDLE;
  if (s->capturing) return NOT_SUPPORTED;
  if (sticky) return sticky;
  append_all(&s->pending, &executable->work);
  return 0;
}

static int destroy(const char *kind, graph *g) {
  if (!fake_destroyed(kind, g)) return INVALID_HANDLE;
  clear(&g->work);
  free(g);
  return 0;
}

int cuGraphDestroy(graph *g) {
  ENTER_CONTEXT;
  return destroy("graph", g);
}

int cuGraphExecDestroy(graph *executable) {
  ENTER_CONTEXT;
  return destroy("executable graph", executable);
}

int cuEventCreate(event **result, unsigned flags) {
  (void)flags;
  ENTER_CONTEXT;
  event *e = calloc(1, sizeof *e);
  if (!e) return OUT_OF_MEMORY;
  fake_created("event", e);
  *result = e;
  return 0;
}

int cuEventDestroy_v2(event *e) {
  ENTER_CONTEXT;
  if (!fake_destroyed("event", e)) return INVALID_HANDLE;
  free(e);
  return 0;
}

static void stamp(void *argument) {
  event *e = *(event **)argument;
  if (!fake_alive("event", e)) return;
  e->passed = 1;
  e->done = operations_done;
  clock_gettime(CLOCK_MONOTONIC, &e->time);
}

int cuEventRecord(event *e, stream *s) {
  ENTER_CONTEXT;
  if (!fake_alive("event", e)) return INVALID_HANDLE;
  int code = fake_enqueue(s, stamp, &e, sizeof e);
  if (code) return code;
  e->where = s;
  e->number = operation_number;
  e->passed = 0;
  e->captured = s->capturing;
  return 0;
}

int cuEventSynchronize(event *e) {
  ENTER_CONTEXT;
  if (!fake_alive("event", e)) return INVALID_HANDLE;
  int code = fake_forbidden_in_capture();
  if (code) return code;
  if (e->captured) return INVALID_VALUE;
  if (fake_alive("stream", e->where)) drain(e->where, e->number);
  return sticky;
}

int cuEventElapsedTime(float *millis, event *start, event *end) {
  ENTER_CONTEXT;
  if (!fake_alive("event", start) || !fake_alive("event", end)) return INVALID_HANDLE;
  if (!start->where || !end->where) return INVALID_HANDLE;
  if (!start->passed || !end->passed) return NOT_READY;
  if (fake_option("clock.operations")) { /* the same each time */
    *millis = (float)(end->done - start->done);
    return 0;
  }
  *millis = (float)((double)(end->time.tv_sec - start->time.tv_sec) * 1e3 +
                    (double)(end->time.tv_nsec - start->time.tv_nsec) * 1e-6);
  return 0;
}

typedef struct { stream *where; long number; } wait;

static void run_wait(void *argument) {
  wait *w = argument;
  if (fake_alive("stream", w->where)) drain(w->where, w->number);
}

int cuStreamWaitEvent(stream *s, event *e, unsigned flags) {
  (void)flags;
  ENTER_CONTEXT;
  if (!fake_alive("stream", s) || !fake_alive("event", e)) return INVALID_HANDLE;
  if (!e->where || e->where == s) return 0;
  if (s->capturing) {
    s->spoilt = 1;
    return CAPTURE_ISOLATION;
  }
  if (e->captured) return NOT_SUPPORTED;
  wait w = {e->where, e->number};
  return fake_enqueue(s, run_wait, &w, sizeof w);
}
