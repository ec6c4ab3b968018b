// What a tile leaves in memory for others, and how the trees of two tiles that touch are joined.
#pragma once
#include "forest.cuh"
#include "pixels.cuh"

// Laid out as `Args` in cuda.rs.
struct Args {
    Source src;
    u64 states;    // of tiles
    u64 rows;      // of tiles that are not empty: undecided pixels of a row, which a border touches, in two words; edges in two
    u64 parents;   // RUNS for each tile, from 1 on
    u64 at, pitch; // of the map
    u32 tiles;     // side by side
    u32 low, high; // times 4
    u32 flags;     // of the map
};
static_assert(sizeof(Args) == 160, "Args differs from the one in cuda.rs");
enum { SQUARES = 1, WIDE_MAP = 2 };
// Of a tile: no pixel is or may be an edge; all that are, are known; some are undecided.
enum { EMPTY, SETTLED, OPEN };

// Its size in pixels, and how many runs its rows of 64 bits have room for.
constexpr int TILE_W = 60, TILE_H = 32;
constexpr u32 RUNS = TILE_H * 32;
constexpr u64 ROW = (1ull << TILE_W) - 1;

// A row of a tile: what is undecided, and what is an edge.
struct Row {
    u64 open, edges;
    __device__ __forceinline__ u64 all() const { return open | edges; }
};

__device__ __forceinline__ Row row_of(const Args &a, u32 tile, u32 row) {
    uint4 four = __ldg((const uint4 *)a.rows + tile * TILE_H + row);
    return {four.x | (u64)four.y << 32, four.z | (u64)four.w << 32};
}

// Number of the run that pixel x of a row of a tile is in; 0 where it is an edge already.
__device__ __forceinline__ u32 global_number(const Row &r, u32 tile, u32 row, u32 x) {
    return r.edges >> x & 1 ? 0 : tile * RUNS + number_of(row, start_of(r.open, x));
}

// Row `lane` of a tile with the last pixels of the one before it.
__device__ __forceinline__ void join_beside(const Args &a, u32 tile, const Row &own, u32 before, const Row &other, u32 lane) {
    u32 here = __ballot_sync(ALL_LANES, own.all() & 1), there = __ballot_sync(ALL_LANES, other.all() >> (TILE_W - 1) & 1);
    u32 number = global_number(own, tile, lane, 0), near = global_number(other, before, lane, TILE_W - 1);
    Contacts c = contacts(there, here);
    const u32 over = __shfl_sync(ALL_LANES, near, lane - 1), under = __shfl_sync(ALL_LANES, near, lane + 1);
    // Where a pixel touches the one beside it, it touches no other.
    const bool straight = c.at(lane, 1);
    const u32 first = straight ? near : c.at(lane, 0) ? over : under;
    u32 ways = c.at(lane, 0) + c.at(lane, 1) + c.at(lane, 2);
    // A lane's own ways one after the other, those of all lanes at the same time: what takes time is waiting for memory.
    #pragma unroll 1
    for (u32 to = first; __any_sync(ALL_LANES, ways != 0); to = under) {
        if (ways) join<false>((u32 *)a.parents, number, to), ways--;
    }
}

// The first row of a tile with the last one of the tile above.
__device__ __forceinline__ void join_above(const Args &a, u32 tile, const Row &own, u32 over, const Row &above, u32 lane) {
    Contacts c = contacts(above.all(), own.all());
    u32 ways = 0;
    #pragma unroll
    for (u32 k = 0; k < 3; k++) ways |= ((u32)c.at(lane, k) | (u32)c.at(lane + WARP, k) << 1) << 2 * k;
    #pragma unroll 1
    for (; __any_sync(ALL_LANES, ways != 0); ways &= ways - 1) {
        if (!ways) continue;
        const u32 i = __ffs(ways) - 1, x = lane + (i & 1) * WARP;
        join<false>((u32 *)a.parents, global_number(own, tile, 0, x), global_number(above, over, TILE_H - 1, x + (i >> 1) - 1));
    }
}

// The first row's pixel `x`, and the last row's pixel `from` of the tile that lies above and aside.
__device__ __forceinline__ void join_corner(const Args &a, u32 tile, const Row &own, u32 x, u32 over, const Row &above, u32 from) {
    if (own.all() >> x & above.all() >> from & 1) {
        join<false>((u32 *)a.parents, global_number(own, tile, 0, x), global_number(above, over, TILE_H - 1, from));
    }
}

// Joins the trees of the block's tile with those of the tile before it and of the three above: a warp for each.
__device__ __forceinline__ void join_around(const Args &a) {
    const u32 lane = threadIdx.x % WARP, warp = threadIdx.x / WARP, x = blockIdx.x, tile = blockIdx.y * a.tiles + x;
    if (warp > 0 && blockIdx.y == 0) return;
    if ((warp == 0 || warp == 2) && x == 0) return;
    if (warp == 3 && x + 1 == a.tiles) return;
    // Before it; above it; above and before; above and after.
    const u32 near = warp == 0 ? tile - 1 : tile - a.tiles + (warp == 2 ? -1 : warp == 3 ? 1 : 0);
    // All is asked for at once: rows of empty tiles are not used.
    const u32 state = __ldg((const u32 *)a.states + tile), other = __ldg((const u32 *)a.states + near);
    const Row own = row_of(a, tile, warp == 0 ? lane : 0), there = row_of(a, near, warp == 0 ? lane : TILE_H - 1);
    if (min(state, other) == EMPTY || max(state, other) != OPEN) return;
    if (warp == 0) join_beside(a, tile, own, near, there, lane);
    else if (warp == 1) join_above(a, tile, own, near, there, lane);
    else if (lane == 0) join_corner(a, tile, own, warp == 2 ? 0 : TILE_W - 1, near, there, warp == 2 ? TILE_W - 1 : 0);
}
