// Four columns and two rows of pixels, or the chroma samples that they share: what a thread has of a tile. It is read when
// the first shape asks for what was there before, and written when the last one is done.
#pragma once
#include "draw_ink.cuh"

constexpr int WIDE = 4, HIGH = 2, SIZE = WIDE * HIGH;

// A byte for each pixel, a word for each row.
struct Cover {
    u32 row[HIGH];
};

// A bit for each pixel; a chroma sample has that of its first one.
struct Patch {
    int x, y;          // in the raster
    bool chroma;
    Cover raster;      // 255 for pixels that lie in it
    u32 inside;        // samples that are in the window
    u32 known, dirty;  // samples that are read or written, and those that are to be written
    u8 *at;            // of the first sample; may lie before the window
    u32 samples[SIZE];
};

// The first `count` bytes of a word.
__device__ __forceinline__ u32 first_bytes(int count) { return (u32)((1ull << 8 * min(max(count, 0), 4)) - 1); }

__device__ __forceinline__ u32 columns(int x, int from, int to) { return first_bytes(to - x) & ~first_bytes(from - x); }

// Bytes of a sample: of a plane for each of the two, where there are such.
__device__ __forceinline__ u32 channels_of(const Head &a, const Patch &p) {
    if (!p.chroma) return a.channels;
    return (a.flags & PLANES) == 2 ? 1 : a.flags & DEEP ? 4 : 2;
}

__device__ __forceinline__ Patch patch_at(const Head &a, bool chroma, int x, int y) {
    Patch p;
    p.x = x, p.y = y, p.chroma = chroma;
    p.known = p.dirty = p.inside = 0;
    u32 across = first_bytes(a.width - x), window = chroma ? across : columns(x, a.phase_x, a.width);
    // A bit of each byte.
    u32 bits = (window & 1) | (window >> 7 & 2) | (window >> 14 & 4) | (window >> 21 & 8);
    #pragma unroll
    for (int r = 0; r < HIGH; r++) {
        p.raster.row[r] = y + r < a.height ? across : 0;
        if ((chroma || y + r >= a.phase_y) && y + r < a.height) p.inside |= bits << WIDE * r;
    }
    if (chroma) {
        // Samples begin at even columns and rows where they are halved.
        p.inside &= (a.shift_x ? 0x55 : 0xff) & (a.shift_y ? 0x0f : 0xff);
        x >>= a.shift_x, y >>= a.shift_y;
    } else {
        x -= a.phase_x, y -= a.phase_y;
    }
    const Plane &plane = a.planes[chroma];
    p.at = (u8 *)plane.at + (long long)y * (long long)plane.pitch + x * (int)channels_of(a, p);
    #pragma unroll
    for (int i = 0; i < SIZE; i++) p.samples[i] = 0;
    return p;
}

// The pixels of a box without a hole.
__device__ __forceinline__ Cover cover_of_box(const Patch &p, const Area &box, const Area &hole) {
    u32 all = columns(p.x, box.x0, box.x1), none = columns(p.x, hole.x0, hole.x1);
    Cover cover;
    #pragma unroll
    for (int r = 0; r < HIGH; r++) {
        int y = p.y + r;
        u32 row = y >= hole.y0 && y < hole.y1 ? all & ~none : all;
        cover.row[r] = y >= box.y0 && y < box.y1 ? row : 0;
    }
    return cover;
}

__device__ __forceinline__ u32 cover_at(const Cover &cover, int i) { return cover.row[i / WIDE] >> 8 * (i % WIDE) & 255; }

// Where the patch's samples of row `r` are, and those of the last plane where each of the two has one of its own.
__device__ __forceinline__ u8 *row_of_samples(const Head &a, const Patch &p, int r) {
    return p.at + (p.chroma ? r >> a.shift_y : r) * a.planes[p.chroma].pitch;
}
__device__ __forceinline__ bool is_apart(const Head &a, const Patch &p) { return p.chroma && (a.flags & PLANES) == 2; }

struct Place {
    u8 *at, *second;
};
__device__ __forceinline__ Place place_of(const Head &a, const Patch &p, u32 channels, int i) {
    int x = i % WIDE, y = i / WIDE;
    Place place = {row_of_samples(a, p, y) + (p.chroma ? x >> a.shift_x : x) * channels, nullptr};
    if (is_apart(a, p)) place.second = (u8 *)a.planes[2].at + (u64)(p.y + y >> a.shift_y) * a.planes[2].pitch + (p.x + x >> a.shift_x);
    return place;
}

// The samples that are read or written as words, of those that are asked for: `four` pixels of four bytes, `one` row of
// pixels of a byte or of two samples of two bytes.
struct Wide {
    bool four, one;
};
__device__ __forceinline__ Wide wide_of(const Head &a, const Patch &p, u32 channels, const u8 *row, u32 bits) {
    bool words = ((u64)row & 3) == 0;
    bool one = (channels == 1 && bits == 15 && !is_apart(a, p)) || (channels == 2 && bits == 5 && p.chroma && a.shift_x);
    return {words && channels == 4 && (!p.chroma || a.shift_x == 0), words && one};
}

__device__ __forceinline__ void load_samples(const Head &a, Patch &p, u32 wanted) {
    u32 channels = channels_of(a, p);
    p.known |= wanted;
    #pragma unroll
    for (int r = 0; r < HIGH; r++) {
        const u8 *row = row_of_samples(a, p, r);
        u32 bits = wanted >> WIDE * r & 15, *of = p.samples + WIDE * r;
        Wide wide = wide_of(a, p, channels, row, bits);
        if (wide.one) {
            u32 word = *(const u32 *)row;
            of[0] = channels == 1 ? word & 255 : word & 0xffff, of[1] = word >> 8 & 255;
            of[2] = channels == 1 ? word >> 16 & 255 : word >> 16, of[3] = word >> 24;
        } else if (wide.four) {
            #pragma unroll
            for (int c = 0; c < WIDE; c++) if (bits >> c & 1) of[c] = ((const u32 *)row)[c];
        }
        if (wide.one || wide.four) wanted &= ~(15u << WIDE * r);
    }
    // What is left is rare, and taken byte by byte.
    #pragma unroll 1
    for (; wanted; wanted &= wanted - 1) {
        int at = __ffs(wanted) - 1;
        Place place = place_of(a, p, channels, at);
        u32 sample = load_sample(place.at, channels, false);
        if (place.second) sample |= (u32)*place.second << 8;
        #pragma unroll
        for (int i = 0; i < SIZE; i++) if (i == at) p.samples[i] = sample;
    }
}

__device__ __forceinline__ void store_samples(const Head &a, const Patch &p) {
    u32 channels = channels_of(a, p), wanted = p.dirty;
    #pragma unroll
    for (int r = 0; r < HIGH; r++) {
        u8 *row = row_of_samples(a, p, r);
        u32 bits = wanted >> WIDE * r & 15;
        const u32 *of = p.samples + WIDE * r;
        Wide wide = wide_of(a, p, channels, row, bits);
        if (wide.one) {
            *(u32 *)row = channels == 1 ? of[0] & 255 | (of[1] & 255) << 8 | (of[2] & 255) << 16 | of[3] << 24 : of[0] & 0xffff | of[2] << 16;
        } else if (wide.four && bits == 15 && ((u64)row & 15) == 0) {
            *(uint4 *)row = make_uint4(of[0], of[1], of[2], of[3]);
        } else if (wide.four) {
            #pragma unroll
            for (int c = 0; c < WIDE; c++) if (bits >> c & 1) ((u32 *)row)[c] = of[c];
        }
        if (wide.one || wide.four) wanted &= ~(15u << WIDE * r);
    }
    #pragma unroll 1
    for (; wanted; wanted &= wanted - 1) {
        int at = __ffs(wanted) - 1;
        Place place = place_of(a, p, channels, at);
        u32 sample = 0;
        #pragma unroll
        for (int i = 0; i < SIZE; i++) if (i == at) sample = p.samples[i];
        store_sample(place.at, sample, channels, false);
        if (place.second) *place.second = (u8)(sample >> 8);
    }
}

// Inks the pixels that are not opaque, of which few pictures have any: one at a time.
__device__ __forceinline__ void ink_clear(const Head &a, Patch &p, const Cover &cover, u32 clear, u32 src, u32 alpha) {
    #pragma unroll 1
    for (; clear; clear &= clear - 1) {
        int at = __ffs(clear) - 1;
        u32 pixel = 0, row = at >= WIDE ? cover.row[1] : cover.row[0];
        #pragma unroll
        for (int i = 0; i < SIZE; i++) if (i == at) pixel = p.samples[i];
        pixel = over(pixel, src, a.flags / ALPHA - 1, div255((row >> 8 * (at % WIDE) & 255) * alpha));
        #pragma unroll
        for (int i = 0; i < SIZE; i++) if (i == at) p.samples[i] = pixel;
    }
}

// The weight of the chroma sample that begins at pixel `i`: that of all pixels that share it, those beside the window too.
__device__ __forceinline__ u32 chroma_weight(const Head &a, const Patch &p, const Cover &cover, int i, u32 alpha) {
    u32 sum = 0, count = 0;
    #pragma unroll
    for (int j = 0; j < 4; j++) {
        int column = i % WIDE + j % 2, row = i / WIDE + j / 2;
        if (column >= WIDE || row >= HIGH || j % 2 >> a.shift_x || j / 2 >> a.shift_y) continue;
        sum += cover_at(cover, WIDE * row + column), count += cover_at(p.raster, WIDE * row + column) & 1;
    }
    // One, two or four pixels.
    return (sum * alpha + 255 * count / 2 >> count / 2) / 255;
}

// Inks the patch's samples by the coverage of its pixels.
__device__ __forceinline__ void ink(const Head &a, Patch &p, const Cover &cover, u32 color, u32 alpha) {
    bool deep = a.flags & DEEP;
    u32 mask = p.chroma ? deep ? 0xff00ff00 : ~0u : a.mask, src = color;
    if (p.chroma) src = deep ? (color & 0xff00) | (color & 0xff0000) << 8 : color >> 8 & 0xffff;
    else if (a.flags & PLANES) src = deep ? (color & 255) << 8 : color & 255;
    // Of two samples a word.
    u32 weights[SIZE / 2], some = 0, full = 0;
    #pragma unroll
    for (int i = 0; i < SIZE; i++) {
        u32 weight = 0;
        if (p.inside >> i & 1) weight = p.chroma ? chroma_weight(a, p, cover, i, alpha) : div255(cover_at(cover, i) * alpha);
        if (i % 2) weights[i / 2] |= weight << 16;
        else weights[i / 2] = weight;
        some |= (weight ? 1u : 0u) << i, full |= (weight == 255 ? 1u : 0u) << i;
    }
    if (mask != ~0u) full = 0;
    u32 wanted = some & ~full & ~p.known;
    if (wanted) load_samples(a, p, p.inside & ~p.known);
    u32 opaque = a.flags / ALPHA ? 255u << 8 * (a.flags / ALPHA - 1) : 0, clear = 0;
    #pragma unroll
    for (int i = 0; i < SIZE; i++) {
        u32 &sample = p.samples[i], weight = weights[i / 2] >> 16 * (i % 2) & 255;
        if ((some >> i & 1) == 0) continue;
        if (full >> i & 1) sample = src;
        else if ((sample & opaque) == opaque) sample = mixed(sample, src, mask, weight);
        else clear |= 1u << i;
    }
    ink_clear(a, p, cover, clear, src, alpha);
    p.known |= some, p.dirty |= some;
}
