// Canny's edges in three steps: what may be an edge, and trees of what hangs together in each tile; trees joined over the
// borders of tiles; the map. A tile is 64 pixels wide and 32 rows high.
#include "forest.cuh"
#include "gradient.cuh"

// Laid out as `Args` in cuda.rs.
struct Args {
    Source src;
    u64 rows;      // of tiles: open pixels of a row, which a border touches, in two words; edges in two
    u64 parents;   // RUNS for each tile, from 1 on
    u64 at, pitch; // of the map
    u32 tiles;     // side by side
    u32 low, high; // times 4
    u32 flags;     // of the map
};
static_assert(sizeof(Args) == 152, "Args differs from the one in cuda.rs");
enum { SQUARES = 1, WIDE_MAP = 2 };

constexpr u32 RUNS = TILE_W * TILE_H / 2, SEGMENT = 16;
static_assert(RUNS + 1 + RUNS / 4 + 1 <= GRAY_WORDS, "the trees of a tile take the place of its grey");

// Trees of a tile, from its rows of 64 bits. A thread has a quarter of a row.
__device__ __forceinline__ void grow(const Args &a, const u64 *maybe, const u64 *strong, u32 *parents) {
    u8 *open = (u8 *)(parents + RUNS + 1);
    const u32 t = threadIdx.x, row = t / 4, first = t % 4 * SEGMENT;
    const u64 here = maybe[row];
    const u32 starts = (u32)((here & ~(here << 1)) >> first) & 0xffff;
    for (u32 left = starts; left; left &= left - 1) {
        u32 x = first + __ffs(left) - 1, number = number_of(row, x);
        parents[number] = strong[row] & run_at(here, x) ? 0 : number;
        open[number] = 0;
    }
    if (t == 0) parents[0] = 0;
    __syncthreads();
    if (row > 0) {
        const u64 above = maybe[row - 1];
        Contacts c = contacts(above, here, false, false);
        u32 straight = (u32)(c.straight >> first) & 0xffff, before = (u32)(c.before >> first) & 0xffff;
        u32 after = (u32)(c.after >> first) & 0xffff;
        for (u32 left = straight | before | after; left; left &= left - 1) {
            u32 bit = left & -left, x = first + __ffs(left) - 1, own = number_of(row, start_of(here, x));
            if (straight & bit) join(parents, own, number_of(row - 1, start_of(above, x)));
            if (before & bit) join(parents, own, number_of(row - 1, start_of(above, x - 1)));
            if (after & bit) join(parents, own, number_of(row - 1, x + 1));
        }
    }
    __syncthreads();
    // What no border touches and no strong pixel is in has been decided.
    for (u32 left = starts; left; left &= left - 1) {
        u32 x = first + __ffs(left) - 1;
        if (row == 0 || row == TILE_H - 1 || x == 0 || run_at(here, x) >> 63) open[find(parents, number_of(row, x))] = 1;
    }
    __syncthreads();
    const u32 tile = blockIdx.y * a.tiles + blockIdx.x;
    u64 undecided = 0, edges = 0;
    for (u32 left = starts; left; left &= left - 1) {
        u32 x = first + __ffs(left) - 1, number = number_of(row, x), root = find(parents, number);
        u64 run = run_at(here, x);
        if (root == 0) {
            edges |= run;
        } else if (open[root]) {
            undecided |= run;
            ((u32 *)a.parents)[tile * RUNS + number] = tile * RUNS + root;
        }
    }
    #pragma unroll
    for (int by = 1; by < 4; by *= 2) {
        edges |= __shfl_xor_sync(ALL_LANES, edges, by);
        undecided |= __shfl_xor_sync(ALL_LANES, undecided, by);
    }
    u64 all = t & 2 ? edges : undecided;
    ((u32 *)a.rows)[tile * THREADS + t] = (u32)(t & 1 ? all >> 32 : all);
}

// Shared memory by its size: kernels that need as much have it in common.
template <int COUNT>
__device__ __forceinline__ u32 *shared_words() {
    __shared__ __align__(16) u32 words[COUNT];
    return words;
}

// N is the aperture; FAST is aperture 3 with |dx| + |dy|.
template <int SRC, int N, bool FAST>
__device__ __forceinline__ void tile(const Args &a) {
    u32 *gray = shared_words<GRAY_WORDS>(), *sizes = shared_words<FAST ? SIZES * WORDS : SIZES * COLUMNS>();
    u32 *maybe = shared_words<TILE_H * 4>(), *strong = maybe + TILE_H * 2;
    const int left = blockIdx.x * TILE_W - 4, top = blockIdx.y * TILE_H, width = a.src.width, height = a.src.height;
    load_tile<SRC, TILE_H + 2 * (N / 2 + 1)>(a.src, left, top - N / 2 - 1, gray + 2);
    __syncthreads();
    if (FAST) gradient3(gray + 2, sizes, left, top - 2, width, height);
    else gradient<N>(gray + 2, sizes, left, top - 2, width, height, a.flags & SQUARES);
    __syncthreads();
    if (FAST) thin((const u16 *)sizes, a.low, a.high, maybe, strong);
    else thin(sizes, a.low, a.high, maybe, strong);
    if (__syncthreads_or(threadIdx.x < TILE_H * 2 && maybe[threadIdx.x % (TILE_H * 2)])) {
        grow(a, (const u64 *)maybe, (const u64 *)strong, gray);
    } else {
        ((u32 *)a.rows)[(blockIdx.y * a.tiles + blockIdx.x) * THREADS + threadIdx.x] = 0;
    }
}

#define TILE(name, SRC, N, FAST) \
    extern "C" __global__ void __launch_bounds__(THREADS, 8) name(const Args a) { tile<SRC, N, FAST>(a); }
TILE(packed4_fast, PACKED4, 3, true)
TILE(packed3_fast, PACKED3, 3, true)
TILE(luma_fast, GRAY, 3, true)
TILE(packed4_3, PACKED4, 3, false)
TILE(packed3_3, PACKED3, 3, false)
TILE(luma_3, GRAY, 3, false)
TILE(packed4_5, PACKED4, 5, false)
TILE(packed3_5, PACKED3, 5, false)
TILE(luma_5, GRAY, 5, false)
TILE(packed4_7, PACKED4, 7, false)
TILE(packed3_7, PACKED3, 7, false)
TILE(luma_7, GRAY, 7, false)

// A row of a tile: what is open, and what is an edge.
struct Row {
    u64 open, edges;
};
__device__ __forceinline__ Row row_of(const Args &a, u32 tile, u32 row) {
    uint4 four = __ldg((const uint4 *)a.rows + tile * TILE_H + row);
    return {four.x | (u64)four.y << 32, four.z | (u64)four.w << 32};
}

// Number of the run that pixel x of a row of a tile is in; 0 where it is an edge already.
__device__ __forceinline__ u32 global_number(const Row &r, u32 tile, u32 row, u32 x) {
    return r.edges >> x & 1 ? 0 : tile * RUNS + number_of(row, start_of(r.open, x));
}

// Joins the trees of a tile with those of the tile before it and of the three above. A warp for each tile, a lane for
// each of its rows, and for two of its columns.
extern "C" __global__ void __launch_bounds__(THREADS) borders(const Args a) {
    const u32 lane = threadIdx.x % WARP, column = blockIdx.x * (THREADS / WARP) + threadIdx.x / WARP;
    if (column >= a.tiles) return;
    const u32 tile = blockIdx.y * a.tiles + column;
    u32 *parents = (u32 *)a.parents;
    if (column > 0) {
        Row own = row_of(a, tile, lane), beside = row_of(a, tile - 1, lane);
        u32 here = __ballot_sync(ALL_LANES, (own.open | own.edges) & 1);
        u32 there = __ballot_sync(ALL_LANES, (beside.open | beside.edges) >> 63);
        u32 number = global_number(own, tile, lane, 0), other = global_number(beside, tile - 1, lane, 63);
        Contacts c = contacts(there, here, false, false);
        #pragma unroll 1
        for (u32 k = 0; k < 3; k++) {
            u32 near = __shfl_sync(ALL_LANES, other, lane + k - 1);
            if (c.at(lane, k)) join(parents, number, near);
        }
    }
    if (blockIdx.y > 0) {
        const u32 over = tile - a.tiles, last = TILE_H - 1;
        Row own = row_of(a, tile, 0), above = row_of(a, over, last), before = {0, 0}, after = {0, 0};
        if (column > 0) before = row_of(a, over - 1, last);
        if (column + 1 < a.tiles) after = row_of(a, over + 1, last);
        Contacts c = contacts(above.open | above.edges, own.open | own.edges, (before.open | before.edges) >> 63,
                              (after.open | after.edges) & 1);
        #pragma unroll 1
        for (u32 i = 0; i < 6; i++) {
            u32 k = i < 3 ? i : i - 3, x = 2 * lane + i / 3, near;
            if (!c.at(x, k)) continue;
            if (x + k == 0) near = global_number(before, over - 1, last, 63);
            else if (x + k == 65) near = global_number(after, over + 1, last, 0);
            else near = global_number(above, over, last, x + k - 1);
            join(parents, global_number(own, tile, 0, x), near);
        }
    }
}

// Four bytes of 255 or 0 of the four lowest bits.
__device__ __forceinline__ u32 spread(u32 bits) { return ((bits & 15) * 0x00204081u & 0x01010101u) * 255; }

// The map, 16 pixels for each thread.
extern "C" __global__ void __launch_bounds__(THREADS) map_edges(const Args a) {
    const u32 row = threadIdx.x / 4, first = threadIdx.x % 4 * SEGMENT, tile = blockIdx.y * a.tiles + blockIdx.x;
    const u32 x = blockIdx.x * TILE_W + first, y = blockIdx.y * TILE_H + row;
    if (x >= a.src.width || y >= a.src.height) return;
    Row r = row_of(a, tile, row);
    u32 bits = (u32)(r.edges >> first) & 0xffff;
    for (u32 left = (u32)(r.open >> first) & 0xffff; left;) {
        u32 start = start_of(r.open, first + __ffs(left) - 1);
        u32 run = (u32)(run_at(r.open, start) >> first) & 0xffff;
        if (find((u32 *)a.parents, tile * RUNS + number_of(row, start)) == 0) bits |= run;
        left &= ~run;
    }
    u8 *out = (u8 *)a.at + y * a.pitch + x;
    if ((a.flags & WIDE_MAP) && x + SEGMENT <= a.src.width) {
        *(uint4 *)out = make_uint4(spread(bits), spread(bits >> 4), spread(bits >> 8), spread(bits >> 12));
    } else {
        for (u32 i = 0; i < SEGMENT && x + i < a.src.width; i++) out[i] = bits >> i & 1 ? 255 : 0;
    }
}
