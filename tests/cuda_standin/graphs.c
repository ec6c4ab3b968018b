/* Graphs of the stand-in driver: launches on a stream that records are kept, and run in their order at each launch of the
 * graph, with arguments that may be others each time. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { OK = 0, INVALID = 1, MOST = 16 };

struct function;
int cuLaunchKernel(struct function *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned shared, void *stream, void **args, void **extra);
unsigned standin_argument_size(const struct function *function);
void standin_count(long change);

/* As CUDA_KERNEL_NODE_PARAMS_v2. */
struct params {
    struct function *function;
    unsigned gx, gy, gz, bx, by, bz, shared;
    void **args, **extra;
    void *kernel, *context;
};
struct node { struct params params; void *argument; };
struct graph { struct node nodes[MOST]; size_t count; struct graph *made_from; };

static _Thread_local void *recording;
static _Thread_local struct graph *recorded;

static void set(struct node *node, const struct params *params) {
    unsigned size = standin_argument_size(params->function);
    void *copy = malloc(size + 1);
    memcpy(copy, params->args[0], size);
    free(node->argument);
    *node = (struct node){ *params, copy };
}

/* Keeps the launch where `stream` records. */
int standin_record(struct function *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned shared, void *stream, void **args) {
    if (!recording || stream != recording || recorded->count == MOST) return 0;
    struct params params = { function, gx, gy, gz, bx, by, bz, shared, args, NULL, NULL, NULL };
    set(&recorded->nodes[recorded->count++], &params);
    return 1;
}

int cuStreamBeginCapture_v2(void *stream, int mode) {
    if (recording || mode != 2) return INVALID; /* 2: other threads go on as they like */
    recording = stream;
    recorded = calloc(1, sizeof *recorded);
    standin_count(1);
    return OK;
}

int cuStreamEndCapture(void *stream, struct graph **graph) {
    if (!recording || stream != recording) return INVALID;
    *graph = recorded;
    recording = recorded = NULL;
    return OK;
}

int cuGraphGetNodes(struct graph *graph, struct node **nodes, size_t *count) {
    if (*count < graph->count) return INVALID;
    /* The driver promises no order. */
    for (size_t i = 0; i < graph->count; i++) nodes[i] = &graph->nodes[graph->count - 1 - i];
    *count = graph->count;
    return OK;
}

int cuGraphKernelNodeGetParams_v2(struct node *node, struct params *params) {
    *params = node->params;
    return OK;
}

int cuGraphInstantiateWithFlags(struct graph **ready, struct graph *graph, unsigned long long flags) {
    if (flags) return INVALID;
    struct graph *made = calloc(1, sizeof *made);
    for (size_t i = 0; i < graph->count; i++) {
        struct params params = graph->nodes[i].params;
        params.args = &graph->nodes[i].argument;
        set(&made->nodes[i], &params);
    }
    made->count = graph->count;
    made->made_from = graph;
    standin_count(1);
    *ready = made;
    return OK;
}

int cuGraphExecKernelNodeSetParams_v2(struct graph *ready, struct node *node, const struct params *params) {
    size_t at = (size_t)(node - ready->made_from->nodes);
    if (at >= ready->count || params->function != ready->nodes[at].params.function) return INVALID;
    set(&ready->nodes[at], params);
    return OK;
}

int cuGraphLaunch(struct graph *ready, void *stream) {
    for (size_t i = 0; i < ready->count; i++) {
        struct params *p = &ready->nodes[i].params;
        int code = cuLaunchKernel(p->function, p->gx, p->gy, p->gz, p->bx, p->by, p->bz, p->shared, stream, &ready->nodes[i].argument, NULL);
        if (code) return code;
    }
    return OK;
}

int cuGraphDestroy(struct graph *graph) {
    for (size_t i = 0; i < graph->count; i++) free(graph->nodes[i].argument);
    free(graph);
    standin_count(-1);
    return OK;
}
int cuGraphExecDestroy(struct graph *ready) { return cuGraphDestroy(ready); }
