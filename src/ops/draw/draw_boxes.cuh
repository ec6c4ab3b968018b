// Boxes alone, which are most lists: their pixels are inked where they lie, and nothing else of a tile is looked at. Threads
// of the second row of a block have the chroma.
#pragma once
#include "draw_ink.cuh"

// Pixels of a tile.
constexpr int BOXES_WIDTH = 128, BOXES_HEIGHT = 32;

__device__ __forceinline__ int overlap(int from, int to, int a, int b) { return max(min(to, b) - max(from, a), 0); }

// Pixels of a box with a hole in the block of pixels from (x0, y0) to before (x1, y1).
__device__ __forceinline__ u32 filled(const Command &c, const Area &hole, int x0, int y0, int x1, int y1) {
    return overlap(x0, x1, c.x0, c.x1) * overlap(y0, y1, c.y0, c.y1) -
           overlap(x0, x1, hole.x0, hole.x1) * overlap(y0, y1, hole.y0, hole.y1);
}

// Calls `each` with the places of `outer` that are not in `hole`, which may reach beyond it. A warp has one of the strips
// above, below, left and right of the hole, or a quarter of the rows where there is none; its lanes lie as the strip is wide.
template <class Each>
__device__ __forceinline__ void frame(const Area &outer, Area hole, Each each) {
    static_assert(WARPS == 4, "a warp for each side");
    int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    if (outer.x0 >= outer.x1 || outer.y0 >= outer.y1) return;
    hole.x0 = max(hole.x0, outer.x0), hole.y0 = max(hole.y0, outer.y0);
    hole.x1 = min(hole.x1, outer.x1), hole.y1 = min(hole.y1, outer.y1);
    Area strip = outer;
    if (hole.x0 >= hole.x1 || hole.y0 >= hole.y1) {
        int rows = outer.y1 - outer.y0;
        strip.y0 += rows * warp / 4, strip.y1 = outer.y0 + rows * (warp + 1) / 4;
    } else if (warp == 0) {
        strip.y1 = hole.y0;
    } else if (warp == 1) {
        strip.y0 = hole.y1;
    } else {
        strip.y0 = hole.y0, strip.y1 = hole.y1;
        if (warp == 2) strip.x1 = hole.x0;
        else strip.x0 = hole.x1;
    }
    if (strip.x0 >= strip.x1) return;
    int bits = min(32 - __clz(strip.x1 - strip.x0 - 1), 5);
    #pragma unroll 1
    for (int y = strip.y0 + (lane >> bits); y < strip.y1; y += WARP >> bits) {
        #pragma unroll 1
        for (int x = strip.x0 + (lane & ((1 << bits) - 1)); x < strip.x1; x += 1 << bits) each(x, y);
    }
}

// Inks one sample of `channels` bytes; `alpha` is where its alpha is, and one more.
__device__ __forceinline__ void ink_sample(const Plane &p, u32 channels, u32 mask, int x, int y, u32 src, u32 weight, u32 alpha) {
    u8 *at = (u8 *)p.at + (u32)y * p.pitch + (u64)((u32)x * channels);
    bool word = channels == 4 && ((p.at | p.pitch) & 3) == 0;
    if (word && weight == 255 && mask == ~0u) {
        *(u32 *)at = src;
        return;
    }
    u32 dst = load_sample(at, channels, word);
    bool opaque = alpha == 0 || (dst >> 8 * (alpha - 1) & 255) == 255;
    store_sample(at, opaque ? mixed(dst, src, mask, weight) : over(dst, src, alpha - 1, weight), channels, word);
}

// The tile's pixels of a box.
__device__ __forceinline__ void fill_box(const Head &a, const Command &c, const Area &hole, const Style &style, int left, int top) {
    u32 ink = a.flags & DEEP ? (style.ink & 255) << 8 : a.flags & PLANES ? style.ink & 255 : style.ink;
    Area outer = {max(c.x0, max(left, (int)a.phase_x)), max(c.y0, max(top, (int)a.phase_y)),
                  min(min(c.x1, left + BOXES_WIDTH), (int)a.width), min(min(c.y1, top + BOXES_HEIGHT), (int)a.height)};
    frame(outer, hole, [&](int x, int y) {
        ink_sample(a.planes[0], a.channels, a.mask, x - a.phase_x, y - a.phase_y, ink, style.alphas & 255, a.flags / ALPHA);
    });
}

// The tile's chroma samples of a box, by how many of their pixels it has: those that lie in the hole as a whole are left out.
__device__ __forceinline__ void fill_box_chroma(const Head &a, const Command &c, const Area &hole, const Style &style, int left, int top) {
    const int sx = a.shift_x, sy = a.shift_y, wide = (1 << sx) - 1, high = (1 << sy) - 1, planes = a.flags & PLANES;
    const u32 alpha = style.alphas & 255, u = style.ink >> 8 & 255, v = style.ink >> 16 & 255;
    const bool deep = a.flags & DEEP;
    const u32 channels = planes == 2 ? 1 : deep ? 4 : 2, mask = deep ? 0xff00ff00u : ~0u;
    Area outer = {max(c.x0, left) >> sx, max(c.y0, top) >> sy, min(min(c.x1, left + BOXES_WIDTH), (int)a.width) + wide >> sx,
                  min(min(c.y1, top + BOXES_HEIGHT), (int)a.height) + high >> sy};
    Area inner = {hole.x0 + wide >> sx, hole.y0 + high >> sy, hole.x1 >> sx, hole.y1 >> sy};
    frame(outer, inner, [&](int x, int y) {
        int x0 = x << sx, y0 = y << sy, x1 = min(x0 + wide + 1, (int)a.width), y1 = min(y0 + high + 1, (int)a.height);
        u32 full = 255 * (x1 - x0) * (y1 - y0), weight = (255 * filled(c, hole, x0, y0, x1, y1) * alpha + full / 2) / full;
        if (weight == 0) return;
        ink_sample(a.planes[1], channels, mask, x, y, deep ? u << 8 | v << 24 : planes == 1 ? u | v << 8 : u, weight, 0);
        if (planes == 2) ink_sample(a.planes[2], 1, mask, x, y, v, weight, 0);
    });
}
