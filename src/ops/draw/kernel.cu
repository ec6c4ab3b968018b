// Drawing a list of shapes in order. A block of threads has a tile of the picture and draws the shapes that touch it one
// after the other, so that they lie over each other as listed. They are looked for by all threads at the start.
#include "draw_ink.cuh"
#include "draw_parts.cuh"

__device__ __forceinline__ u32 overlap(u32 from, u32 to, u32 a, u32 b) {
    return max(min(to, b), max(from, a)) - max(from, a);
}

// Pixels of a box with a hole in the block of pixels from (x0, y0) to before (x1, y1).
__device__ __forceinline__ u32 filled(const Command &c, u32 x0, u32 y0, u32 x1, u32 y1) {
    u32 left = c.rest & 0xffff, top = c.rest >> 16 & 0xffff, right = c.rest >> 32 & 0xffff, bottom = c.rest >> 48;
    return overlap(x0, x1, c.x0, c.x1) * overlap(y0, y1, c.y0, c.y1) -
           overlap(x0, x1, left, right) * overlap(y0, y1, top, bottom);
}

struct Area {
    u32 x0, y0, x1, y1;
};

__device__ __forceinline__ Area hole_of(const Command &c) {
    return {(u32)(c.rest & 0xffff), (u32)(c.rest >> 16 & 0xffff), (u32)(c.rest >> 32 & 0xffff), (u32)(c.rest >> 48)};
}

// Calls `each` with the places of `outer` that are not in `hole`, which may reach beyond it. A warp has one of the strips
// above, below, left and right of the hole, or a quarter of the rows where there is none; its lanes lie as the strip is wide.
template <class Each>
__device__ __forceinline__ void frame(const Area &outer, Area hole, Each each) {
    u32 lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
    if (outer.x0 >= outer.x1 || outer.y0 >= outer.y1) return;
    hole.x0 = max(hole.x0, outer.x0), hole.y0 = max(hole.y0, outer.y0);
    hole.x1 = min(hole.x1, outer.x1), hole.y1 = min(hole.y1, outer.y1);
    Area strip = outer;
    if (hole.x0 >= hole.x1 || hole.y0 >= hole.y1) {
        u32 rows = outer.y1 - outer.y0;
        strip.y0 += rows * warp / WARPS, strip.y1 = outer.y0 + rows * (warp + 1) / WARPS;
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
    u32 bits = min(32 - __clz((int)(strip.x1 - strip.x0 - 1)), 5);
    #pragma unroll 1
    for (u32 y = strip.y0 + (lane >> bits); y < strip.y1; y += WARP >> bits) {
        #pragma unroll 1
        for (u32 x = strip.x0 + (lane & ((1 << bits) - 1)); x < strip.x1; x += 1 << bits) each(x, y);
    }
}

// The tile's pixels of a box, whose bounds lie in the raster.
template <u32 WIDE, u32 HIGH>
__device__ __forceinline__ void fill_box(const Args &a, const Command &c, u32 left, u32 top, u32 src) {
    Area outer = {max(c.x0, max(left, (u32)a.phase_x)), max(c.y0, max(top, (u32)a.phase_y)), min(c.x1, left + WIDE), min(c.y1, top + HIGH)};
    frame(outer, hole_of(c), [&](u32 x, u32 y) {
        ink(a.planes[0], x - a.phase_x, y - a.phase_y, src, c.alpha, a.flags / ALPHA);
    });
}

// Inks a chroma sample, in samples of the raster, of which `sum` 255ths of pixels are covered and `full` would be all.
__device__ __forceinline__ void ink_chroma(const Args &a, const Command &c, u32 x, u32 y, u32 sum, u32 full) {
    u32 weight = (sum * c.alpha + full / 2) / full;
    if (weight == 0) return;
    u32 u = c.ink >> 8 & 255, v = c.ink >> 16 & 255, planes = a.flags & PLANES;
    ink(a.planes[1], x, y, a.flags & DEEP ? u << 8 | v << 24 : planes == 1 ? u | v << 8 : u, weight, 0);
    if (planes == 2) ink(a.planes[2], x, y, v, weight, 0);
}

// The tile's chroma samples of a box: those that lie in the hole as a whole are left out.
template <u32 WIDE, u32 HIGH>
__device__ __forceinline__ void fill_box_chroma(const Args &a, const Command &c, u32 left, u32 top) {
    u32 sx = a.shift_x, sy = a.shift_y, wide = (1 << sx) - 1, high = (1 << sy) - 1;
    Area hole = hole_of(c), outer = {max(c.x0, left) >> sx, max(c.y0, top) >> sy, min(c.x1, left + WIDE) + wide >> sx, min(c.y1, top + HIGH) + high >> sy};
    hole = {hole.x0 + wide >> sx, hole.y0 + high >> sy, hole.x1 >> sx, hole.y1 >> sy};
    frame(outer, hole, [&](u32 x, u32 y) {
        u32 x0 = x << sx, y0 = y << sy, x1 = min(x0 + wide + 1, (u32)a.width), y1 = min(y0 + high + 1, (u32)a.height);
        ink_chroma(a, c, x, y, 255 * filled(c, x0, y0, x1, y1), 255 * (x1 - x0) * (y1 - y0));
    });
}

__device__ __forceinline__ Part part(const u64 *words) {
    u64 about = words[0];
    double numbers[6];
    #pragma unroll
    for (u32 n = 0; n < 6; n++) numbers[n] = __longlong_as_double((long long)words[1 + n]);
    return {(u32)(about & 0xffff), (u32)(about >> 16 & 0xffff), (u32)(about >> 32 & 0xffff),
            numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]};
}

// Coverage of a tile's pixels; a thread reads and writes those of its own.
typedef u8 Cover[HEIGHT][WIDTH];

// Raises the coverage of the thread's pixels in the tile at (left, top) to that of the strokes.
__device__ __forceinline__ void strokes(const Args &a, const Command &c, u32 left, u32 top, Cover cover) {
    u32 lane = threadIdx.x % WARP;
    const u64 *words = made_of(a, c);
    #pragma unroll 1
    for (u32 i = 0; i < c.count; i++) {
        Part p = part(words + 7 * i);
        #pragma unroll 1
        for (u32 y = threadIdx.x / WARP; y < HEIGHT; y += WARPS) {
            Row row = row_of(p, top + y, a.width);
            #pragma unroll 1
            for (u32 x = lane; x < WIDTH; x += WARP) {
                u32 value = cover_of(p, row, left + x, top + y);
                if (value > cover[y][x]) cover[y][x] = (u8)value;
            }
        }
    }
}

// Raises the coverage of the thread's pixels to that of a letter: a word with its place, size and where its coverage
// begins in the atlas.
__device__ __forceinline__ void letter(const Args &a, u64 glyph, u32 left, u32 top, u32 (&all)[HEIGHT / WARPS][WIDTH / WARP]) {
    // In the tile.
    u32 x0 = (u32)(short)(glyph & 0xffff) - left, y0 = (u32)(short)(glyph >> 16 & 0xffff) - top;
    u32 about = (u32)(glyph >> 32), width = (about >> 20 & 63) * 4, height = (about >> 26) * 4;
    const u8 *bytes = (const u8 *)a.atlas + (u64)(about & 0xfffff) * 16;
    #pragma unroll
    for (u32 n = 0; n < HEIGHT / WARPS; n++) {
        #pragma unroll
        for (u32 m = 0; m < WIDTH / WARP; m++) {
            u32 column = threadIdx.x % WARP + m * WARP - x0, row = threadIdx.x / WARP + n * WARPS - y0;
            if (column < width && row < height) all[n][m] = max(all[n][m], (u32)bytes[row * width + column]);
        }
    }
}

// The coverage of letters. Lanes look which of them touch the tile; two at a time, so that their loads go side by side.
__device__ __forceinline__ void letters(const Args &a, const Command &c, u32 left, u32 top, Cover cover) {
    u32 lane = threadIdx.x % WARP, all[HEIGHT / WARPS][WIDTH / WARP] = {};
    const u64 *words = made_of(a, c);
    #pragma unroll 1
    for (u32 first = 0; first < c.count; first += WARP) {
        u64 mine = 0;
        if (first + lane < c.count) mine = words[first + lane];
        int x = (short)(mine & 0xffff) - (int)left, y = (short)(mine >> 16 & 0xffff) - (int)top;
        int width = (u32)(mine >> 52 & 63) * 4, height = (u32)(mine >> 58) * 4;
        u32 bits = __ballot_sync(ALL_LANES, x < (int)WIDTH && x + width > 0 && y < (int)HEIGHT && y + height > 0);
        // Lanes behind the last have letters of no size.
        #pragma unroll 1
        while (bits) {
            u32 one = __ffs(bits) - 1;
            bits &= bits - 1;
            u32 two = bits ? __ffs(bits) - 1 : one;
            bits &= bits - 1;
            u64 left_one = __shfl_sync(ALL_LANES, mine, one), right_one = __shfl_sync(ALL_LANES, mine, two);
            letter(a, left_one, left, top, all);
            letter(a, right_one, left, top, all);
        }
    }
    #pragma unroll
    for (u32 n = 0; n < HEIGHT / WARPS; n++) {
        #pragma unroll
        for (u32 m = 0; m < WIDTH / WARP; m++) cover[threadIdx.x / WARP + n * WARPS][lane + m * WARP] = (u8)all[n][m];
    }
}

// Inks the thread's pixels by their coverage.
__device__ __forceinline__ void cover_tile(const Args &a, const Command &c, u32 left, u32 top, u32 src, Cover cover) {
    #pragma unroll 1
    for (u32 y = threadIdx.x / WARP; y < HEIGHT; y += WARPS) {
        #pragma unroll
        for (u32 x = threadIdx.x % WARP, m = 0; m < WIDTH / WARP; x += WARP, m++) {
            u32 px = left + x, py = top + y, weight = div255(cover[y][x] * c.alpha);
            if (weight == 0 || px >= a.width || py >= a.height || px < a.phase_x || py < a.phase_y) continue;
            ink(a.planes[0], px - a.phase_x, py - a.phase_y, src, weight, a.flags / ALPHA);
        }
    }
}

// Chroma samples by the coverage of the tile's pixels.
__device__ __forceinline__ void cover_chroma(const Args &a, const Command &c, u32 left, u32 top, Cover cover) {
    u32 columns = WIDTH >> a.shift_x, samples = columns * (HEIGHT >> a.shift_y);
    for (u32 n = threadIdx.x; n < samples; n += THREADS) {
        u32 cy = n / columns, cx = n - cy * columns, x0 = cx << a.shift_x, y0 = cy << a.shift_y;
        u32 x1 = min(left + x0 + (1 << a.shift_x), (u32)a.width), y1 = min(top + y0 + (1 << a.shift_y), (u32)a.height);
        if (left + x0 >= x1 || top + y0 >= y1) continue;
        u32 sum = 0;
        for (u32 py = y0; py < y1 - top; py++) for (u32 px = x0; px < x1 - left; px++) sum += cover[py][px];
        ink_chroma(a, c, cx + (left >> a.shift_x), cy + (top >> a.shift_y), sum, 255 * (x1 - left - x0) * (y1 - top - y0));
    }
}

template <u32 WIDE, u32 HIGH, bool LETTERS_TOO, bool PARTS_TOO>
__device__ __forceinline__ void draw(const Args &a) {
    __shared__ u32 here[2 * WARPS];
    __shared__ u64 touching[COMMAND * COMMANDS];
    __shared__ Cover cover;
    static_assert(2 * THREADS >= COMMANDS, "a thread looks at two commands");
    u32 t = threadIdx.x, left = (blockIdx.x + a.tile_x) * WIDE, top = (blockIdx.y + a.tile_y) * HIGH;
    // Which commands touch the tile, a bit each, and their words.
    const u64 *words = words_of(a);
    #pragma unroll
    for (u32 i = 0; i < 2; i++) {
        u32 number = i * THREADS + t;
        bool touches = false;
        if (number < a.count) {
            u64 own[COMMAND];
            #pragma unroll
            for (u32 n = 0; n < COMMAND; n++) own[n] = words[COMMAND * number + n];
            Command c = command(own);
            touches = c.x0 < left + WIDE && c.x1 > left && c.y0 < top + HIGH && c.y1 > top;
            if (touches && (c.kind & KIND) == BOX) touches = filled(c, left, top, left + WIDE, top + HIGH) != 0;
            #pragma unroll
            for (u32 n = 0; n < COMMAND; n++) if (touches) touching[COMMAND * number + n] = own[n];
        }
        u32 bits = __ballot_sync(ALL_LANES, touches);
        if (t % WARP == 0) here[i * WARPS + t / WARP] = bits;
    }
    __syncthreads();
    u32 planes = a.flags & PLANES;
    for (u32 i = 0; i * WARP < a.count; i++) {
        #pragma unroll 1
        for (u32 bits = here[i]; bits; bits &= bits - 1) {
            Command c = command(touching + COMMAND * (i * WARP + __ffs(bits) - 1));
            u32 first = a.flags & DEEP ? (c.ink & 255) << 8 : planes ? c.ink & 255 : c.ink;
            if ((c.kind & KIND) == BOX) {
                fill_box<WIDE, HIGH>(a, c, left, top, first);
                if (planes) fill_box_chroma<WIDE, HIGH>(a, c, left, top);
            } else if (LETTERS_TOO || PARTS_TOO) {
                if (PARTS_TOO && (c.kind & KIND) == PAINT) {
                    for (u32 py = t / WARP; py < HEIGHT; py += WARPS) cover[py][t % WARP] = cover[py][t % WARP + WARP] = 0;
                    strokes(a, c, left, top, cover);
                } else {
                    letters(a, c, left, top, cover);
                }
                cover_tile(a, c, left, top, first, cover);
                if (planes) {
                    __syncthreads();
                    cover_chroma(a, c, left, top, cover);
                }
            }
            // The next command's pixels are other threads'.
            __syncthreads();
        }
    }
}

extern "C" __global__ void __launch_bounds__(THREADS) draw_boxes(const __grid_constant__ Args a) {
    in_turn();
    draw<BOXES_WIDTH, BOXES_HEIGHT, false, false>(a);
}
extern "C" __global__ void __launch_bounds__(THREADS) draw_letters(const __grid_constant__ Args a) { in_turn(); draw<WIDTH, HEIGHT, true, false>(a); }
// Told that four blocks at a time are enough, the compiler keeps the doubles of strokes in registers.
extern "C" __global__ void __launch_bounds__(THREADS, 4) draw_all(const __grid_constant__ Args a) { in_turn(); draw<WIDTH, HEIGHT, true, true>(a); }
