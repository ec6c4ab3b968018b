/* Kernels of the stand-in driver: machine code of the host, which nvrtc.c compiles from the same source that a GPU gets.
 *
 * Blocks run one after the other, a thread of a block is a stack of its own that runs until it waits for others. What a
 * GPU answers with a hang or with luck ends the process here: a barrier that some threads never reach, lanes that
 * name different masks. Odd launches run their blocks, and odd blocks their threads, from the last to the first, and
 * shared memory holds rubbish at the start of a block, so that results that hang on the order or on zeros show. */
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
enum { MAX_THREADS = 1024, STACK = 256 << 10, WARP = 32, DEFAULT_SHARED = 48 << 10, MAX_SHARED = 227 << 10 };

enum state { READY, IN_BARRIER, IN_EXCHANGE, DONE };

struct fiber {
    jmp_buf at;
    enum state state;
    int begun;
    unsigned mask, turn;
    struct standin_index index;
};

struct module {
    void *library;
    int file;
};

struct function {
    const char *name;
    void (*call)(void **args);
    char *shared, *shared_end;
    unsigned max_dynamic;
};

static pthread_mutex_t gpu = PTHREAD_MUTEX_INITIALIZER;
static struct standin host;
static struct fiber fibers[MAX_THREADS];
static char *stacks;
static unsigned long long given[MAX_THREADS / WARP][2][WARP];
static unsigned arrived[MAX_THREADS / WARP];
static unsigned count, alive, waiting, now;
static int votes[2], turn;
static enum standin_vote vote_kind;
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
    if (_setjmp(fibers[now].at) == 0) _longjmp(scheduler, 1);
}

static void release_block(void) {
    for (unsigned i = 0; i < count; i++)
        if (fibers[i].state == IN_BARRIER) fibers[i].state = READY;
    waiting = 0;
    turn ^= 1;
    votes[turn] = 0;
}

static int block_barrier(enum standin_vote kind, int value) {
    if (waiting == 0) {
        vote_kind = kind;
        votes[turn] = kind == STANDIN_AND;
    } else if (kind != vote_kind) {
        die("the threads of a block wait at different barriers");
    }
    if (kind == STANDIN_COUNT) votes[turn] += value != 0;
    else if (kind == STANDIN_AND) votes[turn] &= value != 0;
    else votes[turn] |= value != 0;
    int mine = turn;
    fibers[now].state = IN_BARRIER;
    if (++waiting == alive) release_block();
    else sleep_until_ready();
    return votes[mine];
}

static const unsigned long long *exchange(unsigned mask, unsigned long long value) {
    unsigned warp = now / WARP, lane = now % WARP;
    struct fiber *self = &fibers[now], *lanes = &fibers[warp * WARP];
    if (!(mask >> lane & 1)) die("a lane takes part in an exchange whose mask is without it");
    unsigned side = self->turn++ & 1;
    given[warp][side][lane] = value;
    self->mask = mask;
    arrived[warp] |= 1u << lane;
    if ((arrived[warp] & mask) == mask) {
        for (unsigned i = 0; i < WARP; i++) {
            if (!(mask >> i & 1)) continue;
            if (lanes[i].mask != mask || lanes[i].turn != self->turn) die("the lanes of a warp disagree in an exchange");
            lanes[i].state = READY;
        }
        arrived[warp] &= ~mask;
    } else {
        self->state = IN_EXCHANGE;
        sleep_until_ready();
    }
    return given[warp][side];
}

/* What runs on every fiber's stack: the kernel, once for each block. */
static void live(void) {
    for (;;) {
        running->call(arguments);
        fibers[now].state = DONE;
        alive--;
        if (alive && waiting == alive) release_block();
        sleep_until_ready();
    }
}

static void resume(unsigned i) {
    struct fiber *fiber = &fibers[i];
    now = i;
    host.thread = fiber->index;
    host.lane = i % WARP;
    if (_setjmp(scheduler)) return;
    if (fiber->begun) _longjmp(fiber->at, 1);
    fiber->begun = 1;
    getcontext(&first);
    first.uc_stack.ss_sp = stacks + (size_t)i * STACK;
    first.uc_stack.ss_size = STACK;
    makecontext(&first, live, 0);
    setcontext(&first);
}

static void run_block(unsigned backwards) {
    struct standin_index size = host.block_size;
    for (unsigned i = 0; i < count; i++) {
        fibers[i].state = READY;
        fibers[i].turn = 0;
        fibers[i].index = (struct standin_index){ i % size.x, i / size.x % size.y, i / size.x / size.y };
    }
    memset(arrived, 0, sizeof arrived);
    alive = count;
    waiting = 0;
    memset(running->shared, 0xA5, (size_t)(running->shared_end - running->shared));
    while (alive) {
        unsigned ran = 0;
        for (unsigned n = 0; n < count; n++) {
            unsigned i = backwards ? count - 1 - n : n;
            if (fibers[i].state != READY) continue;
            resume(i);
            ran++;
        }
        if (!ran && alive) die("the threads left wait for each other for ever");
    }
}

int cuLaunchKernel(struct function *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned shared, void *stream, void **args, void **extra) {
    (void)stream, (void)extra;
    static unsigned launches;
    unsigned long long threads = (unsigned long long)bx * by * bz;
    if (!gx || !gy || !gz || gy > 65535 || gz > 65535 || !threads || threads > MAX_THREADS || bz > 64) return INVALID;
    if ((size_t)(function->shared_end - function->shared) > DEFAULT_SHARED || shared > function->max_dynamic) return INVALID;
    static int idle = -1;
    if (idle < 0) idle = getenv("STANDIN_IDLE") != NULL;
    if (idle) return OK;
    pthread_mutex_lock(&gpu);
    if (!stacks) stacks = mmap(NULL, (size_t)MAX_THREADS * STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *dynamic = aligned_alloc(256, (shared + 511) / 256 * 256);
    if (stacks == MAP_FAILED || !dynamic) abort();
    running = function;
    arguments = args;
    count = (unsigned)threads;
    host.block_size = (struct standin_index){ bx, by, bz };
    host.grid_size = (struct standin_index){ gx, gy, gz };
    host.dynamic_shared = dynamic;
    unsigned long long blocks = (unsigned long long)gx * gy * gz;
    unsigned backwards = launches++ & 1;
    for (unsigned long long n = 0; n < blocks; n++) {
        unsigned long long i = backwards ? blocks - 1 - n : n;
        host.block = (struct standin_index){ (unsigned)(i % gx), (unsigned)(i / gx % gy), (unsigned)(i / gx / gy) };
        memset(dynamic, 0xA5, shared);
        run_block(i & 1);
    }
    free(dynamic);
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
    *function = (struct function){ strdup(name), (void (*)(void **))call, bound(0), bound(1), DEFAULT_SHARED };
    *made = function;
    return OK;
}
