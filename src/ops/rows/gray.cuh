// Grey pixels of a borrowed picture, as gray.rs reads them: luma as it is, of words the high byte, RGB weighed.
#pragma once
#include "pixels.cuh"

// Luma in words, besides the kinds of pixels.cuh; GRAY is luma in bytes of any format.
enum { LUMA16 = 16 };

// BT.601's weights in 16 fractional bits, two to a word, in the order of a pixel's bytes.
struct Weights {
    u32 low, high;
};

__device__ __forceinline__ Weights weights_of(const Source &a) {
    u64 all = (u64)(2 * 9798) << (a.order & 3) * 16 | (u64)(2 * 19235) << (a.order >> 4 & 3) * 16 |
              (u64)(2 * 3735) << (a.order >> 8 & 3) * 16;
    return {(u32)all, (u32)(all >> 32)};
}

// The grey value of a pixel's four bytes, in the third byte; the fourth is 0.
__device__ __forceinline__ u32 weighed(Weights w, u32 px) {
    return __dp2a_hi(w.high, px, __dp2a_lo(w.low, px, 1u << 15));
}

// The grey value at (x, y), which must be inside.
template <int SRC>
__device__ __forceinline__ u32 gray_at(const Source &a, Weights w, u32 x, u32 y) {
    const u8 *row = (const u8 *)a.at + y * a.pitch;
    if (SRC == PACKED4) {
        u32 px;
        if (((a.at | a.pitch) & 3) == 0) px = __ldg((const u32 *)row + x);
        else px = __ldg(row + x * 4) | __ldg(row + x * 4 + 1) << 8 | __ldg(row + x * 4 + 2) << 16 | (u32)__ldg(row + x * 4 + 3) << 24;
        return weighed(w, px) >> 16;
    }
    if (SRC == PACKED3) {
        const u8 *p = row + x * 3;
        return weighed(w, __ldg(p) | __ldg(p + 1) << 8 | __ldg(p + 2) << 16) >> 16;
    }
    return __ldg(row + (SRC == LUMA16 ? 2 * x + 1 : x));
}

// Four pixels as they lie in memory, on whole words.
template <int SRC>
__device__ __forceinline__ uint4 words4(const u8 *at) {
    if (SRC == PACKED4) return __ldg((const uint4 *)at);
    const u32 *p = (const u32 *)at;
    if (SRC == PACKED3) return make_uint4(__ldg(p), __ldg(p + 1), __ldg(p + 2), 0);
    return make_uint4(__ldg(p), 0, 0, 0);
}
template <int SRC>
__device__ __forceinline__ uint4 raw4(const Source &a, u32 x, u32 y) {
    const u32 bytes = SRC == PACKED4 ? 4 : SRC == PACKED3 ? 3 : 1;
    return words4<SRC>((const u8 *)a.at + y * a.pitch + x * bytes);
}

// Their grey values, 16 bits each.
template <int SRC>
__device__ __forceinline__ uint2 gray4(Weights w, uint4 raw) {
    if (SRC == PACKED4 || SRC == PACKED3) {
        u32 a = raw.x, b = raw.y, c = raw.z, d = raw.w;
        if (SRC == PACKED3) d = raw.z >> 8, c = __funnelshift_r(raw.y, raw.z, 16), b = __funnelshift_r(raw.x, raw.y, 24);
        return make_uint2(__byte_perm(weighed(w, a), weighed(w, b), 0x7632), __byte_perm(weighed(w, c), weighed(w, d), 0x7632));
    }
    return make_uint2(__byte_perm(raw.x, 0, 0x4140), __byte_perm(raw.x, 0, 0x4342));
}
