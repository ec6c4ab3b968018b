// Canny's edges in three steps: edges, and trees of what may be one and hangs together, in each tile; trees joined over
// the borders of tiles; what turned out to be an edge. A tile is 64 pixels wide and 32 rows high.
#include "forest.cuh"
#include "gradient.cuh"

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

// Pixels of a row that a thread has, and such threads of a row.
constexpr u32 RUNS = TILE_W * TILE_H / 2, SEGMENT = 8, ABREAST = TILE_W / SEGMENT;
static_assert(TILE_H * ABREAST == THREADS, "a segment for each thread");
static_assert(RUNS + 1 + RUNS / 4 + 1 <= GRAY_WORDS, "the trees of a tile take the place of its grey");

// A row of a tile: what is undecided, and what is an edge.
struct Row {
    u64 open, edges;
};

// What the weak runs of a tile are, which have no strong pixel, from its rows of 64 bits: edges, undecided, nothing.
// `sure` are the runs that have one.
__device__ __forceinline__ Row grow(const Args &a, u32 tile, const u64 *maybe, const u64 *sure, u32 *parents) {
    u8 *open = (u8 *)(parents + RUNS + 1);
    const u32 t = threadIdx.x, row = t / ABREAST, first = t % ABREAST * SEGMENT;
    const u64 here = maybe[row] & ~sure[row];
    const u32 starts = (u32)((here & ~(here << 1)) >> first) & 0xff;
    if (starts) {
        u64 near = (row > 0 ? sure[row - 1] : 0) | (row + 1 < TILE_H ? sure[row + 1] : 0);
        near |= near << 1 | near >> 1;
        for (u32 left = starts; left; left &= left - 1) {
            u32 x = first + __ffs(left) - 1, number = number_of(row, x);
            parents[number] = near & run_at(here, x) ? 0 : number;
            open[number] = 0;
        }
    }
    if (t == 0) parents[0] = 0;
    __syncthreads();
    const u64 above = row > 0 ? maybe[row - 1] & ~sure[row - 1] : 0;
    Contacts c = contacts(above, here, false, false);
    u32 straight = (u32)(c.straight >> first) & 0xff, before = (u32)(c.before >> first) & 0xff;
    u32 after = (u32)(c.after >> first) & 0xff;
    for (u32 left = straight | before | after; left; left &= left - 1) {
        u32 bit = left & -left, x = first + __ffs(left) - 1, own = number_of(row, start_of(here, x));
        // A pixel has one to the side only where none is straight above it.
        if (!(after & bit) || before & bit) join<true>(parents, own, number_of(row - 1, start_of(above, straight & bit ? x : x - 1)));
        if (after & bit) join<true>(parents, own, number_of(row - 1, x + 1));
    }
    __syncthreads();
    // What no border touches and no strong pixel is in has been decided.
    for (u32 left = starts; left; left &= left - 1) {
        u32 x = first + __ffs(left) - 1;
        if (row == 0 || row == TILE_H - 1 || x == 0 || run_at(here, x) >> 63) open[find<true>(parents, number_of(row, x))] = 1;
    }
    __syncthreads();
    Row all = {0, 0};
    for (u32 left = starts; left; left &= left - 1) {
        u32 x = first + __ffs(left) - 1, number = number_of(row, x), root = find<true>(parents, number);
        if (root == 0) {
            all.edges |= run_at(here, x);
        } else if (open[root]) {
            all.open |= run_at(here, x);
            ((u32 *)a.parents)[tile * RUNS + number] = tile * RUNS + root;
        }
    }
    #pragma unroll
    for (u32 by = 1; by < ABREAST; by *= 2) {
        all.edges |= __shfl_xor_sync(ALL_LANES, all.edges, by);
        all.open |= __shfl_xor_sync(ALL_LANES, all.open, by);
    }
    return all;
}

// Four bytes of 255 or 0 of the four lowest bits.
__device__ __forceinline__ u32 spread(u32 bits) { return ((bits & 15) * 0x00204081u & 0x01010101u) * 255; }

// A thread's pixels of the map, of a row's bits.
__device__ __forceinline__ void write_map(const Args &a, u64 edges) {
    const u32 first = threadIdx.x % ABREAST * SEGMENT;
    const u32 x = blockIdx.x * TILE_W + first, y = blockIdx.y * TILE_H + threadIdx.x / ABREAST;
    if (x >= a.src.width || y >= a.src.height) return;
    const u32 bits = (u32)(edges >> first) & 0xff;
    u8 *out = (u8 *)a.at + y * a.pitch + x;
    if ((a.flags & WIDE_MAP) && x + SEGMENT <= a.src.width) {
        *(uint2 *)out = make_uint2(spread(bits), spread(bits >> 4));
    } else {
        for (u32 i = 0; i < SEGMENT && x + i < a.src.width; i++) out[i] = bits >> i & 1 ? 255 : 0;
    }
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
    u32 *gray = shared_words<GRAY_WORDS>(), *sizes = shared_words<SIZES * (FAST ? NARROW / 2 : COLUMNS)>();
    u64 *maybe = (u64 *)shared_words<TILE_H * 6>(), *strong = maybe + TILE_H, *sure = strong + TILE_H;
    const int left = blockIdx.x * TILE_W - 4, top = blockIdx.y * TILE_H, width = a.src.width, height = a.src.height;
    const u32 t = threadIdx.x, row = t / ABREAST, tile = blockIdx.y * a.tiles + blockIdx.x;
    load_tile<SRC, TILE_H + 2 * (N / 2 + 1)>(a.src, left, top - N / 2 - 1, gray + 2);
    __syncthreads();
    bool any = FAST ? gradient3(gray + 2, sizes, left, top - 2, width, height, a.low)
                    : gradient<N>(gray + 2, sizes, left, top - 2, width, height, a.flags & SQUARES, a.low);
    if (!__syncthreads_or(any)) {
        if (t == 0) ((u32 *)a.states)[tile] = EMPTY;
        write_map(a, 0);
        return;
    }
    u32 bits, from = 4 + t % ABREAST * SEGMENT;
    if (FAST) bits = thin<NARROW>((const u16 *)sizes + (row + 1) * NARROW + from, a.low, a.high);
    else bits = thin<COLUMNS>((const u32 *)sizes + (row + 1) * COLUMNS + from, a.low, a.high);
    ((u8 *)maybe)[t] = bits;
    ((u8 *)strong)[t] = bits >> 8;
    // A row is one warp's.
    __syncwarp();
    Row all = {0, runs_of(maybe[row], strong[row])};
    if (t % ABREAST == 0) sure[row] = all.edges;
    u32 state = SETTLED;
    if (__syncthreads_or(maybe[row] != all.edges)) {
        Row weak = grow(a, tile, maybe, sure, gray);
        all.edges |= weak.edges;
        all.open = weak.open;
        if (__syncthreads_or(all.open != 0)) state = OPEN;
    }
    if (t == 0) ((u32 *)a.states)[tile] = state;
    if (t % ABREAST == 0) {
        ((uint4 *)a.rows)[tile * TILE_H + row] =
            make_uint4((u32)all.open, (u32)(all.open >> 32), (u32)all.edges, (u32)(all.edges >> 32));
    }
    write_map(a, all.edges);
}

#define TILE(name, SRC, N, FAST) \
    extern "C" __global__ void __launch_bounds__(THREADS, FAST ? 8 : 5) name(const Args a) { in_turn(); tile<SRC, N, FAST>(a); }
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

__device__ __forceinline__ Row row_of(const Args &a, u32 tile, u32 row) {
    uint4 four = __ldg((const uint4 *)a.rows + tile * TILE_H + row);
    return {four.x | (u64)four.y << 32, four.z | (u64)four.w << 32};
}
__device__ __forceinline__ u32 state_of(const Args &a, u32 tile) { return __ldg((const u32 *)a.states + tile); }

// Number of the run that pixel x of a row of a tile is in; 0 where it is an edge already.
__device__ __forceinline__ u32 global_number(const Row &r, u32 tile, u32 row, u32 x) {
    return r.edges >> x & 1 ? 0 : tile * RUNS + number_of(row, start_of(r.open, x));
}

// Row `lane` of a tile with the last pixels of the one before it.
__device__ __forceinline__ void join_beside(const Args &a, u32 tile, u32 lane) {
    // All is asked for at once: rows of empty tiles are not used.
    u32 state = state_of(a, tile), other = state_of(a, tile - 1);
    Row own = row_of(a, tile, lane), beside = row_of(a, tile - 1, lane);
    if (state == EMPTY || other == EMPTY || max(state, other) < OPEN) return;
    u32 here = __ballot_sync(ALL_LANES, (own.open | own.edges) & 1);
    u32 there = __ballot_sync(ALL_LANES, (beside.open | beside.edges) >> 63);
    u32 number = global_number(own, tile, lane, 0), near = global_number(beside, tile - 1, lane, 63);
    Contacts c = contacts(there, here, false, false);
    #pragma unroll 1
    for (u32 k = 0; k < 3; k++) {
        u32 to = __shfl_sync(ALL_LANES, near, lane + k - 1);
        if (c.at(lane, k)) join<false>((u32 *)a.parents, number, to);
    }
}

// Pixel x of the first row of a tile with the last rows of the three above.
__device__ __forceinline__ void join_above(const Args &a, u32 tile, u32 x) {
    const u32 over = tile - a.tiles, last = TILE_H - 1, column = blockIdx.x;
    u32 state = state_of(a, tile), middle = state_of(a, over), most;
    u32 first = column > 0 ? state_of(a, over - 1) : EMPTY, third = column + 1 < a.tiles ? state_of(a, over + 1) : EMPTY;
    Row own = row_of(a, tile, 0), above = row_of(a, over, last), before = {0, 0}, after = {0, 0};
    if (column > 0) before = row_of(a, over - 1, last);
    if (column + 1 < a.tiles) after = row_of(a, over + 1, last);
    most = max(max(first, middle), third);
    if (state == EMPTY || most == EMPTY || max(state, most) < OPEN) return;
    if (middle == EMPTY) above = {0, 0};
    if (first == EMPTY) before = {0, 0};
    if (third == EMPTY) after = {0, 0};
    Contacts c = contacts(above.open | above.edges, own.open | own.edges, (before.open | before.edges) >> 63,
                          (after.open | after.edges) & 1);
    #pragma unroll 1
    for (u32 k = 0; k < 3; k++) {
        if (!c.at(x, k)) continue;
        u32 near;
        if (x + k == 0) near = global_number(before, over - 1, last, 63);
        else if (x + k == 65) near = global_number(after, over + 1, last, 0);
        else near = global_number(above, over, last, x + k - 1);
        join<false>((u32 *)a.parents, global_number(own, tile, 0, x), near);
    }
}

// Joins the trees of a tile with those of the tile before it and of the three above. A block for each tile, a warp for
// its first column and two for its first row.
extern "C" __global__ void __launch_bounds__(3 * WARP) borders(const Args a) {
    in_turn();
    const u32 t = threadIdx.x, tile = blockIdx.y * a.tiles + blockIdx.x;
    if (t < WARP) {
        if (blockIdx.x > 0) join_beside(a, tile, t);
    } else if (blockIdx.y > 0) {
        join_above(a, tile, t - WARP);
    }
}

// Writes those undecided pixels that turned out to be edges.
extern "C" __global__ void __launch_bounds__(THREADS) settle(const Args a) {
    in_turn();
    const u32 row = threadIdx.x / ABREAST, first = threadIdx.x % ABREAST * SEGMENT, tile = blockIdx.y * a.tiles + blockIdx.x;
    const u32 state = state_of(a, tile);
    const Row r = row_of(a, tile, row);
    if (state != OPEN) return;
    u8 *out = (u8 *)a.at + (blockIdx.y * TILE_H + row) * a.pitch + blockIdx.x * TILE_W + first;
    for (u32 left = (u32)(r.open >> first) & 0xff; left;) {
        u32 start = start_of(r.open, first + __ffs(left) - 1);
        u32 run = (u32)(run_at(r.open, start) >> first) & 0xff;
        left &= ~run;
        if (find<false>((u32 *)a.parents, tile * RUNS + number_of(row, start)) != 0) continue;
        for (; run; run &= run - 1) out[__ffs(run) - 1] = 255;
    }
}
