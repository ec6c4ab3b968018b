// The boxes of a launch, and which samples of them are hidden.
#pragma once
#include "types.cuh"

// Laid out as the structs of the same names in cuda/args.rs.
struct Plane {
    u64 at, pitch;
    u32 channels;  // bytes of a sample, 1 to 4
    u32 fill;      // the bytes of a sample that is filled
    u32 cells;     // log2 of a sample's width and height, in bits 0 and 1; where in a sample the window begins, in 2 and 3
    u32 unused;
};
struct Entry {
    u32 end;         // tiles of this item and of those before
    u32 scratch;     // where the small picture begins, in words
    u16 x, y, width, height;
    u16 bw, bh;      // samples of a block; of the small picture
    u8 plane, mode;
    u8 cover, shape; // how it is covered, and by which shape
};
// An ellipse's box as four floats; a mask's address and words of a row.
struct Shape {
    u32 word[4];
};
struct Head {
    Plane planes[3];
    u64 scratch;
    u32 count, restore;  // `restore` is whether samples that were kept come back
};
struct Args {
    Head head;
    Entry items[128];
    Shape shapes[48];
};
static_assert(sizeof(Plane) == 32 && sizeof(Entry) == 24 && sizeof(Args) == 3952, "Args differs from the one in cuda/args.rs");

enum { FILL, STRIP, SINGLE };
enum { ALL, ELLIPSE, MASK };

// An entry's numbers, as a thread has them.
struct Item {
    int x, y, width, height, bw, bh;
    u32 mode, cover, shape, scratch;
};

__device__ __forceinline__ Item item_of(const Entry &e) {
    return {e.x, e.y, e.width, e.height, e.bw, e.bh, e.mode, e.cover, e.shape, e.scratch};
}

// The item that this block of threads belongs to; `tile` becomes its number in the item, and may lie behind the item's
// last one where each item has a row of the grid.
__device__ __forceinline__ u32 find(const Args &a, u32 &tile) {
    tile = blockIdx.x;
    if (gridDim.y > 1) return blockIdx.y;
    u32 low = 0, high = a.head.count - 1;
    while (low < high) {
        u32 middle = (low + high) / 2;
        if (tile < a.items[middle].end) high = middle;
        else low = middle + 1;
    }
    if (low) tile -= a.items[low - 1].end;
    return low;
}

// The columns of the item's row `y` that the ellipse touches, the first and the one behind the last; cover.rs has the
// same steps in the same order, so that the doubles are the same.
__device__ __forceinline__ uint2 ellipse_run(const Args &a, const Plane &plane, const Item &item, u32 y) {
    const Shape &shape = a.shapes[item.shape];
    u32 cells = plane.cells;
    double left = __uint_as_float(shape.word[0]), top = __uint_as_float(shape.word[1]);
    double rx = (double)__uint_as_float(shape.word[2]) / 2.0, ry = (double)__uint_as_float(shape.word[3]) / 2.0;
    double cx = left + rx, cy = top + ry;
    int across = 1 << (cells & 1), down = 1 << (cells >> 1 & 1);
    int cell_left = item.x * across - (int)(cells >> 2 & 1), cell_top = item.y * down - (int)(cells >> 3 & 1);
    double upper = cell_top + (int)y * down, lower = cell_top + ((int)y + 1) * down;
    double away = upper - cy;
    if (cy - lower > away) away = cy - lower;
    if (!(away > 0.0)) away = 0.0;
    away = away / ry;
    if (away >= 1.0) return make_uint2(0, 0);
    double half = rx * __dsqrt_rn(1.0 - away * away);
    int first = __double2int_rd((cx - half - cell_left) / across);
    int last = __double2int_ru((cx + half - cell_left) / across);
    first = min(max(first, 0), (int)item.width), last = min(max(last, 0), (int)item.width);
    return first < last ? make_uint2(first, last) : make_uint2(0, 0);
}

__device__ __forceinline__ bool masked(const Args &a, const Item &item, u32 x, u32 y) {
    const Shape &shape = a.shapes[item.shape];
    const u32 *bits = (const u32 *)((u64)shape.word[1] << 32 | shape.word[0]);
    return bits[(u64)y * shape.word[2] + x / 32] >> x % 32 & 1;
}

__device__ __forceinline__ const u8 *at(const Plane &plane, u32 x, u32 y) {
    return (const u8 *)plane.at + y * plane.pitch + (u64)(x * plane.channels);
}

__device__ __forceinline__ bool in_words(const Plane &plane) {
    return plane.channels == 4 && ((plane.at | plane.pitch) & 3) == 0;
}

__device__ __forceinline__ u32 load_sample(const u8 *from, u32 channels, bool words) {
    if (words) return *(const u32 *)from;
    u32 sample = from[0];
    for (u32 c = 1; c < channels; c++) sample |= (u32)from[c] << 8 * c;
    return sample;
}

__device__ __forceinline__ void store_sample(const u8 *to, u32 sample, u32 channels, bool words) {
    if (words) *(u32 *)to = sample;
    else for (u32 c = 0; c < channels; c++) ((u8 *)to)[c] = (u8)(sample >> 8 * c);
}
