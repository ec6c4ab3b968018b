/*
 * A libcudart.so.13 for machines without a GPU: what NVIDIA's libnvbufsurface.so imports, and no more.
 *
 * Device, pinned and managed memory are blocks of host memory, which the allocator here keeps a record of. A copy or
 * fill that leaves its block, and a free of what was never allocated, end the process: on a GPU they would have been
 * errors at best. The values follow CUDA's runtime API: 0 is success, 1 an invalid value, 2 no memory, 801 not
 * supported.
 *
 * standin_blocks() and standin_bytes() say what is allocated, so that a test can find a leak.
 */
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, INVALID_VALUE = 1, NO_MEMORY = 2, NOT_SUPPORTED = 801 };

/* CUDA aligns every allocation to at least this many bytes. */
enum { ALIGNMENT = 512 };

struct block {
    struct block *next;
    char *start;
    size_t size;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct block *blocks;
static int current_device;

size_t standin_blocks(void) {
    size_t count = 0;
    pthread_mutex_lock(&lock);
    for (struct block *b = blocks; b; b = b->next) count++;
    pthread_mutex_unlock(&lock);
    return count;
}

size_t standin_bytes(void) {
    size_t bytes = 0;
    pthread_mutex_lock(&lock);
    for (struct block *b = blocks; b; b = b->next) bytes += b->size;
    pthread_mutex_unlock(&lock);
    return bytes;
}

static int allocate(void **out, size_t size) {
    if (!out || !size) return INVALID_VALUE;
    struct block *block = malloc(sizeof *block);
    size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    char *start = block ? aligned_alloc(ALIGNMENT, rounded) : NULL;
    if (!start) {
        free(block);
        return NO_MEMORY;
    }
    /* New memory holds anything; zeros would hide whoever forgets to clear it. */
    memset(start, 0xA5, rounded);
    *block = (struct block){ .start = start, .size = size };
    pthread_mutex_lock(&lock);
    block->next = blocks;
    blocks = block;
    pthread_mutex_unlock(&lock);
    *out = start;
    return SUCCESS;
}

static int release(void *start) {
    if (!start) return SUCCESS;
    pthread_mutex_lock(&lock);
    struct block **link = &blocks;
    while (*link && (*link)->start != start) link = &(*link)->next;
    struct block *found = *link;
    if (found) *link = found->next;
    pthread_mutex_unlock(&lock);
    if (!found) {
        fprintf(stderr, "stand-in CUDA: %p is freed, but was not allocated or is freed already\n", start);
        abort();
    }
    free(found->start);
    free(found);
    return SUCCESS;
}

/* Whether [from, from + size) leaves the block that `from` lies in. Memory of nobody's here is the program's own. */
static void check(const char *what, const void *from, size_t size) {
    uintptr_t start = (uintptr_t)from;
    pthread_mutex_lock(&lock);
    for (struct block *b = blocks; b; b = b->next) {
        uintptr_t first = (uintptr_t)b->start;
        if (start < first || start >= first + b->size) continue;
        if (size <= first + b->size - start) break;
        fprintf(stderr, "stand-in CUDA: %s of %zu bytes at %p leaves its block of %zu\n", what, size, from, b->size);
        abort();
    }
    pthread_mutex_unlock(&lock);
}

int cudaMalloc(void **out, size_t size) { return allocate(out, size); }
int cudaMallocHost(void **out, size_t size) { return allocate(out, size); }
int cudaMallocManaged(void **out, size_t size, unsigned flags) { (void)flags; return allocate(out, size); }
int cudaFree(void *start) { return release(start); }
int cudaFreeHost(void *start) { return release(start); }

int cudaSetDevice(int device) {
    if (device != 0) return INVALID_VALUE;
    current_device = device;
    return SUCCESS;
}

int cudaGetDevice(int *device) {
    *device = current_device;
    return SUCCESS;
}

/* The struct is left as it is: its size differs between versions, and its reader here looks at nothing in it. */
int cudaGetDeviceProperties(void *properties, int device) {
    (void)properties;
    return device == 0 ? SUCCESS : INVALID_VALUE;
}

int cudaMemcpyAsync_ptsz(void *to, const void *from, size_t size, int kind, void *stream) {
    (void)kind, (void)stream;
    check("a copy's source", from, size);
    check("a copy's target", to, size);
    memcpy(to, from, size);
    return SUCCESS;
}

int cudaMemcpy2DAsync_ptsz(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width, size_t height,
                           int kind, void *stream) {
    (void)kind, (void)stream;
    if (width > to_pitch || width > from_pitch) return INVALID_VALUE;
    if (!width || !height) return SUCCESS;
    check("a copy's source", from, (height - 1) * from_pitch + width);
    check("a copy's target", to, (height - 1) * to_pitch + width);
    for (size_t row = 0; row < height; row++)
        memcpy((char *)to + row * to_pitch, (const char *)from + row * from_pitch, width);
    return SUCCESS;
}

int cudaMemsetAsync_ptsz(void *to, int value, size_t size, void *stream) {
    (void)stream;
    check("a fill", to, size);
    memset(to, value, size);
    return SUCCESS;
}

/* Nothing runs later than its call. */
int cudaStreamSynchronize_ptsz(void *stream) { (void)stream; return SUCCESS; }

#define UNSUPPORTED(name) int name(void) { return NOT_SUPPORTED; }
UNSUPPORTED(cudaArrayGetPlane)
UNSUPPORTED(cudaIpcCloseMemHandle)
UNSUPPORTED(cudaIpcGetMemHandle)
UNSUPPORTED(cudaIpcOpenMemHandle)
UNSUPPORTED(cudaMemcpy2DFromArrayAsync_ptsz)
UNSUPPORTED(cudaMemcpy2DToArrayAsync_ptsz)
