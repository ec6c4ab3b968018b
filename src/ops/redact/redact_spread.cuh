// A box in two kernels, whatever its size: shrunk to a small picture, by a block of threads for each pixel of that, and
// spread again.
#pragma once
#include "redact_taps.cuh"

constexpr u32 CHUNK = 64, COLUMNS = 32;  // rows, and columns of them, that are looked at together
constexpr u32 TILE = 32;                 // columns and rows of a tile of the box

// A pixel of the small picture for each block of threads, a row of what it covers for each thread.
extern "C" __global__ void __launch_bounds__(CHUNK, 16) shrink(const __grid_constant__ Args a) {
    in_turn();
    __shared__ u32 pixels[CHUNK][COLUMNS + 1];
    __shared__ float sums[4][CHUNK];
    __shared__ u32 bytes[4];
    __shared__ Shares shares[2];
    __shared__ u32 sizes[2];
    u32 tile, t = threadIdx.x;
    const Entry &entry = a.items[find(a, tile)];
    const Item item = item_of(entry);
    if (tile >= (u32)item.bw * item.bh) return;
    const Plane &plane = a.head.planes[entry.plane];
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
        bytes[t] = blocks ? mean_of(whole_sum, bw, bh, plane.channels) : byte_of(sum);
    }
    __syncthreads();
    if (t == 0) ((u32 *)a.head.scratch)[item.scratch + tile] = bytes[0] | bytes[1] << 8 | bytes[2] << 16 | bytes[3] << 24;
}

extern "C" __global__ void __launch_bounds__(256) spread(const __grid_constant__ Args a) {
    in_turn();
    // A tile's neighbours: as many as it has columns and rows, one more, and one for rounding.
    constexpr u32 MOST = TILE + 3, EACH = TILE / 8;
    __shared__ u32 soft[MOST][MOST];
    __shared__ int3 all_taps[2][TILE];
    u32 tile, lane = threadIdx.x, t = threadIdx.y * WARP + lane;
    const Entry &entry = a.items[find(a, tile)];
    const Item item = item_of(entry);
    const Plane &plane = a.head.planes[entry.plane];
    const u32 *small = (const u32 *)a.head.scratch + item.scratch;
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
            uint2 run = item.cover == ELLIPSE ? ellipse_run(a, plane, item, y) : make_uint2(0, item.width);
            if (x < run.x || x >= run.y || (item.cover == MASK && !masked(a, item, x, y))) continue;
        }
        u32 out = mixed<4>(a0, a1, down.y, down.z);
        store_sample(to, out, channels, words);
    }
}
