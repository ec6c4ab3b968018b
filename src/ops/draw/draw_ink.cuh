// The list of shapes as it arrives, and how a sample is inked.
#pragma once
#include "types.cuh"

constexpr u32 WORDS = 484, COMMAND = 3, COMMANDS = WORDS / COMMAND;
constexpr u32 THREADS = 128, WARPS = THREADS / WARP;
// Pixels of a tile with coverage, of which a thread has two columns of each fourth row, and of one of boxes alone.
constexpr u32 WIDTH = 64, HEIGHT = 16, BOXES_WIDTH = 128, BOXES_HEIGHT = 32;

// Laid out as the structs of the same names in cuda/commands.rs.
struct Plane {
    u64 at, pitch;
    u32 channels;
    u32 mask;  // of the bytes of a sample that are written
};
struct Args {
    Plane planes[3];
    u64 atlas;
    u16 width, height;      // of the raster
    u16 phase_x, phase_y;   // where in it the window begins
    u16 tile_x, tile_y;     // the first tile, in tiles
    u16 count, flags;
    u32 shift_x, shift_y;   // log2 of a chroma sample's width and height
    u64 words[WORDS];
};
static_assert(sizeof(Args) == 3976, "Args differs from the one in cuda/commands.rs");
// Flags: planes beyond the first; words of 16 bits; where alpha is, one more than its byte.
constexpr u32 PLANES = 3, DEEP = 4, ALPHA = 8;

// Three words: bounds; ink, opacity, kind and number of what it is made of; the box's hole, or where these are.
enum { BOX, PAINT, LETTERS, KIND = 15, ELSEWHERE = 16 };
struct Command {
    u32 x0, y0, x1, y1;
    u32 ink, alpha, kind, count;
    u64 rest;
};

__device__ __forceinline__ Command command(const u64 *words) {
    u64 bounds = words[0], about = words[1];
    Command c;
    c.x0 = bounds & 0xffff, c.y0 = bounds >> 16 & 0xffff, c.x1 = bounds >> 32 & 0xffff, c.y1 = bounds >> 48;
    c.ink = (u32)about, c.alpha = about >> 32 & 255, c.kind = about >> 40 & 255, c.count = about >> 48;
    c.rest = words[2];
    return c;
}

// The argument's words as memory: as constants, places of each lane's own would be read one after the other.
__device__ __forceinline__ const u64 *words_of(const Args &a) {
    const u64 *words = a.words;
#ifndef DSFRAME_STANDIN
    asm("" : "+l"(words));
#endif
    return words;
}

// What the command is made of.
__device__ __forceinline__ const u64 *made_of(const Args &a, const Command &c) {
    return c.kind & ELSEWHERE ? (const u64 *)c.rest : words_of(a) + (u32)c.rest;
}

__device__ __forceinline__ u32 div255(u32 v) {
    v += 128;
    return (v + (v >> 8)) >> 8;
}

// Four bytes moved towards those of `src` by `weight` 255ths, where `mask` lets them.
__device__ __forceinline__ u32 mixed(u32 dst, u32 src, u32 mask, u32 weight) {
    // Two bytes at a time: products and their sum fit 16 bits.
    u32 even = (dst & 0x00ff00ff) * (255 - weight) + (src & 0x00ff00ff) * weight + 0x00800080;
    u32 odd = (dst >> 8 & 0x00ff00ff) * (255 - weight) + (src >> 8 & 0x00ff00ff) * weight + 0x00800080;
    even = (even + (even >> 8 & 0x00ff00ff)) >> 8 & 0x00ff00ff;
    odd = odd + (odd >> 8 & 0x00ff00ff) & 0xff00ff00;
    return ((even | odd) & mask) | (dst & ~mask);
}

// Porter and Duff's "over" on a pixel that is not opaque.
__device__ __forceinline__ u32 over(u32 dst, u32 src, u32 alpha_at, u32 weight) {
    float above = (float)weight / 255.0f;
    float below = (float)(dst >> 8 * alpha_at & 255) / 255.0f * (1.0f - above);
    float total = above + below;
    u32 out = 0;
    for (u32 i = 0; i < 4; i++) {
        float value = total * 255.0f;
        if (i != alpha_at) value = ((float)(src >> 8 * i & 255) * above + (float)(dst >> 8 * i & 255) * below) / total;
        out |= clamp_u8(__float2int_rz(value + 0.5f)) << 8 * i;
    }
    return out;
}

// Inks one sample; `alpha` is where its alpha is, and one more.
__device__ __forceinline__ void ink(const Plane &p, u32 x, u32 y, u32 src, u32 weight, u32 alpha) {
    u8 *at = (u8 *)p.at + y * p.pitch + (u64)(x * p.channels);
    bool word = p.channels == 4 && ((p.at | p.pitch) & 3) == 0;
    if (word && weight == 255 && p.mask == ~0u) {
        *(u32 *)at = src;
        return;
    }
    u32 dst = at[0];
    if (word) dst = *(u32 *)at;
    else for (u32 c = 1; c < p.channels; c++) dst |= (u32)at[c] << 8 * c;
    bool opaque = alpha == 0 || (dst >> 8 * (alpha - 1) & 255) == 255;
    u32 out = opaque ? mixed(dst, src, p.mask, weight) : over(dst, src, alpha - 1, weight);
    if (word) *(u32 *)at = out;
    else for (u32 c = 0; c < p.channels; c++) at[c] = (u8)(out >> 8 * c);
}
