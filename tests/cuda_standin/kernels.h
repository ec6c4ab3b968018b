/* What kernels.c offers to a compiled kernel, and device.h takes: one table, set when the module is loaded. */
#ifndef STANDIN_KERNELS_H
#define STANDIN_KERNELS_H

struct standin_index { unsigned x, y, z; };

/* How __syncthreads_* combines what the threads of a block say. */
enum standin_vote { STANDIN_NO_VOTE, STANDIN_COUNT, STANDIN_AND, STANDIN_OR };

struct standin {
    /* Of the thread that runs now. */
    struct standin_index thread, block, block_size, grid_size;
    unsigned lane;
    void *dynamic_shared;
    /* Waits for the block; the combined vote. */
    int (*block_barrier)(enum standin_vote vote, int value);
    /* Waits for the lanes of `mask`; what each of them gave, by lane, good until the warp's next but one exchange. */
    const unsigned long long *(*exchange)(unsigned mask, unsigned long long value);
    /* Tells the blocks of the cluster that this thread is here, and waits until all have told. */
    void (*cluster_arrive)(void);
    void (*cluster_wait)(void);
    /* Where the cluster's block `rank` has what this one has at `at` of its dynamic shared memory. */
    void *(*cluster_shared)(void *at, unsigned rank);
};

#endif
