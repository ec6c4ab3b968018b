/* A stand-in for libcuda.so.1 whose GPU memory is host memory and whose streams work at once. It has what the tests
 * of copies, pools and errors call, and keeps count of what is alive. Kernels are in kernels.c, graphs of them in graphs.c.
 *
 * STANDIN_GPUS    number of GPUs; with 0 the driver does not start, as on a machine without one
 * STANDIN_CC      compute capability times ten, 90 unless told otherwise
 * STANDIN_MEMORY  bytes of memory that a GPU has
 * STANDIN_IDLE    set: kernels and copies are taken and not run, so that what a call costs the host can be profiled */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { OK = 0, INVALID = 1, OUT_OF_MEMORY = 2, NO_DEVICE = 100, INVALID_DEVICE = 101 };

static _Thread_local void *current;
static long contexts[8], allocated, alive;

static long setting(const char *name, long otherwise) {
    const char *value = getenv(name);
    return value ? atol(value) : otherwise;
}

int cuInit(unsigned flags) { (void)flags; return setting("STANDIN_GPUS", 1) > 0 ? OK : NO_DEVICE; }
#ifndef CUINIT_ALONE
int cuDriverGetVersion(int *version) { *version = 12080; return OK; }
int cuDeviceGetCount(int *count) { *count = (int)setting("STANDIN_GPUS", 1); return OK; }
int cuDeviceGet(int *device, int ordinal) {
    if (ordinal < 0 || ordinal >= setting("STANDIN_GPUS", 1)) return INVALID_DEVICE;
    *device = ordinal;
    return OK;
}
int cuDeviceGetName(char *name, int len, int device) { (void)device; strncpy(name, "stand-in", (size_t)len); return OK; }
int cuDeviceGetAttribute(int *value, int attribute, int device) {
    (void)device;
    long capability = setting("STANDIN_CC", 90);
    *value = (int)(attribute == 75 ? capability / 10 : attribute == 76 ? capability % 10 : 0); /* no memory pools */
    return OK;
}
int cuDevicePrimaryCtxRetain(void **context, int device) { contexts[device]++; *context = &contexts[device]; return OK; }
int cuDevicePrimaryCtxRelease_v2(int device) { contexts[device]--; return OK; }
int cuCtxGetCurrent(void **context) { *context = current; return OK; }
int cuCtxSetCurrent(void *context) { current = context; return OK; }
int cuCtxSynchronize(void) { return current ? OK : 201; }
int cuMemGetInfo_v2(size_t *free_bytes, size_t *total) {
    *total = (size_t)setting("STANDIN_MEMORY", 1 << 30);
    *free_bytes = *total - (size_t)allocated;
    return OK;
}

/* Memory with its size in front. */
static int take(void **start, size_t bytes) {
    if (!current || allocated + (long)bytes > setting("STANDIN_MEMORY", 1 << 30)) return current ? OUT_OF_MEMORY : 201;
    size_t *block = malloc(bytes + 256);
    if (!block) return OUT_OF_MEMORY;
    *block = bytes;
    if (!getenv("STANDIN_IDLE")) memset((char *)block + 256, 0xA5, bytes); /* new memory holds anything */
    allocated += (long)bytes;
    alive++;
    *start = (char *)block + 256;
    return OK;
}
static int give(void *start) {
    size_t *block = (size_t *)((char *)start - 256);
    allocated -= (long)*block;
    alive--;
    free(block);
    return OK;
}
int cuMemAlloc_v2(uint64_t *address, size_t bytes) { return take((void **)address, bytes); }
int cuMemAllocAsync(uint64_t *address, size_t bytes, void *stream) { (void)stream; return take((void **)address, bytes); }
int cuMemFree_v2(uint64_t address) { return give((void *)address); }
int cuMemFreeAsync(uint64_t address, void *stream) { (void)stream; return give((void *)address); }
int cuMemHostAlloc(void **start, size_t bytes, unsigned flags) { (void)flags; return take(start, bytes); }
int cuMemFreeHost(void *start) { return give(start); }

struct copy {
    size_t src_x, src_y;
    int src_type;
    const void *src_host;
    uint64_t src_device;
    void *src_array;
    size_t src_pitch, dst_x, dst_y;
    int dst_type;
    void *dst_host;
    uint64_t dst_device;
    void *dst_array;
    size_t dst_pitch, width, height;
};
int cuMemcpy2DAsync_v2(const struct copy *copy, void *stream) {
    (void)stream;
    if (!current || copy->src_pitch < copy->width || copy->dst_pitch < copy->width) return INVALID;
    if (getenv("STANDIN_IDLE")) return OK;
    const char *src = copy->src_type == 1 ? copy->src_host : (const char *)copy->src_device;
    char *dst = copy->dst_type == 1 ? copy->dst_host : (char *)copy->dst_device;
    for (size_t y = 0; y < copy->height; y++) memcpy(dst + y * copy->dst_pitch, src + y * copy->src_pitch, copy->width);
    return OK;
}

int cuMemcpyDtoHAsync_v2(void *dst, uint64_t src, size_t bytes, void *stream) {
    (void)stream;
    memcpy(dst, (const void *)src, bytes);
    return OK;
}
int cuMemcpyHtoDAsync_v2(uint64_t dst, const void *src, size_t bytes, void *stream) {
    (void)stream;
    memcpy((void *)dst, src, bytes);
    return OK;
}
int cuMemcpyDtoDAsync_v2(uint64_t dst, uint64_t src, size_t bytes, void *stream) {
    return cuMemcpyHtoDAsync_v2(dst, (const void *)src, bytes, stream);
}
int cuMemsetD8Async(uint64_t dst, unsigned char value, size_t bytes, void *stream) {
    (void)stream;
    memset((void *)dst, value, bytes);
    return OK;
}

void standin_count(long change) { alive += change; }
static int handle(void **made) { alive++; *made = malloc(1); return *made ? OK : OUT_OF_MEMORY; }
static int unhandle(void *made) { alive--; free(made); return OK; }
int cuStreamCreate(void **stream, unsigned flags) { (void)flags; return handle(stream); }
int cuStreamDestroy_v2(void *stream) { return unhandle(stream); }
int cuStreamSynchronize(void *stream) { (void)stream; return OK; }
int cuStreamWaitEvent(void *stream, void *event, unsigned flags) { (void)stream; (void)event; (void)flags; return OK; }
int cuEventCreate(void **event, unsigned flags) { (void)flags; return handle(event); }
int cuEventDestroy_v2(void *event) { return unhandle(event); }
int cuEventRecord(void *event, void *stream) { (void)event; (void)stream; return OK; }
int cuEventQuery(void *event) { (void)event; return OK; }
int cuEventSynchronize(void *event) { (void)event; return OK; }
int cuEventElapsedTime(float *ms, void *start, void *end) { (void)start; (void)end; *ms = 0; return OK; }
/* Of the stand-in alone. */
long standin_alive(void) { return alive; }
long standin_contexts(void) { return contexts[0] + contexts[1]; }
#endif
