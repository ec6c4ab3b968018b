/* Kernels of the stand-in driver: machine code of the host, which nvrtc.c compiles from the same source that a GPU gets.
 *
 * Blocks run one after the other, those of a cluster by turns, each until all its threads wait; a thread of a block is a
 * stack of its own that runs until it waits for others. What a GPU answers with a hang or with luck ends the process here:
 * a barrier that some threads never reach, lanes that name different masks. Odd launches run their blocks, and odd blocks
 * their threads, from the last to the first, and shared memory holds rubbish at the start of a block, so that results that
 * hang on the order or on zeros show. */
#define _GNU_SOURCE
#include "kernels.h"

#include <dlfcn.h>
#include <elf.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

enum { OK = 0, INVALID = 1, NO_BINARY = 209, NOT_FOUND = 500 };
enum { MAX_THREADS = 1024, STACK = 256 << 10, WARP = 32, DEFAULT_SHARED = 48 << 10, MAX_SHARED = 227 << 10, MAX_CLUSTER = 8 };

enum state { READY, IN_BARRIER, IN_EXCHANGE, IN_CLUSTER, DONE };

struct fiber {
    jmp_buf at;
    enum state state;
    int begun, told; /* told: the cluster, and has not waited since */
    unsigned mask, turn, meeting;
    struct standin_index index;
};

/* A block of the cluster that runs, and what it has in shared memory while others run. */
struct block {
    struct fiber fibers[MAX_THREADS];
    unsigned long long given[MAX_THREADS / WARP][2][WARP];
    unsigned arrived[MAX_THREADS / WARP];
    unsigned alive, waiting;
    int votes[2], turn;
    enum standin_vote vote_kind;
    struct standin_index index;
    char *dynamic, *shared;
};

struct module {
    void *library;
    int file;
};

struct function {
    const char *name;
    void (*call)(void **args);
    char *shared, *shared_end;
    unsigned max_dynamic, cluster, argument;
};

static pthread_mutex_t gpu = PTHREAD_MUTEX_INITIALIZER;
static struct standin host;
static struct block blocks[MAX_CLUSTER], *block;
static char *stacks;
static unsigned count, now;
/* Of the cluster: threads that have not ended, those that told, and how often all had. */
static unsigned members, told, meetings;
static jmp_buf scheduler;
static ucontext_t first;
static const struct function *running;
static void **arguments;

static void die(const char *why) {
    fprintf(stderr, "stand-in GPU: kernel %s, block (%u, %u, %u), thread %u: %s\n", running->name, host.block.x,
            host.block.y, host.block.z, now, why);
    abort();
}

static void sleep_until_ready(void) {
    if (_setjmp(block->fibers[now].at) == 0) _longjmp(scheduler, 1);
}

static void release_block(void) {
    for (unsigned i = 0; i < count; i++)
        if (block->fibers[i].state == IN_BARRIER) block->fibers[i].state = READY;
    block->waiting = 0;
    block->turn ^= 1;
    block->votes[block->turn] = 0;
}

static int block_barrier(enum standin_vote kind, int value) {
    int mine = block->turn, *vote = &block->votes[mine];
    if (block->waiting == 0) {
        block->vote_kind = kind;
        *vote = kind == STANDIN_AND;
    } else if (kind != block->vote_kind) {
        die("the threads of a block wait at different barriers");
    }
    if (kind == STANDIN_COUNT) *vote += value != 0;
    else if (kind == STANDIN_AND) *vote &= value != 0;
    else *vote |= value != 0;
    block->fibers[now].state = IN_BARRIER;
    if (++block->waiting == block->alive) release_block();
    else sleep_until_ready();
    return block->votes[mine];
}

static const unsigned long long *exchange(unsigned mask, unsigned long long value) {
    unsigned warp = now / WARP, lane = now % WARP;
    struct fiber *self = &block->fibers[now], *lanes = &block->fibers[warp * WARP];
    if (!(mask >> lane & 1)) die("a lane takes part in an exchange whose mask is without it");
    unsigned side = self->turn++ & 1, *arrived = &block->arrived[warp];
    block->given[warp][side][lane] = value;
    self->mask = mask;
    *arrived |= 1u << lane;
    if ((*arrived & mask) == mask) {
        for (unsigned i = 0; i < WARP; i++) {
            if (!(mask >> i & 1)) continue;
            if (lanes[i].mask != mask || lanes[i].turn != self->turn) die("the lanes of a warp disagree in an exchange");
            lanes[i].state = READY;
        }
        *arrived &= ~mask;
    } else {
        self->state = IN_EXCHANGE;
        sleep_until_ready();
    }
    return block->given[warp][side];
}

/* All that have not ended told: those that wait go on. */
static void meet(void) {
    if (told < members) return;
    told = 0;
    meetings++;
    for (unsigned b = 0; b < running->cluster; b++)
        for (unsigned i = 0; i < count; i++)
            if (blocks[b].fibers[i].state == IN_CLUSTER) blocks[b].fibers[i].state = READY;
}

static void cluster_arrive(void) {
    struct fiber *self = &block->fibers[now];
    if (running->cluster == 1) die("it tells a cluster that it does not have");
    if (self->told) die("it tells its cluster twice without waiting");
    self->told = 1;
    self->meeting = meetings;
    told++;
    meet();
}

static void cluster_wait(void) {
    struct fiber *self = &block->fibers[now];
    if (!self->told) die("it waits for its cluster and has not told it");
    if (self->meeting == meetings) {
        self->state = IN_CLUSTER;
        sleep_until_ready();
    }
    self->told = 0;
}

static void *cluster_shared(void *at, unsigned rank) {
    if (rank >= running->cluster || meetings == 0) die("it writes to a block of its cluster that is not there, or not yet");
    return blocks[rank].dynamic + ((char *)at - block->dynamic);
}

static void end(void) {
    struct fiber *self = &block->fibers[now];
    self->state = DONE;
    block->alive--;
    if (block->alive && block->waiting == block->alive) release_block();
    members--;
    if (self->told && self->meeting == meetings) told--;
    if (told) meet();
}

/* What runs on every fiber's stack: the kernel, once for each block. */
static void live(void) {
    for (;;) {
        running->call(arguments);
        end();
        sleep_until_ready();
    }
}

static void resume(unsigned i) {
    struct fiber *fiber = &block->fibers[i];
    now = i;
    host.thread = fiber->index;
    host.lane = i % WARP;
    if (_setjmp(scheduler)) return;
    if (fiber->begun) _longjmp(fiber->at, 1);
    fiber->begun = 1;
    getcontext(&first);
    first.uc_stack.ss_sp = stacks + ((size_t)(block - blocks) * MAX_THREADS + i) * STACK;
    first.uc_stack.ss_size = STACK;
    makecontext(&first, live, 0);
    setcontext(&first);
}

static void begin_block(struct standin_index index, unsigned dynamic) {
    struct standin_index size = host.block_size;
    for (unsigned i = 0; i < count; i++) {
        struct fiber *fiber = &block->fibers[i];
        fiber->state = READY;
        fiber->turn = fiber->told = 0;
        fiber->index = (struct standin_index){ i % size.x, i / size.x % size.y, i / size.x / size.y };
    }
    memset(block->arrived, 0, sizeof block->arrived);
    block->alive = count;
    block->waiting = 0;
    block->index = index;
    memset(block->dynamic, 0xA5, dynamic);
    memset(block->shared, 0xA5, (size_t)(running->shared_end - running->shared));
}

/* Runs the threads of the block until all wait or have ended; whether any ran. */
static unsigned run_block(unsigned backwards) {
    size_t shared = (size_t)(running->shared_end - running->shared);
    unsigned all = 0, ran;
    host.block = block->index;
    host.dynamic_shared = block->dynamic;
    memcpy(running->shared, block->shared, shared);
    do {
        ran = 0;
        for (unsigned n = 0; n < count; n++) {
            unsigned i = backwards ? count - 1 - n : n;
            if (block->fibers[i].state != READY) continue;
            resume(i);
            ran++;
        }
        all += ran;
    } while (ran);
    memcpy(block->shared, running->shared, shared);
    return all;
}

static void run_cluster(unsigned size, unsigned backwards) {
    members = size * count;
    told = meetings = 0;
    while (members) {
        unsigned ran = 0;
        for (unsigned n = 0; n < size; n++) {
            block = &blocks[backwards ? size - 1 - n : n];
            ran += run_block(backwards);
        }
        if (!ran && members) die("the threads left wait for each other for ever");
    }
}

/* Of graphs.c. */
int standin_record(struct function *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned shared, void *stream, void **args);
unsigned standin_argument_size(const struct function *function) { return function->argument; }

int cuLaunchKernel(struct function *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned shared, void *stream, void **args, void **extra) {
    (void)extra;
    static unsigned launches;
    unsigned long long threads = (unsigned long long)bx * by * bz;
    if (!gx || !gy || !gz || gy > 65535 || gz > 65535 || !threads || threads > MAX_THREADS || bz > 64) return INVALID;
    if ((size_t)(function->shared_end - function->shared) > DEFAULT_SHARED || shared > function->max_dynamic) return INVALID;
    if (standin_record(function, gx, gy, gz, bx, by, bz, shared, stream, args)) return OK;
    static int idle = -1;
    if (idle < 0) idle = getenv("STANDIN_IDLE") != NULL;
    if (idle) return OK;
    unsigned cluster = function->cluster;
    if (gx % cluster) return INVALID;
    pthread_mutex_lock(&gpu);
    if (!stacks)
        stacks = mmap(NULL, (size_t)MAX_CLUSTER * MAX_THREADS * STACK, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (stacks == MAP_FAILED) abort();
    for (unsigned i = 0; i < cluster; i++) {
        blocks[i].dynamic = aligned_alloc(256, (shared + 511) / 256 * 256);
        blocks[i].shared = malloc((size_t)(function->shared_end - function->shared) + 1);
        if (!blocks[i].dynamic || !blocks[i].shared) abort();
    }
    running = function;
    arguments = args;
    count = (unsigned)threads;
    host.block_size = (struct standin_index){ bx, by, bz };
    host.grid_size = (struct standin_index){ gx, gy, gz };
    unsigned long long clusters = (unsigned long long)gx / cluster * gy * gz;
    unsigned backwards = launches++ & 1;
    for (unsigned long long n = 0; n < clusters; n++) {
        unsigned long long first = (backwards ? clusters - 1 - n : n) * cluster;
        for (unsigned b = 0; b < cluster; b++) {
            unsigned long long i = first + b;
            block = &blocks[b];
            begin_block((struct standin_index){ (unsigned)(i % gx), (unsigned)(i / gx % gy), (unsigned)(i / gx / gy) }, shared);
        }
        run_cluster(cluster, first / cluster & 1);
    }
    for (unsigned i = 0; i < cluster; i++) free(blocks[i].dynamic), free(blocks[i].shared);
    pthread_mutex_unlock(&gpu);
    return OK;
}

struct launch {
    unsigned gx, gy, gz, bx, by, bz, shared;
    void *stream;
    const struct { int id; char pad[4]; int value[16]; } *attributes;
    unsigned count;
};

/* The one attribute known lets the next kernel start early, which blocks that run one after the other never do. */
int cuLaunchKernelEx(const struct launch *l, struct function *function, void **args, void **extra) {
    for (unsigned i = 0; i < l->count; i++)
        if (l->attributes[i].id != 6) return INVALID;
    return cuLaunchKernel(function, l->gx, l->gy, l->gz, l->bx, l->by, l->bz, l->shared, l->stream, args, extra);
}

int cuFuncSetAttribute(struct function *function, int attribute, int value) {
    if (attribute != 8 || value < 0 || value > MAX_SHARED) return INVALID; /* 8: the most dynamic shared memory */
    function->max_dynamic = (unsigned)value;
    return OK;
}

/* The image is a shared library as nvrtc.c makes them: section headers come last. */
int cuModuleLoadData(struct module **made, const void *image) {
    const Elf64_Ehdr *header = image;
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return NO_BINARY;
    size_t size = header->e_shoff + (size_t)header->e_shnum * header->e_shentsize;
    struct module *module = malloc(sizeof *module);
    char path[64];
    module->file = memfd_create("kernels", MFD_CLOEXEC);
    if (module->file < 0 || write(module->file, image, size) != (ssize_t)size) abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", module->file);
    module->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void (*attach)(struct standin *) = module->library ? (void (*)(struct standin *))dlsym(module->library, "standin_attach") : NULL;
    if (!attach) {
        fprintf(stderr, "stand-in GPU: %s\n", dlerror());
        close(module->file);
        free(module);
        return NO_BINARY;
    }
    host.block_barrier = block_barrier;
    host.exchange = exchange;
    host.cluster_arrive = cluster_arrive;
    host.cluster_wait = cluster_wait;
    host.cluster_shared = cluster_shared;
    attach(&host);
    *made = module;
    return OK;
}

int cuModuleUnload(struct module *module) {
    dlclose(module->library);
    close(module->file);
    free(module);
    return OK;
}

/* Functions live as long as the process: they are few. */
int cuModuleGetFunction(struct function **made, struct module *module, const char *name) {
    char symbol[256];
    snprintf(symbol, sizeof symbol, "standin_call_%s", name);
    void *call = dlsym(module->library, symbol);
    if (!call) return NOT_FOUND;
    struct function *function = calloc(1, sizeof *function);
    char *(*bound)(int) = (char *(*)(int))dlsym(module->library, "standin_shared_bound");
    snprintf(symbol, sizeof symbol, "standin_size_%s", name);
    unsigned (*size)(void) = (unsigned (*)(void))dlsym(module->library, symbol);
    if (!size) return NOT_FOUND;
    snprintf(symbol, sizeof symbol, "standin_cluster_%s", name);
    unsigned (*cluster)(void) = (unsigned (*)(void))dlsym(module->library, symbol);
    unsigned blocks_together = cluster ? cluster() : 1;
    if (blocks_together < 1 || blocks_together > MAX_CLUSTER) return INVALID;
    *function = (struct function){
        strdup(name), (void (*)(void **))call, bound(0), bound(1), DEFAULT_SHARED, blocks_together, size(),
    };
    *made = function;
    return OK;
}
