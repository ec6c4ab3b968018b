// One plane resized, with the CPU's bytes: OpenCV's arithmetic.
#include "taps.cuh"

// Laid out as `Args` in cuda.rs.
struct Args {
    u64 src, dst, src_pitch, dst_pitch;
    double scale_x, scale_y, inverse_x, inverse_y;
    u32 src_width, src_height, width, height;
    u32 channels;
    u32 extent;             // bilinear: pixels are taken by their extent
    u32 block_x, block_y;   // area: input pixels of an output pixel, where they are whole
    float factor;           // one over their number
    u32 half_up;
    u32 src_words;          // pixels lie on words of their size
    u32 dst_words;          // four pixels side by side lie on as many words as they have channels
};
static_assert(sizeof(Args) == 112, "Args differs from the one in cuda.rs");

constexpr u32 EACH = 4, ROWS = 4, WARPS = 4, SPAN = WARP * EACH;

// A pixel as a word; bytes beyond its channels are zero.
__device__ __forceinline__ u32 pixel(const u8 *row, u32 x, u32 channels, bool words) {
    if (channels == 4 && words) return __ldg((const u32 *)row + x);
    const u8 *p = row + (u64)x * channels;
    u32 px = p[0];
    if (channels > 1) px |= p[1] << 8;
    if (channels > 2) px |= p[2] << 16;
    if (channels > 3) px |= (u32)p[3] << 24;
    return px;
}

// Four pixels side by side, of which `count` are there.
template <int C>
__device__ __forceinline__ void store(u8 *row, u32 x, u32 count, bool words, const u32 px[EACH]) {
    if (words && count == EACH) {
        u32 *out = (u32 *)(row + (u64)x * C);
        if (C == 4) *(uint4 *)out = make_uint4(px[0], px[1], px[2], px[3]);
        if (C == 3) out[0] = px[0] | px[1] << 24, out[1] = px[1] >> 8 | px[2] << 16, out[2] = px[2] >> 16 | px[3] << 8;
        if (C == 2) *(uint2 *)out = make_uint2(px[0] | px[1] << 16, px[2] | px[3] << 16);
        if (C == 1) *out = px[0] | px[1] << 8 | px[2] << 16 | px[3] << 24;
        return;
    }
    #pragma unroll
    for (u32 i = 0; i < EACH; i++)
        if (i < count)
            for (u32 c = 0; c < C; c++) row[(u64)(x + i) * C + c] = px[i] >> 8 * c;
}

__device__ __forceinline__ void store_any(const Args &a, u32 x, u32 y, u32 px) {
    u8 *p = (u8 *)a.dst + y * a.dst_pitch + (u64)x * a.channels;
    for (u32 c = 0; c < a.channels; c++) p[c] = px >> 8 * c;
}

__device__ __forceinline__ u32 tap_of(const Args &a, u32 at, bool down, int &first) {
    double scale = down ? a.scale_y : a.scale_x;
    return a.extent ? tap_of_extent(at, scale, down ? a.inverse_y : a.inverse_x, first) : tap(at, scale, first);
}

// A warp makes 128 columns of four rows; what was sampled of a row is kept for the next.
template <int C>
__device__ __forceinline__ void bilinear(const Args &a) {
    u32 x = blockIdx.x * SPAN + threadIdx.x * EACH, top = (blockIdx.y * WARPS + threadIdx.y) * ROWS;
    u32 end = min(top + ROWS, a.height), count = x < a.width ? min(a.width - x, EACH) : 0;
    int firsts[EACH], last = (int)a.src_width - 1, bottom = (int)a.src_height - 1, held = -1;
    u32 across[EACH], rows[EACH][C] = {}, step = last > 0;
    #pragma unroll
    for (u32 i = 0; i < EACH; i++) {
        across[i] = tap_of(a, min(x + i, a.width - 1), false, firsts[i]);
        // Outside of the row the nearest pixel counts alone.
        if (firsts[i] < 0) firsts[i] = 0, across[i] = 2048;
        else if (firsts[i] >= last) firsts[i] = max(last - 1, 0), across[i] = step ? 2048u << 16 : 2048;
    }
    int my_first;
    u32 my_weights = tap_of(a, top + threadIdx.x % ROWS, true, my_first);
    #pragma unroll 1
    for (u32 y = top; y < end; y++) {
        int first = __shfl_sync(ALL_LANES, my_first, y - top);
        u32 weights = __shfl_sync(ALL_LANES, my_weights, y - top);
        int above = min(max(first, 0), bottom), below = min(max(first + 1, 0), bottom);
        while (held < below) {
            held = max(held + 1, above);
            const u8 *row = (const u8 *)a.src + held * a.src_pitch;
            u32 px[EACH][2];
            #pragma unroll
            for (u32 i = 0; i < EACH; i++) {
                px[i][0] = pixel(row, firsts[i], C, a.src_words);
                px[i][1] = pixel(row, firsts[i] + step, C, a.src_words);
            }
            #pragma unroll
            for (u32 i = 0; i < EACH; i++) {
                u32 pairs = __byte_perm(px[i][0], px[i][1], 0x5140), more = __byte_perm(px[i][0], px[i][1], 0x7362);
                #pragma unroll
                for (u32 c = 0; c < C; c++) {
                    u32 two = c < 2 ? pairs : more;
                    u32 sum = (c % 2 ? __dp2a_hi(across[i], two, 0u) : __dp2a_lo(across[i], two, 0u)) >> 4;
                    rows[i][c] = __byte_perm(rows[i][c], sum, 0x5432);
                }
            }
        }
        if (above == below) {
            #pragma unroll
            for (u32 i = 0; i < EACH; i++)
                for (u32 c = 0; c < C; c++) rows[i][c] = __byte_perm(rows[i][c], 0, 0x3232);
        }
        u32 out[EACH] = {0, 0, 0, 0};
        #pragma unroll
        for (u32 i = 0; i < EACH; i++)
            for (u32 c = 0; c < C; c++) {
                u32 high = (rows[i][c] & 0xffff) * (weights & 0xffff), low = (rows[i][c] >> 16) * (weights >> 16);
                out[i] |= (((high >> 16) + (low >> 16) + 2) >> 2) << 8 * c;
            }
        if (count) store<C>((u8 *)a.dst + y * a.dst_pitch, x, count, a.dst_words, out);
    }
}

__device__ __forceinline__ void nearest_of(const Args &a) {
    u32 x = blockIdx.x * WARP + threadIdx.x, top = (blockIdx.y * WARPS + threadIdx.y) * ROWS;
    if (x >= a.width) return;
    u32 from = min((u32)__dmul_rn((double)x, a.scale_x), a.src_width - 1);
    for (u32 y = top; y < min(top + ROWS, a.height); y++) {
        u32 row = min((u32)__dmul_rn((double)y, a.scale_y), a.src_height - 1);
        store_any(a, x, y, pixel((const u8 *)a.src + row * a.src_pitch, from, a.channels, a.src_words));
    }
}

// The mean of whole blocks. Large blocks are a warp's, whose lanes take rows in turn; sums of integers have no order.
template <bool WARPED>
__device__ __forceinline__ void blocks(const Args &a) {
    u32 x = WARPED ? blockIdx.x : blockIdx.x * WARP + threadIdx.x, y = blockIdx.y * WARPS + threadIdx.y;
    if (x >= a.width || y >= a.height) return;
    u32 sums[4] = {0, 0, 0, 0};
    for (u32 i = WARPED ? threadIdx.x : 0; i < a.block_y; i += WARPED ? WARP : 1) {
        const u8 *row = (const u8 *)a.src + ((u64)y * a.block_y + i) * a.src_pitch;
        for (u32 k = 0; k < a.block_x; k++) {
            u32 px = pixel(row, x * a.block_x + k, a.channels, a.src_words);
            #pragma unroll
            for (u32 c = 0; c < 4; c++) sums[c] += px >> 8 * c & 255;
        }
    }
    u32 out = 0;
    #pragma unroll
    for (u32 c = 0; c < 4; c++) {
        #pragma unroll
        for (u32 by = WARP / 2; by > 0; by /= 2) if (WARPED) sums[c] += __shfl_xor_sync(ALL_LANES, sums[c], by);
        // The sum with 1.5 * 2^23 has no room for a fraction: it is rounded half to even.
        float rounded = __fadd_rn(__fmul_rn((float)sums[c], a.factor), 12582912.0f);
        out |= (a.half_up ? (sums[c] + 2) >> 2 : __float_as_uint(rounded) & 255) << 8 * c;
    }
    if (!WARPED || threadIdx.x == 0) store_any(a, x, y, out);
}

// What an output pixel covers: a part of the pixel before `first`, all of `first` to `last`, a part of `last`; as `shares`.
struct Shares {
    int first, last;
    float before, each, after;
};

__device__ __forceinline__ Shares shares_of(u32 at, double scale, u32 source) {
    double start = __dmul_rn((double)at, scale), end = __dadd_rn(start, scale), rest = __dadd_rn((double)source, -start);
    double cell = scale < rest ? scale : rest;
    Shares out;
    out.last = min((int)end, (int)source - 1);
    out.first = (int)start;
    out.first = min(out.first + ((double)out.first < start), out.last);
    double before = __dadd_rn((double)out.first, -start), after = __dadd_rn(end, -(double)out.last);
    out.before = before > 1e-3 ? (float)(before / cell) : 0.0f;
    out.each = (float)(1.0 / cell);
    double part = after < 1.0 ? after : 1.0;
    out.after = after > 1e-3 ? (float)((part < cell ? part : cell) / cell) : 0.0f;
    return out;
}

__device__ __forceinline__ void add(u32 px, float part, float sums[4]) {
    #pragma unroll
    for (u32 c = 0; c < 4; c++) sums[c] = __fadd_rn(sums[c], __fmul_rn((float)(px >> 8 * c & 255), part));
}

// The sum of one row, in the columns' order.
__device__ __forceinline__ void row_of(const Args &a, const Shares &columns, int y, float sums[4]) {
    const u8 *row = (const u8 *)a.src + y * a.src_pitch;
    #pragma unroll
    for (u32 c = 0; c < 4; c++) sums[c] = 0.0f;
    if (columns.before > 0.0f) add(pixel(row, columns.first - 1, a.channels, a.src_words), columns.before, sums);
    for (int k = columns.first; k < columns.last; k++) add(pixel(row, k, a.channels, a.src_words), columns.each, sums);
    if (columns.after > 0.0f) add(pixel(row, columns.last, a.channels, a.src_words), columns.after, sums);
}

// The mean of blocks with fractions of pixels at their edges: floats, in the CPU's order. Of large blocks the lanes of
// a warp take a row each, and the rows' sums meet in the rows' order.
template <bool WARPED>
__device__ __forceinline__ void fractions(const Args &a) {
    u32 x = WARPED ? blockIdx.x : blockIdx.x * WARP + threadIdx.x, y = blockIdx.y * WARPS + threadIdx.y;
    if (x >= a.width || y >= a.height) return;
    Shares columns = shares_of(x, a.scale_x, a.src_width), rows = shares_of(y, a.scale_y, a.src_height);
    int begin = rows.first - (rows.before > 0.0f), end = rows.last + (rows.after > 0.0f);
    float all[4] = {0.0f, 0.0f, 0.0f, 0.0f};
    for (int at = begin; at < end; at += WARPED ? WARP : 1) {
        int row = at + (WARPED ? (int)threadIdx.x : 0);
        float sums[4];
        if (row < end) row_of(a, columns, row, sums);
        float mine = row < rows.first ? rows.before : row < rows.last ? rows.each : rows.after;
        for (int i = 0; i < (WARPED ? min(end - at, (int)WARP) : 1); i++) {
            float part = WARPED ? __shfl_sync(ALL_LANES, mine, i) : mine;
            #pragma unroll
            for (u32 c = 0; c < 4; c++) {
                float sum = WARPED ? __shfl_sync(ALL_LANES, sums[c], i) : sums[c];
                // What is added to first is zero, which changes nothing.
                all[c] = __fadd_rn(all[c], __fmul_rn(part, sum));
            }
        }
    }
    u32 out = 0;
    #pragma unroll
    for (u32 c = 0; c < 4; c++) out |= min(__float2uint_rn(all[c]), 255u) << 8 * c;
    if (!WARPED || threadIdx.x == 0) store_any(a, x, y, out);
}

// As many as the 4 KiB of an argument hold.
struct Batch {
    Args items[36];
};

// A batch's blocks are enough for its largest plane; `columns` are those of a block.
#define KERNEL(name, columns, call)                                                                               \
    extern "C" __global__ void __launch_bounds__(WARP * WARPS) name(const Args a) {                               \
        in_turn();                                                                                                \
        call(a);                                                                                                  \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(WARP * WARPS) name##_batch(const __grid_constant__ Batch b) {    \
        in_turn();                                                                                                \
        const Args &a = b.items[blockIdx.z];                                                                      \
        if (blockIdx.x * columns < a.width) call(a);                                                              \
    }
KERNEL(nearest, WARP, nearest_of)
KERNEL(bilinear1, SPAN, bilinear<1>)
KERNEL(bilinear2, SPAN, bilinear<2>)
KERNEL(bilinear3, SPAN, bilinear<3>)
KERNEL(bilinear4, SPAN, bilinear<4>)
KERNEL(blocks_each, WARP, blocks<false>)
KERNEL(blocks_warped, 1, blocks<true>)
KERNEL(fractions_each, WARP, fractions<false>)
KERNEL(fractions_warped, 1, fractions<true>)
