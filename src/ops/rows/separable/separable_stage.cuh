// A tile of a plane with its surroundings, from global memory to shared.
#pragma once
#include "separable_units.cuh"

// Blocks of a cluster, which makes a box or several; as in boxes.rs.
#define CLUSTER 8

constexpr u32 BOXES = 160, THREADS = 128, STRIP = 16, TILE_ROWS = 64, TABLE = 96, BEFORE = 32;
enum { REFLECT_101, REFLECT, REPLICATE, CONSTANT };

// Laid out as in tiles.rs.
struct Box {
    u32 x, y, width, height;
    u32 first;  // tile of all boxes' tiles
};
struct Head {
    u64 at, pitch;      // the plane that is read
    u64 to, to_pitch;   // the plane that is written; a pitch of 0 is scratch, tile after tile
    u32 count, aligned, border, outside;
    u32 left, right, above, below;  // pixels that the weights reach
    u32 low, high;      // selectors of the bytes of sums
    u32 pick, round;    // the byte of the last sum that is the pixel; what is added before
    u32 factor, fixed;  // of means
    u32 tile_width, plane_width;
    u32 share, half;    // log2 of the blocks that make a box, where a cluster does; 65536, which the compiler must not know
    u32 across[TABLE / 4 + 1], down[TABLE / 4 + 1];  // bytes, BEFORE and the template's radius ahead of the middle
};
struct Args : Head {
    Box boxes[BOXES];
};
// What clusters make: x and y, width and height in halves of words. An argument's bytes cost time.
struct Spot {
    u32 at, size;
};
struct Few : Head {
    Spot boxes[64];
};
static_assert(sizeof(Args) == 3504 && sizeof(Few) == 816, "Args and Few differ from those in tiles.rs");

__device__ __forceinline__ Box box_of(Spot spot) {
    return {spot.at & 0xffff, spot.at >> 16, spot.size & 0xffff, spot.size >> 16, 0};
}

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

// A block's tile: its box, and where in it the tile begins and the next one below. Tiles begin left of the box by as many
// pixels as make four of them lie on whole words, and are WIDE, or as wide as the argument says.
template <int CH, int WIDE>
struct Tile {
    Box box;
    u8 *plane;  // the box's first pixel
    int left, top, bottom;
    // Of all boxes' tiles, TILE_ROWS high.
    __device__ __forceinline__ Tile(const Args &a) {
        u32 low = 0, high = a.count;
        while (high - low > 1) {
            u32 middle = (low + high) / 2;
            if (a.boxes[middle].first <= blockIdx.x) low = middle;
            else high = middle;
        }
        box = a.boxes[low];
        u32 row = begin(a, blockIdx.x - box.first);
        top = (int)(row * TILE_ROWS), bottom = min((int)box.height, top + (int)TILE_ROWS);
    }
    // Tile `local` of a box whose tiles are as high as each other but for STRIP rows; too high a number has no rows.
    __device__ __forceinline__ Tile(const Head &a, const Box &one, u32 local) : box(one) {
        constexpr u32 STRIPS = TILE_ROWS / STRIP;
        static_assert(STRIPS == 4, "the strips that are missing from whole tiles are at most three");
        u32 row = begin(a, local), strips = (box.height + STRIP - 1) / STRIP, rows = (strips + STRIPS - 1) / STRIPS;
        u32 missing = STRIPS * rows - strips, each = STRIPS - (rows < 3 ? (missing + rows - 1) >> (rows - 1) : min(missing, 1u));
        u32 more = strips - each * rows;
        top = (int)(STRIP * (row * each + min(row, more)));
        bottom = row < rows ? min((int)box.height, top + (int)(STRIP * (each + (row < more ? 1 : 0)))) : top;
    }
    // Tile `local` of the box: its row of tiles.
    __device__ __forceinline__ u32 begin(const Head &a, u32 local) {
        plane = (u8 *)a.at + box.y * a.pitch + (u64)box.x * CH;
        u32 wide = WIDE ? WIDE : a.tile_width, at = (u32)(u64)plane;
        u32 phase = a.aligned ? (CH == 3 ? at * 3 : at / CH) & 3 : 0, columns = (box.width + phase + wide - 1) / wide;
        u32 row = local / columns;
        left = (int)((local - row * columns) * wide) - (int)phase;
        return row;
    }
};

// Reads of memory that the same kernel may write later.
__device__ __forceinline__ u32 fetch(const u8 *at) {
#ifdef DSFRAME_STANDIN
    return *at;
#else
    u32 value;
    asm volatile("ld.global.u8 %0, [%1];" : "=r"(value) : "l"(at));
    return value;
#endif
}
__device__ __forceinline__ u32 fetch(const u32 *at) {
#ifdef DSFRAME_STANDIN
    return *at;
#else
    u32 value;
    asm volatile("ld.global.u32 %0, [%1];" : "=r"(value) : "l"(at));
    return value;
#endif
}
__device__ __forceinline__ uint2 fetch(const uint2 *at) {
#ifdef DSFRAME_STANDIN
    return *at;
#else
    uint2 v;
    asm volatile("ld.global.v2.u32 {%0, %1}, [%2];" : "=r"(v.x), "=r"(v.y) : "l"(at));
    return v;
#endif
}
__device__ __forceinline__ uint4 fetch(const uint4 *at) {
#ifdef DSFRAME_STANDIN
    return *at;
#else
    uint4 v;
    asm volatile("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];" : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w) : "l"(at));
    return v;
#endif
}

// Four pixels of a row, on whole words.
template <int CH>
__device__ __forceinline__ void load_group(const u8 *at, u32 words[CH]) {
    if (CH == 4) {
        uint4 v = fetch((const uint4 *)at);
        words[0] = v.x, words[CH > 1 ? 1 : 0] = v.y, words[CH > 2 ? 2 : 0] = v.z, words[CH > 3 ? 3 : 0] = v.w;
    } else if (CH == 2) {
        uint2 v = fetch((const uint2 *)at);
        words[0] = v.x, words[CH > 1 ? 1 : 0] = v.y;
    } else {
        #pragma unroll
        for (int i = 0; i < CH; i++) words[i] = fetch((const u32 *)at + i);
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
            words[p % CH] = fetch((const u32 *)at);
        } else {
            #pragma unroll
            for (int c = 0; c < CH; c++) words[(p * CH + c) / 4] |= fetch(at + c) << (p * CH + c) % 4 * 8;
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

// What a tile is made of, before it is loaded: the row that each staged row has, or -1 for the constant.
template <int R, class Tile>
__device__ __forceinline__ void stage_rows(const Head &a, const Tile &tile, int *rows) {
    static_assert(TILE_ROWS + 2 * R <= THREADS, "a thread for each row");
    if (threadIdx.x < TILE_ROWS + 2 * R) rows[threadIdx.x] = placed(tile.top - R + (int)threadIdx.x, tile.box.height, a.border);
}

// The staged columns of a tile, if it is `there`, and what is not loaded but mirrored. All threads of the block meet in it where
// EVEN.
template <int CH, int R, int IN, bool EVEN>
__device__ __forceinline__ void stage(const Head &a, const Tile<CH, IN - 2 * R> &tile, const int *rows, u32 *words, bool there = true) {
    constexpr int GROUPS = IN / 4, STRIDE = IN + 4, PLANE = 4 * (4 + R / 8) * STRIDE, EACH = THREADS / GROUPS;
    int width = tile.box.width, start = tile.left - R, right = min(width, tile.left + IN - 2 * R);
    int first = (R - (int)a.above) / 4, last = !there ? 0 : (tile.bottom - tile.top + R + (int)a.below + 3) / 4;
    int group = threadIdx.x % GROUPS, x = start + 4 * group;
    bool some = threadIdx.x < EACH * GROUPS && x + 3 >= tile.left - (int)a.left && x + 3 >= 0
        && x < min(width, right + (int)a.right);
    // Pixels beside the box may be loaded where the plane has them: others take their place below.
    bool whole = a.aligned && x >= -(int)tile.box.x && x + 4 <= (int)(a.plane_width - tile.box.x);
    constexpr int ROUNDS = (4 * (4 + R / 8) + EACH - 1) / EACH, TOGETHER = EVEN && CH > 2 ? 2 : 3;
    int begin_quad = first + threadIdx.x / GROUPS;
    const u8 *corner = tile.plane + x * CH;
    u32 *to = words + 4 * group;
    // Several loads under way.
    #pragma unroll
    for (int round = 0; round < ROUNDS; round += TOGETHER) {
        u32 loaded[TOGETHER][4][CH];
        bool there[TOGETHER];
        #pragma unroll
        for (int n = 0; n < TOGETHER; n++) {
            int quad = begin_quad + (round + n) * EACH;
            there[n] = round + n < ROUNDS && some && whole && quad < last;
            if (!there[n]) continue;
            int4 y = *(const int4 *)(rows + 4 * quad);
            there[n] = (y.x | y.y | y.z | y.w) >= 0;
            if (!there[n]) continue;
            load_group<CH>(corner + (u64)(u32)y.x * a.pitch, loaded[n][0]);
            load_group<CH>(corner + (u64)(u32)y.y * a.pitch, loaded[n][1]);
            load_group<CH>(corner + (u64)(u32)y.z * a.pitch, loaded[n][2]);
            load_group<CH>(corner + (u64)(u32)y.w * a.pitch, loaded[n][3]);
        }
        #pragma unroll
        for (int n = 0; n < TOGETHER; n++)
            if (there[n]) put_quad<CH, PLANE>(loaded[n], to + (begin_quad + (round + n) * EACH) * STRIDE);
    }
    // What hangs over the plane's edges, or the box's where there is a constant.
    bool others = some && (!whole || a.border == CONSTANT);
    #pragma unroll 1
    for (int quad = begin_quad; others && quad < last; quad += EACH) {
        int4 all = *(const int4 *)(rows + 4 * quad);
        if (whole && (all.x | all.y | all.z | all.w) >= 0) continue;
        int ys[4] = {all.x, all.y, all.z, all.w};
        u32 loaded[4][CH];
        #pragma unroll
        for (int r = 0; r < 4; r++) {
            int y = ys[r];
            if (y < 0) {
                #pragma unroll
                for (int i = 0; i < CH; i++) loaded[r][i] = a.outside;
            } else if (whole) {
                load_group<CH>(corner + (u64)(u32)y * a.pitch, loaded[r]);
            } else {
                load_part<CH>(tile.plane + (u64)(u32)y * a.pitch, x, width, a.aligned, loaded[r]);
            }
        }
        put_quad<CH, PLANE>(loaded, to + quad * STRIDE);
    }
    __syncthreads();
    // Columns beside the box come from those in it.
    int begin = max(tile.left, 0) - (int)a.left, beside = max(-begin, 0), beyond = max(right + (int)a.right - width, 0);
    if (!EVEN && beside + beyond == 0) return;
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
