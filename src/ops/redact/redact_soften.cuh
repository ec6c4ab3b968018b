// A box in one kernel, where it is not large: a block of threads has all of it. Each warp makes some pixels of the small
// picture, a lane for each row of what one covers; the box is written when all of it has been read.
#pragma once
#include "redact_taps.cuh"

constexpr u32 SOFTEN = 512, SOFTEN_WARPS = SOFTEN / WARP;
// What cuda/args.rs lets through: pixels of a small picture, each side of it, rows of a box.
constexpr u32 MOST_SMALL = 1024, MOST_SIDE = 64, MOST_HEIGHT = 2048;
// Columns that a warp looks at together, of as many rows as it has lanes; and words from a row to the next, odd, so that
// rows lie in different banks.
constexpr u32 STAGE = 8, STAGE_ROW = STAGE + 1, STAGE_WORDS = WARP * STAGE_ROW;

template <u32 CHANNELS>
__device__ __forceinline__ u32 load_of(const u8 *from, bool words) {
    if (CHANNELS == 4 && words) return *(const u32 *)from;
    u32 sample = from[0];
    #pragma unroll
    for (u32 c = 1; c < CHANNELS; c++) sample |= (u32)from[c] << 8 * c;
    return sample;
}

// A row's share of the next `columns` pixels, added one after the other: floats, or whole numbers.
template <u32 CHANNELS>
__device__ __forceinline__ void add_shares(const u32 *row, int columns, int first, const Shares &across, u32 (&sums)[CHANNELS]) {
    #pragma unroll 4
    for (int i = 0; i < columns; i++) {
        u32 pixel = row[i];
        float weight = share(across, first + i);
        #pragma unroll
        for (u32 c = 0; c < CHANNELS; c++) {
            sums[c] = __float_as_uint(__uint_as_float(sums[c]) + (float)(pixel >> 8 * c & 255) * weight);
        }
    }
}
template <u32 CHANNELS>
__device__ __forceinline__ void add_bytes(const u32 *row, int columns, u32 (&sums)[CHANNELS]) {
    #pragma unroll 4
    for (int i = 0; i < columns; i++) {
        #pragma unroll
        for (u32 c = 0; c < CHANNELS; c++) sums[c] += row[i] >> 8 * c & 255;
    }
}

// A pixel of the small picture, in every lane; `bw` and `bh` are the sizes of what it covers where these are whole.
template <u32 CHANNELS>
__device__ __forceinline__ u32 shrunk(const Plane &plane, const Item &item, const Shares &across, const Shares &down, u32 bw, u32 bh, u32 *stage) {
    u32 lane = threadIdx.x % WARP, total = 0;
    bool blocks = bw && bh, words = in_words(plane);
    #pragma unroll 1
    for (int y0 = 0; y0 < down.count; y0 += WARP) {
        int rows = min(down.count - y0, (int)WARP), column = lane % STAGE, row = lane / STAGE;
        const u8 *from = at(plane, item.x + across.from + column, item.y + down.from + y0 + row);
        u32 sums[CHANNELS] = {};
        #pragma unroll 1
        for (int x0 = 0; x0 < across.count; x0 += STAGE, from += STAGE * CHANNELS) {
            u32 some[STAGE];
            #pragma unroll
            for (u32 i = 0; i < STAGE; i++) {
                bool inside = x0 + column < across.count && row + (int)(i * WARP / STAGE) < rows;
                some[i] = inside ? load_of<CHANNELS>(from + i * (WARP / STAGE) * plane.pitch, words) : 0;
            }
            __syncwarp();
            #pragma unroll
            for (u32 i = 0; i < STAGE; i++) stage[(row + i * WARP / STAGE) * STAGE_ROW + column] = some[i];
            __syncwarp();
            if ((int)lane >= rows) continue;
            int columns = min(across.count - x0, (int)STAGE);
            if (blocks) add_bytes<CHANNELS>(stage + lane * STAGE_ROW, columns, sums);
            else add_shares<CHANNELS>(stage + lane * STAGE_ROW, columns, across.from + x0, across, sums);
        }
        __syncwarp();
        #pragma unroll
        for (u32 c = 0; c < CHANNELS; c++) stage[lane * STAGE_ROW + c] = sums[c];
        __syncwarp();
        // A lane for each channel.
        const u32 *own = stage + lane;
        #pragma unroll 1
        for (int y = 0; blocks && lane < CHANNELS && y < rows; y++) total += own[y * STAGE_ROW];
        #pragma unroll 4
        for (int y = 0; !blocks && lane < CHANNELS && y < rows; y++) {
            float part = share(down, down.from + y0 + y) * __uint_as_float(own[y * STAGE_ROW]);
            total = __float_as_uint(y0 + y == 0 ? part : __uint_as_float(total) + part);
        }
    }
    u32 byte = blocks ? mean_of(total, bw, bh, CHANNELS) : byte_of(__uint_as_float(total)), out = 0;
    #pragma unroll
    for (u32 c = 0; c < CHANNELS; c++) out |= __shfl_sync(ALL_LANES, byte, c) << 8 * c;
    return out;
}

// Spreads the softened picture over the thread's part of the box: a column, and rows that follow each other.
template <u32 CHANNELS, class A>
__device__ __forceinline__ void spread_column(const A &a, const Plane &plane, const Item &item, const u32 *soft, const int2 *rows, u32 x, u32 y, u32 end) {
    int3 taps = column_taps(item.bw, item.width, x);
    u32 second = min(taps.x + 1, item.bw - 1), weights = taps.y | taps.z << 16;
    bool words = in_words(plane);
    const u8 *to = at(plane, item.x + x, item.y + y);
    uint4 upper = make_uint4(0, 0, 0, 0), lower = upper;
    int known = -2;
    #pragma unroll 1
    for (; y < end; y++, to += plane.pitch) {
        int2 down = rows[y];
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
        if (CHANNELS == 4 && words) {
            *(u32 *)to = out;
        } else {
            #pragma unroll
            for (u32 c = 0; c < CHANNELS; c++) ((u8 *)to)[c] = (u8)(out >> 8 * c);
        }
    }
}

// What a block of threads shares.
struct Shared {
    // What warps look at, and then the neighbours of each row.
    u32 room[SOFTEN_WARPS * STAGE_WORDS];
    u32 small[MOST_SMALL], soft[MOST_SMALL];
    Shares shares[2 * MOST_SIDE];
};
static_assert(sizeof(Shared) == 30208, "cuda/args.rs has the same number");
static_assert(SOFTEN_WARPS * STAGE_WORDS * sizeof(u32) >= MOST_HEIGHT * sizeof(int2), "rows' neighbours have no room");

template <u32 CHANNELS, class A>
__device__ __forceinline__ void soften_box(const A &a, const Plane &plane, const Item &item, Shared &shared) {
    u32 (&room)[SOFTEN_WARPS * STAGE_WORDS] = shared.room, (&small)[MOST_SMALL] = shared.small, (&soft)[MOST_SMALL] = shared.soft;
    Shares (&shares)[2 * MOST_SIDE] = shared.shares;
    u32 t = threadIdx.x, warp = t / WARP, bw = item.bw, bh = item.bh, whole_w, whole_h;
    bool across_whole = is_whole(scale_of(item.width, bw), whole_w), down_whole = is_whole(scale_of(item.height, bh), whole_h);
    if (!across_whole || !down_whole) whole_w = whole_h = 0;
    if (t < bw + bh) {
        Shares s = t < bw ? shares_of(item.width, bw, t) : shares_of(item.height, bh, t - bw);
        u32 size = t < bw ? whole_w : whole_h;
        if (size) s.from = (t < bw ? t : t - bw) * size, s.count = size;
        shares[t] = s;
    }
    __syncthreads();
    #pragma unroll 1
    for (u32 i = warp; i < bw * bh; i += SOFTEN_WARPS) {
        u32 y = i / bw, x = i - y * bw;
        u32 pixel = shrunk<CHANNELS>(plane, item, shares[x], shares[bw + y], whole_w, whole_h, room + warp * STAGE_WORDS);
        if (t % WARP == 0) small[i] = pixel;
    }
    __syncthreads();
    #pragma unroll 1
    for (u32 i = t; i < bw * bh; i += SOFTEN) soft[i] = soft_at(small, item, i - i / bw * bw, i / bw);
    int2 *rows = (int2 *)room;
    #pragma unroll 1
    for (u32 y = t; y < item.height; y += SOFTEN) {
        int3 taps = taps_of(bh, item.height, y);
        // Above the first row and below the last one there is that row again.
        rows[y] = make_int2(min(taps.x, (int)bh - 1), taps.y | taps.z << 16);
    }
    __syncthreads();
    if (item.width > SOFTEN) {
        #pragma unroll 1
        for (u32 x = t; x < item.width; x += SOFTEN) spread_column<CHANNELS>(a, plane, item, soft, rows, x, 0, item.height);
        return;
    }
    // Threads lie side by side along rows, as many rows as there is room for; each goes down some.
    u32 strands = SOFTEN / item.width, strand = t / item.width, each = (item.height + strands - 1) / strands;
    if (strand < strands) {
        spread_column<CHANNELS>(a, plane, item, soft, rows, t - strand * item.width, strand * each, min(strand * each + each, (u32)item.height));
    }
}

template <class A>
__device__ __forceinline__ void soften_item(const A &a, const Plane &plane, const Item &item) {
    DSFRAME_DYNAMIC_SHARED(Shared, shared);
    u32 channels = plane.channels;
    if (channels == 1) soften_box<1>(a, plane, item, *shared);
    else if (channels == 2) soften_box<2>(a, plane, item, *shared);
    else if (channels == 3) soften_box<3>(a, plane, item, *shared);
    else soften_box<4>(a, plane, item, *shared);
}

extern "C" __global__ void __launch_bounds__(SOFTEN, 1) soften(const __grid_constant__ Args a) {
    in_turn();
    const Entry &entry = a.items[blockIdx.x];
    soften_item(a, a.head.planes[entry.plane], item_of(entry));
}

// The same of whole boxes: a block for each of them in each plane.
template <class A>
__device__ __forceinline__ void soften_in(const A &a) {
    in_turn();
    const Box &box = a.boxes[blockIdx.x];
    Plane plane = plane_of(a, box.frame, blockIdx.y);
    soften_item(a, plane, shrinking(item_of(a, plane, box)));
}

extern "C" __global__ void __launch_bounds__(SOFTEN, 1) soften_boxes(const __grid_constant__ Boxes a) { soften_in(a); }
extern "C" __global__ void __launch_bounds__(SOFTEN, 1) soften_many(const __grid_constant__ ManyBoxes a) { soften_in(a); }
