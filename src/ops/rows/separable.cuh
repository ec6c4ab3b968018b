// Filters of 8-bit planes that are a row of weights times a column of weights, small ones on the matrix units.
//
// A block stages a tile with its surroundings in shared memory, a word for the same channel of four pixels on top of
// each other. A warp makes 16 rows: down first, weights (16 x rows) times pixels (rows x 8), which gives sums of 16 bits;
// their low and high bytes are, as the lanes hold them, the left factor of the second product, pixels (16 x 32) times
// weights (32 x 8) across. Pixels are dealt to columns of the first product so that this comes out, and the weights of
// the second one are put in the same order. Sums are whole, so neither the order nor the split shows in the result.
#pragma once
#include "types.cuh"

constexpr u32 BOXES = 160, THREADS = 128, TILE_ROWS = 64, TABLE = 96, BEFORE = 32;
enum { REFLECT_101, REFLECT, REPLICATE, CONSTANT };

// Laid out as in separable.rs.
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
static_assert(sizeof(Args) == 3496, "Args differs from the one in separable.rs");

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

// acc (16 x 8) += a (16 x 32) times b (32 x 8), bytes.
__device__ __forceinline__ void multiply(u32 acc[4], u32 a0, u32 a1, u32 a2, u32 a3, u32 b0, u32 b1) {
#ifdef DSFRAME_STANDIN
    u32 a[4] = {a0, a1, a2, a3}, b[2] = {b0, b1};
    standin_mma_u8(acc, a, b);
#elif __CUDA_ARCH__ >= 800
    asm volatile("mma.sync.aligned.m16n8k32.row.col.s32.u8.u8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+r"(acc[0]), "+r"(acc[1]), "+r"(acc[2]), "+r"(acc[3]) : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
#else
    #define PART(d0, d1, a, b) asm volatile("mma.sync.aligned.m8n8k16.row.col.s32.u8.u8.s32 {%0, %1}, {%2}, {%3}, {%0, %1};" \
        : "+r"(d0), "+r"(d1) : "r"(a), "r"(b))
    PART(acc[0], acc[1], a0, b0);
    PART(acc[2], acc[3], a1, b0);
    PART(acc[0], acc[1], a2, b1);
    PART(acc[2], acc[3], a3, b1);
    #undef PART
#endif
}

// acc (16 x 8) += a (16 x 16) times b (16 x 8).
__device__ __forceinline__ void multiply_half(u32 acc[4], u32 a0, u32 a1, u32 b) {
#if !defined(DSFRAME_STANDIN) && __CUDA_ARCH__ >= 800
    asm volatile("mma.sync.aligned.m16n8k16.row.col.s32.u8.u8.s32 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
        : "+r"(acc[0]), "+r"(acc[1]), "+r"(acc[2]), "+r"(acc[3]) : "r"(a0), "r"(a1), "r"(b));
#elif !defined(DSFRAME_STANDIN)
    asm volatile("mma.sync.aligned.m8n8k16.row.col.s32.u8.u8.s32 {%0, %1}, {%2}, {%3}, {%0, %1};"
        : "+r"(acc[0]), "+r"(acc[1]) : "r"(a0), "r"(b));
    asm volatile("mma.sync.aligned.m8n8k16.row.col.s32.u8.u8.s32 {%0, %1}, {%2}, {%3}, {%0, %1};"
        : "+r"(acc[2]), "+r"(acc[3]) : "r"(a1), "r"(b));
#else
    multiply(acc, a0, a1, 0, 0, b, 0);
#endif
}

// Rows to columns: bytes of four words.
__device__ __forceinline__ void transpose(u32 v[4]) {
    u32 a = __byte_perm(v[0], v[1], 0x5140), b = __byte_perm(v[2], v[3], 0x5140);
    u32 c = __byte_perm(v[0], v[1], 0x7362), d = __byte_perm(v[2], v[3], 0x7362);
    v[0] = __byte_perm(a, b, 0x5410), v[1] = __byte_perm(a, b, 0x7632);
    v[2] = __byte_perm(c, d, 0x5410), v[3] = __byte_perm(c, d, 0x7632);
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
