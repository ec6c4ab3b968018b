// Boxes of a picture as items of one tensor: sampled bilinearly in the CPU's fixed-point arithmetic, normalised, stored.
// A warp makes 128 columns of four rows of an item, a lane four columns side by side.
#include "any.cuh"
#include "taps.cuh"

// Laid out as `Item`, `Target` and `Args` in cuda.rs.
struct Item {
    double scale_x, scale_y;         // pixels of the box for one of the item
    u32 x, y, width, height;         // of the box in the picture; width 0: the item is zeros
    u16 left, top, columns, rows;    // where the box lies in the item; the rest is blank
};
struct Target {
    u64 out;
    u32 width, height;     // of an item
    u32 pairs, last_pair;  // __byte_perm selectors from two pixels to both bytes of planes 0 and 1, and of plane 2
    float scale[3], bias[3];
    u32 blank;             // bytes of planes 0, 1, 2
    u32 element;
    u32 pixels;            // values of a pixel side by side; else planes
    u32 wide;              // four values side by side may be stored at once
};
struct Args {
    Source src;
    Target to;
    Item items[95];
};
static_assert(sizeof(Item) == 40 && sizeof(Args) == 3968, "Args differs from the one in cuda.rs");

// Boxes of several pictures that differ in nothing but where they are; laid out as in cuda/frames.rs.
struct Placed {
    Item item;
    u32 frame, place;      // its picture, and which item of the tensor it is
};
struct FramesArgs {
    Source src;            // the first
    Target to;
    u64 shifts[32];        // from the first's planes to those of each
    Placed items[76];
};
static_assert(sizeof(Placed) == 48 && sizeof(FramesArgs) == 4072, "FramesArgs differs from the one in cuda/frames.rs");

enum { U8, F16, F32 };
constexpr u32 EACH = 4, SPAN = WARP * EACH, ROWS = 4, WARPS = 4, STAGE = 512;

// Where a lane's columns come from.
struct Columns {
    int first[EACH];    // of two neighbours; -1 where a box of one column is the second
    u32 weights[EACH];
    u32 start, count;   // columns of the picture that the warp reads
};

__device__ __forceinline__ Columns columns_of(const Item &item, u32 x, u32 step) {
    Columns out;
    int last = (int)item.width - 1;
    #pragma unroll
    for (u32 i = 0; i < EACH; i++) {
        int at = min(max((int)(x + i) - (int)item.left, 0), (int)item.columns - 1), first;
        u32 weights = tap(at, item.scale_x, first);
        // Outside of the row the nearest pixel counts alone.
        // A column that stands alone is the second of a pair where it is the last one, and not the picture's first.
        bool alone = first >= last || last == 0;
        if (alone && last + item.x > 0) first = last - 1, weights = 2048u << 16;
        else if (alone || first < 0) first = 0, weights = 2048;
        out.first[i] = first, out.weights[i] = weights;
    }
    u32 from = item.x + __shfl_sync(ALL_LANES, out.first[0], 0);
    u32 to = item.x + __shfl_sync(ALL_LANES, out.first[EACH - 1], WARP - 1) + step;
    out.start = from & ~3u, out.count = to + 1 - out.start;
    return out;
}

// Both bytes of each plane, weighted; less their lowest four bits.
__device__ __forceinline__ void across(const Target &to, u32 first, u32 second, u32 weights, u32 out[3]) {
    u32 pairs = __byte_perm(first, second, to.pairs), last = __byte_perm(first, second, to.last_pair);
    out[0] = __dp2a_lo(weights, pairs, 0u) >> 4;
    out[1] = __dp2a_hi(weights, pairs, 0u) >> 4;
    out[2] = __dp2a_lo(weights, last, 0u) >> 4;
}

__device__ __forceinline__ u32 word_of(const u8 *p) { return p[0] | p[1] << 8 | p[2] << 16 | (u32)p[3] << 24; }

// Samples row `y` of the picture. Four-byte pixels are read where they are wanted; others are converted once each.
template <int SRC>
__device__ __forceinline__ void sample(const Source &src, const Target &to, const Item &item, const Columns &columns, u32 step, u32 y, u32 *staged, u32 out[EACH][3]) {
    if (SRC == PACKED4) {
        const u8 *row = (const u8 *)src.at + y * src.pitch + item.x * 4ull;
        u32 px[EACH][2];
        if (((src.at | src.pitch) & 3) == 0 && step) {
            #pragma unroll
            for (u32 i = 0; i < EACH; i++) {
                const u32 *p = (const u32 *)row + columns.first[i];
                px[i][0] = __ldg(p), px[i][1] = __ldg(p + 1);
            }
        } else {
            #pragma unroll
            for (u32 i = 0; i < EACH; i++) {
                const u8 *p = row + columns.first[i] * 4;
                px[i][0] = word_of(p), px[i][1] = word_of(p + step * 4);
            }
        }
        #pragma unroll
        for (u32 i = 0; i < EACH; i++) across(to, px[i][0], px[i][1], columns.weights[i], out[i]);
    } else {
        bool all = columns.count <= STAGE;
        __syncwarp();
        if (all) {
            for (u32 at = threadIdx.x * 4; at < columns.count; at += SPAN) {
                u32 x = columns.start + at, count = min(src.width - x, 4), px[4] = {0, 0, 0, 0};
                load_any4<SRC>(src, x, y, count, count == 4 && (src.flags & WIDE), false, px);
                *(uint4 *)(staged + at) = make_uint4(px[0], px[1], px[2], px[3]);
            }
        } else {
            // Too many: each lane's own, in the place of their columns.
            #pragma unroll
            for (u32 i = 0; i < EACH; i++) {
                u32 x = item.x + columns.first[i], at = i * 2 * WARP + threadIdx.x;
                staged[at] = x, staged[at + WARP] = x + step;
            }
            #pragma unroll 1
            for (u32 at = threadIdx.x; at < EACH * 2 * WARP; at += WARP) staged[at] = fetch_any<SRC>(src, staged[at], y);
        }
        __syncwarp();
        #pragma unroll
        for (u32 i = 0; i < EACH; i++) {
            u32 at = all ? item.x + columns.first[i] - columns.start : i * 2 * WARP + threadIdx.x;
            across(to, staged[at], staged[at + (all ? step : WARP)], columns.weights[i], out[i]);
        }
    }
}

__device__ __forceinline__ u32 byte_of(u32 word, u32 i) { return word >> 8 * i & 255; }

// Stores `count` pixels from column x on; byte i of planes[c] is plane c of pixel i.
template <bool PIXELS>
__device__ __forceinline__ void store(const Target &to, u8 *item, u32 x, u32 y, u32 count, const u32 planes[3]) {
    bool wide = count == EACH && to.wide;
    #pragma unroll
    for (u32 group = 0; group < 3; group++) {
        u64 at = PIXELS ? ((u64)y * to.width + x) * 3 + group * 4 : ((u64)group * to.height + y) * to.width + x;
        u32 bytes[4];
        float values[4];
        bool there[4];
        #pragma unroll
        for (u32 i = 0; i < 4; i++) {
            u32 plane = PIXELS ? (group * 4 + i) % 3 : group, column = PIXELS ? (group * 4 + i) / 3 : i;
            bytes[i] = byte_of(planes[plane], column);
            values[i] = __fadd_rn(__fmul_rn((float)bytes[i], to.scale[plane]), to.bias[plane]);
            there[i] = !wide && column < count;
        }
        if (to.element == F32) {
            float *out = (float *)item + at;
            if (wide) __stcs((float4 *)out, make_float4(values[0], values[1], values[2], values[3]));
            #pragma unroll
            for (u32 i = 0; i < 4; i++) if (there[i]) out[i] = values[i];
        } else if (to.element == F16) {
            u16 *out = (u16 *)item + at;
            u32 halves[4];
            #pragma unroll
            for (u32 i = 0; i < 4; i++) halves[i] = half_bits(values[i]);
            if (wide) __stcs((uint2 *)out, make_uint2(halves[0] | halves[1] << 16, halves[2] | halves[3] << 16));
            #pragma unroll
            for (u32 i = 0; i < 4; i++) if (there[i]) out[i] = halves[i];
        } else {
            u8 *out = item + at;
            if (wide) __stcs((u32 *)out, bytes[0] | bytes[1] << 8 | bytes[2] << 16 | bytes[3] << 24);
            #pragma unroll
            for (u32 i = 0; i < 4; i++) if (there[i]) out[i] = bytes[i];
        }
    }
}

// The blocks of an item without pixels fill it with zeros.
__device__ void clear(u8 *item, u64 bytes) {
    u32 block = blockIdx.y * gridDim.x + blockIdx.x, blocks = gridDim.x * gridDim.y;
    for (u64 at = (block * WARPS + threadIdx.y) * WARP + threadIdx.x; at < bytes; at += blocks * WARPS * WARP) item[at] = 0;
}

// Four bytes between two sampled rows, the upper in the low halves and the lower in the high ones.
__device__ __forceinline__ u32 between(const u32 rows[EACH][3], u32 weights, u32 plane) {
    u32 bytes[EACH];
    #pragma unroll
    for (u32 i = 0; i < EACH; i++) {
        u32 high = (rows[i][plane] & 0xffff) * (weights & 0xffff), low = (rows[i][plane] >> 16) * (weights >> 16);
        bytes[i] = ((high >> 16) + (low >> 16) + 2) >> 2;
    }
    return __byte_perm(__byte_perm(bytes[0], bytes[1], 0x40), __byte_perm(bytes[2], bytes[3], 0x40), 0x5410);
}

template <int SRC>
__device__ __forceinline__ void batch(const Source &src, const Target &to, const Item &item, u32 place) {
    __shared__ __align__(16) u32 stages[SRC == PACKED4 ? 1 : WARPS][SRC == PACKED4 ? 4 : STAGE];
    u32 lane = threadIdx.x, x = blockIdx.x * SPAN + lane * EACH;
    u32 top = (blockIdx.y * WARPS + threadIdx.y) * ROWS, end = min(top + ROWS, to.height);
    u32 *staged = stages[SRC == PACKED4 ? 0 : threadIdx.y];
    u32 count = x < to.width ? min(to.width - x, EACH) : 0;
    u64 size = (u64)(to.element == F32 ? 12 : to.element == F16 ? 6 : 3) * to.width * to.height;
    u8 *out = (u8 *)to.out + place * size;
    if (item.width == 0) return clear(out, size);
    // From the first of two neighbours to the second: pictures of one column have no other.
    u32 step = src.width > 1;
    Columns columns = columns_of(item, x, step);
    u32 inside = 0;
    #pragma unroll
    for (u32 i = 0; i < EACH; i++) inside |= (x + i - item.left < item.columns ? 255u : 0u) << 8 * i;
    // A lane works a row's taps out for all of the warp.
    int my_first, at = min(max((int)(top + lane % ROWS) - (int)item.top, 0), (int)item.rows - 1);
    u32 my_weights = tap(at, item.scale_y, my_first);
    u32 rows[EACH][3] = {};
    int held = -1, last = (int)item.height - 1;
    #pragma unroll 1
    for (u32 y = top; y < end; y++) {
        bool sampled = y - item.top < item.rows;
        int first = __shfl_sync(ALL_LANES, my_first, y - top);
        u32 weights = __shfl_sync(ALL_LANES, my_weights, y - top);
        if (sampled) {
            int above = min(max(first, 0), last), below = min(max(first + 1, 0), last);
            // Rows only go down: what was below is above now, or still below.
            while (held < below) {
                held = max(held + 1, above);
                u32 lower[EACH][3];
                sample<SRC>(src, to, item, columns, step, item.y + held, staged, lower);
                #pragma unroll
                for (u32 i = 0; i < EACH; i++)
                    for (u32 c = 0; c < 3; c++) rows[i][c] = __byte_perm(rows[i][c], lower[i][c], 0x5432);
            }
            if (above == below) {
                #pragma unroll
                for (u32 i = 0; i < EACH; i++)
                    for (u32 c = 0; c < 3; c++) rows[i][c] = __byte_perm(rows[i][c], 0, 0x3232);
            }
        }
        u32 mask = sampled ? inside : 0, planes[3];
        #pragma unroll
        for (u32 c = 0; c < 3; c++) {
            u32 blank = byte_of(to.blank, c) * 0x01010101u;
            planes[c] = (between(rows, weights, c) & mask) | (blank & ~mask);
        }
        if (count == 0) continue;
        if (to.pixels) store<true>(to, out, x, y, count, planes);
        else store<false>(to, out, x, y, count, planes);
    }
}

#define KERNEL(name, SRC)                                                                                      \
    extern "C" __global__ void __launch_bounds__(WARP * WARPS, 8) name(const Args a) {                         \
        in_turn();                                                                                             \
        batch<SRC>(a.src, a.to, a.items[blockIdx.z], blockIdx.z);                                              \
    }                                                                                                          \
    extern "C" __global__ void __launch_bounds__(WARP * WARPS, 8) name##_of_frames(const __grid_constant__ FramesArgs a) { \
        in_turn();                                                                                             \
        const Placed &placed = a.items[blockIdx.z];                                                            \
        const u64 shift = a.shifts[placed.frame];                                                              \
        Source src = a.src;                                                                                    \
        src.at += shift, src.u += shift, src.v += shift;                                                       \
        batch<SRC>(src, a.to, placed.item, placed.place);                                                      \
    }
KERNEL(packed4_to_items, PACKED4)
KERNEL(packed3_to_items, PACKED3)
KERNEL(gray_to_items, GRAY)
KERNEL(yuv_to_items, YUV)
KERNEL(more_to_items, MORE)
