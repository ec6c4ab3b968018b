// Boxes that are hidden wholly, in all planes of a picture or of several: short entries, from which each block of threads
// works out its part of a plane. An argument's bytes cost time.
#pragma once
#include "redact_items.cuh"

// Laid out as the structs of the same names in cuda/boxes.rs.
struct Box {
    u16 x, y, width, height;  // in pixels, whole chroma samples
    u16 block;                // pixels of a block's side, before it is a whole number of chroma samples
    u16 frame;
};
// Where a picture's planes are.
struct Frame {
    u64 at[3];
    u32 pitch[3], unused;
};
// `cells` as in Plane; `grain` has log2 of the largest chroma sample's width and height in bits 0 and 1.
template <u32 FRAMES, u32 BOXES>
struct BoxesOf {
    u32 fill[3];
    u8 channels[3], cells[3], grain, filled;
    u32 unused;
    Frame frames[FRAMES];
    Box boxes[BOXES];
};
typedef BoxesOf<1, 64> Boxes;
typedef BoxesOf<16, 128> ManyBoxes;
static_assert(sizeof(Boxes) == 832 && sizeof(ManyBoxes) == 2200, "Boxes differ from those in cuda/boxes.rs");

// Bytes of a row that a tile has at the most, and rows of a tile that is filled.
constexpr u32 ROOM = 508, FILL_ROWS = 16;
// Blocks up to this many samples wide and high are made a row of blocks at a time.
constexpr int STRIP_COLUMNS = 40, STRIP_ROWS = 64;

template <class A>
__device__ __forceinline__ Plane plane_of(const A &a, u32 frame, u32 plane) {
    return {a.frames[frame].at[plane], a.frames[frame].pitch[plane], a.channels[plane], a.fill[plane], a.cells[plane], 0};
}

// Samples of the plane, of which each has `1 << shift` pixels, from the one with pixel `start` on.
__device__ __forceinline__ void samples_of(int start, int pixels, int phase, int shift, int &first, int &count) {
    first = (start + phase) >> shift;
    count = ((start + pixels + phase + (1 << shift) - 1) >> shift) - first;
}

template <class A>
__device__ __forceinline__ Item item_of(const A &a, const Plane &plane, const Box &box) {
    Item item = {};
    int sx = plane.cells & 1, sy = plane.cells >> 1 & 1, gx = a.grain & 1, gy = a.grain >> 1 & 1;
    samples_of(box.x, box.width, plane.cells >> 2 & 1, sx, item.x, item.width);
    samples_of(box.y, box.height, plane.cells >> 3 & 1, sy, item.y, item.height);
    if (a.filled) {
        item.bw = ROOM / plane.channels, item.bh = FILL_ROWS, item.mode = FILL;
        return item;
    }
    item.bw = min((box.block + gx) >> gx << gx >> sx, item.width);
    item.bh = min((box.block + gy) >> gy << gy >> sy, item.height);
    item.mode = item.bw <= STRIP_COLUMNS && item.bh <= STRIP_ROWS ? STRIP : SINGLE;
    return item;
}

// The item with the size of its small picture, of which a block becomes a pixel.
__device__ __forceinline__ Item shrinking(Item item) {
    item.bw = (item.width + item.bw - 1) / item.bw, item.bh = (item.height + item.bh - 1) / item.bh;
    return item;
}

// All of a box is covered: nobody asks.
template <u32 FRAMES, u32 BOXES>
__device__ __forceinline__ uint2 ellipse_run(const BoxesOf<FRAMES, BOXES> &, const Plane &, const Item &item, u32) {
    return make_uint2(0, item.width);
}
template <u32 FRAMES, u32 BOXES>
__device__ __forceinline__ bool masked(const BoxesOf<FRAMES, BOXES> &, const Item &, u32, u32) {
    return true;
}
