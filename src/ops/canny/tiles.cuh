// What a tile leaves in memory for others, and how the trees of two tiles that touch are joined: by whichever of the two
// blocks is done last, so that no block waits for another.
#pragma once
#include "forest.cuh"
#include "pixels.cuh"

// Laid out as `Args` in cuda.rs.
struct Args {
    Source src;
    u64 states;    // of tiles
    u64 rows;      // of tiles that are not empty: undecided pixels of a row, which a border touches, in two words; edges in two
    u64 parents;   // RUNS for each tile, from 1 on
    u64 meetings;  // four words for each tile: with the one before it and the three above; zero between two calls
    u64 at, pitch; // of the map
    u32 tiles;     // side by side
    u32 low, high; // times 4
    u32 flags;     // of the map
};
static_assert(sizeof(Args) == 168, "Args differs from the one in cuda.rs");
enum { SQUARES = 1, WIDE_MAP = 2 };
// Of a tile: no pixel is or may be an edge; all that are, are known; some are undecided.
enum { EMPTY, SETTLED, OPEN };
// Two tiles side by side, one above the other, and the two that meet at a corner alone.
enum { BESIDE, ABOVE, FALLING_CORNER, RISING_CORNER };

// Its size in pixels, and how many runs its rows of 64 bits have room for.
constexpr int TILE_W = 60, TILE_H = 32;
constexpr u32 RUNS = TILE_H * 32;
constexpr u64 ROW = (1ull << TILE_W) - 1;

// A row of a tile: what is undecided, and what is an edge.
struct Row {
    u64 open, edges;
    __device__ __forceinline__ u64 all() const { return open | edges; }
};

// Past the nearest cache, which knows nothing of what other blocks wrote meanwhile.
__device__ __forceinline__ Row row_of(const Args &a, u32 tile, u32 row) {
    uint4 four = __ldcg((const uint4 *)a.rows + tile * TILE_H + row);
    return {four.x | (u64)four.y << 32, four.z | (u64)four.w << 32};
}

// Number of the run that pixel x of a row of a tile is in; 0 where it is an edge already.
__device__ __forceinline__ u32 global_number(const Row &r, u32 tile, u32 row, u32 x) {
    return r.edges >> x & 1 ? 0 : tile * RUNS + number_of(row, start_of(r.open, x));
}

// Row `lane` of a tile with the last pixels of the one before it.
__device__ __forceinline__ void join_beside(const Args &a, u32 tile, u32 before, u32 lane) {
    Row own = row_of(a, tile, lane), other = row_of(a, before, lane);
    u32 here = __ballot_sync(ALL_LANES, own.all() & 1), there = __ballot_sync(ALL_LANES, other.all() >> (TILE_W - 1) & 1);
    u32 number = global_number(own, tile, lane, 0), near = global_number(other, before, lane, TILE_W - 1);
    Contacts c = contacts(there, here);
    #pragma unroll 1
    for (u32 k = 0; k < 3; k++) {
        u32 to = __shfl_sync(ALL_LANES, near, lane + k - 1);
        if (c.at(lane, k)) join<false>((u32 *)a.parents, number, to);
    }
}

// The first row of a tile with the last one of the tile above.
__device__ __forceinline__ void join_above(const Args &a, u32 tile, u32 over, u32 lane) {
    Row own = row_of(a, tile, 0), above = row_of(a, over, TILE_H - 1);
    Contacts c = contacts(above.all(), own.all());
    #pragma unroll 1
    for (u32 i = 0; i < 6; i++) {
        u32 x = lane + (i & 1) * WARP, k = i >> 1;
        if (c.at(x, k)) {
            join<false>((u32 *)a.parents, global_number(own, tile, 0, x), global_number(above, over, TILE_H - 1, x + k - 1));
        }
    }
}

// The last row's pixel `from` of the tile that lies above and aside, and the first row's pixel `x`.
__device__ __forceinline__ void join_corner(const Args &a, u32 tile, u32 x, u32 over, u32 from) {
    Row own = row_of(a, tile, 0), above = row_of(a, over, TILE_H - 1);
    if (own.all() >> x & above.all() >> from & 1) {
        join<false>((u32 *)a.parents, global_number(own, tile, 0, x), global_number(above, over, TILE_H - 1, from));
    }
}

// Orders what the block wrote before a barrier, or reads after one, and a word of `meetings`.
__device__ __forceinline__ void in_order() {
#ifdef DSFRAME_STANDIN
    __threadfence();
#else
    asm volatile("fence.acq_rel.gpu;" ::: "memory");
#endif
}

// Leaves word, in what each of the eight tiles around has in common with this one, that its rows and parents are written,
// which a barrier must have seen to. Where the other's word is there already both are, and the trees of the two are
// joined; the word goes back to zero. A warp for every eighth, or two.
template <u32 THREADS>
__device__ __forceinline__ void meet(const Args &a, u32 tile, u32 state) {
    constexpr u32 WARPS = THREADS / WARP, EACH = 8 / WARPS;
    const u32 lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    u32 before = 0;
    if (lane < EACH) {
        const u32 i = warp + lane * WARPS;
        // Before and after, above and below, the ends of the falling diagonal, and of the rising one.
        const int dx = (int)(0x02201120u >> 4 * i & 3) - 1, dy = (int)(0x20202011u >> 4 * i & 3) - 1;
        const u32 x = blockIdx.x + dx, y = blockIdx.y + dy;
        if (x < a.tiles && y < gridDim.y) {
            u32 *word = (u32 *)a.meetings + max(tile, y * a.tiles + x) * 4 + i / 2;
            if (state != EMPTY) in_order();
            before = atomicExch(word, state + 1);
            if (before) *word = 0;
            if (min(before, state + 1) > EMPTY + 1) in_order();
        }
    }
    if (state == EMPTY) return;
    #pragma unroll
    for (u32 n = 0; n < EACH; n++) {
        const u32 other = __shfl_sync(ALL_LANES, before, n), i = warp + n * WARPS;
        if (other <= EMPTY + 1 || max(other, state + 1) != OPEN + 1) continue;
        const u32 width = a.tiles;
        if (i / 2 == BESIDE) {
            const u32 late = tile + (i & 1);
            join_beside(a, late, late - 1, lane);
        } else if (i / 2 == ABOVE) {
            const u32 late = tile + (i & 1) * width;
            join_above(a, late, late - width, lane);
        } else if (lane == 0) {
            const bool falling = i / 2 == FALLING_CORNER;
            const u32 apart = falling ? width + 1 : width - 1, late = tile + (i & 1) * apart;
            join_corner(a, late, falling ? 0 : TILE_W - 1, late - apart, falling ? TILE_W - 1 : 0);
        }
    }
}
