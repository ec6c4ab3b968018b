// A tile of a plane with its surroundings, from global memory to shared.
#pragma once
#include "separable_units.cuh"

constexpr u32 BOXES = 160, THREADS = 128, TILE_ROWS = 64, TABLE = 96, BEFORE = 32;
enum { REFLECT_101, REFLECT, REPLICATE, CONSTANT };

// Laid out as in tiles.rs.
struct Box {
    u32 x, y, width, height;
    u32 first;  // tile of all boxes' tiles
};
struct Args {
    u64 at, pitch;      // the plane that is read
    u64 to, to_pitch;   // the plane that is written; a pitch of 0 is scratch, tile after tile
    u32 count, aligned, border, outside;
    u32 left, right, above, below;  // pixels that the weights reach
    u32 low, high;      // selectors of the bytes of sums
    u32 pick, round;    // the byte of the last sum that is the pixel; what is added before
    u32 factor, fixed;  // of means
    u32 tile_width, unused;
    u32 across[TABLE / 4 + 1], down[TABLE / 4 + 1];  // bytes, BEFORE and the template's radius ahead of the middle
    Box boxes[BOXES];
};
static_assert(sizeof(Args) == 3496, "Args differs from the one in tiles.rs");

// The place of `at` in 0..n, or -1 for the constant.
__device__ __forceinline__ int placed(int at, int n, u32 border) {
    if (at >= 0 && at < n) return at;
    if (border == CONSTANT) return -1;
    if (border == REPLICATE) return min(max(at, 0), n - 1);
    int twice = border == REFLECT_101 ? 0 : 1, back = 2 * n - 2 + twice, mirrored = at < 0 ? -at - twice : back - at;
    if (mirrored >= 0 && mirrored < n) return mirrored;
    if (n == 1) return 0;
    int period = back + twice, phase = at % period;
    if (phase < 0) phase += period;
    return min(phase, back - phase);
}

// The tile of this block: its box, and where in it the tile begins. Tiles begin left of the box by as many pixels as make
// four of them lie on whole words.
template <int CH>
struct Tile {
    Box box;
    u8 *plane;  // the box's first pixel
    int left, top;
    __device__ __forceinline__ Tile(const Args &a) {
        u32 low = 0, high = a.count;
        while (high - low > 1) {
            u32 middle = (low + high) / 2;
            if (a.boxes[middle].first <= blockIdx.x) low = middle;
            else high = middle;
        }
        box = a.boxes[low];
        plane = (u8 *)a.at + box.y * a.pitch + (u64)box.x * CH;
        u32 at = (u32)(u64)plane, phase = a.aligned ? (CH == 3 ? at * 3 : at / CH) & 3 : 0;
        u32 columns = (box.width + phase + a.tile_width - 1) / a.tile_width, local = blockIdx.x - box.first;
        u32 row = local / columns;
        left = (int)((local - row * columns) * a.tile_width) - (int)phase;
        top = (int)(row * TILE_ROWS);
    }
};

// Four pixels of a row, on whole words.
template <int CH>
__device__ __forceinline__ void load_group(const u8 *at, u32 words[CH]) {
    if (CH == 4) {
        uint4 v = __ldg((const uint4 *)at);
        words[0] = v.x, words[CH > 1 ? 1 : 0] = v.y, words[CH > 2 ? 2 : 0] = v.z, words[CH > 3 ? 3 : 0] = v.w;
    } else if (CH == 2) {
        uint2 v = __ldg((const uint2 *)at);
        words[0] = v.x, words[CH > 1 ? 1 : 0] = v.y;
    } else {
        #pragma unroll
        for (int i = 0; i < CH; i++) words[i] = __ldg((const u32 *)at + i);
    }
}

// Four pixels of a row of which only those with columns x in 0..width are there.
template <int CH>
__device__ __forceinline__ void load_part(const u8 *row, int x, int width, bool aligned, u32 words[CH]) {
    #pragma unroll
    for (int i = 0; i < CH; i++) words[i] = 0;
    #pragma unroll
    for (int p = 0; p < 4; p++) {
        if (x + p < 0 || x + p >= width) continue;
        const u8 *at = row + (x + p) * CH;
        if (CH == 4 && aligned) {
            words[p % CH] = __ldg((const u32 *)at);
        } else {
            #pragma unroll
            for (int c = 0; c < CH; c++) words[(p * CH + c) / 4] |= (u32)__ldg(at + c) << (p * CH + c) % 4 * 8;
        }
    }
}

// Four pixels of four rows, to each channel's plane.
template <int CH, int PLANE>
__device__ __forceinline__ void put_quad(u32 rows[4][CH], u32 *to) {
    u32 columns[4 * CH];
    #pragma unroll
    for (int i = 0; i < CH; i++) {
        u32 v[4] = {rows[0][i], rows[1][i], rows[2][i], rows[3][i]};
        transpose(v);
        #pragma unroll
        for (int b = 0; b < 4; b++) columns[4 * i + b] = v[b];
    }
    #pragma unroll
    for (int c = 0; c < CH; c++)
        *(uint4 *)(to + c * PLANE) = make_uint4(columns[c], columns[CH + c], columns[2 * CH + c], columns[3 * CH + c]);
}

// The staged columns of a tile and what is not loaded but mirrored.
template <int CH, int R, int IN>
__device__ __forceinline__ void stage(const Args &a, const Tile<CH> &tile, u32 *words) {
    constexpr int GROUPS = IN / 4, STRIDE = IN + 8, PLANE = 4 * (4 + R / 8) * STRIDE, EACH = THREADS / GROUPS;
    int width = tile.box.width, height = tile.box.height, start = tile.left - R;
    int right = min(width, tile.left + IN - 2 * R), bottom = min(height, tile.top + (int)TILE_ROWS);
    int first = (R - (int)a.above) / 4, last = (bottom - tile.top + R + (int)a.below + 3) / 4;
    int group = threadIdx.x % GROUPS, x = start + 4 * group;
    bool some = threadIdx.x < EACH * GROUPS && x + 3 >= tile.left - (int)a.left && x + 3 >= 0
        && x < min(width, right + (int)a.right);
    bool whole = a.aligned && x >= 0 && x + 4 <= width;
    // What lies in the box first, with several loads under way; then what hangs over its edges.
    constexpr int ROUNDS = (4 * (4 + R / 8) + EACH - 1) / EACH, TOGETHER = 3;
    int begin_quad = first + threadIdx.x / GROUPS;
    const u8 *corner = tile.plane + x * CH;
    u32 *to = words + 4 * group;
    #pragma unroll
    for (int round = 0; round < ROUNDS; round += TOGETHER) {
        u32 rows[TOGETHER][4][CH];
        #pragma unroll
        for (int n = 0; n < TOGETHER; n++) {
            int quad = begin_quad + (round + n) * EACH, y = tile.top - R + 4 * quad;
            if (some && whole && quad < last && y >= 0 && y + 4 <= height) {
                #pragma unroll
                for (int r = 0; r < 4; r++) load_group<CH>(corner + (y + r) * a.pitch, rows[n][r]);
            }
        }
        #pragma unroll
        for (int n = 0; n < TOGETHER; n++) {
            int quad = begin_quad + (round + n) * EACH, y = tile.top - R + 4 * quad;
            if (some && whole && quad < last && y >= 0 && y + 4 <= height) put_quad<CH, PLANE>(rows[n], to + quad * STRIDE);
        }
    }
    #pragma unroll 1
    for (int quad = begin_quad; some && quad < last; quad += EACH) {
        int top = tile.top - R + 4 * quad;
        if (whole && top >= 0 && top + 4 <= height) continue;
        u32 rows[4][CH];
        #pragma unroll
        for (int r = 0; r < 4; r++) {
            int y = placed(top + r, height, a.border);
            if (y < 0) {
                #pragma unroll
                for (int i = 0; i < CH; i++) rows[r][i] = a.outside;
            } else if (whole) {
                load_group<CH>(corner + y * a.pitch, rows[r]);
            } else {
                load_part<CH>(tile.plane + y * a.pitch, x, width, a.aligned, rows[r]);
            }
        }
        put_quad<CH, PLANE>(rows, to + quad * STRIDE);
    }
    __syncthreads();
    // Columns beside the box come from those in it.
    int begin = max(tile.left, 0) - (int)a.left, beside = max(-begin, 0), beyond = max(right + (int)a.right - width, 0);
    if (beside + beyond == 0) return;
    for (int i = threadIdx.x % 16; i < beside + beyond; i += 16) {
        int x = i < beside ? begin + i : width + i - beside, from = placed(x, width, a.border);
        for (int quad = first + threadIdx.x / 16; quad < last; quad += THREADS / 16) {
            u32 *row = words + quad * STRIDE - start;
            #pragma unroll
            for (int c = 0; c < CH; c++) row[c * PLANE + x] = from < 0 ? a.outside : row[c * PLANE + from];
        }
    }
    __syncthreads();
}
