// From the bits of a tile's rows to what is an edge, what is not, and what other tiles decide; with all threads of a block.
#pragma once
#include "tiles.cuh"

// The trees of a tile in shared memory: parents of its runs, whether a root's tree meets a border, and all runs, in any
// order.
struct Trees {
    u32 parents[RUNS + 1];
    u8 open[RUNS + 4];
    u16 runs[RUNS];
    u32 count;
};

// Thread `threadIdx.x` of THREADS has a segment of a row; those of a row are of one warp.
template <u32 THREADS>
struct Segment {
    static constexpr u32 ABREAST = THREADS / TILE_H, LENGTH = 64 / ABREAST;
    u32 row, first;
    __device__ __forceinline__ Segment() : row(threadIdx.x / ABREAST), first(threadIdx.x % ABREAST * LENGTH) {}
    __device__ __forceinline__ u32 of(u64 bits) const { return (u32)(bits >> first) & ((1u << LENGTH) - 1); }
    __device__ __forceinline__ bool leads() const { return first == 0; }
    // Adds the runs of `bits` that start here, a row and a column each, to `count` in `runs`.
    __device__ __forceinline__ void list(u64 bits, u16 *runs, u32 *count) const {
        u32 starts = of(bits & ~(bits << 1));
        if (!starts) return;
        for (u32 at = atomicAdd(count, __popc(starts)); starts; starts &= starts - 1) {
            runs[at++] = row << 6 | (first + __ffs(starts) - 1);
        }
    }
};

// Calls `each` with the number of each run of the row above that the run `own` touches, some more than once.
template <class F>
__device__ __forceinline__ void touched(const Contacts &c, u64 above, u32 row, u64 own, F each) {
    for (u64 left = (c.straight | c.before | c.after) & own; left; left &= left - 1) {
        const u32 x = __ffsll(left) - 1;
        // A pixel has one to the side only where none is straight above it.
        if (c.at(x, 1)) each(number_of(row - 1, start_of(above, x)));
        if (c.at(x, 0)) each(number_of(row - 1, start_of(above, x - 1)));
        if (c.at(x, 2)) each(number_of(row - 1, x + 1));
    }
}

// Sets bits of a row that other threads set bits of as well.
__device__ __forceinline__ void add(u64 *row, u64 bits) {
    if ((u32)bits) atomicOr((u32 *)row, (u32)bits);
    if (bits >> 32) atomicOr((u32 *)row + 1, (u32)(bits >> 32));
}

// Finds what the weak runs of a tile are, which have no strong pixel: edges, which are added to `sure`, undecided, which are
// put into `open`, or nothing; whether any is undecided. `sure` are the runs that have a strong pixel; a run of `maybe` is
// one of these or none. Each is one thread's, wherever it lies, since several in a row would take their time one by one.
template <u32 THREADS>
__device__ __forceinline__ bool grow(const Args &a, u32 tile, const u64 *maybe, u64 *sure, u64 *open, Trees &trees) {
    u32 *parents = trees.parents;
    const Segment<THREADS> s;
    const u32 t = threadIdx.x;
    auto weak = [&](u32 row) { return row < TILE_H ? maybe[row] & ~sure[row] : 0; };
    if (t == 0) trees.count = parents[0] = 0;
    if (t < TILE_H) open[t] = 0;
    __syncthreads();
    const u64 here = weak(s.row);
    s.list(here, trees.runs, &trees.count);
    __syncthreads();
    const u32 count = trees.count;
    bool more = false;
    #pragma unroll 1
    for (u32 i = t; i < count; i += THREADS) {
        // Under a run above, or the edges, without a look at others: most runs touch no more than one.
        const u32 x = trees.runs[i] & 63, row = trees.runs[i] >> 6, number = number_of(row, x);
        const u64 own = weak(row), above = weak(row - 1), run = run_at(maybe[row], x);
        u64 near = (row > 0 ? sure[row - 1] : 0) | (row + 1 < TILE_H ? sure[row + 1] : 0);
        near |= near << 1 | near >> 1;
        u32 parent = near & run ? 0 : number;
        touched(contacts(above, own), above, row, run, [&](u32 over) {
            if (parent == number) parent = over;
            else more |= parent != over;
        });
        parents[number] = parent;
        trees.open[number] = 0;
    }
    if (__syncthreads_or(more)) {
        #pragma unroll 1
        for (u32 i = t; i < count; i += THREADS) settle_on_root(parents, number_of(trees.runs[i] >> 6, trees.runs[i] & 63));
        __syncthreads();
        #pragma unroll 1
        for (u32 i = t; i < count && more; i += THREADS) {
            const u32 x = trees.runs[i] & 63, row = trees.runs[i] >> 6, number = number_of(row, x);
            const u64 own = weak(row), above = weak(row - 1);
            touched(contacts(above, own), above, row, run_at(maybe[row], x), [&](u32 over) { join<true>(parents, number, over); });
        }
        __syncthreads();
    }
    // What no border touches and no strong pixel is in has been decided.
    #pragma unroll 1
    for (u32 i = t; i < count; i += THREADS) {
        const u32 x = trees.runs[i] & 63, row = trees.runs[i] >> 6, number = number_of(row, x);
        const u32 root = settle_on_root(parents, number);
        if (row == 0 || row == TILE_H - 1 || x == 0 || run_at(maybe[row], x) >> (TILE_W - 1)) trees.open[root] = 1;
    }
    __syncthreads();
    bool any = false;
    #pragma unroll 1
    for (u32 i = t; i < count; i += THREADS) {
        const u32 x = trees.runs[i] & 63, row = trees.runs[i] >> 6, number = number_of(row, x), root = parents[number];
        const u64 run = run_at(maybe[row], x);
        if (root == 0) {
            add(&sure[row], run);
        } else if (trees.open[root]) {
            any = true;
            add(&open[row], run);
            ((u32 *)a.parents)[tile * RUNS + number] = tile * RUNS + root;
        }
    }
    return __syncthreads_or(any);
}
