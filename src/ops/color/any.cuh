// Pictures of every format, read as RGBA: those of pixels.cuh, 4:2:2, 4:4:4, and words of 10 and 12 bits. The arithmetic is
// that of scalar.rs, to the bit.
#pragma once
#include "pixels.cuh"

// The kinds of a `Source` that this file adds. Kernels for `MORE` read any of them, those for `ANY` every kind: formats that are
// seldom met share a kernel, and a branch that all threads take together.
enum { YUV422 = YUV + 1, YUV444, WORDS, MORE, ANY };

// Up to four pixels from column x on, as load4 has them.
template <int KIND>
__device__ __forceinline__ void more4(const Source &a, u32 x, u32 y, u32 count, bool wide, bool to_gray, u32 px[4]) {
    constexpr u32 shift_x = KIND != YUV444, shift_y = KIND == WORDS, bytes = KIND == WORDS ? 2 : 1;
    const u8 *row = (const u8 *)a.at + y * a.pitch + x * bytes;
    // Words less 32768.
    int luma[4] = {0, 0, 0, 0}, u[4], v[4];
    if (wide && KIND == WORDS) {
        uint2 raw = *(const uint2 *)row;
        luma[0] = raw.x & 0xffff, luma[1] = raw.x >> 16, luma[2] = raw.y & 0xffff, luma[3] = raw.y >> 16;
    } else if (wide) {
        u32 raw = *(const u32 *)row;
        #pragma unroll
        for (u32 i = 0; i < 4; i++) luma[i] = (raw >> 8 * i & 255) << 8;
    } else {
        #pragma unroll
        for (u32 i = 0; i < 4; i++)
            if (i < count) luma[i] = KIND == WORDS ? row[2 * i] | row[2 * i + 1] << 8 : row[i] << 8;
    }
    #pragma unroll
    for (u32 i = 0; i < 4; i++) luma[i] -= 32768;
    if (to_gray) {
        #pragma unroll
        for (u32 i = 0; i < 4; i++) px[i] = clamp_u8((scaled(luma[i], a.luma) + a.base) >> 6);
        return;
    }
    u32 cy = (y + a.phase_y) >> shift_y;
    const u8 *us = (const u8 *)a.u + cy * a.u_pitch, *vs = (const u8 *)a.v + cy * a.v_pitch;
    if (wide && (a.flags & CHROMA_WIDE)) {
        us += (x >> shift_x) * a.chroma_step, vs += (x >> shift_x) * a.chroma_step;
        if (KIND == WORDS) {
            uint2 pairs = *(const uint2 *)us;
            u[0] = u[1] = pairs.x & 0xffff, v[0] = v[1] = pairs.x >> 16;
            u[2] = u[3] = pairs.y & 0xffff, v[2] = v[3] = pairs.y >> 16;
        } else {
            // Bytes of four pixels' samples.
            u32 all_u, all_v;
            if (KIND == YUV444) {
                if (a.chroma_step == 1) {
                    all_u = *(const u32 *)us, all_v = *(const u32 *)vs;
                } else {
                    uint2 pairs = *(const uint2 *)us;
                    all_u = __byte_perm(pairs.x, pairs.y, 0x6420), all_v = __byte_perm(pairs.x, pairs.y, 0x7531);
                }
            } else if (a.chroma_step == 1) {
                all_u = __byte_perm(*(const u16 *)us, 0, 0x1100), all_v = __byte_perm(*(const u16 *)vs, 0, 0x1100);
            } else {
                u32 pairs = *(const u32 *)us;
                all_u = __byte_perm(pairs, 0, 0x2200), all_v = __byte_perm(pairs, 0, 0x3311);
            }
            #pragma unroll
            for (u32 i = 0; i < 4; i++) u[i] = (all_u >> 8 * i & 255) << 8, v[i] = (all_v >> 8 * i & 255) << 8;
        }
    } else {
        #pragma unroll
        for (u32 i = 0; i < 4; i++) {
            u32 at = ((x + i + a.phase_x) >> shift_x) * a.chroma_step;
            u[i] = v[i] = 0;
            if (i >= count) continue;
            u[i] = KIND == WORDS ? us[at] | us[at + 1] << 8 : us[at] << 8;
            v[i] = KIND == WORDS ? vs[at] | vs[at + 1] << 8 : vs[at] << 8;
        }
    }
    #pragma unroll
    for (u32 i = 0; i < 4; i++) px[i] = rgb_of_words(a, luma[i], u[i] - 32768, v[i] - 32768);
}

// Up to four pixels from column x on; `wide` where all four are there and lie on whole words.
template <int SRC>
__device__ __forceinline__ void load_any4(const Source &a, u32 x, u32 y, u32 count, bool wide, bool to_gray, u32 px[4]) {
    if (SRC < YUV422) return load4<SRC>(a, x, y, count, wide, to_gray, px);
    if (SRC < MORE) return more4<SRC>(a, x, y, count, wide, to_gray, px);
    if (SRC == ANY && a.kind == PACKED4) load4<PACKED4>(a, x, y, count, wide, to_gray, px);
    else if (SRC == ANY && a.kind == PACKED3) load4<PACKED3>(a, x, y, count, wide, to_gray, px);
    else if (SRC == ANY && a.kind == GRAY) load4<GRAY>(a, x, y, count, wide, to_gray, px);
    else if (SRC == ANY && a.kind == YUV) load4<YUV>(a, x, y, count, wide, to_gray, px);
    else if (a.kind == YUV422) more4<YUV422>(a, x, y, count, wide, to_gray, px);
    else if (a.kind == YUV444) more4<YUV444>(a, x, y, count, wide, to_gray, px);
    else more4<WORDS>(a, x, y, count, wide, to_gray, px);
}

// The pixel at (x, y), which must be inside.
template <int SRC>
__device__ __forceinline__ u32 fetch_any(const Source &a, u32 x, u32 y) {
    if (SRC < YUV422) return fetch<SRC>(a, x, y);
    if (SRC == ANY && a.kind == PACKED4) return fetch<PACKED4>(a, x, y);
    if (SRC == ANY && a.kind == PACKED3) return fetch<PACKED3>(a, x, y);
    if (SRC == ANY && a.kind == GRAY) return fetch<GRAY>(a, x, y);
    if (SRC == ANY && a.kind == YUV) return fetch<YUV>(a, x, y);
    bool words = SRC == WORDS || (SRC >= MORE && a.kind == WORDS), each = SRC == YUV444 || (SRC >= MORE && a.kind == YUV444);
    u32 cy = (y + a.phase_y) >> words, at = ((x + a.phase_x) >> !each) * a.chroma_step;
    const u8 *luma = (const u8 *)a.at + y * a.pitch + (x << words);
    const u8 *u = (const u8 *)a.u + cy * a.u_pitch + at, *v = (const u8 *)a.v + cy * a.v_pitch + at;
    if (words) return rgb_of_words(a, (luma[0] | luma[1] << 8) - 32768, (u[0] | u[1] << 8) - 32768, (v[0] | v[1] << 8) - 32768);
    return rgb_of(a, luma[0], u[0] - 128, v[0] - 128);
}
