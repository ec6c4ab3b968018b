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

// The pixel in byte `pick` of what this gives for a sum.
template <bool MEAN>
__device__ __forceinline__ u32 finished(const Args &a, u32 sum) {
    if (!MEAN) return sum;
    if (a.fixed) return sum * a.factor;
    // Sums of these sizes of boxes are below 2^23; the last addition rounds to a whole number in the low bits.
    float exact = __uint_as_float(0x4b000000 | sum) - 8388608.0f;
    return __float_as_uint(__fadd_rn(__fmul_rn(exact, __uint_as_float(a.factor)), 12582912.0f));
}

// Weights within R pixels of the middle, on tiles that stage S times 32 columns.
template <int CH, int R, int S, bool MEAN>
__device__ __forceinline__ void filter_tile(const Args &a) {
    constexpr int IN = 32 * S, OUT = IN - 2 * R, STRIDE = IN + 8, BLOCKS = 1 + R / 8, PLANE = 4 * (3 + BLOCKS) * STRIDE;
    constexpr int OUTS = OUT / 8, PLACES = (24 + 2 * R) / 8 + 1;
    static_assert(R % 8 == 0, "sixteen rows and the radius twice are whole blocks of 16");
    DSFRAME_DYNAMIC_SHARED(u32, shared);
    u32 *across = shared, *down = shared + TABLE, *words = shared + 2 * TABLE;
    if (threadIdx.x < TABLE) {
        u32 i = threadIdx.x / 4, by = threadIdx.x % 4 * 8;
        across[threadIdx.x] = __funnelshift_r(a.across[i], a.across[i + 1], by);
        down[threadIdx.x] = __funnelshift_r(a.down[i], a.down[i + 1], by);
    }
    Tile<CH> tile(a);
    stage<CH, R, IN>(a, tile, words);

    u32 lane = threadIdx.x % WARP, row = threadIdx.x / WARP * 16, g = lane / 4, t = lane % 4;
    if (tile.top + (int)row >= (int)tile.box.height) return;
    u32 tall[BLOCKS][2], wide[PLACES][2];
    #pragma unroll
    for (int k = 0; k < BLOCKS; k++) {
        tall[k][0] = down[BEFORE + 16 * k + 4 * t - g];
        tall[k][1] = down[BEFORE + 16 * k + 4 * t - g - 8];
    }
    #pragma unroll
    for (int i = 0; i < PLACES; i++) {
        wide[i][0] = across[BEFORE + 8 * t - g + 2 * R - 8 * i];
        wide[i][1] = across[BEFORE + 8 * t - g + 2 * R - 8 * i + 4];
    }
    u32 out[OUTS][4];
    #pragma unroll
    for (int o = 0; o < OUTS; o++) out[o][0] = out[o][1] = out[o][2] = out[o][3] = 0;
    const u32 *from = words + (row / 4 + t) * STRIDE + 4 * g;
    u32 selector = 0x3210 + 4 + a.pick;
    #pragma unroll 1
    for (int c = 0; c < CH; c++, from += PLANE) {
        u32 low[S][4], high[S][4];
        #pragma unroll
        for (int s = 0; s < S; s++) {
            u32 acc[4][4] = {};
            #pragma unroll
            for (int k = 0; k < BLOCKS; k += 2) {
                uint4 b = *(const uint4 *)(from + 4 * k * STRIDE + 32 * s);
                if (k + 1 < BLOCKS) {
                    constexpr int last = BLOCKS - 1;
                    int n = k + 1 < BLOCKS ? k + 1 : last;
                    uint4 d = *(const uint4 *)(from + 4 * n * STRIDE + 32 * s);
                    multiply(acc[0], tall[k][0], tall[k][1], tall[n][0], tall[n][1], b.x, d.x);
                    multiply(acc[1], tall[k][0], tall[k][1], tall[n][0], tall[n][1], b.y, d.y);
                    multiply(acc[2], tall[k][0], tall[k][1], tall[n][0], tall[n][1], b.z, d.z);
                    multiply(acc[3], tall[k][0], tall[k][1], tall[n][0], tall[n][1], b.w, d.w);
                } else {
                    multiply_half(acc[0], tall[k][0], tall[k][1], b.x);
                    multiply_half(acc[1], tall[k][0], tall[k][1], b.y);
                    multiply_half(acc[2], tall[k][0], tall[k][1], b.z);
                    multiply_half(acc[3], tall[k][0], tall[k][1], b.w);
                }
            }
            // Of four pixels from 8t on, then from 8t + 4 on, in rows g and g + 8.
            #pragma unroll
            for (int i = 0; i < 4; i++) {
                int v = (i & 1) * 2 + i / 2;
                u32 p = __byte_perm(acc[0][v], acc[1][v], 0x5140), q = __byte_perm(acc[2][v], acc[3][v], 0x5140);
                low[s][i] = __byte_perm(p, q, a.low), high[s][i] = __byte_perm(p, q, a.high);
            }
        }
        #pragma unroll
        for (int o = 0; o < OUTS; o++) {
            u32 acc[4] = {};
            #pragma unroll
            for (int s = 0; s < S; s++) {
                int place = 8 * o - 32 * s + 2 * R;
                if (place < 0 || place > 24 + 2 * R) continue;
                u32 *w = wide[place / 8];
                multiply(acc, high[s][0], high[s][1], high[s][2], high[s][3], w[0], w[1]);
            }
            #pragma unroll
            for (int i = 0; i < 4; i++) acc[i] = acc[i] * 256 + a.round;
            #pragma unroll
            for (int s = 0; s < S; s++) {
                int place = 8 * o - 32 * s + 2 * R;
                if (place < 0 || place > 24 + 2 * R) continue;
                u32 *w = wide[place / 8];
                multiply(acc, low[s][0], low[s][1], low[s][2], low[s][3], w[0], w[1]);
            }
            #pragma unroll
            for (int i = 0; i < 4; i++) out[o][i] = __byte_perm(out[o][i], finished<MEAN>(a, acc[i]), selector);
        }
        // The next channel's byte: the one before is kept.
        selector = (0x3210 & ~(15 << 4 * (c + 1))) | (4 + a.pick) << 4 * (c + 1);
    }
    #pragma unroll
    for (int half = 0; half < 2; half++) {
        int y = tile.top + (int)row + (int)g + 8 * half;
        if (y >= (int)tile.box.height) continue;
        u8 *line = a.to_pitch ? (u8 *)a.to + y * a.to_pitch + tile.left * CH
                              : (u8 *)a.to + ((u64)blockIdx.x * TILE_ROWS + (y - tile.top)) * (OUT * CH);
        bool even = ((u64)line & (CH == 3 ? 1 : 2 * CH - 1)) == 0, quads = ((u64)line & 3) == 0;
        // Scratch has all columns, those beside the box too.
        if (even && (!a.to_pitch || (tile.left >= 0 && tile.left + OUT <= (int)tile.box.width))) {
            #pragma unroll
            for (int o = 0; o < OUTS; o++)
                store_pair<CH>(line + (8 * o + 2 * (int)t) * CH, out[o][2 * half], out[o][2 * half + 1], true, true, true, true);
            continue;
        }
        #pragma unroll
        for (int o = 0; o < OUTS; o++) {
            int at = 8 * o + 2 * (int)t, x = tile.left + at, width = tile.box.width;
            bool first = x >= 0 && x < width, second = x + 1 >= 0 && x + 1 < width;
            store_pair<CH>(line + at * CH, out[o][2 * half], out[o][2 * half + 1], first, second, even, quads);
        }
    }
}

// Tiles of scratch to where they belong. 16 x 16 threads, four pixels each at a time.
template <int CH>
__device__ __forceinline__ void put_tile(const Args &a) {
    Tile<CH> tile(a);
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
