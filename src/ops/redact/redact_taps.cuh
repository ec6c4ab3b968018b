// A box shrunk to a small picture, which is softened and spread over the box again: OpenCV's INTER_AREA, GaussianBlur of
// 3x3 and INTER_LINEAR, in the order of steps of ops/resize, so that floats and doubles round alike.
#pragma once
#include "redact_boxes.cuh"

// The input pixels of an output pixel along one axis, and their weights.
struct Shares {
    int from, count, first, last;  // `first` and those before `last` are covered whole
    float head, body, tail;
};

__device__ __forceinline__ double scale_of(u32 source, u32 target) { return 1.0 / ((double)target / (double)source); }

// Its weight `part` and, with the first, what it covers: three threads divide for one.
__device__ __forceinline__ void fill_share(Shares &s, double scale, u32 source, u32 to, u32 part) {
    double start = to * scale, end = start + scale;
    double cell = (double)source - start;
    if (scale < cell) cell = scale;
    int last = min(__double2int_rd(end), (int)source - 1);
    int first = min(__double2int_ru(start), last);
    double rest = end - last;
    if (rest > 1.0) rest = 1.0;
    if (rest > cell) rest = cell;
    float weight = (float)((part == 0 ? first - start : part == 1 ? 1.0 : rest) / cell);
    if (part == 1) s.body = weight;
    if (part == 2) s.tail = weight;
    if (part) return;
    bool head = first - start > 1e-3, tail = end - last > 1e-3;
    s.first = first, s.last = last, s.head = weight;
    s.from = head ? first - 1 : first;
    s.count = (tail ? last + 1 : last) - s.from;
}
__device__ __forceinline__ Shares shares_of(u32 source, u32 target, u32 to) {
    Shares s;
    double scale = scale_of(source, target);
    for (u32 part = 0; part < 3; part++) fill_share(s, scale, source, to, part);
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

// The two neighbours of an output pixel: the first of them, and weights of 2048ths.
__device__ __forceinline__ int3 taps_at(double scale, u32 to) {
    float centre = (float)((to + 0.5) * scale - 0.5);
    float part = centre - floorf(centre);
    return {(int)floorf(centre), __float2int_rn((1.0f - part) * 2048.0f), __float2int_rn(part * 2048.0f)};
}

__device__ __forceinline__ int3 taps_of(u32 source, u32 target, u32 to) { return taps_at(scale_of(source, target), to); }

// Along a row both neighbours lie in the row, where it has two.
__device__ __forceinline__ int3 column_taps_at(u32 source, double scale, u32 to) {
    int3 taps = taps_at(scale, to);
    int last = (int)source - 1;
    if (taps.x < 0) return {0, 2048, 0};
    if (taps.x >= last) return last > 0 ? int3{last - 1, 0, 2048} : int3{0, 2048, 0};
    return taps;
}
__device__ __forceinline__ int3 column_taps(u32 source, u32 target, u32 to) {
    return column_taps_at(source, scale_of(source, target), to);
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

// Between two such pixels, one above the other, in 2048ths: each product is cut before the sum is rounded. Two channels
// share a word, in its halves.
__device__ __forceinline__ u32 mixed_pair(u32 upper0, u32 upper1, u32 lower0, u32 lower1, u32 above, u32 below) {
    u32 sum = __byte_perm(upper0 * above, upper1 * above, 0x7632) + __byte_perm(lower0 * below, lower1 * below, 0x7632);
    return sum + 0x00020002 >> 2 & 0x00ff00ff;
}
template <u32 CHANNELS>
__device__ __forceinline__ u32 mixed(const uint4 &upper, const uint4 &lower, u32 above, u32 below) {
    if (CHANNELS == 1) return ((upper.x * above >> 16) + (lower.x * below >> 16) + 2) >> 2 & 255;
    u32 even = mixed_pair(upper.x, upper.z, lower.x, lower.z, above, below);
    if (CHANNELS == 2) even = mixed_pair(upper.x, upper.y, lower.x, lower.y, above, below), even |= even >> 8;
    if (CHANNELS == 2) return even & 0xffff;
    return even | mixed_pair(upper.y, upper.w, lower.y, lower.w, above, below) << 8;
}

// The byte that a sum of floats is; the one that a sum of `count` whole pixels' bytes is.
__device__ __forceinline__ u32 byte_of(float sum) { return clamp_u8(__float2int_rn(sum)); }
__device__ __forceinline__ u32 mean_of(u32 sum, u32 bw, u32 bh, u32 channels) {
    if (bw == 2 && bh == 2 && channels != 2) return (sum + 2) >> 2 & 255;
    // The sum leaves no room for a fraction: it is rounded to even, and its low byte is the mean.
    float factor = 1.0f / (float)(bw * bh);
    return __float_as_uint((float)sum * factor + 12582912.0f) & 255;
}
