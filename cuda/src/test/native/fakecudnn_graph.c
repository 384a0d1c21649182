/* The emulated cuDNN's graph API: tensors, one convolution and up to three pointwise operations after it; engines whose
   notes and workspaces are made up. Every other graph is refused, as is what is set twice, missing or of a wrong type. */
#include "fakecudnn.h"

#include <stdlib.h>
#include <string.h>

static const char KIND[] = "cudnnBackendDescriptor", HANDLE[] = "cudnnHandle";

enum {
  POINTWISE = 0,
  CONVOLUTION = 1,
  ENGINE = 2,
  ENGINE_CONFIGURATION = 3,
  HEURISTIC = 4,
  PLAN = 5,
  CONVOLUTION_FORWARD = 10,
  POINTWISE_OPERATION = 13,
  GRAPH = 15,
  VARIANT_PACK = 16,
  TENSOR = 17
};
enum { AS_HANDLE = 0, AS_DATA_TYPE, AS_BOOLEAN, AS_INT64, AS_FLOAT, AS_DOUBLE, AS_POINTER, AS_CONVOLUTION_MODE };
enum { AS_HEURISTIC_MODE = 8, AS_NUMERICAL_NOTE = 11, AS_POINTWISE_MODE = 14, AS_DESCRIPTOR = 15, AS_BEHAVIOR_NOTE = 19 };
enum { ADD = 0, RELU_FORWARD = 100 };
enum { TENSOR_CORE = 0, DOWN_CONVERT = 1, NONDETERMINISTIC = 4, RUNTIME_COMPILATION = 0 };
enum { MOST = 8, ENGINES = 5, FIRST_ENGINE = 20 };

/* The numerical note of each engine, or -1. */
static const int NUMERICAL[ENGINES] = {TENSOR_CORE, -1, DOWN_CONVERT, NONDETERMINISTIC, -1};

/* What a descriptor can be given; all of it must be there when it is finalized, but what is optional. */
typedef struct {
  int descriptor, name, type, least, most, optional;
} rule;

static const rule RULES[] = {
    {POINTWISE, 0, AS_POINTWISE_MODE, 1, 1, 0},
    {POINTWISE, 1, AS_DATA_TYPE, 1, 1, 0},
    {CONVOLUTION, 100, AS_DATA_TYPE, 1, 1, 0},
    {CONVOLUTION, 101, AS_CONVOLUTION_MODE, 1, 1, 0},
    {CONVOLUTION, 102, AS_INT64, 2, 2, 0},
    {CONVOLUTION, 103, AS_INT64, 2, 2, 0},
    {CONVOLUTION, 104, AS_INT64, 2, 2, 0},
    {CONVOLUTION, 105, AS_INT64, 2, 2, 0},
    {CONVOLUTION, 106, AS_INT64, 1, 1, 0},
    {HEURISTIC, 200, AS_HEURISTIC_MODE, 1, 1, 0},
    {HEURISTIC, 201, AS_DESCRIPTOR, 1, 1, 0},
    {PLAN, 400, AS_HANDLE, 1, 1, 0},
    {PLAN, 401, AS_DESCRIPTOR, 1, 1, 0},
    {CONVOLUTION_FORWARD, 700, AS_FLOAT, 1, 1, 0},
    {CONVOLUTION_FORWARD, 701, AS_FLOAT, 1, 1, 0},
    {CONVOLUTION_FORWARD, 702, AS_DESCRIPTOR, 1, 1, 0},
    {CONVOLUTION_FORWARD, 703, AS_DESCRIPTOR, 1, 1, 0},
    {CONVOLUTION_FORWARD, 704, AS_DESCRIPTOR, 1, 1, 0},
    {CONVOLUTION_FORWARD, 705, AS_DESCRIPTOR, 1, 1, 0},
    {POINTWISE_OPERATION, 750, AS_DESCRIPTOR, 1, 1, 0},
    {POINTWISE_OPERATION, 751, AS_DESCRIPTOR, 1, 1, 0},
    {POINTWISE_OPERATION, 752, AS_DESCRIPTOR, 1, 1, 1},
    {POINTWISE_OPERATION, 753, AS_DESCRIPTOR, 1, 1, 0},
    {POINTWISE_OPERATION, 754, AS_FLOAT, 1, 1, 1},
    {POINTWISE_OPERATION, 755, AS_FLOAT, 1, 1, 1},
    {GRAPH, 800, AS_HANDLE, 1, 1, 0},
    {GRAPH, 801, AS_DESCRIPTOR, 1, MOST, 0},
    {TENSOR, 900, AS_INT64, 1, 1, 0},
    {TENSOR, 901, AS_DATA_TYPE, 1, 1, 0},
    {TENSOR, 902, AS_INT64, 4, 4, 0},
    {TENSOR, 903, AS_INT64, 4, 4, 0},
    {TENSOR, 906, AS_INT64, 1, 1, 0},
    {TENSOR, 907, AS_BOOLEAN, 1, 1, 1},
    {VARIANT_PACK, 1000, AS_INT64, 1, MOST, 0},
    {VARIANT_PACK, 1001, AS_POINTER, 1, MOST, 0},
    {VARIANT_PACK, 1003, AS_POINTER, 1, 1, 0},
};
enum { RULE_TOTAL = sizeof RULES / sizeof *RULES };

typedef struct {
  int64_t count;
  _Alignas(8) char data[MOST * 8];
} attribute;

/* A parsed graph: shapes and, for the addresses, the tensors' numbers. */
typedef struct {
  convolution c;
  int64_t x_id, w_id, y_id, z_id, bias_id;
} parsed;

typedef struct {
  int type, finalized, engine;
  attribute attributes[RULE_TOTAL];
  parsed graph;
} descriptor;

static int alive(const descriptor *d) { return d && fake_alive(KIND, d); }

static size_t width(int type) {
  switch (type) {
    case AS_BOOLEAN: return 1;
    case AS_HANDLE:
    case AS_INT64:
    case AS_DOUBLE:
    case AS_POINTER:
    case AS_DESCRIPTOR: return 8;
    default: return 4;
  }
}

static const void *get(const descriptor *d, int name) {
  for (int i = 0; i < RULE_TOTAL; i++) {
    if (RULES[i].descriptor == d->type && RULES[i].name == name) {
      return d->attributes[i].count ? d->attributes[i].data : NULL;
    }
  }
  return NULL;
}

static int64_t count_of(const descriptor *d, int name) {
  const char *data = get(d, name);
  return data ? ((const attribute *)(data - offsetof(attribute, data)))->count : 0;
}

static int64_t get_long(const descriptor *d, int name, int index) { return ((const int64_t *)get(d, name))[index]; }

static int get_int(const descriptor *d, int name) { return *(const int *)get(d, name); }

static float get_float(const descriptor *d, int name, float otherwise) {
  const float *value = get(d, name);
  return value ? *value : otherwise;
}

/* A finalized descriptor of one type that an attribute refers to, or NULL. */
static descriptor *refer(const descriptor *d, int name, int index, int type) {
  descriptor *const *list = get(d, name);
  if (!list || !alive(list[index]) || list[index]->type != type || !list[index]->finalized) return NULL;
  return list[index];
}

int cudnnBackendCreateDescriptor(int type, descriptor **result) {
  ENTER;
  static const char KNOWN[] = {POINTWISE, CONVOLUTION, ENGINE, ENGINE_CONFIGURATION, HEURISTIC, PLAN,
                               CONVOLUTION_FORWARD, POINTWISE_OPERATION, GRAPH, VARIANT_PACK, TENSOR};
  if (!result) return NULL_POINTER;
  if (type < 0 || type > TENSOR || !memchr(KNOWN, type, sizeof KNOWN)) return NOT_SUPPORTED;
  descriptor *d = calloc(1, sizeof *d);
  if (!d) abort();
  d->type = type;
  fake_created(KIND, d);
  *result = d;
  return SUCCESS;
}

int cudnnBackendDestroyDescriptor(descriptor *d) {
  ENTER;
  if (!fake_destroyed(KIND, d)) return BAD_PARAM;
  free(d);
  return SUCCESS;
}

int cudnnBackendSetAttribute(descriptor *d, int name, int type, int64_t count, const void *elements) {
  ENTER;
  if (!alive(d) || d->finalized) return BAD_PARAM;
  if (!elements) return NULL_POINTER;
  for (int i = 0; i < RULE_TOTAL; i++) {
    const rule *r = &RULES[i];
    if (r->descriptor != d->type || r->name != name) continue;
    if (r->type != type) return ATTRIBUTE_TYPE;
    if (count < r->least || count > r->most || d->attributes[i].count) return BAD_PARAM;
    d->attributes[i].count = count;
    memcpy(d->attributes[i].data, elements, (size_t)count * width(type));
    return SUCCESS;
  }
  return BAD_PARAM;
}

/* A graph's tensor; 0, or what is wrong with it. */
static int read_tensor(const descriptor *d, tensor *t) {
  *t = (tensor){.set = 1, .type = get_int(d, 901)};
  if (!is_type(t->type)) return NOT_SUPPORTED;
  for (int i = 0; i < 4; i++) {
    t->dims[i] = (int)get_long(d, 902, i);
    t->strides[i] = (int)get_long(d, 903, i);
    if (t->dims[i] < 1 || t->strides[i] < 1) return BAD_PARAM;
  }
  t->format = t->strides[C] == 1 && t->dims[C] > 1 ? NHWC : NCHW;
  int64_t alignment = get_long(d, 900, 0);
  return alignment < 4 || (alignment & (alignment - 1)) ? BAD_PARAM : SUCCESS;
}

static int is_virtual(const descriptor *d) {
  const char *flag = get(d, 907);
  return flag && *flag;
}

static int read_convolution(const descriptor *operation, parsed *p, const descriptor **result) {
  descriptor *x = refer(operation, 704, 0, TENSOR), *w = refer(operation, 703, 0, TENSOR);
  descriptor *y = refer(operation, 705, 0, TENSOR), *conv = refer(operation, 702, 0, CONVOLUTION);
  if (!x || !w || !y || !conv) return NOT_FINALIZED;
  if (get_int(conv, 101) != 1 || get_int(conv, 100) != FLOAT || get_long(conv, 106, 0) != 2) return NOT_SUPPORTED;
  if (get_float(operation, 701, 0) != 0 || is_virtual(x) || is_virtual(w)) return GRAPH_PATTERN;
  convolution *c = &p->c;
  int code = read_tensor(x, &c->x);
  if (!code) code = read_tensor(w, &c->w);
  if (!code) code = read_tensor(y, &c->y);
  if (code) return code;
  for (int i = 0; i < 2; i++) {
    c->dilation[i] = (int)get_long(conv, 102, i);
    c->stride[i] = (int)get_long(conv, 103, i);
    c->pad[i] = (int)get_long(conv, 105, i);
    if (get_long(conv, 104, i) != c->pad[i]) return NOT_SUPPORTED;
  }
  if (c->x.dims[C] % c->w.dims[C]) return BAD_PARAM;
  c->groups = c->x.dims[C] / c->w.dims[C];
  c->alpha = get_float(operation, 700, 1);
  c->activation = IDENTITY;
  p->x_id = get_long(x, 906, 0);
  p->w_id = get_long(w, 906, 0);
  *result = y;
  return SUCCESS;
}

static int read_pointwise(const descriptor *operation, parsed *p, const descriptor **result) {
  descriptor *how = refer(operation, 750, 0, POINTWISE), *x = refer(operation, 751, 0, TENSOR);
  descriptor *y = refer(operation, 753, 0, TENSOR), *b = refer(operation, 752, 0, TENSOR);
  if (!how || !x || !y) return NOT_FINALIZED;
  if (x != *result || !is_virtual(x) || p->c.activation == RELU || get_int(how, 1) != FLOAT) return GRAPH_PATTERN;
  *result = y;
  if (get_int(how, 0) == RELU_FORWARD) {
    p->c.activation = RELU;
    return SUCCESS;
  }
  tensor t;
  if (get_int(how, 0) != ADD || !b || is_virtual(b)) return GRAPH_PATTERN;
  int code = read_tensor(b, &t);
  if (code) return code;
  if (get_float(operation, 754, 1) != 1) return GRAPH_PATTERN;
  if (same_dims(&t, &p->c.y) && !p->z_id) {
    p->c.z = t;
    p->c.beta = get_float(operation, 755, 1);
    p->z_id = get_long(b, 906, 0);
  } else if (t.dims[N] == 1 && t.dims[H] == 1 && t.dims[W] == 1 && !p->bias_id && get_float(operation, 755, 1) == 1) {
    p->c.bias = t;
    p->bias_id = get_long(b, 906, 0);
  } else {
    return GRAPH_PATTERN;
  }
  return SUCCESS;
}

static int finish_graph(descriptor *d) {
  const descriptor *result = NULL, *first = refer(d, 801, 0, CONVOLUTION_FORWARD);
  if (!first) return GRAPH_PATTERN;
  if (!fake_alive(HANDLE, *(void *const *)get(d, 800))) return BAD_PARAM;
  int code = read_convolution(first, &d->graph, &result);
  for (int i = 1; !code && i < count_of(d, 801); i++) {
    const descriptor *next = refer(d, 801, i, POINTWISE_OPERATION);
    code = next ? read_pointwise(next, &d->graph, &result) : GRAPH_PATTERN;
  }
  if (code) return code;
  tensor y;
  code = read_tensor(result, &y);
  if (code) return code;
  if (is_virtual(result) || !same_dims(&y, &d->graph.c.y)) return GRAPH_PATTERN;
  d->graph.c.y = y;
  d->graph.y_id = get_long(result, 906, 0);
  return convolution_check(&d->graph.c);
}

/* Engines by heuristic mode: FALLBACK knows the last only. */
static int engine_count(const descriptor *heuristic) {
  int plain = heuristic->graph.c.z.set == 0 && heuristic->graph.c.bias.set == 0 && heuristic->graph.c.activation != RELU;
  if (fake_option("cudnn.noGraph")) return 0;
  if (!plain && heuristic->graph.c.groups > 1 && fake_option("cudnn.noFusedGrouped")) return 0;
  return get_int(heuristic, 200) == 2 ? 1 : ENGINES - 1;
}

static int64_t workspace_of(int engine) {
  if (engine == 1 && fake_option("cudnn.hugeWorkspace")) return INT64_MIN;
  return engine == 1 ? 0 : 256 * (engine + 1);
}

/* Engine 0 is compiled at run time. */
static int compiler_found(void) {
  return fake_option("cudnn.cuda13") ? loader_finds("libnvrtc.so.13") && loader_finds("libnvrtc-builtins.so.13.0")
                                     : loader_finds("libnvrtc.so.12") && loader_finds("libnvrtc-builtins.so.12.9");
}

static int finish_reference(descriptor *d, int name, int type) {
  const descriptor *from = refer(d, name, 0, type);
  if (!from) return NOT_FINALIZED;
  d->graph = from->graph;
  d->engine = from->engine;
  return SUCCESS;
}

int cudnnBackendFinalize(descriptor *d) {
  ENTER;
  if (!alive(d) || d->finalized) return BAD_PARAM;
  for (int i = 0; i < RULE_TOTAL; i++) {
    if (RULES[i].descriptor == d->type && !RULES[i].optional && !d->attributes[i].count) return BAD_PARAM;
  }
  int code = SUCCESS;
  if (d->type == GRAPH) code = finish_graph(d);
  if (d->type == HEURISTIC) code = fake_option("cudnn.noHeuristic") ? NOT_SUPPORTED : finish_reference(d, 201, GRAPH);
  if (d->type == PLAN) {
    code = finish_reference(d, 401, ENGINE_CONFIGURATION);
    if (!code && !fake_alive(HANDLE, *(void *const *)get(d, 400))) code = BAD_PARAM;
    if (!code && d->engine == 0 && !compiler_found()) code = PREREQUISITE_MISSING;
    if (!code) fake_note("engine plans");
    /* An engine that is listed may still refuse. */
    if (!code && d->engine == 3) code = fake_option("cudnn.lastPlan");
  }
  if (d->type == VARIANT_PACK && count_of(d, 1000) != count_of(d, 1001)) code = BAD_PARAM;
  if (d->type == ENGINE || d->type == ENGINE_CONFIGURATION) code = NOT_SUPPORTED; /* only from a heuristic */
  d->finalized = !code;
  return code;
}

static int read_results(const descriptor *d, int64_t requested, int64_t *count, descriptor **into) {
  int total = engine_count(d), first = get_int(d, 200) == 2 ? ENGINES - 1 : 0;
  *count = total;
  for (int i = 0; i < total && i < requested; i++) {
    if (!into || !alive(into[i]) || into[i]->type != ENGINE_CONFIGURATION) return BAD_PARAM;
    into[i]->graph = d->graph;
    into[i]->engine = first + i;
    into[i]->finalized = 1;
  }
  return SUCCESS;
}

static int read_notes(const descriptor *d, int name, int64_t requested, int64_t *count, int *into) {
  int note = name == 1303 ? NUMERICAL[d->engine] : d->engine == 0 ? RUNTIME_COMPILATION : -1;
  *count = note >= 0;
  if (note >= 0 && requested > 0) *into = note;
  return SUCCESS;
}

int cudnnBackendGetAttribute(descriptor *d, int name, int type, int64_t requested, int64_t *count, void *elements) {
  ENTER;
  if (!alive(d) || requested < 0) return BAD_PARAM;
  if (!d->finalized) return NOT_FINALIZED;
  if (!count || (requested && !elements)) return NULL_POINTER;
  if (d->type == HEURISTIC && name == 202) {
    return type == AS_DESCRIPTOR ? read_results(d, requested, count, elements) : ATTRIBUTE_TYPE;
  }
  if (d->type == ENGINE_CONFIGURATION && name == 300) {
    if (type != AS_DESCRIPTOR) return ATTRIBUTE_TYPE;
    descriptor *engine = requested == 1 ? *(descriptor **)elements : NULL;
    if (!alive(engine) || engine->type != ENGINE) return BAD_PARAM;
    engine->engine = d->engine;
    engine->finalized = 1;
    *count = 1;
    return SUCCESS;
  }
  if (d->type == ENGINE && (name == 1303 || name == 1305)) {
    int wanted = name == 1303 ? AS_NUMERICAL_NOTE : AS_BEHAVIOR_NOTE;
    return type == wanted ? read_notes(d, name, requested, count, elements) : ATTRIBUTE_TYPE;
  }
  if (d->type == ENGINE_CONFIGURATION && name == 303 && fake_option("cudnn.noConfigurationSize")) return BAD_PARAM;
  if ((d->type == PLAN && name == 402) || (d->type == ENGINE_CONFIGURATION && name == 303) || (d->type == ENGINE && name == 1301)) {
    if (type != AS_INT64 || requested != 1) return ATTRIBUTE_TYPE;
    *(int64_t *)elements = d->type != ENGINE ? workspace_of(d->engine) : FIRST_ENGINE + d->engine;
    *count = 1;
    return SUCCESS;
  }
  return NOT_SUPPORTED;
}

static uint64_t address_of(const descriptor *pack, int64_t id) {
  for (int i = 0; i < count_of(pack, 1000); i++) {
    if (get_long(pack, 1000, i) == id) return (uint64_t)get_long(pack, 1001, i);
  }
  return 0;
}

int cudnnBackendExecute(handle *h, descriptor *plan, descriptor *pack) {
  ENTER;
  if (!fake_alive(HANDLE, h) || !alive(plan) || !alive(pack)) return BAD_PARAM;
  if (plan->type != PLAN || pack->type != VARIANT_PACK) return BAD_PARAM;
  if (!plan->finalized || !pack->finalized) return NOT_FINALIZED;
  if (*(handle *const *)get(plan, 400) != h) return BAD_PARAM;
  const parsed *p = &plan->graph;
  convolution c = p->c;
  c.x_at = address_of(pack, p->x_id);
  c.w_at = address_of(pack, p->w_id);
  c.y_at = address_of(pack, p->y_id);
  c.z_at = p->z_id ? address_of(pack, p->z_id) : 0;
  c.bias_at = p->bias_id ? address_of(pack, p->bias_id) : 0;
  if ((p->z_id && !c.z_at) || (p->bias_id && !c.bias_at)) return NULL_POINTER;
  if (c.z_at % 16 || c.bias_at % 16) return MISALIGNED;
  c.tensor_cores = NUMERICAL[plan->engine] == TENSOR_CORE;
  c.workspace = (uint64_t)get_long(pack, 1003, 0);
  c.workspace_bytes = (size_t)workspace_of(plan->engine);
  return convolution_enqueue(&c, h->stream);
}
