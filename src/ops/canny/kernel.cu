// Canny's edges in three steps: edges, and trees of what may be one and hangs together, in each tile; trees joined over
// the borders of tiles; what turned out to be an edge. A tile is 60 pixels wide and 32 rows high.
#include "gradient.cuh"
#include "grow.cuh"
#include "strip.cuh"

// Threads of a block where a warp has its pixels in registers: eight rows for each. As many blocks as that are to be on a
// multiprocessor at once: all of 1080p on the largest GPUs, fewer where registers are too few for it.
constexpr u32 FAST_THREADS = 128, FAST_BLOCKS = __CUDA_ARCH__ < 800 ? 7 : 9;

// Four bytes of 255 or 0 of the four lowest bits.
__device__ __forceinline__ u32 spread(u32 bits) { return ((bits & 15) * 0x00204081u & 0x01010101u) * 255; }

// A warp's rows of the map: two at a time, four pixels for each lane.
template <u32 THREADS>
__device__ __forceinline__ void write_map(const Args &a, const u64 *edges) {
    constexpr u32 ROWS = TILE_H * WARP / THREADS, LANES = TILE_W / 4;
    const u32 lane = threadIdx.x % WARP, half = lane / LANES, first = lane % LANES * 4;
    const u32 x = blockIdx.x * TILE_W + first;
    if (half > 1 || x >= a.src.width) return;
    #pragma unroll
    for (u32 i = 0; i < ROWS; i += 2) {
        const u32 row = threadIdx.x / WARP * ROWS + i + half, y = blockIdx.y * TILE_H + row;
        if (y >= a.src.height) return;
        const u32 bits = edges ? (u32)(edges[row] >> first) & 15 : 0;
        u8 *out = (u8 *)a.at + y * a.pitch + x;
        if ((a.flags & WIDE_MAP) && x + 4 <= a.src.width) {
            *(u32 *)out = spread(bits);
        } else {
            for (u32 n = 0; n < 4 && x + n < a.src.width; n++) out[n] = bits >> n & 1 ? 255 : 0;
        }
    }
}

// A tile in which nothing may be an edge.
template <u32 THREADS>
__device__ __forceinline__ void leave_empty(const Args &a, u32 tile) {
    if (threadIdx.x == 0) ((u32 *)a.states)[tile] = EMPTY;
    write_map<THREADS>(a, nullptr);
}

// All that follows the bits of a tile's rows: `rows` has TILE_H of what may be an edge, as many of what is strong, written
// by the warps whose rows they are, and room for as many more.
template <u32 THREADS>
__device__ __forceinline__ void settle_tile(const Args &a, u32 tile, u64 *rows, Trees &trees) {
    const Segment<THREADS> s;
    u64 *maybe = rows, *sure = rows + TILE_H, *open = rows + 2 * TILE_H;
    __syncwarp();
    const u64 bits = maybe[s.row], edges = runs_of(bits, sure[s.row]);
    __syncwarp();
    if (s.leads()) sure[s.row] = edges;
    const bool weak = __syncthreads_or(bits != edges);
    if (!weak && !__any_sync(ALL_LANES, maybe[threadIdx.x % WARP] != 0)) {
        leave_empty<THREADS>(a, tile);
        return;
    }
    const bool undecided = weak && grow<THREADS>(a, tile, maybe, sure, open, trees);
    if (s.leads()) {
        const u64 left = undecided ? open[s.row] : 0, all = sure[s.row];
        ((uint4 *)a.rows)[tile * TILE_H + s.row] = make_uint4((u32)left, (u32)(left >> 32), (u32)all, (u32)(all >> 32));
    }
    if (threadIdx.x == 0) ((u32 *)a.states)[tile] = undecided ? OPEN : SETTLED;
    write_map<THREADS>(a, sure);
}

// Shared memory by its size: kernels that need as much have it in common.
template <int COUNT>
__device__ __forceinline__ u32 *shared_words() {
    __shared__ __align__(16) u32 words[COUNT];
    return words;
}

// Aperture 3 and |dx| + |dy|.
template <int SRC>
__device__ __forceinline__ void fast_tile(const Args &a) {
    constexpr u32 ROWS = TILE_H * WARP / FAST_THREADS;
    u64 *maybe = (u64 *)shared_words<TILE_H * 6>(), *strong = maybe + TILE_H;
    const u32 lane = threadIdx.x % WARP, first = threadIdx.x / WARP * ROWS;
    Strip s = strip_of<SRC, ROWS>(a.src, blockIdx.x * TILE_W - 2, blockIdx.y * TILE_H + first, a.low, a.high);
    if (lane < ROWS) {
        maybe[first + lane] = (s.maybe[0] | (u64)s.maybe[1] << 32) >> 2 & ROW;
        strong[first + lane] = (s.strong[0] | (u64)s.strong[1] << 32) >> 2 & ROW;
    }
    Trees &trees = *(Trees *)shared_words<sizeof(Trees) / 4>();
    settle_tile<FAST_THREADS>(a, blockIdx.y * a.tiles + blockIdx.x, maybe, trees);
}

// Aperture N and any norm.
template <int SRC, int N>
__device__ __forceinline__ void tile(const Args &a) {
    static_assert(sizeof(Trees) <= SIZE_WORDS * 4, "the trees of a tile take the place of its sizes");
    u32 *gray = shared_words<GRAY_WORDS>(), *sizes = shared_words<SIZE_WORDS>();
    u64 *maybe = (u64 *)shared_words<TILE_H * 6>(), *strong = maybe + TILE_H;
    const int left = blockIdx.x * TILE_W - 4, top = blockIdx.y * TILE_H, width = a.src.width, height = a.src.height;
    const Segment<THREADS> s;
    const u32 t = threadIdx.x, number = blockIdx.y * a.tiles + blockIdx.x;
    load_tile<SRC, TILE_H + 2 * (N / 2 + 1)>(a.src, left, top - N / 2 - 1, gray + 2);
    __syncthreads();
    bool any = gradient<N>(gray + 2, sizes, left, top - 2, width, height, a.flags & SQUARES, a.low);
    if (!__syncthreads_or(any)) {
        leave_empty<THREADS>(a, number);
        return;
    }
    // The last of a row's segments ends beyond the tile.
    u32 bits = thin(sizes + (s.row + 1) * COLUMNS + 4 + s.first, a.low, a.high) & s.of(ROW) * 0x101;
    ((u8 *)maybe)[t] = bits;
    ((u8 *)strong)[t] = bits >> 8;
    settle_tile<THREADS>(a, number, maybe, *(Trees *)sizes);
}

#define FAST(name, SRC) \
    extern "C" __global__ void __launch_bounds__(FAST_THREADS, FAST_BLOCKS) name(const Args a) { in_turn(); fast_tile<SRC>(a); }
FAST(packed4_fast, PACKED4)
FAST(packed3_fast, PACKED3)
FAST(luma_fast, GRAY)
#define TILE(name, SRC, N) \
    extern "C" __global__ void __launch_bounds__(THREADS, 5) name(const Args a) { in_turn(); tile<SRC, N>(a); }
TILE(packed4_3, PACKED4, 3)
TILE(packed3_3, PACKED3, 3)
TILE(luma_3, GRAY, 3)
TILE(packed4_5, PACKED4, 5)
TILE(packed3_5, PACKED3, 5)
TILE(luma_5, GRAY, 5)
TILE(packed4_7, PACKED4, 7)
TILE(packed3_7, PACKED3, 7)
TILE(luma_7, GRAY, 7)

extern "C" __global__ void __launch_bounds__(FAST_THREADS) borders(const Args a) {
    in_turn();
    join_around(a);
}

// Writes those undecided pixels that turned out to be edges, a run for each thread.
extern "C" __global__ void __launch_bounds__(FAST_THREADS) settle(const Args a) {
    in_turn();
    __shared__ u32 count;
    __shared__ u16 runs[RUNS];
    const Segment<FAST_THREADS> s;
    const u32 tile = blockIdx.y * a.tiles + blockIdx.x, state = __ldg((const u32 *)a.states + tile);
    const u64 open = row_of(a, tile, s.row).open;
    if (state != OPEN) return;
    if (threadIdx.x == 0) count = 0;
    __syncthreads();
    s.list(open, runs, &count);
    __syncthreads();
    #pragma unroll 1
    for (u32 i = threadIdx.x; i < count; i += FAST_THREADS) {
        const u32 x = runs[i] & 63, row = runs[i] >> 6;
        if (find((u32 *)a.parents, tile * RUNS + number_of(row, x)) != 0) continue;
        u8 *out = (u8 *)a.at + (blockIdx.y * TILE_H + row) * a.pitch + blockIdx.x * TILE_W;
        for (u64 run = run_at(row_of(a, tile, row).open, x); run; run &= run - 1) out[__ffsll(run) - 1] = 255;
    }
}
