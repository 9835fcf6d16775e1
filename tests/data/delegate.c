/* A LiteRT delegate for the tests: it takes every operator of a model and answers with 0.25.

   cc -shared -fPIC -o delegate.so delegate.c
   -DTAKES_NOTHING: it takes no operator. -DNO_CHIP: it does not start. -DFAILS: its runs fail.

   The structures are those of tflite/core/c/common.h (Apache-2.0), as far as they are needed. */
#include <stddef.h>
#include <stdint.h>

typedef struct { int size; int data[]; } IntArray;
typedef struct { int type; void *params; } Quantization;
typedef struct {
  int type;
  union { float *floats; void *raw; } data;
  IntArray *dims;
  struct { float scale; int32_t zero_point; } params;
  int allocation_type;
  size_t bytes;
  const void *allocation;
  const char *name;
  void *delegate;
  int buffer_handle;
  char data_is_stale, is_variable;
  Quantization quantization;
  void *sparsity;
  const IntArray *dims_signature;
} Tensor;
typedef struct { IntArray *inputs, *outputs; } Node;
typedef struct Context Context;
typedef struct Delegate Delegate;
typedef struct {
  void *(*init)(Context *, const char *, size_t);
  void (*free)(Context *, void *);
  int (*prepare)(Context *, Node *);
  int (*invoke)(Context *, Node *);
  const char *(*profiling_string)(const Context *, const Node *);
  int32_t builtin_code;
  const char *custom_name;
  int version;
  void *external, *async_kernel;
  uint64_t inplace_operator;
} Registration;
struct Context {
  size_t tensors_size;
  int (*GetExecutionPlan)(Context *, IntArray **);
  Tensor *tensors;
  void *impl, *ResizeTensor, *ReportError, *AddTensors, *GetNodeAndRegistration;
  int (*ReplaceNodeSubsetsWithDelegateKernels)(Context *, Registration, const IntArray *,
                                               Delegate *);
};
struct Delegate {
  void *data;
  int (*Prepare)(Context *, Delegate *);
  void *CopyFromBufferHandle, *CopyToBufferHandle, *FreeBufferHandle;
  int64_t flags;
  void *opaque_delegate_builder;
};

static void *init(Context *context, const char *buffer, size_t length) { return NULL; }
static void forget(Context *context, void *data) {}
static int prepare_node(Context *context, Node *node) { return 0; }

static int invoke(Context *context, Node *node) {
#ifdef FAILS
  return 1;
#else
  Tensor *output = &context->tensors[node->outputs->data[0]];
  for (size_t i = 0; i < output->bytes / sizeof(float); i++) output->data.floats[i] = 0.25f;
  return 0;
#endif
}

static int prepare(Context *context, Delegate *delegate) {
#ifdef TAKES_NOTHING
  return 0;
#else
  IntArray *plan;
  if (context->GetExecutionPlan(context, &plan)) return 1;
  Registration kernel = {.init = init, .free = forget, .prepare = prepare_node, .invoke = invoke,
                         .custom_name = "Quarter", .version = 1};
  return context->ReplaceNodeSubsetsWithDelegateKernels(context, kernel, plan, delegate);
#endif
}

static Delegate quarter = {.Prepare = prepare};

void *tflite_plugin_create_delegate(char **keys, char **values, size_t count,
                                    void (*report)(const char *)) {
#ifdef NO_CHIP
  report("no chip was found");
  return NULL;
#else
  return &quarter;
#endif
}

void tflite_plugin_destroy_delegate(void *delegate) {}
