// Aperture 3 and |dx| + |dy|: from pixels to bits of what may be an edge, in the registers of a warp. A lane has two
// pixels of each row, 32 apart, in the halves of a word; what lies beside them comes from the lanes beside it. Columns are
// 64, the tile's and two to each side, and no warp waits for another.
#pragma once
#include "gray.cuh"
#include "tiles.cuh"

// Flags of packed pairs.
constexpr u32 TOP = 0x80008000u, PAIR = 0x00010001u;

// A lane's pair of a row, and the pairs before and after each of its pixels.
struct Near {
    u32 before, own, after;
};

// The bits of a row are a word for each half.
struct Strip {
    u32 maybe[2], strong[2];
};

// All bits of each half of the word that has the sign of a, and of b.
__device__ __forceinline__ u32 signs(u32 a, u32 b) {
#ifdef DSFRAME_STANDIN
    return (u32)((int)a >> 31) >> 16 | (u32)((int)b >> 31) << 16;
#else
    u32 both;
    asm("prmt.b32 %0, %1, %2, 0xffbb;" : "=r"(both) : "r"(a), "r"(b));
    return both;
#endif
}

// a where bits of `mask` are set, else b.
__device__ __forceinline__ u32 chosen(u32 mask, u32 a, u32 b) { return (mask & a) | (~mask & b); }

// |a - b| of pairs.
__device__ __forceinline__ u32 apart(u32 a, u32 b) { return __vmaxu2(a, b) - __vminu2(a, b); }

// What lies before the first column and after the last is never used.
__device__ __forceinline__ Near near(u32 pair) {
    const u32 lane = threadIdx.x % WARP;
    u32 before = __shfl_sync(ALL_LANES, pair, lane + WARP - 1), after = __shfl_sync(ALL_LANES, pair, lane + 1);
    return {__byte_perm(before, 0, lane == 0 ? 0x1010 : 0x3210), pair, __byte_perm(after, 0, lane == WARP - 1 ? 0x3232 : 0x3210)};
}

// A pixel's bytes, of PACKED4 on whole words where `words`.
template <int SRC>
__device__ __forceinline__ u32 bytes_of(const u8 *at, bool words) {
    if (SRC == PACKED4) {
        if (words) return __ldg((const u32 *)at);
        return __ldg(at) | __ldg(at + 1) << 8 | __ldg(at + 2) << 16 | (u32)__ldg(at + 3) << 24;
    }
    if (SRC == PACKED3) return __ldg(at) | __ldg(at + 1) << 8 | __ldg(at + 2) << 16;
    return __ldg(at);
}

// COUNT rows of grey from row `top` and column `left` on; pixels outside are those at the edge.
template <int SRC, int COUNT>
__device__ __forceinline__ void load_strip(const Source &a, int left, int top, u32 (&gray)[COUNT]) {
    constexpr u32 BYTES = SRC == PACKED4 ? 4 : SRC == PACKED3 ? 3 : 1;
    const int width = a.width, height = a.height, lane = threadIdx.x % WARP;
    const u8 *first = (const u8 *)a.at + min(max(left + lane, 0), width - 1) * BYTES;
    const u32 step = (min(left + lane + (int)WARP, width - 1) - min(max(left + lane, 0), width - 1)) * BYTES;
    const Weights w = weights_of(a);
    auto pair = [&](u32 one, u32 other) {
        return SRC == GRAY ? one | other << 16 : __byte_perm(weighed(w, one), weighed(w, other), 0x7632);
    };
    auto load = [&](bool words) {
        #pragma unroll
        for (int k = 0; k < COUNT; k++) {
            const u8 *at = first + min(max(top + k, 0), height - 1) * a.pitch;
            gray[k] = pair(bytes_of<SRC>(at, words), bytes_of<SRC>(at + step, words));
        }
    };
    // Of a picture of 4-byte pixels that is off their alignment every pixel is read by its bytes.
    const bool words = SRC != PACKED4 || ((a.at | a.pitch) & 3) == 0;
    if (words && left >= 0 && left + 2 * (int)WARP <= width && top >= 0 && top + COUNT <= height) {
        // Inside, as most tiles are, nothing is looked at but where a pixel is.
        const u8 *at = (const u8 *)a.at + top * a.pitch + (left + lane) * BYTES;
        u32 raw[COUNT][2];
        #pragma unroll
        for (int k = 0; k < COUNT; k++, at += a.pitch) {
            raw[k][0] = bytes_of<SRC>(at, true);
            raw[k][1] = bytes_of<SRC>(at + WARP * BYTES, true);
        }
        #pragma unroll
        for (int k = 0; k < COUNT; k++) gray[k] = pair(raw[k][0], raw[k][1]);
    } else if (words) {
        load(true);
    } else {
        load(false);
    }
}

// What may be an edge of a row of sizes: above both limits and the largest along its direction. x and y are the
// derivatives' sizes, `differ` has the top bits set where their signs differ. Limits are what sizes below them leave the top
// bits unset with.
__device__ __forceinline__ Strip thin(const Near &above, const Near &own, const Near &below, u32 x, u32 y, u32 differ, u32 low, u32 high) {
    // Flat is y·2^15 < x·13573 (tan 22.5°), steep y·2^15 > x·(13573 + 2^16) (tan 67.5°).
    const int x0 = x & 0xffff, x1 = x >> 16, y0 = (y & 0xffff) << 15, y1 = y >> 16 << 15;
    const u32 flat = signs(y0 - x0 * 13573, y1 - x1 * 13573), steep = signs(x0 * 79109 - y0, x1 * 79109 - y1);
    const u32 rising = signs(differ << 16, differ);
    const u32 after = chosen(flat, own.after, chosen(steep, below.own, chosen(rising, below.before, below.after)));
    const u32 before = chosen(flat, own.before, chosen(steep, above.own, chosen(rising, above.after, above.before)));
    // Ties go to the later pixel across and down, and to nobody on diagonals. No half borrows from the other.
    const u32 over = own.own + (TOP - PAIR), keep = (over - before) & (over - after + ((flat | steep) & PAIR)) & (own.own + low);
    const u32 strong = keep & (own.own + high);
    return {{__ballot_sync(ALL_LANES, keep & 0x8000), __ballot_sync(ALL_LANES, keep >> 31)},
            {__ballot_sync(ALL_LANES, strong & 0x8000), __ballot_sync(ALL_LANES, strong >> 31)}};
}

// The bits of ROWS rows from `top` on, row `lane` of them in each of the first lanes. Column `left` is two before the
// tile's first. Limits are times 4.
template <int SRC, int ROWS>
__device__ __forceinline__ Strip strip_of(const Source &a, int left, int top, u32 low, u32 high) {
    const int width = a.width, height = a.height, lane = threadIdx.x % WARP;
    u32 gray[ROWS + 4], smooth[ROWS + 4], slope[ROWS + 4];
    Near size[ROWS + 2];
    load_strip<SRC>(a, left, top - 2, gray);
    // Sizes are up to 2040.
    low = TOP - PAIR - min(low / 4, 0x3fffu) * PAIR, high = TOP - PAIR - min(high / 4, 0x3fffu) * PAIR;
    const u32 inside = (left + lane >= 0 && left + lane < width ? 0xffffu : 0) |
                       (left + lane + (int)WARP < width ? 0xffff0000u : 0);
    bool any[ROWS + 2];
    Strip all = {{0, 0}, {0, 0}};
    #pragma unroll
    for (int k = 0; k < ROWS + 4; k++) {
        const Near n = near(gray[k]);
        smooth[k] = n.before + n.after + 2 * gray[k];
        // 256 more, so that no half borrows from the other.
        slope[k] = n.after + 256 * PAIR - n.before;
        const int r = k - 2;
        if (r < 0) continue;
        const u32 dx = slope[r] + 2 * slope[r + 1] + slope[k];
        const bool in = (u32)(top - 1 + r) < (u32)height;
        // Three rows ask for a row's neighbours.
        size[r] = near((apart(dx, 1024 * PAIR) + apart(smooth[k], smooth[r])) & (in ? inside : 0));
        any[r] = __any_sync(ALL_LANES, (size[r].own + low) & TOP);
        // The row before this one, but for the one above the strip.
        const int m = r - 1;
        if (m < 1 || !any[m]) continue;
        const u32 across = slope[m] + 2 * slope[m + 1] + slope[m + 2];
        const u32 differ = ((across | TOP) - 1024 * PAIR) ^ ((smooth[m + 2] | TOP) - smooth[m]);
        const Strip row = thin(size[m - 1], size[m], size[r], apart(across, 1024 * PAIR), apart(smooth[m + 2], smooth[m]),
                               differ, low, high);
        if (lane == m - 1) all = row;
    }
    return all;
}
