// Any aperture and norm: from grey to the size and the direction of gradients, in the shared memory of a block of
// THREADS. Rows of a tile have COLUMNS places: its 60 pixels and four to each side.
#pragma once
#include "gray.cuh"
#include "tiles.cuh"

constexpr int THREADS = 256;
constexpr int COLUMNS = TILE_W + 8, GROUPS = COLUMNS / 4, WORDS = COLUMNS / 2;
// Rows of sizes: one more above and below.
constexpr int SIZES = TILE_H + 2;
// Words of sizes; those after the last are read and not used.
constexpr int SIZE_WORDS = SIZES * COLUMNS + 4;
// Words of grey for the largest aperture, and two beyond each end, which outer groups read and nobody uses.
constexpr int GRAY_WORDS = 2 + (TILE_H + 8) * WORDS + 2;

// Along the row, down, along the falling diagonal, along the other.
enum { ACROSS, DOWN, FALLING, RISING };

// ROWS rows of grey from row `top` and column `left` on; pixels outside are those at the edge.
template <int SRC, int ROWS>
__device__ __forceinline__ void load_tile(const Source &a, int left, int top, u32 *gray) {
    constexpr int ALL = GROUPS * ROWS, TURNS = (ALL + THREADS - 1) / THREADS;
    const int width = a.width, height = a.height;
    const Weights w = weights_of(a);
    if ((a.flags & WIDE) && left >= 0 && left + COLUMNS <= width && top >= 0 && top + ROWS <= height) {
        // Inside, as most tiles are, nothing is looked at but where a pixel is.
        constexpr int BYTES = SRC == PACKED4 ? 16 : SRC == PACKED3 ? 12 : 4;
        const u8 *corner = (const u8 *)a.at + top * a.pitch + left / 4 * BYTES;
        uint4 raw[TURNS];
        #pragma unroll
        for (int n = 0; n < TURNS; n++) {
            u32 i = threadIdx.x + n * THREADS, row = i / GROUPS;
            if (n + 1 < TURNS || i < ALL) raw[n] = words4<SRC>(corner + row * a.pitch + (i - row * GROUPS) * BYTES);
        }
        #pragma unroll
        for (int n = 0; n < TURNS; n++) {
            u32 i = threadIdx.x + n * THREADS;
            if (n + 1 < TURNS || i < ALL) *(uint2 *)(gray + i * 2) = gray4<SRC>(w, raw[n]);
        }
        return;
    }
    auto whole = [&](int x) { return (a.flags & WIDE) && x >= 0 && x + 4 <= width; };
    uint4 raw[TURNS];
    #pragma unroll
    for (int n = 0; n < TURNS; n++) {
        int i = threadIdx.x + n * THREADS, row = i / GROUPS, x = left + 4 * (i - row * GROUPS);
        if (i < ALL && whole(x)) raw[n] = raw4<SRC>(a, x, min(max(top + row, 0), height - 1));
    }
    #pragma unroll
    for (int n = 0; n < TURNS; n++) {
        int i = threadIdx.x + n * THREADS, x = left + 4 * (i % GROUPS);
        if (i < ALL && whole(x)) *(uint2 *)(gray + i * 2) = gray4<SRC>(w, raw[n]);
    }
    if (whole(left) && whole(left + COLUMNS - 4)) return;
    #pragma unroll 1
    for (int i = threadIdx.x; i < ALL; i += THREADS) {
        int row = i / GROUPS, x = left + 4 * (i - row * GROUPS);
        if (whole(x)) continue;
        u32 g[4], y = min(max(top + row, 0), height - 1);
        #pragma unroll
        for (int k = 0; k < 4; k++) g[k] = gray_at<SRC>(a, w, min(max(x + k, 0), width - 1), y);
        *(uint2 *)(gray + i * 2) = make_uint2(g[0] | g[1] << 16, g[2] | g[3] << 16);
    }
}

// Sobel's weights: Pascal's row, and the row of two fewer convolved with [-1, 0, 1].
template <int N> __device__ constexpr int smooths(int i) {
    constexpr int all[3][7] = {{1, 2, 1}, {1, 4, 6, 4, 1}, {1, 6, 15, 20, 15, 6, 1}};
    return all[N / 2 - 1][i];
}
template <int N> __device__ constexpr int slopes(int i) {
    constexpr int all[3][7] = {{-1, 0, 1}, {-1, -2, 0, 2, 1}, {-1, -4, -5, 0, 5, 4, 1}};
    return all[N / 2 - 1][i];
}

// Sums of 7x7 are divided by 16 to fit 16 bits, ties to even.
template <int N> __device__ __forceinline__ int fitted(int sum) {
    return N == 7 ? (sum + 7 + (sum >> 4 & 1)) >> 4 : sum;
}

// Any aperture and norm, a pixel at a time in 32 bits. A column of twelve rows for each thread; `gray` starts N / 2 + 1
// rows above the tile. Whether any size is above `low`.
template <int N>
__device__ __forceinline__ bool gradient(const u32 *gray, u32 *out, int left, int top, int width, int height, bool l2, u32 low) {
    constexpr int EACH = 12, FIRST = 3, WIDTH = TILE_W + 2, STRIPS = (SIZES + EACH - 1) / EACH;
    static_assert(WIDTH * STRIPS <= THREADS, "a strip for each thread");
    bool any = false;
    int strip = threadIdx.x / WIDTH, column = FIRST + threadIdx.x - strip * WIDTH, first = strip * EACH;
    if (strip < STRIPS) {
        int across[N], down[N];
        #pragma unroll
        for (int k = 0; k < EACH + N - 1; k++) {
            int row = min(first + k, SIZES + N - 2);
            const u16 *at = (const u16 *)gray + row * COLUMNS + column - N / 2;
            int s = 0, d = 0;
            #pragma unroll
            for (int j = 0; j < N; j++) {
                int g = at[j];
                s += g * smooths<N>(j);
                d += g * slopes<N>(j);
            }
            across[k % N] = d;
            down[k % N] = s;
            int r = first + k - (N - 1);
            if (k < N - 1 || r >= SIZES) continue;
            int dx = 0, dy = 0;
            #pragma unroll
            for (int j = 0; j < N; j++) {
                dx += across[(k + 1 + j) % N] * smooths<N>(j);
                dy += down[(k + 1 + j) % N] * slopes<N>(j);
            }
            dx = fitted<N>(dx);
            dy = fitted<N>(dy);
            int x = abs(dx), y = abs(dy), y15 = y << 15, size = l2 ? x * x + y * y : x + y;
            int code = y15 < x * 13573 ? ACROSS : y15 > x * 79109 ? DOWN : (dx ^ dy) < 0 ? RISING : FALLING;
            int px = left + column, py = top + 1 + r;
            bool in = px >= 0 && px < width && py >= 0 && py < height;
            out[r * COLUMNS + column] = in ? size * 4 + code : 0;
            any |= in && (u32)size * 4 > low;
        }
    }
    return any;
}

// Of the eight pixels from `at` on, the bits of those whose size is above `low` and the largest along their direction,
// and in the second byte of those above `high`; both limits times 4.
__device__ __forceinline__ u32 thin(const u32 *at, u32 low, u32 high) {
    // From a pixel to the one after it, by direction.
    constexpr u32 STEPS = 1 | COLUMNS << 8 | (COLUMNS + 1) << 16 | (COLUMNS - 1) << 24;
    u32 sizes[8], most = 0, bits = 0;
    #pragma unroll
    for (int i = 0; i < 8; i += 2) {
        uint2 two = ((const uint2 *)at)[i / 2];
        sizes[i] = two.x, sizes[i + 1] = two.y;
    }
    #pragma unroll
    for (int i = 0; i < 8; i++) most = max(most, sizes[i]);
    if ((most & ~3u) <= low) return 0;
    #pragma unroll
    for (int i = 0; i < 8; i++) {
        u32 v = sizes[i], size = v & ~3u, after = at[i + (int)__byte_perm(STEPS, 0, (v & 3) | 0x4440)];
        u32 before = at[i - (int)__byte_perm(STEPS, 0, (v & 3) | 0x4440)];
        // Ties go to the later pixel across and down, and to nobody on diagonals.
        u32 limit = v & FALLING ? size - 1 : size | 3;
        bool keep = (size > low) & (size > before) & (limit >= after);
        bits |= keep ? (size > high ? 0x101u << i : 1u << i) : 0;
    }
    return bits;
}
