// From the bits of a tile's rows to what is an edge, what is not, and what other tiles decide; with all threads of a block.
#pragma once
#include "tiles.cuh"

// Words that the trees of a tile take.
constexpr u32 TREES = RUNS + 1 + RUNS / 4 + 1;

// Thread `threadIdx.x` of THREADS has a segment of a row; those of a row are of one warp.
template <u32 THREADS>
struct Segment {
    static constexpr u32 ABREAST = THREADS / TILE_H, LENGTH = 64 / ABREAST;
    u32 row, first;
    __device__ __forceinline__ Segment() : row(threadIdx.x / ABREAST), first(threadIdx.x % ABREAST * LENGTH) {}
    __device__ __forceinline__ u32 of(u64 bits) const { return (u32)(bits >> first) & ((1u << LENGTH) - 1); }
    __device__ __forceinline__ bool leads() const { return first == 0; }
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

// What the weak runs of a tile are, which have no strong pixel: edges, undecided, nothing; of this thread's row, in all of
// its threads. `sure` are the runs that have one.
template <u32 THREADS>
__device__ __forceinline__ Row grow(const Args &a, u32 tile, const u64 *maybe, const u64 *sure, u32 *parents) {
    u8 *open = (u8 *)(parents + RUNS + 1);
    const Segment<THREADS> s;
    const u32 row = s.row;
    const u64 here = maybe[row] & ~sure[row], above = row > 0 ? maybe[row - 1] & ~sure[row - 1] : 0;
    const u32 starts = s.of(here & ~(here << 1));
    const Contacts c = contacts(above, here);
    u64 near = 0;
    bool more = false;
    if (starts) {
        near = (row > 0 ? sure[row - 1] : 0) | (row + 1 < TILE_H ? sure[row + 1] : 0);
        near |= near << 1 | near >> 1;
        for (u32 left = starts; left; left &= left - 1) {
            // Under a run above, or the edges, without a look at others: most runs touch no more than one.
            const u32 x = s.first + __ffs(left) - 1, number = number_of(row, x);
            const u64 run = run_at(here, x);
            u32 parent = near & run ? 0 : number;
            touched(c, above, row, run, [&](u32 over) {
                if (parent == number) parent = over;
                else more |= parent != over;
            });
            parents[number] = parent;
            open[number] = 0;
        }
    }
    if (threadIdx.x == 0) parents[0] = 0;
    if (__syncthreads_or(more)) {
        if (more) {
            for (u32 left = starts; left; left &= left - 1) {
                const u32 x = s.first + __ffs(left) - 1, number = number_of(row, x);
                touched(c, above, row, run_at(here, x), [&](u32 over) { join<true>(parents, number, over); });
            }
        }
        __syncthreads();
    }
    // What no border touches and no strong pixel is in has been decided.
    for (u32 left = starts; left; left &= left - 1) {
        const u32 x = s.first + __ffs(left) - 1, number = number_of(row, x), root = find<true>(parents, number);
        if (row == 0 || row == TILE_H - 1 || x == 0 || run_at(here, x) >> (TILE_W - 1)) open[root] = 1;
        shorten<true>(parents, number, root);
    }
    __syncthreads();
    Row all = {0, 0};
    for (u32 left = starts; left; left &= left - 1) {
        const u32 x = s.first + __ffs(left) - 1, number = number_of(row, x), root = parents[number];
        if (root == 0) {
            all.edges |= run_at(here, x);
        } else if (open[root]) {
            all.open |= run_at(here, x);
            ((u32 *)a.parents)[tile * RUNS + number] = tile * RUNS + root;
        }
    }
    #pragma unroll
    for (u32 by = 1; by < s.ABREAST; by *= 2) {
        all.edges |= __shfl_xor_sync(ALL_LANES, all.edges, by);
        all.open |= __shfl_xor_sync(ALL_LANES, all.open, by);
    }
    return all;
}
