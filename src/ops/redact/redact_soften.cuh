// A box in one kernel, where it is not large: by the blocks of a cluster where a GPU has these, else by one block. Each warp
// makes some pixels of the small picture and tells every block; all then write their rows of the box, which all have read.
#pragma once
#include "redact_taps.cuh"

// Blocks of a box, and threads of a block at most, half as many at least; as in cuda/args.rs.
#if __CUDA_ARCH__ >= 900
constexpr u32 PARTS = 4, SOFTEN = 256, SOFTEN_AT_ONCE = 4, COLUMNS_AT_ONCE = 32;
#else
constexpr u32 PARTS = 1, SOFTEN = 512, SOFTEN_AT_ONCE = 1, COLUMNS_AT_ONCE = 8;
#endif
// What cuda/args.rs lets through: pixels of a small picture, each side of it, rows of a box.
constexpr u32 MOST_SMALL = 1024, MOST_SIDE = 64, MOST_HEIGHT = 2048;
// Words from a row to the next of the columns that a warp looks at together, odd, so that rows lie in different banks; there
// are as many rows as lanes.
constexpr u32 LOOK_ROW = COLUMNS_AT_ONCE + 1, LOOK_WORDS = WARP * LOOK_ROW;
// Rows that are loaded together, and loads that are under way together for them.
constexpr u32 ROWS_TOGETHER = WARP / COLUMNS_AT_ONCE, LOADS = COLUMNS_AT_ONCE < 16 ? COLUMNS_AT_ONCE : 16;
constexpr u32 MEAN_LOADS = 10;
// Words from a channel's parts of a sum to the next one's, whole fours.
constexpr u32 PART_ROW = WARP + 4;

// Whether samples of two or four bytes lie on whole ones.
template <u32 CHANNELS>
__device__ __forceinline__ bool on_whole(const Plane &plane) {
    return CHANNELS != 3 && ((plane.at | plane.pitch) & CHANNELS - 1) == 0;
}

template <u32 CHANNELS>
__device__ __forceinline__ u32 load_of(const u8 *from, bool whole) {
    if (CHANNELS == 4 && whole) return *(const u32 *)from;
    if (CHANNELS == 2 && whole) return *(const u16 *)from;
    u32 sample = from[0];
    #pragma unroll
    for (u32 c = 1; c < CHANNELS; c++) sample |= (u32)from[c] << 8 * c;
    return sample;
}

// Byte `c` as a float: the low bits of 2^23.
__device__ __forceinline__ float float_of(u32 pixel, u32 c) {
    return __uint_as_float(__byte_perm(pixel, 0x4b000000, 0x7440 + c)) - 8388608.0f;
}

// Every lane's sum of the sums of all lanes.
__device__ __forceinline__ u32 of_all_lanes(u32 sum) {
    #pragma unroll
    for (u32 by = WARP / 2; by; by /= 2) sum += __shfl_xor_sync(ALL_LANES, sum, by);
    return sum;
}

// A pixel of the small picture, in every lane, that is the mean of `bw` x `bh` pixels: each lane adds up columns.
template <u32 CHANNELS>
__device__ __forceinline__ u32 mean_pixel(const Plane &plane, const Item &item, int left, int top, u32 bw, u32 bh) {
    u32 lane = threadIdx.x % WARP, sums[CHANNELS] = {};
    bool whole = on_whole<CHANNELS>(plane);
    #pragma unroll 1
    for (u32 x = lane; x < bw; x += WARP) {
        const u8 *from = at(plane, item.x + left + x, item.y + top);
        #pragma unroll 1
        for (u32 y = 0; y < bh; y += MEAN_LOADS) {
            u32 some[MEAN_LOADS], even = 0, odd = 0;
            #pragma unroll
            for (u32 i = 0; i < MEAN_LOADS; i++) some[i] = y + i < bh ? load_of<CHANNELS>(from + (y + i) * plane.pitch, whole) : 0;
            #pragma unroll
            for (u32 i = 0; i < MEAN_LOADS; i++) even += some[i] & 0x00ff00ff, odd += some[i] >> 8 & 0x00ff00ff;
            #pragma unroll
            for (u32 c = 0; c < CHANNELS; c++) sums[c] += (c % 2 ? odd : even) >> c / 2 * 16 & 0xffff;
        }
    }
    u32 out = 0;
    #pragma unroll
    for (u32 c = 0; c < CHANNELS; c++) out |= mean_of(of_all_lanes(sums[c]), bw, bh, CHANNELS) << 8 * c;
    return out;
}

// A pixel of the small picture, in every lane, that has shares in pixels: a lane adds up a row, then one a channel.
template <u32 CHANNELS>
__device__ __forceinline__ u32 shared_pixel(const Plane &plane, const Item &item, const Shares &across, const Shares &down, u32 *look) {
    u32 lane = threadIdx.x % WARP;
    bool whole = on_whole<CHANNELS>(plane);
    float total = 0;
    #pragma unroll 1
    for (int y0 = 0; y0 < down.count; y0 += WARP) {
        int rows = min(down.count - y0, (int)WARP);
        float sums[CHANNELS] = {};
        #pragma unroll 1
        for (int x0 = 0; x0 < across.count; x0 += COLUMNS_AT_ONCE) {
            int columns = min(across.count - x0, (int)COLUMNS_AT_ONCE), column = lane % COLUMNS_AT_ONCE, row = lane / COLUMNS_AT_ONCE;
            const u8 *from = at(plane, item.x + across.from + x0 + column, item.y + down.from + y0);
            #pragma unroll 1
            for (int y = row; y < rows; y += LOADS * ROWS_TOGETHER) {
                u32 some[LOADS];
                #pragma unroll
                for (int i = 0; i < (int)LOADS; i++) {
                    bool inside = column < columns && y + i * (int)ROWS_TOGETHER < rows;
                    some[i] = inside ? load_of<CHANNELS>(from + (y + i * ROWS_TOGETHER) * plane.pitch, whole) : 0;
                }
                #pragma unroll
                for (int i = 0; i < (int)LOADS; i++) look[(y + i * ROWS_TOGETHER) * LOOK_ROW + column] = some[i];
            }
            __syncwarp();
            #pragma unroll 4
            for (int i = 0; i < columns; i++) {
                u32 pixel = look[lane * LOOK_ROW + i];
                float weight = share(across, across.from + x0 + i);
                #pragma unroll
                for (u32 c = 0; c < CHANNELS; c++) sums[c] = sums[c] + float_of(pixel, c) * weight;
            }
            __syncwarp();
        }
        float weight = share(down, down.from + y0 + (int)lane);
        #pragma unroll
        for (u32 c = 0; c < CHANNELS; c++) look[c * PART_ROW + lane] = (int)lane < rows ? __float_as_uint(weight * sums[c]) : 0;
        __syncwarp();
        if (lane < CHANNELS) {
            // Rows that are not there add nothing.
            #pragma unroll
            for (u32 i = 0; i < WARP; i += 4) {
                uint4 part = *(const uint4 *)(look + lane * PART_ROW + i);
                total = total + __uint_as_float(part.x), total = total + __uint_as_float(part.y);
                total = total + __uint_as_float(part.z), total = total + __uint_as_float(part.w);
            }
        }
        __syncwarp();
    }
    u32 byte = byte_of(total), out = 0;
    #pragma unroll
    for (u32 c = 0; c < CHANNELS; c++) out |= __shfl_sync(ALL_LANES, byte, c) << 8 * c;
    return out;
}

// Spreads the softened picture over the thread's part of the box: a column, and rows that follow each other, whose
// neighbours `rows` has; `scale` is that of columns.
template <u32 CHANNELS, class A>
__device__ __forceinline__ void spread_column(const A &a, const Plane &plane, const Item &item, const u32 *soft, const int2 *rows, double scale, u32 x, u32 y, u32 end) {
    int3 taps = column_taps_at(item.bw, scale, x);
    u32 second = min(taps.x + 1, item.bw - 1), weights = taps.y | taps.z << 16;
    bool whole = on_whole<CHANNELS>(plane);
    const u8 *to = at(plane, item.x + x, item.y + y);
    uint4 upper = make_uint4(0, 0, 0, 0), lower = upper;
    int known = -2;
    #pragma unroll 1
    for (; y < end; y++, rows++, to += plane.pitch) {
        int2 down = *rows;
        if (down.x != known) {
            const u32 *first = soft + max(down.x, 0) * item.bw, *next = soft + min(max(down.x + 1, 0), item.bh - 1) * item.bw;
            upper = between(first[taps.x], first[second], weights), lower = between(next[taps.x], next[second], weights);
            known = down.x;
        }
        if (item.cover != ALL) {
            uint2 run = item.cover == ELLIPSE ? ellipse_run(a, plane, item, y) : make_uint2(0, item.width);
            if (x < run.x || x >= run.y || (item.cover == MASK && !masked(a, item, x, y))) continue;
        }
        u32 out = mixed<CHANNELS>(upper, lower, down.y & 0xffff, (u32)down.y >> 16);
        if (CHANNELS == 4 && whole) {
            *(u32 *)to = out;
        } else if (CHANNELS == 2 && whole) {
            *(u16 *)to = out;
        } else {
            #pragma unroll
            for (u32 c = 0; c < CHANNELS; c++) ((u8 *)to)[c] = (u8)(out >> 8 * c);
        }
    }
}

// What a block of threads shares, and behind it what each warp looks at, and then the softened picture.
struct Shared {
    Plane plane;
    Item item;
    u32 unused[2];
    u32 small[MOST_SMALL];
    int2 rows[MOST_HEIGHT / PARTS];
    Shares shares[2 * MOST_SIDE];
    // From the box to the small picture and back, across and down; and the first two where they are whole numbers.
    double scales[4];
    u32 sizes[4];
};
static_assert(sizeof(Shared) == (PARTS > 1 ? 11904 : 24192) && LOOK_WORDS == (PARTS > 1 ? 1056 : 288), "cuda/args.rs has the same numbers");
static_assert(SOFTEN / 2 / WARP * LOOK_WORDS >= MOST_SMALL, "the softened picture has room");

// Everything that does not hang on pixels.
__device__ __forceinline__ void prepare(const Item &item, Shared &shared, u32 top, u32 bottom) {
    u32 t = threadIdx.x, threads = blockDim.x, sides = item.bw + item.bh;
    // Doubles are divided side by side.
    if (t < 4) {
        u32 of = t % 2 ? item.height : item.width, small = t % 2 ? item.bh : item.bw;
        double scale = t < 2 ? scale_of(of, small) : scale_of(small, of);
        shared.scales[t] = scale;
        if (t < 2) {
            u32 size;
            shared.sizes[t] = is_whole(scale, size) ? size : 0;
        }
    }
    __syncthreads();
    if (!shared.sizes[0] || !shared.sizes[1]) {
        for (u32 i = t; i < 3 * sides; i += threads) {
            u32 part = i / sides, n = i - part * sides;
            bool across = (int)n < item.bw;
            fill_share(shared.shares[n], shared.scales[across ? 0 : 1], across ? item.width : item.height, across ? n : n - item.bw, part);
        }
    }
    #pragma unroll 1
    for (u32 y = top + t; y < bottom; y += threads) {
        int3 taps = taps_at(shared.scales[3], y);
        // Above the first row and below the last one there is that row again.
        shared.rows[y - top] = make_int2(min(taps.x, item.bh - 1), taps.y | taps.z << 16);
    }
    __syncthreads();
}

template <u32 CHANNELS, class A>
__device__ __forceinline__ void soften_box(const A &a, const Plane &plane, const Item &item, Shared &shared) {
    u32 t = threadIdx.x, warp = t / WARP, threads = blockDim.x, part = blockIdx.x % PARTS, bw = item.bw, pixels = bw * item.bh;
    u32 each = (item.height + PARTS - 1) / PARTS, top = part * each, bottom = min(top + each, (u32)item.height), *room = (u32 *)(&shared + 1);
    prepare(item, shared, top, bottom);
    u32 whole_w = shared.sizes[0], whole_h = shared.sizes[1];
    in_turn();
    #if __CUDA_ARCH__ >= 900
    // The others have begun, and so has their shared memory.
    cluster_wait();
    #endif
    #pragma unroll 1
    for (u32 i = part * (threads / WARP) + warp; i < pixels; i += PARTS * (threads / WARP)) {
        u32 y = i / bw, x = i - y * bw;
        u32 pixel = whole_w && whole_h ? mean_pixel<CHANNELS>(plane, item, x * whole_w, y * whole_h, whole_w, whole_h)
                                       : shared_pixel<CHANNELS>(plane, item, shared.shares[x], shared.shares[bw + y], room + warp * LOOK_WORDS);
        #if __CUDA_ARCH__ >= 900
        if (t % WARP < PARTS) cluster_store(shared.small + i, t % WARP, pixel);
        #else
        if (t % WARP == 0) shared.small[i] = pixel;
        #endif
    }
    #if __CUDA_ARCH__ >= 900
    cluster_tell();
    cluster_wait();
    #else
    __syncthreads();
    #endif
    #pragma unroll 1
    for (u32 i = t; i < pixels; i += threads) room[i] = soft_at(shared.small, item, i - i / bw * bw, i / bw);
    __syncthreads();
    double scale = shared.scales[2];
    if (item.width > (int)threads) {
        #pragma unroll 1
        for (u32 x = t; x < item.width; x += threads) spread_column<CHANNELS>(a, plane, item, room, shared.rows, scale, x, top, bottom);
        return;
    }
    // Threads lie side by side along rows, as many rows as there is room for; each goes down some.
    u32 strands = threads / item.width, strand = t / item.width, many = (each + strands - 1) / strands, first = strand * many;
    if (strand < strands) {
        spread_column<CHANNELS>(a, plane, item, room, shared.rows + first, scale, t - strand * item.width, top + first, min(top + first + many, bottom));
    }
}

template <class A>
__device__ __forceinline__ void soften_item(const A &a, const Plane &plane, const Item &item) {
    DSFRAME_DYNAMIC_SHARED(Shared, softening);
    Shared &shared = *softening;
    if (threadIdx.x == 0) shared.plane = plane, shared.item = item;
    __syncthreads();
    u32 channels = shared.plane.channels;
    if (channels == 1) soften_box<1>(a, shared.plane, shared.item, shared);
    else if (channels == 2) soften_box<2>(a, shared.plane, shared.item, shared);
    else if (channels == 3) soften_box<3>(a, shared.plane, shared.item, shared);
    else soften_box<4>(a, shared.plane, shared.item, shared);
}

__device__ __forceinline__ void begin_softening() {
    #if __CUDA_ARCH__ >= 900
    cluster_arrive();
    #endif
}

__device__ __forceinline__ void soften_any(const Args &a) {
    begin_softening();
    const Entry &entry = a.items[blockIdx.x / PARTS];
    soften_item(a, a.head.planes[entry.plane], item_of(entry));
}

// The same of whole boxes: in each plane.
template <class A>
__device__ __forceinline__ void soften_in(const A &a) {
    begin_softening();
    const Box &box = a.boxes[blockIdx.x / PARTS];
    Plane plane = plane_of(a, box.frame, blockIdx.y);
    soften_item(a, plane, shrinking(item_of(a, plane, box)));
}

#if __CUDA_ARCH__ >= 900
#define SOFTENS(blocks) extern "C" __global__ DSFRAME_CLUSTER(4) void __launch_bounds__(SOFTEN, blocks)
#else
#define SOFTENS(blocks) extern "C" __global__ void __launch_bounds__(SOFTEN, blocks)
#endif
// Ellipses and masks want registers.
SOFTENS((SOFTEN_AT_ONCE + 1) / 2) soften(const __grid_constant__ Args a) { soften_any(a); }
SOFTENS(SOFTEN_AT_ONCE) soften_boxes(const __grid_constant__ Boxes a) { soften_in(a); }
SOFTENS(SOFTEN_AT_ONCE) soften_many(const __grid_constant__ ManyBoxes a) { soften_in(a); }
