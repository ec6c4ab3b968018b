// Filters of 8-bit planes that are a row of weights times a column of weights, small ones on the matrix units.
//
// A block stages a tile with its surroundings in shared memory, a word for the same channel of four pixels on top of
// each other. A warp makes 16 rows: down first, weights (16 x rows) times pixels (rows x 8), which gives sums of 16 bits;
// their low and high bytes are, as the lanes hold them, the left factor of the second product, pixels (16 x 32) times
// weights (32 x 8) across. Pixels are dealt to columns of the first product so that this comes out, and the weights of
// the second one are put in the same order. Sums are whole, so neither the order nor the split shows in the result.
#pragma once
#include "separable_stage.cuh"

// Two pixels side by side, of which those with columns in 0..width are written; `even` where the first lies on a whole pair.
template <int CH>
__device__ __forceinline__ void store_pair(u8 *at, u32 p, u32 q, bool first, bool second, bool even, bool words) {
    if (first && second && even) {
        if (CH == 4) {
            *(uint2 *)at = make_uint2(p, q);
        } else if (CH == 3) {
            ((u16 *)at)[0] = p, ((u16 *)at)[1] = (p >> 16 & 255) | q << 8, ((u16 *)at)[2] = q >> 8;
        } else if (CH == 2) {
            *(u32 *)at = __byte_perm(p, q, 0x5410);
        } else {
            *(u16 *)at = (p & 255) | q << 8;
        }
        return;
    }
    if (CH == 4 && words) {
        if (first) ((u32 *)at)[0] = p;
        if (second) ((u32 *)at)[1] = q;
        return;
    }
    #pragma unroll
    for (int c = 0; c < CH; c++) {
        if (first) at[c] = p >> 8 * c;
        if (second) at[CH + c] = q >> 8 * c;
    }
}

// What becomes of sums: nothing more, a product, or one of floats.
enum { WEIGHTED, FIXED, FLOAT };

// The pixel in byte `pick` of what this gives for a sum.
template <int FINISH>
__device__ __forceinline__ u32 finished(const Head &a, u32 sum) {
    if (FINISH == WEIGHTED) return sum;
    if (FINISH == FIXED) return sum * a.factor;
    // Sums of these sizes of boxes are below 2^23; the last addition rounds to a whole number in the low bits.
    float exact = __uint_as_float(0x4b000000 | sum) - 8388608.0f;
    return __float_as_uint(__fadd_rn(__fmul_rn(exact, __uint_as_float(a.factor)), 12582912.0f));
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

// The eight results `o` of blocks of 16 columns, the sums alone where FRESH. Blocks go in twos from even ones on, as they lie
// in registers.
template <int LONG, bool FRESH>
__device__ __forceinline__ void across_blocks(u32 acc[4], const u32 blocks[][2], const u32 *wide, int o) {
    // The first block, and the window it is multiplied with.
    int n = o / 2, w = 1 - o % 2;
    if (n % 2 == 0) {
        if (FRESH) product(acc, blocks[n][0], blocks[n][1], blocks[n + 1][0], blocks[n + 1][1], wide[w], wide[w + 2]);
        else multiply(acc, blocks[n][0], blocks[n][1], blocks[n + 1][0], blocks[n + 1][1], wide[w], wide[w + 2]);
        if (LONG == 3) multiply_half(acc, blocks[n + LONG - 1][0], blocks[n + LONG - 1][1], wide[w + 2 * LONG - 2]);
        return;
    }
    if (FRESH) product_half(acc, blocks[n][0], blocks[n][1], wide[w]);
    else multiply_half(acc, blocks[n][0], blocks[n][1], wide[w]);
    if (LONG == 2) multiply_half(acc, blocks[n + 1][0], blocks[n + 1][1], wide[w + 2]);
    if (LONG == 3)
        multiply(acc, blocks[n + 1][0], blocks[n + 1][1], blocks[n + LONG - 1][0], blocks[n + LONG - 1][1], wide[w + 2],
                 wide[w + 2 * LONG - 2]);
}

// A warp's pixels of rows `row` to row + 15 of a tile: lane 4g + t has those of columns 8o + 2t and 8o + 2t + 1, in rows
// g (the first two of out[o]) and g + 8, a channel in each byte.
template <int CH, int R, int S, int FINISH>
__device__ __forceinline__ void rows_of(const Head &a, const u32 *tables, const u32 *words, u32 row, u32 out[][4]) {
    using Of = Shape<CH, R, S>;
    constexpr int OUTS = Of::OUT / 8, BLOCKS = 2 * S, LONG = 1 + R / 8, WINDOWS = R / 4 + 2;
    u32 lane = threadIdx.x % WARP, g = lane / 4, t = lane % 4;
    // Weights of 16 pixels that begin 8 (i - 1) before, or after, the first that 8 results have weights for.
    u32 wide[WINDOWS], tall[WINDOWS];
    #pragma unroll
    for (int i = 0; i < WINDOWS; i++) {
        wide[i] = tables[BEFORE + 8 * (i - 1) + 4 * t - g];
        tall[i] = tables[TABLE + BEFORE + 8 * (i - 1) + 4 * t - g];
    }
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
                u32 p = __byte_perm(acc[0][i], acc[1][i], 0x5140), q = __byte_perm(acc[2][i], acc[3][i], 0x5140);
                low[2 * s + i % 2][i / 2] = __byte_perm(p, q, a.low), high[2 * s + i % 2][i / 2] = __byte_perm(p, q, a.high);
            }
        }
        #pragma unroll
        for (int o = 0; o < OUTS; o++) {
            u32 acc[4];
            across_blocks<LONG, true>(acc, high, wide, o);
            #pragma unroll
            for (int i = 0; i < 4; i++) acc[i] = acc[i] * 256 + a.round;
            across_blocks<LONG, false>(acc, low, wide, o);
            #pragma unroll
            for (int i = 0; i < 4; i++) out[o][i] = __byte_perm(out[o][i], finished<FINISH>(a, acc[i]), selector);
        }
        // The next channel's byte: the one before is kept.
        selector = (0x3210 & ~(15 << 4 * (c + 1))) | (4 + a.pick) << 4 * (c + 1);
    }
}

template <int CH, int R, int S, bool MEAN>
__device__ __forceinline__ void filter_rows(const Head &a, const u32 *tables, const u32 *words, u32 row, u32 out[][4]) {
    if (!MEAN) rows_of<CH, R, S, WEIGHTED>(a, tables, words, row, out);
    else if (a.fixed) rows_of<CH, R, S, FIXED>(a, tables, words, row, out);
    else rows_of<CH, R, S, FLOAT>(a, tables, words, row, out);
}

// A row's pixels of those, `line` where the tile's row begins; all columns where `whole`, or those from `left` on that are in
// 0..width.
template <int CH, int OUTS>
__device__ __forceinline__ void store_row(u8 *line, const u32 out[][4], int half, bool whole, int left, int width) {
    int t = threadIdx.x % 4;
    bool even = ((u64)line & (CH == 3 ? 1 : 2 * CH - 1)) == 0, quads = ((u64)line & 3) == 0;
    if (even && whole) {
        #pragma unroll
        for (int o = 0; o < OUTS; o++)
            store_pair<CH>(line + (8 * o + 2 * t) * CH, out[o][2 * half], out[o][2 * half + 1], true, true, true, true);
        return;
    }
    #pragma unroll
    for (int o = 0; o < OUTS; o++) {
        int begin = left + 8 * o, at = 8 * o + 2 * t, x = left + at;
        if (begin >= width) return;
        bool all = begin >= 0 && begin + 8 <= width && even;
        bool first = all || (x >= 0 && x < width), second = all || (x + 1 >= 0 && x + 1 < width);
        store_pair<CH>(line + at * CH, out[o][2 * half], out[o][2 * half + 1], first, second, even, quads);
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
    filter_rows<CH, R, S, MEAN>(a, tables, words, row, out);
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
    if (index >= a.count || tile.top >= tile.bottom) return;
    stage<CH, R, Of::IN, true>(a, tile, (const int *)rows, words);
    cluster_arrive();
    // Tiles with fewer rows leave out warps that are not always the same.
    u32 row = (threadIdx.x / WARP + local) % (TILE_ROWS / STRIP) * STRIP;
    if (tile.top + (int)row >= tile.bottom) return;
    // What is wanted again at the end lies where the rows were: registers are scarce.
    Rest *rest = (Rest *)rows + threadIdx.x / WARP;
    if (threadIdx.x % WARP == 0)
        *rest = {tile.plane + (tile.top + row) * a.pitch + tile.left * CH, tile.left, (int)tile.box.width, tile.bottom - tile.top - (int)row};
    __syncwarp();
    u32 out[Of::OUT / 8][4];
    filter_rows<CH, R, S, MEAN>(a, tables, words, row, out);
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
