// Drawing a list of shapes in order. A block of threads has a tile of the picture, and a thread the same pixels of it for
// every shape, so that shapes lie over each other as listed. Commands are looked for by the tile's threads at the start.
#include "draw_parts.cuh"

constexpr u32 WORDS = 484;
// A thread has two columns of each fourth row.
constexpr u32 WIDTH = 64, HEIGHT = 16, THREADS = 128, WARPS = THREADS / WARP;

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

__device__ __forceinline__ Command command(const Args &a, u32 i) {
    u64 bounds = a.words[3 * i], about = a.words[3 * i + 1];
    Command c;
    c.x0 = bounds & 0xffff, c.y0 = bounds >> 16 & 0xffff, c.x1 = bounds >> 32 & 0xffff, c.y1 = bounds >> 48;
    c.ink = (u32)about, c.alpha = about >> 32 & 255, c.kind = about >> 40 & 255, c.count = about >> 48;
    c.rest = a.words[3 * i + 2];
    return c;
}

// Word `i` of what the command is made of.
__device__ __forceinline__ u64 word(const Args &a, const Command &c, u32 i) {
    return c.kind & ELSEWHERE ? ((const u64 *)c.rest)[i] : a.words[(u32)c.rest + i];
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

__device__ __forceinline__ u32 overlap(u32 from, u32 to, u32 a, u32 b) {
    return max(min(to, b), max(from, a)) - max(from, a);
}

// Pixels of a box with a hole in the block of pixels from (x0, y0) to before (x1, y1).
__device__ __forceinline__ u32 filled(const Command &c, u32 x0, u32 y0, u32 x1, u32 y1) {
    u32 left = c.rest & 0xffff, top = c.rest >> 16 & 0xffff, right = c.rest >> 32 & 0xffff, bottom = c.rest >> 48;
    return overlap(x0, x1, c.x0, c.x1) * overlap(y0, y1, c.y0, c.y1) -
           overlap(x0, x1, left, right) * overlap(y0, y1, top, bottom);
}

// The thread's pixels of a box; its bounds lie in the raster.
__device__ __forceinline__ void fill_box(const Args &a, const Command &c, u32 x, u32 y, u32 src) {
    u32 left = c.rest & 0xffff, top = c.rest >> 16 & 0xffff, right = c.rest >> 32 & 0xffff, bottom = c.rest >> 48;
    #pragma unroll 1
    for (u32 py = y; py < y + HEIGHT; py += WARPS) {
        if (py < c.y0 || py >= c.y1 || py < a.phase_y) continue;
        bool hole = py >= top && py < bottom;
        #pragma unroll
        for (u32 px = x; px < x + WIDTH; px += WARP) {
            if (px < c.x0 || px >= c.x1 || px < a.phase_x || (hole && px >= left && px < right)) continue;
            ink(a.planes[0], px - a.phase_x, py - a.phase_y, src, c.alpha, a.flags / ALPHA);
        }
    }
}

__device__ __forceinline__ Part part(const Args &a, const Command &c, u32 i) {
    u64 about = word(a, c, 7 * i);
    double numbers[6];
    #pragma unroll
    for (u32 n = 0; n < 6; n++) numbers[n] = __longlong_as_double((long long)word(a, c, 7 * i + 1 + n));
    return {(u32)(about & 0xffff), (u32)(about >> 16 & 0xffff), (u32)(about >> 32 & 0xffff),
            numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]};
}

// Coverage of a tile's pixels; a thread reads and writes those of its own.
typedef u8 Cover[HEIGHT][WIDTH];

// Raises the coverage of the thread's pixels in the tile at (left, top) to that of the strokes.
__device__ __forceinline__ void strokes(const Args &a, const Command &c, u32 left, u32 top, Cover cover) {
    u32 lane = threadIdx.x % WARP;
    #pragma unroll 1
    for (u32 i = 0; i < c.count; i++) {
        Part p = part(a, c, i);
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

// The same for letters: a word each, with its place, size and where its coverage begins in the atlas.
__device__ __forceinline__ void letters(const Args &a, const Command &c, u32 left, u32 top, Cover cover) {
    u32 lane = threadIdx.x % WARP;
    #pragma unroll 1
    for (u32 i = 0; i < c.count; i++) {
        u64 glyph = word(a, c, i);
        // In the tile.
        int x0 = (short)(glyph & 0xffff) - (int)left, y0 = (short)(glyph >> 16 & 0xffff) - (int)top;
        u32 about = (u32)(glyph >> 32);
        int width = (about >> 20 & 63) * 4, height = (about >> 26) * 4;
        if (x0 >= (int)WIDTH || x0 + width <= 0 || y0 >= (int)HEIGHT || y0 + height <= 0) continue;
        const u8 *bytes = (const u8 *)a.atlas + (u64)(about & 0xfffff) * 16;
        #pragma unroll
        for (u32 y = threadIdx.x / WARP, n = 0; n < HEIGHT / WARPS; y += WARPS, n++) {
            #pragma unroll
            for (u32 x = lane, m = 0; m < WIDTH / WARP; x += WARP, m++) {
                int column = (int)x - x0, row = (int)y - y0;
                if (column < 0 || column >= width || row < 0 || row >= height) continue;
                u8 value = bytes[row * width + column];
                if (value > cover[y][x]) cover[y][x] = value;
            }
        }
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

template <bool LETTERS_TOO, bool PARTS_TOO>
__device__ __forceinline__ void draw(const Args &a) {
    __shared__ u32 here[2 * WARPS];
    __shared__ Cover cover;
    u32 t = threadIdx.x, left = (blockIdx.x + a.tile_x) * WIDTH, top = (blockIdx.y + a.tile_y) * HEIGHT;
    // Which commands touch the tile, a bit each.
    #pragma unroll
    for (u32 i = 0; i < 2; i++) {
        u32 number = i * THREADS + t;
        bool touches = false;
        if (number < a.count) {
            u64 b = a.words[3 * number];
            touches = (b & 0xffff) < left + WIDTH && (b >> 32 & 0xffff) > left && (b >> 16 & 0xffff) < top + HEIGHT && b >> 48 > top;
        }
        u32 bits = __ballot_sync(ALL_LANES, touches);
        if (t % WARP == 0) here[i * WARPS + t / WARP] = bits;
    }
    __syncthreads();
    u32 x = left + t % WARP, y = top + t / WARP, planes = a.flags & PLANES;
    for (u32 i = 0; i < 2 * WARPS; i++) {
        for (u32 bits = here[i]; bits; bits &= bits - 1) {
            Command c = command(a, i * WARP + __ffs(bits) - 1);
            bool box = (c.kind & KIND) == BOX;
            if (box && filled(c, left, top, left + WIDTH, top + HEIGHT) == 0) continue;
            u32 first = a.flags & DEEP ? (c.ink & 255) << 8 : planes ? c.ink & 255 : c.ink;
            if (box) {
                fill_box(a, c, x, y, first);
            } else if (LETTERS_TOO || PARTS_TOO) {
                for (u32 py = t / WARP; py < HEIGHT; py += WARPS) cover[py][t % WARP] = cover[py][t % WARP + WARP] = 0;
                if (PARTS_TOO && (c.kind & KIND) == PAINT) strokes(a, c, left, top, cover);
                else letters(a, c, left, top, cover);
                cover_tile(a, c, left, top, first, cover);
            }
            if (!planes) continue;
            if ((LETTERS_TOO || PARTS_TOO) && !box) __syncthreads();
            u32 columns = WIDTH >> a.shift_x, rows = HEIGHT >> a.shift_y;
            for (u32 n = t; n < columns * rows; n += THREADS) {
                u32 cy = n / columns, cx = n - cy * columns, x0 = cx << a.shift_x, y0 = cy << a.shift_y;
                u32 x1 = min(left + x0 + (1 << a.shift_x), (u32)a.width), y1 = min(top + y0 + (1 << a.shift_y), (u32)a.height);
                if (left + x0 >= x1 || top + y0 >= y1) continue;
                u32 full = 255 * (x1 - left - x0) * (y1 - top - y0), sum = 0;
                if (box) {
                    sum = 255 * filled(c, left + x0, top + y0, x1, y1);
                } else if (LETTERS_TOO || PARTS_TOO) {
                    for (u32 py = y0; py < y1 - top; py++) for (u32 px = x0; px < x1 - left; px++) sum += cover[py][px];
                }
                u32 weight = (sum * c.alpha + full / 2) / full;
                if (weight == 0) continue;
                u32 u = c.ink >> 8 & 255, v = c.ink >> 16 & 255;
                u32 second = a.flags & DEEP ? u << 8 | v << 24 : planes == 1 ? u | v << 8 : u;
                cx += left >> a.shift_x, cy += top >> a.shift_y;
                ink(a.planes[1], cx, cy, second, weight, 0);
                if (planes == 2) ink(a.planes[2], cx, cy, v, weight, 0);
            }
            if ((LETTERS_TOO || PARTS_TOO) && !box) __syncthreads();
        }
    }
}

extern "C" __global__ void __launch_bounds__(THREADS) draw_boxes(const __grid_constant__ Args a) { draw<false, false>(a); }
extern "C" __global__ void __launch_bounds__(THREADS) draw_letters(const __grid_constant__ Args a) { draw<true, false>(a); }
extern "C" __global__ void __launch_bounds__(THREADS) draw_all(const __grid_constant__ Args a) { draw<true, true>(a); }
