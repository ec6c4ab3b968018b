// Coverage of letters, which a warp looks at together: each lane has one, and all those that touch the warp's pixels are
// asked by every lane.
#pragma once
#include "draw_patch.cuh"

// A letter as a kernel's list or the atlas's table has it: where it is, and which piece of the atlas: size in fours and
// where its rows begin, in sixteens of bytes.
struct Letter {
    int x, y;
    u32 about;
};

// The atlas begins with a table of its letters, by number: the piece, its place from the pen, how far the pen goes.
struct Glyph {
    u32 about;
    short left, top;
    int advance;
    u32 unused;
};

__device__ __forceinline__ u32 letter_width(u32 about) { return (about >> 20 & 63) * 4; }
__device__ __forceinline__ u32 letter_height(u32 about) { return (about >> 26) * 4; }

// Raises the coverage of the patch's pixels to that of a letter.
__device__ __forceinline__ void raise(const Head &a, const Patch &p, const Letter &letter, Cover &cover) {
    int width = letter_width(letter.about), height = letter_height(letter.about);
    int column = p.x - letter.x, row = p.y - letter.y;
    if (column <= -WIDE || column >= width) return;
    const u32 *words = (const u32 *)((const u8 *)a.atlas + (u64)(letter.about & 0xfffff) * 16);
    // Rows are whole words, and the patch's pixels may lie in two of them.
    int first = column >> 2, across = width / 4;
    #pragma unroll
    for (int r = 0; r < HIGH; r++) {
        if (row + r < 0 || row + r >= height) continue;
        const u32 *line = words + (row + r) * across;
        u32 low = first >= 0 ? line[first] : 0, high = first + 1 < across ? line[first + 1] : 0;
        cover.row[r] = __vmaxu4(cover.row[r], __funnelshift_r(low, high, 8 * (column & 3)));
    }
}

// Raises it to that of the lanes' letters; a lane without one has a letter of no size. `top` is the warp's first row.
__device__ __forceinline__ void raise_all(const Head &a, const Patch &p, const Letter &mine, int left, int top, Cover &cover) {
    int right = mine.x + (int)letter_width(mine.about), bottom = mine.y + (int)letter_height(mine.about);
    bool touches = mine.about && mine.x < left + (int)WIDTH && right > left && mine.y < top + (int)WARP_ROWS && bottom > top;
    u32 bits = __ballot_sync(ALL_LANES, touches);
    // Two at a time, so that their loads go side by side.
    #pragma unroll 1
    while (bits) {
        u32 one = __ffs(bits) - 1;
        bits &= bits - 1;
        u32 two = bits ? __ffs(bits) - 1 : one;
        bits &= bits - 1;
        Letter a_letter = {__shfl_sync(ALL_LANES, mine.x, one), __shfl_sync(ALL_LANES, mine.y, one), __shfl_sync(ALL_LANES, mine.about, one)};
        Letter b_letter = {__shfl_sync(ALL_LANES, mine.x, two), __shfl_sync(ALL_LANES, mine.y, two), __shfl_sync(ALL_LANES, mine.about, two)};
        raise(a, p, a_letter, cover);
        raise(a, p, b_letter, cover);
    }
}

// The letters of a label: numbers in the atlas's table, one after the other from where the pen stands.
__device__ __forceinline__ Cover cover_of_label(const Head &a, const Patch &p, const Command &c, const Style &style, const u32 *end, int left, int top) {
    u32 lane = threadIdx.x % WARP;
    Glyph glyph = {0, 0, 0, 0, 0};
    if (lane < c.count) {
        bool bytes = c.rest & BYTES;
        const u32 *numbers = end - (c.rest & ~BYTES);
        u32 number = bytes ? numbers[lane / 4] >> 8 * (lane % 4) & 0xff : numbers[lane / 2] >> 16 * (lane % 2) & 0xffff;
        uint4 words = ((const uint4 *)a.atlas)[number];
        glyph = {words.x, (short)(words.y & 0xffff), (short)(words.y >> 16), (int)words.z, 0};
    }
    int behind = glyph.advance;
    #pragma unroll
    for (u32 by = 1; by < WARP; by *= 2) {
        int before = __shfl_up_sync(ALL_LANES, behind, by);
        if (lane >= by) behind += before;
    }
    int x = c.x0 + (short)(style.pen & 0xffff) + behind - glyph.advance, y = c.y0 + (short)(style.pen >> 16);
    Cover cover = {{0, 0}};
    raise_all(a, p, {x + glyph.left, y + glyph.top, glyph.about}, left, top, cover);
    return cover;
}

// Letters of a text of any length, each with its own place: two words.
__device__ __forceinline__ Cover cover_of_letters(const Head &a, const Patch &p, const u32 *words, u32 count, int left, int top) {
    u32 lane = threadIdx.x % WARP;
    Cover cover = {{0, 0}};
    #pragma unroll 1
    for (u32 first = 0; first < count; first += WARP) {
        u32 place = 0, about = 0;
        if (first + lane < count) place = words[2 * (first + lane)], about = words[2 * (first + lane) + 1];
        raise_all(a, p, {(short)(place & 0xffff), (int)place >> 16, about}, left, top, cover);
    }
    return cover;
}
