// Drawing a list of shapes in order. A block of threads has a tile of the picture; each of its threads draws the shapes
// that touch its own pixels one after the other, in registers, so that they lie over each other as listed. They are
// looked for by all threads at the start. A list of boxes alone is drawn box by box.
#pragma once
#include "draw_ink.cuh"

constexpr u32 THREADS = 128, WARPS = THREADS / WARP;
// Pixels that a block's threads have at a time: sixteen patches beside each other, two rows of them for each warp.
constexpr u32 WIDTH = 64, HEIGHT = 16, WARP_ROWS = 4;

#include "draw_boxes.cuh"
#include "draw_letters.cuh"
#include "draw_parts.cuh"

// Whether a command has pixels from (x0, y0) to before (x1, y1).
__device__ __forceinline__ bool touches(const Command &c, const u32 *end, int x0, int y0, int x1, int y1) {
    int pixels = overlap(x0, x1, c.x0, c.x1) * overlap(y0, y1, c.y0, c.y1);
    if (pixels == 0 || c.kind > HOLLOW || (c.kind == BOX && c.rest == 0)) return pixels != 0;
    Area hole = hole_of(c, end);
    return pixels != overlap(x0, x1, hole.x0, hole.x1) * overlap(y0, y1, hole.y0, hole.y1);
}

__device__ __forceinline__ Part part(const u64 *words) {
    u64 about = words[0];
    double numbers[6];
    #pragma unroll
    for (u32 n = 0; n < 6; n++) numbers[n] = __longlong_as_double((long long)words[1 + n]);
    return {(u32)(about & 0xffff), (u32)(about >> 16 & 0xffff), (u32)(about >> 32 & 0xffff),
            numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]};
}

// The coverage of strokes.
__device__ __forceinline__ Cover cover_of_parts(const Head &a, const Patch &p, const u64 *words, u32 count) {
    Cover cover = {{0, 0}};
    if (p.raster.row[0] == 0) return cover;
    #pragma unroll 1
    for (u32 i = 0; i < count; i++) {
        Part stroke = part(words + 7 * i);
        #pragma unroll 1
        for (int r = 0; r < HIGH; r++) {
            Row row = row_of(stroke, p.y + r, a.width);
            u32 values = 0;
            #pragma unroll 1
            for (int c = 0; c < WIDE; c++) values |= cover_of(stroke, row, p.x + c, p.y + r) << 8 * c;
            if (r == 0) cover.row[0] = __vmaxu4(cover.row[0], values);
            else cover.row[1] = __vmaxu4(cover.row[1], values);
        }
    }
    return cover;
}

// What a command is made of that does not fit into its words: how much, and whether it lies elsewhere.
struct Made {
    const u32 *words;
    u32 count;
};
__device__ __forceinline__ Made made_of(const Command &c, const u32 *end) {
    const u32 *words = end - c.rest;
    if (words[1]) return {*(const u32 *const *)(words + 2), words[0]};
    return {words + 2, words[0]};
}

template <bool LETTERS_TOO, bool PARTS_TOO>
__device__ __forceinline__ Cover cover_of(const Head &a, const Patch &p, const Command &c, const Style &style, u32 layer, const u32 *end, int left, int top) {
    if (LETTERS_TOO && c.kind == LABEL && layer == 0) return cover_of_label(a, p, c, style, end, left, top);
    if (LETTERS_TOO && c.kind == LETTERS) {
        Made made = made_of(c, end);
        return cover_of_letters(a, p, made.words, made.count, left, top);
    }
    if (PARTS_TOO && c.kind == PAINT) {
        Made made = made_of(c, end);
        return cover_of_parts(a, p, (const u64 *)made.words, made.count);
    }
    Area hole = {0, 0, 0, 0};
    if (c.kind <= HOLLOW) hole = hole_of(c, end);
    return cover_of_box(p, {c.x0, c.y0, c.x1, c.y1}, hole);
}

// Of a list of boxes a tile is BOXES_WIDTH x BOXES_HEIGHT pixels, of others what the threads have at a time.
template <bool LETTERS_TOO, bool PARTS_TOO, template <u32> class List, u32 WORDS>
__device__ __forceinline__ void draw(const List<WORDS> &args) {
    constexpr bool BOXES = !LETTERS_TOO && !PARTS_TOO;
    constexpr int TILE_WIDTH = BOXES ? BOXES_WIDTH : WIDTH, TILE_HEIGHT = BOXES ? BOXES_HEIGHT : HEIGHT;
    constexpr u32 MOST = WORDS / COMMAND, GROUPS = (MOST + WARP - 1) / WARP;
    __shared__ u32 here[GROUPS];
    __shared__ u32 touching[MOST][COMMAND + STYLE];
    const Head &a = head_of(args);
    const u32 *words = commands_of(args), *end = end_of(args);
    // Other threads have the chroma.
    u32 t = threadIdx.x, all = t + THREADS * threadIdx.y;
    int left = (blockIdx.x + a.tile_x) * TILE_WIDTH, top = (blockIdx.y + a.tile_y) * TILE_HEIGHT;
    // Which commands touch the tile, a bit each, and their words. This needs the argument alone, and no turn.
    #pragma unroll 1
    for (u32 first = 0; first < a.count; first += THREADS * blockDim.y) {
        u32 number = first + all;
        bool touched = false;
        if (number < a.count) {
            u32 own[COMMAND];
            #pragma unroll
            for (u32 n = 0; n < COMMAND; n++) own[n] = argument(words + COMMAND * number + n);
            Command c = command(own[0], own[1], own[2]);
            touched = touches(c, end, left, top, left + TILE_WIDTH, top + TILE_HEIGHT);
            const u32 *style = end - STYLE * c.style;
            if (touched) {
                #pragma unroll
                for (u32 n = 0; n < COMMAND; n++) touching[number][n] = own[n];
                #pragma unroll
                for (u32 n = 0; n < STYLE; n++) touching[number][COMMAND + n] = argument(style + n);
            }
        }
        u32 bits = __ballot_sync(ALL_LANES, touched);
        if (t % WARP == 0 && number < MOST) here[number / WARP] = bits;
    }
    __syncthreads();
    in_turn();
    if (BOXES) {
        each_touching(a.count, here, touching, [&](const Command &c, const Style &style) {
            Area hole = hole_of(c, end);
            if (threadIdx.y == 0) fill_box(a, c, hole, style, left, top);
            else fill_box_chroma(a, c, hole, style, left, top);
            // The next command's pixels are other threads'.
            __syncthreads();
        });
        return;
    }
    Patch p = patch_at(a, threadIdx.y, left + t % 16 * WIDE, top + t / 16 * HIGH);
    each_touching(a.count, here, touching, [&](const Command &c, const Style &style) {
        // A label is a box, if that is to be seen, and letters on it.
        #pragma unroll 1
        for (u32 layer = c.kind == LABEL && style.alphas >> 8 ? 1 : 0; layer < 2; layer--) {
            Cover cover = cover_of<LETTERS_TOO, PARTS_TOO>(a, p, c, style, layer, end, left, top + t / WARP * WARP_ROWS);
            #pragma unroll
            for (int r = 0; r < HIGH; r++) cover.row[r] &= p.raster.row[r];
            if ((cover.row[0] | cover.row[1]) == 0) continue;
            ink(a, p, cover, layer ? style.behind : style.ink, style.alphas >> 8 * layer & 255);
        }
    });
    if (p.dirty) store_samples(a, p);
}

// The kernels of a kind of list, which has three lengths. Told that two blocks at a time are enough, the compiler keeps the
// doubles of strokes in registers.
#define DRAW_KERNELS(NAME, LIST, SHORT, MIDDLE, LONG)                                                                                                   \
    extern "C" __global__ void __launch_bounds__(2 * THREADS) NAME##_boxes_few(const __grid_constant__ LIST<SHORT> a) { draw<false, false>(a); }         \
    extern "C" __global__ void __launch_bounds__(2 * THREADS) NAME##_boxes(const __grid_constant__ LIST<LONG> a) { draw<false, false>(a); }              \
    extern "C" __global__ void __launch_bounds__(2 * THREADS, 3) NAME##_letters_few(const __grid_constant__ LIST<SHORT> a) { draw<true, false>(a); }     \
    extern "C" __global__ void __launch_bounds__(2 * THREADS, 3) NAME##_letters_some(const __grid_constant__ LIST<MIDDLE> a) { draw<true, false>(a); }   \
    extern "C" __global__ void __launch_bounds__(2 * THREADS, 3) NAME##_letters(const __grid_constant__ LIST<LONG> a) { draw<true, false>(a); }          \
    extern "C" __global__ void __launch_bounds__(2 * THREADS, 1) NAME##_all(const __grid_constant__ LIST<LONG> a) { draw<true, true>(a); }
