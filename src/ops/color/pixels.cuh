// A borrowed picture of RGB, grey or 4:2:0 of 8 bits, read as RGBA; the arithmetic is that of scalar.rs, to the bit. any.cuh
// has the other formats.
//
// Pixels meet as words with red in the lowest byte, then green, blue, alpha.
#pragma once
#include "types.cuh"

enum { PACKED4, PACKED3, GRAY, YUV };
// Whether four pixels side by side, and two chroma samples, lie on whole words; whether luma is 16 to 235.
enum { WIDE = 1, CHROMA_WIDE = 2, LIMITED = 4 };

// Laid out as `Source` in cuda.rs.
struct Source {
    u64 at, u, v;
    u64 pitch, u_pitch, v_pitch;
    u32 width, height, phase_x, phase_y;
    u32 chroma_step;   // bytes between chroma samples: 1 in planes of their own, 2 side by side
    u32 order;         // __byte_perm selector to red, green, blue, alpha; 4 to 7 give 255
    u32 flags;
    u32 kind;          // PACKED4 and so on
    int base, luma, rv, gu, gv, bu;
};
static_assert(sizeof(Source) == 104, "Source differs from the one in cuda.rs");

__device__ __forceinline__ u32 gray_of(u32 px) {
    return ((px & 255) * 9798 + (px >> 8 & 255) * 19235 + (px >> 16 & 255) * 3735 + (1 << 14)) >> 15;
}

__device__ __forceinline__ u32 full_range(u32 y) {
    int v = ((int)y - 16) * 510 + 219;
    return v < 0 ? 0 : min(v / 438, 255);
}

// A word less 32768 times k / 2^15, rounded.
__device__ __forceinline__ int scaled(int word, int k) { return ((word * k >> 14) + 1) >> 1; }

// Of words less 32768.
__device__ __forceinline__ u32 rgb_of_words(const Source &a, int y, int u, int v) {
    int luma = scaled(y, a.luma) + a.base;
    u32 r = clamp_u8((luma + scaled(v, a.rv)) >> 6);
    u32 g = clamp_u8((luma + scaled(u, a.gu) + scaled(v, a.gv)) >> 6);
    u32 b = clamp_u8((luma + scaled(u, a.bu)) >> 6);
    return r | g << 8 | b << 16 | 0xff000000u;
}

// u and v are less 128.
__device__ __forceinline__ u32 rgb_of(const Source &a, u32 y, int u, int v) {
    return rgb_of_words(a, ((int)y - 128) * 256, u * 256, v * 256);
}

// Up to four pixels from column x on; `wide` where all four are there and lie on whole words.
template <int SRC>
__device__ __forceinline__ void load4(const Source &a, u32 x, u32 y, u32 count, bool wide, bool to_gray, u32 px[4]) {
    const u8 *row = (const u8 *)a.at + y * a.pitch;
    if (SRC == PACKED4) {
        uint4 raw = make_uint4(0, 0, 0, 0);
        if (wide) {
            raw = *(const uint4 *)(row + x * 4);
        } else {
            u32 *to = &raw.x;
            bool words = ((a.at | a.pitch) & 3) == 0;
            #pragma unroll
            for (u32 i = 0; i < 4; i++) {
                if (i >= count) continue;
                if (words) to[i] = ((const u32 *)row)[x + i];
                else for (u32 c = 0; c < 4; c++) to[i] |= (u32)row[(x + i) * 4 + c] << 8 * c;
            }
        }
        px[0] = __byte_perm(raw.x, ~0u, a.order);
        px[1] = __byte_perm(raw.y, ~0u, a.order);
        px[2] = __byte_perm(raw.z, ~0u, a.order);
        px[3] = __byte_perm(raw.w, ~0u, a.order);
    } else if (SRC == PACKED3) {
        if (wide) {
            const u32 *p = (const u32 *)(row + x * 3);
            u32 w0 = p[0], w1 = p[1], w2 = p[2];
            px[0] = w0, px[1] = w0 >> 24 | w1 << 8, px[2] = w1 >> 16 | w2 << 16, px[3] = w2 >> 8;
        } else {
            #pragma unroll
            for (u32 i = 0; i < 4; i++) {
                const u8 *p = row + (x + i) * 3;
                if (i < count) px[i] = p[0] | p[1] << 8 | p[2] << 16;
            }
        }
        #pragma unroll
        for (u32 i = 0; i < 4; i++) px[i] = __byte_perm(px[i], ~0u, a.order);
    } else {
        u32 luma[4] = {0, 0, 0, 0};
        if (wide) {
            u32 raw = *(const u32 *)(row + x);
            #pragma unroll
            for (u32 i = 0; i < 4; i++) luma[i] = raw >> 8 * i & 255;
        } else {
            #pragma unroll
            for (u32 i = 0; i < 4; i++) if (i < count) luma[i] = row[x + i];
        }
        if (SRC == GRAY) {
            #pragma unroll
            for (u32 i = 0; i < 4; i++) px[i] = luma[i] * 0x010101u | 0xff000000u;
        } else if (to_gray) {
            #pragma unroll
            for (u32 i = 0; i < 4; i++) px[i] = a.flags & LIMITED ? full_range(luma[i]) : luma[i];
        } else {
            u32 cy = (y + a.phase_y) / 2;
            const u8 *us = (const u8 *)a.u + cy * a.u_pitch, *vs = (const u8 *)a.v + cy * a.v_pitch;
            if (wide && (a.flags & CHROMA_WIDE)) {
                // Two samples for four pixels, as U V U V.
                u32 at = x / 2 * a.chroma_step, pairs;
                if (a.chroma_step == 1) {
                    u32 two_u = *(const unsigned short *)(us + at), two_v = *(const unsigned short *)(vs + at);
                    pairs = __byte_perm(two_u, two_v, 0x5140);
                } else if (us < vs) {
                    pairs = *(const u32 *)(us + at);
                } else {
                    pairs = __byte_perm(*(const u32 *)(vs + at), 0, 0x2301);
                }
                #pragma unroll
                for (u32 i = 0; i < 4; i++) {
                    u32 pair = pairs >> i / 2 * 16;
                    px[i] = rgb_of(a, luma[i], (int)(pair & 255) - 128, (int)(pair >> 8 & 255) - 128);
                }
            } else {
                #pragma unroll
                for (u32 i = 0; i < 4; i++) {
                    u32 at = (x + i + a.phase_x) / 2 * a.chroma_step;
                    if (i < count) px[i] = rgb_of(a, luma[i], (int)us[at] - 128, (int)vs[at] - 128);
                }
            }
        }
    }
}

// The pixel at (x, y), which must be inside.
template <int SRC>
__device__ __forceinline__ u32 fetch(const Source &a, u32 x, u32 y) {
    const u8 *row = (const u8 *)a.at + y * a.pitch;
    if (SRC == PACKED4) {
        // Addresses of 4-byte pixels need not be multiples of 4.
        u32 raw;
        if (((a.at | a.pitch) & 3) == 0) raw = ((const u32 *)row)[x];
        else raw = row[x * 4] | row[x * 4 + 1] << 8 | row[x * 4 + 2] << 16 | (u32)row[x * 4 + 3] << 24;
        return __byte_perm(raw, ~0u, a.order);
    }
    if (SRC == PACKED3) {
        const u8 *p = row + x * 3;
        return __byte_perm(p[0] | p[1] << 8 | p[2] << 16, ~0u, a.order);
    }
    if (SRC == GRAY) return row[x] * 0x010101u | 0xff000000u;
    u32 cy = (y + a.phase_y) / 2, at = (x + a.phase_x) / 2 * a.chroma_step;
    return rgb_of(a, row[x], (int)((const u8 *)a.u)[cy * a.u_pitch + at] - 128, (int)((const u8 *)a.v)[cy * a.v_pitch + at] - 128);
}
