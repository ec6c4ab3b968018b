// A box shrunk to a small picture, which is softened and spread over the box again: OpenCV's INTER_AREA, GaussianBlur of
// 3x3 and INTER_LINEAR, in the order of steps of ops/resize, so that floats and doubles round alike.
#pragma once
#include "redact_items.cuh"

constexpr u32 CHUNK = 64, COLUMNS = 32;  // rows, and columns of them, that are looked at together
constexpr u32 TILE = 32;                 // columns and rows of a tile of the box

// The input pixels of an output pixel along one axis, and their weights.
struct Shares {
    int from, count, first, last;  // `first` and those before `last` are covered whole
    float head, body, tail;
};

__device__ __forceinline__ double scale_of(u32 source, u32 target) { return 1.0 / ((double)target / (double)source); }

__device__ __forceinline__ Shares shares_of(u32 source, u32 target, u32 to) {
    double scale = scale_of(source, target);
    double start = to * scale, end = start + scale;
    double cell = (double)source - start;
    if (scale < cell) cell = scale;
    Shares s;
    s.last = min(__double2int_rd(end), (int)source - 1);
    s.first = min(__double2int_ru(start), s.last);
    bool head = s.first - start > 1e-3, tail = end - s.last > 1e-3;
    s.from = head ? s.first - 1 : s.first;
    s.count = (tail ? s.last + 1 : s.last) - s.from;
    s.head = (float)((s.first - start) / cell);
    s.body = (float)(1.0 / cell);
    double rest = end - s.last;
    if (rest > 1.0) rest = 1.0;
    if (rest > cell) rest = cell;
    s.tail = (float)(rest / cell);
    return s;
}

__device__ __forceinline__ float share(const Shares &s, int from) {
    return from < s.first ? s.head : from < s.last ? s.body : s.tail;
}

// Whether `scale` is a whole number, which becomes `size`.
__device__ __forceinline__ bool is_whole(double scale, u32 &size) {
    size = __double2int_rn(scale);
    double off = scale - size;
    return off < 2.220446049250313e-16 && off > -2.220446049250313e-16;
}

// A pixel of the small picture for each block of threads, a row of what it covers for each thread.
extern "C" __global__ void __launch_bounds__(CHUNK, 16) shrink(const __grid_constant__ Args a) {
    in_turn();
    __shared__ u32 pixels[CHUNK][COLUMNS + 1];
    __shared__ float sums[4][CHUNK];
    __shared__ u32 bytes[4];
    __shared__ Shares shares[2];
    __shared__ u32 sizes[2];
    u32 tile, t = threadIdx.x;
    const Item &item = a.items[find(a, tile)];
    if (tile >= (u32)item.bw * item.bh) return;
    const Plane &plane = a.planes[item.plane];
    u32 to_y = tile / item.bw, to_x = tile - to_y * item.bw;
    bool words = in_words(plane);
    // Doubles are divided once for each axis, side by side.
    if (t < 2) {
        u32 source = t ? item.height : item.width, target = t ? item.bh : item.bw, size;
        sizes[t] = is_whole(scale_of(source, target), size) ? size : 0;
        shares[t] = shares_of(source, target, t ? to_y : to_x);
    }
    __syncthreads();
    u32 bw = sizes[0], bh = sizes[1];
    bool blocks = bw && bh;
    Shares across = shares[0], down = shares[1];
    if (blocks) {
        across.from = to_x * bw, across.count = bw;
        down.from = to_y * bh, down.count = bh;
    }
    u32 whole_sum = 0;
    float sum = 0;
    for (int y0 = 0; y0 < down.count; y0 += CHUNK) {
        int rows = min(down.count - y0, (int)CHUNK);
        u32 whole[4] = {0, 0, 0, 0};
        float part[4] = {0, 0, 0, 0};
        for (int x0 = 0; x0 < across.count; x0 += COLUMNS) {
            int columns = min(across.count - x0, (int)COLUMNS), x = x0 + t % WARP;
            __syncthreads();
            #pragma unroll 8
            for (int y = t / WARP; y < rows; y += CHUNK / WARP) {
                if (x >= across.count) continue;
                const u8 *from = at(plane, item.x + across.from + x, item.y + down.from + y0 + y);
                pixels[y][t % WARP] = load_sample(from, plane.channels, words);
            }
            __syncthreads();
            if ((int)t >= rows) continue;
            for (int i = 0; i < columns; i++) {
                u32 pixel = pixels[t][i];
                float weight = share(across, across.from + x0 + i);
                #pragma unroll
                for (u32 c = 0; c < 4; c++) {
                    u32 byte = pixel >> 8 * c & 255;
                    whole[c] += byte;
                    part[c] += (float)byte * weight;
                }
            }
        }
        if ((int)t < rows) {
            for (u32 c = 0; c < 4; c++) sums[c][t] = blocks ? __uint_as_float(whole[c]) : part[c];
        }
        __syncthreads();
        if (t < 4) {
            for (int y = 0; y < rows; y++) {
                float value = sums[t][y], weight = share(down, down.from + y0 + y);
                if (blocks) whole_sum += __float_as_uint(value);
                else sum = y0 + y == 0 ? weight * value : sum + weight * value;
            }
        }
    }
    if (t < 4) {
        if (!blocks) {
            bytes[t] = clamp_u8(__float2int_rn(sum));
        } else if (bw == 2 && bh == 2 && plane.channels != 2) {
            bytes[t] = (whole_sum + 2) >> 2 & 255;
        } else {
            // The sum leaves no room for a fraction: it is rounded to even, and its low byte is the mean.
            float factor = 1.0f / (float)(bw * bh);
            bytes[t] = __float_as_uint((float)whole_sum * factor + 12582912.0f) & 255;
        }
    }
    __syncthreads();
    if (t == 0) ((u32 *)a.scratch)[item.scratch + tile] = bytes[0] | bytes[1] << 8 | bytes[2] << 16 | bytes[3] << 24;
}

// The two neighbours of an output pixel: the first of them, and weights of 2048ths.
__device__ __forceinline__ int3 taps_of(u32 source, u32 target, u32 to) {
    float centre = (float)((to + 0.5) * scale_of(source, target) - 0.5);
    float part = centre - floorf(centre);
    return {(int)floorf(centre), __float2int_rn((1.0f - part) * 2048.0f), __float2int_rn(part * 2048.0f)};
}

// Along a row both neighbours lie in the row, where it has two.
__device__ __forceinline__ int3 column_taps(u32 source, u32 target, u32 to) {
    int3 taps = taps_of(source, target, to);
    int last = (int)source - 1;
    if (taps.x < 0) return {0, 2048, 0};
    if (taps.x >= last) return last > 0 ? int3{last - 1, 0, 2048} : int3{0, 2048, 0};
    return taps;
}

// The position that stands for `at`, mirrored without the edge's pixel; `at` is outside by one at the most.
__device__ __forceinline__ int mirrored(int at, int size) {
    if (at < 0) return size > 1 ? 1 : 0;
    return at < size ? at : max(size - 2, 0);
}

// A pixel of the softened small picture.
__device__ __forceinline__ u32 soft_at(const u32 *small, const Item &item, int x, int y) {
    u32 even = 0x00080008, odd = 0x00080008;
    for (int dy = -1; dy <= 1; dy++) {
        const u32 *row = small + mirrored(y + dy, item.bh) * item.bw;
        for (int dx = -1; dx <= 1; dx++) {
            u32 pixel = row[mirrored(x + dx, item.bw)], by = (dx ? 0 : 1) + (dy ? 0 : 1);
            even += (pixel & 0x00ff00ff) << by, odd += (pixel >> 8 & 0x00ff00ff) << by;
        }
    }
    return (even >> 4 & 0x00ff00ff) | (odd >> 4 & 0x00ff00ff) << 8;
}

// The pixel between `left` and `right`, a channel for each lane of `row`, in 128ths.
__device__ __forceinline__ uint4 between(u32 left, u32 right, u32 weights) {
    u32 low = __byte_perm(left, right, 0x5140), high = __byte_perm(left, right, 0x7362);
    return make_uint4(__dp2a_lo(weights, low, 0u) >> 4, __dp2a_hi(weights, low, 0u) >> 4,
                      __dp2a_lo(weights, high, 0u) >> 4, __dp2a_hi(weights, high, 0u) >> 4);
}

__device__ __forceinline__ u32 mixed(u32 upper, u32 lower, int3 taps) {
    return ((upper * taps.y >> 16) + (lower * taps.z >> 16) + 2) >> 2 & 255;
}

extern "C" __global__ void __launch_bounds__(256) spread(const __grid_constant__ Args a) {
    in_turn();
    // A tile's neighbours: as many as it has columns and rows, one more, and one for rounding.
    constexpr u32 MOST = TILE + 3, EACH = TILE / 8;
    __shared__ u32 soft[MOST][MOST];
    __shared__ int3 all_taps[2][TILE];
    u32 tile, lane = threadIdx.x, t = threadIdx.y * WARP + lane;
    const Item &item = a.items[find(a, tile)];
    const Plane &plane = a.planes[item.plane];
    const u32 *small = (const u32 *)a.scratch + item.scratch;
    u32 across = (item.width + TILE - 1) / TILE, top = tile / across;
    u32 x0 = (tile - top * across) * TILE, y0 = top * TILE, x = x0 + lane;
    if (y0 >= item.height) return;
    u32 last_x = min(x0 + TILE, (u32)item.width) - 1, last_y = min(y0 + TILE, (u32)item.height) - 1;
    // Doubles are divided by two warps of the block, once for each column and row.
    if (threadIdx.y == 0) all_taps[0][lane] = column_taps(item.bw, item.width, min(x, last_x));
    if (threadIdx.y == 1) all_taps[1][lane] = taps_of(item.bh, item.height, min(y0 + lane, last_y));
    __syncthreads();
    int left = all_taps[0][0].x, upper = max(all_taps[1][0].x, 0);
    int right = min(all_taps[0][last_x - x0].x + 1, item.bw - 1);
    int lower = min(all_taps[1][last_y - y0].x + 1, item.bh - 1);
    u32 columns = right - left + 1, rows = lower - upper + 1;
    for (u32 i = t; i < MOST * rows; i += 256) {
        u32 row = i / MOST, column = i - row * MOST;
        if (column < columns) soft[row][column] = soft_at(small, item, left + column, upper + row);
    }
    __syncthreads();
    if (x > last_x) return;
    int3 taps = all_taps[0][lane];
    u32 first = taps.x - left, second = min(first + 1, columns - 1), weights = taps.y | taps.z << 16;
    u32 channels = plane.channels;
    bool words = in_words(plane);
    const u8 *to = at(plane, item.x + x, item.y + y0 + threadIdx.y * EACH);
    int known = -1;
    uint4 a0 = make_uint4(0, 0, 0, 0), a1 = a0;
    for (u32 i = 0; i < EACH; i++, to += plane.pitch) {
        u32 y = y0 + threadIdx.y * EACH + i;
        if (y > last_y) break;
        int3 down = all_taps[1][y - y0];
        // Most rows have the same neighbours as the one before, for all of the warp.
        if (i == 0 || down.x != known) {
            int r0 = min(max(down.x, 0), item.bh - 1) - upper, r1 = min(max(down.x + 1, 0), item.bh - 1) - upper;
            a0 = between(soft[r0][first], soft[r0][second], weights);
            a1 = between(soft[r1][first], soft[r1][second], weights);
            known = down.x;
        }
        if (item.cover != ALL) {
            uint2 run = item.cover == ELLIPSE ? ellipse_run(a, item, y) : make_uint2(0, item.width);
            if (x < run.x || x >= run.y || (item.cover == MASK && !masked(a, item, x, y))) continue;
        }
        u32 out = mixed(a0.x, a1.x, down);
        if (channels > 1) out |= mixed(a0.y, a1.y, down) << 8;
        if (channels > 2) out |= mixed(a0.z, a1.z, down) << 16 | mixed(a0.w, a1.w, down) << 24;
        store_sample(to, out, channels, words);
    }
}
