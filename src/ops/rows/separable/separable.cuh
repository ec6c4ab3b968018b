// Filters of 8-bit planes that are a row of weights times a column of weights, small ones on the matrix units.
//
// A block stages a tile with its surroundings in shared memory, a word for the same channel of four pixels on top of
// each other. A warp makes 16 rows: down first, weights (16 x rows) times pixels (rows x 8), which gives sums of 16 bits;
// their low and high bytes are, as the lanes hold them, the left factor of the second product, pixels (16 x 32) times
// weights (32 x 8) across. Pixels are dealt to columns of the first product so that this comes out, and the weights of
// the second one are put in the same order. Sums are whole, so neither the order nor the split shows in the result.
#pragma once
#include "separable_stage.cuh"

// Four pixels side by side, on whole words where `whole`; of others those with columns x to x + 3 in 0..width are written.
template <int CH>
__device__ __forceinline__ void store_quad(u8 *at, u32 p, u32 q, u32 r, u32 s, int x, int width, bool whole, bool words) {
    if (whole) {
        if (CH == 4) {
            *(uint4 *)at = make_uint4(p, q, r, s);
        } else if (CH == 3) {
            u32 *to = (u32 *)at;
            to[0] = __byte_perm(p, q, 0x4210), to[1] = __byte_perm(q, r, 0x5421), to[2] = __byte_perm(r, s, 0x6542);
        } else {
            u32 first = __byte_perm(p, q, CH == 2 ? 0x5410 : 0x0040), second = __byte_perm(r, s, CH == 2 ? 0x5410 : 0x0040);
            if (CH == 2) *(uint2 *)at = make_uint2(first, second);
            else *(u32 *)at = __byte_perm(first, second, 0x5410);
        }
        return;
    }
    const u32 pixels[4] = {p, q, r, s};
    #pragma unroll
    for (int i = 0; i < 4; i++) {
        if (x + i < 0 || x + i >= width) continue;
        if (CH == 4 && words) {
            ((u32 *)at)[i] = pixels[i];
            continue;
        }
        #pragma unroll
        for (int c = 0; c < CH; c++) at[i * CH + c] = pixels[i] >> 8 * c;
    }
}

// What becomes of sums: nothing more, a product, or one of floats.
enum { WEIGHTED, FIXED, FLOAT };

// The pixel in byte `pick` of what this gives for a sum.
template <int FINISH>
__device__ __forceinline__ u32 finished(const Head &a, u32 sum) {
    if (FINISH == WEIGHTED) return sum;
    if (FINISH == FIXED) return sum * a.factor;
    // The sum is below 2^23, and what it begins with (`round`) makes it the low bits of a float that is 2^23 too large. That is
    // taken out of the product before it is rounded; the last addition rounds to a whole number in the low bits.
    float factor = __uint_as_float(a.factor), product = __fmaf_rn(__uint_as_float(sum), factor, factor * -8388608.0f);
    return __float_as_uint(__fadd_rn(product, 12582912.0f));
}

// The shape of what a tile is made in: the tables of weights, then its rows and its staged words.
template <int CH, int R, int S>
struct Shape {
    static constexpr int IN = 32 * S, OUT = IN - 2 * R, STRIDE = IN + 4, QUADS = 4 + R / 8, PLANE = 4 * QUADS * STRIDE;
    static constexpr int ROWS = TILE_ROWS + 2 * R, WORDS = ROWS + CH * PLANE;
    static_assert(R % 8 == 0, "sixteen rows and the radius twice are whole blocks of 16");
};

// A word for the four bytes from each one of a direction's weights on.
__device__ __forceinline__ void spread_weights(const Head &a, u32 *tables) {
    if (threadIdx.x < TABLE) {
        u32 i = threadIdx.x / 4, by = threadIdx.x % 4 * 8;
        tables[threadIdx.x] = __funnelshift_r(a.across[i], a.across[i + 1], by);
        tables[TABLE + threadIdx.x] = __funnelshift_r(a.down[i], a.down[i + 1], by);
    }
}

// Eight of the sixteen results that have weights for blocks of 16 columns from block `n` on, those of `weights`; the sums alone
// where FRESH. Blocks go in twos from even ones on, as they lie in registers.
template <int LONG, bool FRESH>
__device__ __forceinline__ void across_blocks(u32 acc[4], const u32 blocks[][2], const u32 weights[LONG], int n) {
    if (n % 2 == 0) {
        if (FRESH) product(acc, blocks[n][0], blocks[n][1], blocks[n + 1][0], blocks[n + 1][1], weights[0], weights[1]);
        else multiply(acc, blocks[n][0], blocks[n][1], blocks[n + 1][0], blocks[n + 1][1], weights[0], weights[1]);
        if (LONG == 3) multiply_half(acc, blocks[n + LONG - 1][0], blocks[n + LONG - 1][1], weights[LONG - 1]);
        return;
    }
    if (FRESH) product_half(acc, blocks[n][0], blocks[n][1], weights[0]);
    else multiply_half(acc, blocks[n][0], blocks[n][1], weights[0]);
    if (LONG == 2) multiply_half(acc, blocks[n + 1][0], blocks[n + 1][1], weights[1]);
    if (LONG == 3)
        multiply(acc, blocks[n + 1][0], blocks[n + 1][1], blocks[n + LONG - 1][0], blocks[n + LONG - 1][1], weights[1],
                 weights[LONG - 1]);
}

// A warp's pixels of rows `row` to row + 15 of a tile: lane 4g + t has those of columns 16n + 4t to 16n + 4t + 3, in rows
// g (the first two of out[2n] and of out[2n + 1]) and g + 8, a channel in each byte. `up` is 256: where the compiler does not
// know that, it multiplies, which whole pictures are made faster with, and boxes are not.
template <int CH, int R, int S, int FINISH>
__device__ __forceinline__ void rows_of(const Head &a, const u32 *tables, const u32 *words, u32 row, u32 up, u32 out[][4]) {
    using Of = Shape<CH, R, S>;
    constexpr int OUTS = Of::OUT / 8, BLOCKS = 2 * S, LONG = 1 + R / 8, WINDOWS = R / 4 + 2;
    u32 lane = threadIdx.x % WARP, g = lane / 4, t = lane % 4;
    // Weights of 16 pixels that begin 8 (i - 1) before, or after, the first that 8 results have weights for; and 16 i after the
    // first that 16 results have weights for, for those results of which a lane gets the first two, or the last two.
    u32 tall[WINDOWS], wide[2][LONG];
    #pragma unroll
    for (int i = 0; i < WINDOWS; i++) tall[i] = tables[TABLE + BEFORE + 8 * (i - 1) + 4 * t - g];
    #pragma unroll
    for (int i = 0; i < 2 * LONG; i++) wide[i / LONG][i % LONG] = tables[BEFORE + 16 * (i % LONG) + 4 * t - g / 2 * 4 - g % 2 - i / LONG * 2];
    #pragma unroll
    for (int o = 0; o < OUTS; o++) out[o][0] = out[o][1] = out[o][2] = out[o][3] = 0;
    const u32 *from = words + (row / 4 + t) * Of::STRIDE + g / 2 * 4 + g % 2 * 16;
    u32 selector = 0x3210 + 4 + a.pick;
    #pragma unroll 1
    for (int c = 0; c < CH; c++, from += Of::PLANE) {
        // Of 16 columns each, in rows g and g + 8: four pixels from 4t on.
        u32 low[BLOCKS][2], high[BLOCKS][2];
        #pragma unroll
        for (int s = 0; s < S; s++) {
            u32 acc[4][4];
            const uint4 b = *(const uint4 *)(from + 32 * s), d = *(const uint4 *)(from + 4 * Of::STRIDE + 32 * s);
            product(acc[0], tall[1], tall[0], tall[3], tall[2], b.x, d.x);
            product(acc[1], tall[1], tall[0], tall[3], tall[2], b.y, d.y);
            product(acc[2], tall[1], tall[0], tall[3], tall[2], b.z, d.z);
            product(acc[3], tall[1], tall[0], tall[3], tall[2], b.w, d.w);
            if (LONG == 3) {
                constexpr int last = WINDOWS - 1;
                const uint4 e = *(const uint4 *)(from + (LONG == 3 ? 8 : 0) * Of::STRIDE + 32 * s);
                multiply_half(acc[0], tall[last], tall[last - 1], e.x);
                multiply_half(acc[1], tall[last], tall[last - 1], e.y);
                multiply_half(acc[2], tall[last], tall[last - 1], e.z);
                multiply_half(acc[3], tall[last], tall[last - 1], e.w);
            }
            #pragma unroll
            for (int i = 0; i < 4; i++) {
                // Products where there are as many units for them as for bytes that change places, which have enough to do.
                u32 p = acc[0][i] + acc[1][i] * a.half, q = acc[2][i] + acc[3][i] * a.half;
                low[2 * s + i % 2][i / 2] = __byte_perm(p, q, a.low), high[2 * s + i % 2][i / 2] = __byte_perm(p, q, a.high);
            }
        }
        #pragma unroll
        for (int o = 0; o < OUTS; o++) {
            u32 acc[4];
            across_blocks<LONG, true>(acc, high, wide[o % 2], o / 2);
            #pragma unroll
            for (int i = 0; i < 4; i++) acc[i] = acc[i] * up + a.round;
            across_blocks<LONG, false>(acc, low, wide[o % 2], o / 2);
            #pragma unroll
            for (int i = 0; i < 4; i++) out[o][i] = __byte_perm(out[o][i], finished<FINISH>(a, acc[i]), selector);
        }
        // The next channel's byte: the one before is kept.
        selector = (0x3210 & ~(15 << 4 * (c + 1))) | (4 + a.pick) << 4 * (c + 1);
    }
}

template <int CH, int R, int S, bool MEAN>
__device__ __forceinline__ void filter_rows(const Head &a, const u32 *tables, const u32 *words, u32 row, u32 up, u32 out[][4]) {
    if (!MEAN) rows_of<CH, R, S, WEIGHTED>(a, tables, words, row, up, out);
    else if (a.fixed) rows_of<CH, R, S, FIXED>(a, tables, words, row, up, out);
    else rows_of<CH, R, S, FLOAT>(a, tables, words, row, up, out);
}

// A row's pixels of those, `line` where the tile's row begins; all columns where `whole`, or those from `left` on that are in
// 0..width.
template <int CH, int OUTS>
__device__ __forceinline__ void store_row(u8 *line, const u32 out[][4], int half, bool whole, int left, int width) {
    int t = threadIdx.x % 4;
    bool words = ((u64)line & 3) == 0, quads = CH == 3 ? words : ((u64)line & (4 * CH - 1)) == 0;
    #pragma unroll
    for (int n = 0; n < OUTS / 2; n++) {
        int at = 16 * n + 4 * t, x = left + at;
        if (!whole && x >= width) return;
        const u32 *first = out[2 * n] + 2 * half, *second = out[2 * n + 1] + 2 * half;
        bool all = quads && (whole || (x >= 0 && x + 4 <= width));
        store_quad<CH>(line + at * CH, first[0], first[1], second[0], second[1], x, whole ? x + 4 : width, all, words);
    }
}

// Weights within R pixels of the middle, on tiles that stage S times 32 columns.
template <int CH, int R, int S, bool MEAN>
__device__ __forceinline__ void filter_tile(const Args &a) {
    using Of = Shape<CH, R, S>;
    DSFRAME_DYNAMIC_SHARED(u32, tables);
    u32 *rows = tables + 2 * TABLE, *words = rows + Of::ROWS;
    spread_weights(a, tables);
    Tile<CH, Of::OUT> tile(a);
    stage_rows<R>(a, tile, (int *)rows);
    __syncthreads();
    in_turn();
    stage<CH, R, Of::IN, false>(a, tile, (const int *)rows, words);
    u32 row = threadIdx.x / WARP * STRIP, g = threadIdx.x % WARP / 4;
    if (tile.top + (int)row >= tile.bottom) return;
    u32 out[Of::OUT / 8][4];
    filter_rows<CH, R, S, MEAN>(a, tables, words, row, a.half / 256, out);
    // Scratch has all columns, those beside the box too.
    bool whole = !a.to_pitch || (tile.left >= 0 && tile.left + Of::OUT <= (int)tile.box.width);
    #pragma unroll
    for (int half = 0; half < 2; half++) {
        u32 y = row + g + 8 * half;
        if (tile.top + (int)y >= tile.bottom) continue;
        u8 *line = a.to_pitch ? (u8 *)a.to + (tile.top + y) * a.to_pitch + tile.left * CH
                              : (u8 *)a.to + ((u64)blockIdx.x * TILE_ROWS + y) * (Of::OUT * CH);
        store_row<CH, Of::OUT / 8>(line, out, half, whole, tile.left, tile.box.width);
    }
}

#if __CUDA_ARCH__ >= 900
// Of a warp's rows: the first one's line, where in the box it begins, the box's width, and how many there are to the tile's end.
struct Rest {
    u8 *line;
    int left, width, rows;
};
// A box in place by blocks of a cluster: none writes before all have read. Tiles are those of rows of threads.
template <int CH, int R, int S, bool MEAN>
__device__ __forceinline__ void filter_box(const Head &a, u32 index, const Box &box) {
    using Of = Shape<CH, R, S>;
    DSFRAME_DYNAMIC_SHARED(u32, tables);
    u32 *rows = tables + 2 * TABLE + threadIdx.y * Of::WORDS, *words = rows + Of::ROWS;
    u32 local = blockIdx.x - (index << a.share) + threadIdx.y * CLUSTER;
    if (threadIdx.y == 0) spread_weights(a, tables);
    Tile<CH, Of::OUT> tile(a, box, local);
    stage_rows<R>(a, tile, (int *)rows);
    __syncthreads();
    in_turn();
    // Nobody leaves before the last barrier, with nothing to do either: that would be right, but a tool that looks for races
    // waits for them.
    bool there = index < a.count && tile.top < tile.bottom;
    stage<CH, R, Of::IN, true>(a, tile, (const int *)rows, words, there);
    cluster_arrive();
    // Tiles with fewer rows leave out warps that are not always the same.
    u32 row = (threadIdx.x / WARP + local) % (TILE_ROWS / STRIP) * STRIP;
    // What is wanted again at the end lies where the rows were: registers are scarce.
    Rest *rest = (Rest *)rows + threadIdx.x / WARP;
    u32 out[Of::OUT / 8][4];
    if (there && tile.top + (int)row < tile.bottom) {
        if (threadIdx.x % WARP == 0)
            *rest = {tile.plane + (tile.top + row) * a.pitch + tile.left * CH, tile.left, (int)tile.box.width, tile.bottom - tile.top - (int)row};
        __syncwarp();
        filter_rows<CH, R, S, MEAN>(a, tables, words, row, 256, out);
    } else if (threadIdx.x % WARP == 0) {
        rest->rows = 0;
    }
    __syncwarp();
    cluster_wait();
    int left = rest->left, width = rest->width;
    bool whole = left >= 0 && left + Of::OUT <= width;
    #pragma unroll
    for (int half = 0; half < 2; half++) {
        u32 y = threadIdx.x % WARP / 4 + 8 * half;
        if ((int)y < rest->rows) store_row<CH, Of::OUT / 8>(rest->line + y * a.pitch, out, half, whole, left, width);
    }
}
template <int CH, int R, int S, bool MEAN>
__device__ __forceinline__ void filter_few(const Few &a) {
    u32 index = blockIdx.x >> a.share;
    filter_box<CH, R, S, MEAN>(a, index, box_of(a.boxes[min(index, a.count - 1)]));
}
#endif

// Tiles of scratch to where they belong. 16 x 16 threads, four pixels each at a time.
template <int CH>
__device__ __forceinline__ void put_tile(const Args &a) {
    Tile<CH, 0> tile(a);
    int width = tile.box.width, at = 4 * (int)threadIdx.x, x = tile.left + at;
    if (at >= (int)a.tile_width || x >= width || x + 4 <= 0) return;
    bool whole = a.aligned && x >= 0 && x + 4 <= width;
    constexpr int EACH = TILE_ROWS / 16;
    u32 all[EACH][CH];
    // Scratch has all rows, those below the box too.
    #pragma unroll
    for (int i = 0; i < EACH; i++) {
        u64 row = (u64)blockIdx.x * TILE_ROWS + 16 * i + threadIdx.y;
        load_group<CH>((const u8 *)a.to + (row * a.tile_width + at) * CH, all[i]);
    }
    #pragma unroll
    for (int i = 0; i < EACH; i++) {
        int y = tile.top + 16 * i + (int)threadIdx.y;
        if (y >= (int)tile.box.height) continue;
        u32 *words = all[i];
        u8 *to = tile.plane + y * a.pitch + x * CH;
        if (whole) {
            if (CH == 4) *(uint4 *)to = make_uint4(words[0], words[1 % CH], words[2 % CH], words[3 % CH]);
            else if (CH == 2) *(uint2 *)to = make_uint2(words[0], words[1 % CH]);
            else
                #pragma unroll
                for (int w = 0; w < CH; w++) ((u32 *)to)[w] = words[w];
            continue;
        }
        #pragma unroll
        for (int p = 0; p < 4; p++) {
            if (x + p < 0 || x + p >= width) continue;
            if (CH == 4 && a.aligned) {
                ((u32 *)to)[p] = words[p % CH];
            } else {
                #pragma unroll
                for (int c = 0; c < CH; c++) to[p * CH + c] = words[(p * CH + c) / 4] >> (p * CH + c) % 4 * 8;
            }
        }
    }
}
