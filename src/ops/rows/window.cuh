// What neighbourhood filters on interleaved bytes share: a tile of bytes with what lies around it, borders reflected
// without the edge pixel. A row is one of bytes, the next byte of a channel is `channels` further.
#pragma once
#include "types.cuh"

// Laid out as `Window` in cuda.rs.
struct Window {
    u64 at, pitch;
    u64 out;      // 16-bit values, rows packed
    u32 row;      // bytes of a row that are pixels
    u32 height, channels;
    u32 flags;
};
static_assert(sizeof(Window) == 40, "Window differs from the one in cuda.rs");
// Whether the source is read, and the result written, four values at a time.
enum { WIDE_IN = 1, WIDE_OUT = 2 };

constexpr u32 SPAN = 128, ROWS = 32, THREADS = 256, EACH = 4;
// Bytes to each side, and rows above and below, at most.
constexpr int SIDE = 16, REACH = 3;
constexpr u32 PITCH = SPAN + 2 * SIDE, GROUPS = PITCH / 4;
constexpr u32 TILE_WORDS = GROUPS * (ROWS + 2 * REACH);

// Position that stands for `at` in 0..n; `at` is less than n outside, or anything where n is 1 or 2.
__device__ __forceinline__ int reflected(int at, int n) {
    if (n == 1) return 0;
    while (at < 0 || at >= n) at = at < 0 ? -at : 2 * n - 2 - at;
    return at;
}

// The tile of this block with `reach` pixels around it; byte (x, y) of the tile is at `tile_at(x, y + reach)`.
__device__ __forceinline__ u32 tile_at(int x, int row) { return row * PITCH + SIDE + x; }

__device__ __forceinline__ void load_window(const Window &a, int reach, u32 *tile) {
    const int left = blockIdx.x * SPAN - SIDE, top = blockIdx.y * ROWS - reach, n = a.row, channels = a.channels;
    const int skipped = (SIDE - reach * channels) / 4, rows = ROWS + 2 * reach;
    for (u32 i = threadIdx.x; i < GROUPS * rows; i += THREADS) {
        int row = i / GROUPS, group = i - row * GROUPS, x = left + group * 4;
        if (group < skipped || group >= (int)GROUPS - skipped) continue;
        const u8 *from = (const u8 *)a.at + reflected(min(top + row, (int)a.height + reach - 1), a.height) * a.pitch;
        u32 word = 0;
        if ((a.flags & WIDE_IN) && x >= 0 && x + 4 <= n) {
            word = __ldg((const u32 *)(from + x));
        } else {
            #pragma unroll
            for (int k = 0; k < 4; k++) {
                // Beyond what any pixel of the tile reaches nothing is read.
                int at = min(x + k, n + reach * channels - 1) + SIDE * channels, pixel = at / channels;
                int byte = reflected(pixel - SIDE, n / channels) * channels + (at - pixel * channels);
                word |= (u32)__ldg(from + byte) << 8 * k;
            }
        }
        tile[i] = word;
    }
    __syncthreads();
}

// The four bytes from `at` on, wherever that is.
__device__ __forceinline__ u32 four_at(const u32 *tile, u32 at) {
    return __funnelshift_r(tile[at / 4], tile[at / 4 + 1], at % 4 * 8);
}

// Writes four values from column x of row y on; both may lie outside.
__device__ __forceinline__ void write4(const Window &a, u32 x, u32 y, const int v[EACH]) {
    if (x >= a.row || y >= a.height) return;
    u16 *out = (u16 *)a.out + (u64)y * a.row + x;
    if (a.flags & WIDE_OUT) {
        *(uint2 *)out = make_uint2((u16)v[0] | (u32)v[1] << 16, (u16)v[2] | (u32)v[3] << 16);
    } else {
        #pragma unroll
        for (u32 i = 0; i < EACH; i++) if (x + i < a.row) out[i] = v[i];
    }
}
