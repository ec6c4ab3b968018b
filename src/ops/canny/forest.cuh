// Which pixels hang together, as a forest over runs of pixels in a row: each run has a parent, roots are their own, and
// tree 0 is that of the edges. Only roots are ever put under something, of another tree and earlier in one order of all, so
// that there are no circles; where a run's way to its root is shortened meanwhile, it is to another run on that way. No
// thread waits for another. A parent that is read while it changes is an old one or a new one, both on the way; in shared
// memory it changes atomically, which is as fast there.
#pragma once
#include "types.cuh"

// Shortens the way from `x`, whose parent's parent is `over`.
template <bool SHARED>
__device__ __forceinline__ void shorten(volatile u32 *parents, u32 x, u32 over) {
    if (SHARED) atomicMin((u32 *)parents + x, over);
    else parents[x] = over;
}

// The root of `x`, in slow memory; halves the way on the way.
__device__ __forceinline__ u32 find(volatile u32 *parents, u32 x) {
    while (x) {
        u32 up = parents[x];
        if (up == x || up == 0) return up;
        u32 over = parents[up];
        if (over == up) return up;
        shorten<false>(parents, x, over);
        x = over;
    }
    return 0;
}

// The root of `x`, which all others look for as well, each for what is its own: ways halve at each step of all.
__device__ __forceinline__ u32 settle_on_root(u32 *parents, u32 x) {
    volatile u32 *const up_of = parents;
    u32 up = up_of[x];
    for (u32 over; (over = up_of[up]) != up; up = over) atomicExch(parents + x, over);
    return up;
}

// Which of two roots goes under the other. Over the borders of tiles the order has nothing to do with where they lie, so that
// the tree of a long edge is not as high as the edge is long. 0 is the first in both.
template <bool SHARED>
__device__ __forceinline__ u32 order_of(u32 x) { return SHARED ? x : x * 0x9e3779b1u; }

// One tree of those of `a` and `b`. Only the way from the later one is gone, to where it is the earlier or a root: a
// root may go under any earlier one of the other tree, so that long ways above that one cost nothing here.
template <bool SHARED>
__device__ __forceinline__ void join(u32 *parents, u32 a, u32 b) {
    volatile u32 *const up_of = parents;
    // The first step of both at once: what takes time is waiting for memory.
    const u32 up_a = a ? up_of[a] : 0, up_b = b ? up_of[b] : 0;
    a = up_a, b = up_b;
    for (u32 last = 0; a != b;) {
        if (order_of<SHARED>(a) < order_of<SHARED>(b)) {
            u32 t = a;
            a = b;
            b = t;
            last = 0;
        }
        // In slow memory a try tells no later than a look at whether `a` is a root still. (The compiler spills for older GPUs.)
        u32 up = SHARED || __CUDA_ARCH__ < 900 ? up_of[a] : a;
        if (up == a) up = atomicCAS(parents + a, a, b);
        if (up == a) return;
        if (last) shorten<SHARED>(parents, last, up);
        last = a;
        a = up;
    }
}

// First pixel of the run of `row` that pixel `x` is in.
__device__ __forceinline__ u32 start_of(u64 row, u32 x) {
    u64 gaps = ~row & ((1ull << x) - 1);
    return gaps ? 64 - __clzll(gaps) : 0;
}

// All pixels of the run of `row` that starts at `x`: a sum carries to the run's end.
__device__ __forceinline__ u64 run_at(u64 row, u32 x) { return row & ~(row + (1ull << x)); }

__device__ __forceinline__ u64 reversed(u64 row) { return (u64)__brev((u32)row) << 32 | __brev((u32)(row >> 32)); }

// All pixels of the runs of `row` that have a pixel in `some`, which are of `row`.
__device__ __forceinline__ u64 runs_of(u64 row, u64 some) {
    u64 later = (row & ~(row + some)) | some, back = reversed(row), all = reversed(later);
    return reversed((back & ~(back + all)) | all);
}

// Number of a run, in its tile of 60 columns: runs of a row start at least two apart. Rows are an odd number apart, so that
// the runs of an upright edge lie in different banks of shared memory. 0 is the edges'.
__device__ __forceinline__ u32 number_of(u32 row, u32 start) { return row * 31 + start / 2 + 1; }

// Where pixels of row `b` touch the row `a` before it: straight, and to the side where no straight contact or run
// says the same already.
struct Contacts {
    u64 straight, before, after;
    // Of pixel x with pixel x + k - 1 of `a`.
    __device__ __forceinline__ bool at(u32 x, u32 k) const {
        return (k == 1 ? straight : k == 0 ? before : after) >> x & 1;
    }
};
__device__ __forceinline__ Contacts contacts(u64 a, u64 b) {
    u64 both = a & b, alone = b & ~a;
    return {both & ~(both << 1), alone & (a << 1) & ~(b << 1), alone & (a >> 1) & ~(b >> 1)};
}
