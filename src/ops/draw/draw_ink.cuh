// The list of shapes as it arrives, and how a sample is inked.
#pragma once
#include "types.cuh"

// Words of the kinds of lists: short ones are for what most pictures get, since an argument's bytes cost time. The heads of
// several pictures are among their words.
constexpr u32 FEW = 236, SOME = 600, MANY = 1000, COMMAND = 3, STYLE = 4;
constexpr u32 FRAMES_FEW = 400, FRAMES_SOME = 700, FRAMES_MANY = 1020;

// Laid out as the structs of the same names in cuda/args.rs.
struct Plane {
    u64 at, pitch;
};
struct Head {
    Plane planes[3];
    u64 atlas;
    u16 width, height;      // of the raster
    u16 phase_x, phase_y;   // where in it the window begins
    u16 tile_x, tile_y;     // the first tile, in tiles
    u16 count, first;       // commands, and the word that they begin at where there are several pictures
    u32 mask;               // of the bytes of a pixel of the first plane that are written
    u8 channels;            // bytes of such a pixel
    u8 shift_x, shift_y;    // log2 of a chroma sample's width and height
    u8 flags;
};
template <u32 WORDS>
struct Args {
    Head head;
    u32 words[WORDS];
};
// Lists of several pictures: their heads, and then their commands.
template <u32 WORDS>
struct Frames {
    union {
        Head heads[WORDS * sizeof(u32) / sizeof(Head)];
        u32 words[WORDS];
    };
};
static_assert(sizeof(Head) == 80 && sizeof(Args<MANY>) == 4080 && sizeof(Frames<FRAMES_MANY>) == 4080, "they differ from those in cuda/args.rs");
// Flags: planes beyond the first; words of 16 bits; where alpha is, one more than its byte.
constexpr u32 PLANES = 3, DEEP = 4, ALPHA = 8;

// Three words: bounds, which may lie beyond the raster; kind, number of letters, style and what else there is to know,
// which is a border's width (0 is a box that is filled) or where it lies, counted from the end of the list; letters of a label
// are bytes where BYTES is set there, else halves of words.
constexpr u32 BYTES = 0x8000;
enum { BOX, HOLLOW, LABEL, LETTERS, PAINT };
struct Command {
    int x0, y0, x1, y1;
    u32 kind, count, style, rest;
};

__device__ __forceinline__ Command command(u32 from, u32 to, u32 about) {
    Command c;
    c.x0 = (short)from, c.y0 = (int)from >> 16, c.x1 = (short)to, c.y1 = (int)to >> 16;
    c.kind = about & 7, c.count = about >> 3 & 31, c.style = about >> 8 & 255, c.rest = about >> 16;
    return c;
}

// What shapes have in common: ink, the ink of what is behind letters, both opacities, where the pen stands in a label.
struct Style {
    u32 ink, behind, alphas, pen;
};

// The argument's words as memory: as constants, places of each lane's own would be read one after the other.
__device__ __forceinline__ const u32 *as_memory(const u32 *words) {
#ifndef DSFRAME_STANDIN
    asm("" : "+l"(words));
#endif
    return words;
}

// One of them, whoever's turn it is: nobody else writes it.
__device__ __forceinline__ u32 argument(const u32 *word) {
#ifdef DSFRAME_STANDIN
    return *word;
#else
    u32 value;
    asm("ld.b32 %0, [%1];" : "=r"(value) : "l"(word));
    return value;
#endif
}

// The picture that a block is for, its commands, and where the words end.
template <u32 WORDS>
__device__ __forceinline__ const Head &head_of(const Args<WORDS> &list) { return list.head; }
template <u32 WORDS>
__device__ __forceinline__ const Head &head_of(const Frames<WORDS> &list) { return list.heads[blockIdx.z]; }
template <u32 WORDS>
__device__ __forceinline__ const u32 *commands_of(const Args<WORDS> &list) { return as_memory(list.words); }
template <u32 WORDS>
__device__ __forceinline__ const u32 *commands_of(const Frames<WORDS> &list) { return as_memory(list.words) + list.heads[blockIdx.z].first; }
template <class List>
__device__ __forceinline__ const u32 *end_of(const List &list) { return as_memory(list.words) + sizeof(list.words) / sizeof(u32); }

// Calls `each` with the commands that touch a tile, in order, and their styles: a bit of `here` for each of `count`.
template <class Each>
__device__ __forceinline__ void each_touching(u32 count, const u32 *here, const u32 (*touching)[COMMAND + STYLE], Each each) {
    #pragma unroll 1
    for (u32 i = 0; i * WARP < count; i++) {
        #pragma unroll 1
        for (u32 bits = here[i]; bits; bits &= bits - 1) {
            const u32 *known = touching[i * WARP + __ffs(bits) - 1];
            Style style = {known[COMMAND], known[COMMAND + 1], known[COMMAND + 2], known[COMMAND + 3]};
            each(command(known[0], known[1], known[2]), style);
        }
    }
}

struct Area {
    int x0, y0, x1, y1;
};

// What a box leaves out in the middle; empty where the left edge is not before the right one.
__device__ __forceinline__ Area hole_of(const Command &c, const u32 *end) {
    int by = c.rest;
    if (c.kind == BOX) return by ? Area{c.x0 + by, c.y0 + by, c.x1 - by, c.y1 - by} : Area{0, 0, 0, 0};
    const u32 *hole = end - c.rest;
    u32 from = argument(hole), to = argument(hole + 1);
    return {(int)(from & 0xffff), (int)(from >> 16), (int)(to & 0xffff), (int)(to >> 16)};
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

__device__ __forceinline__ u32 load_sample(const u8 *from, u32 channels, bool words) {
    if (words) return *(const u32 *)from;
    u32 sample = from[0];
    for (u32 c = 1; c < channels; c++) sample |= (u32)from[c] << 8 * c;
    return sample;
}

__device__ __forceinline__ void store_sample(u8 *to, u32 sample, u32 channels, bool words) {
    if (words) *(u32 *)to = sample;
    else for (u32 c = 0; c < channels; c++) to[c] = (u8)(sample >> 8 * c);
}
