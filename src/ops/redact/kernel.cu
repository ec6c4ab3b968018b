// Hiding boxes of a picture: filled, or blocks of their means. A block of threads takes a tile of one box: a row of
// blocks as wide as its threads, a word of four bytes each; or one large block.
#include "redact_boxes.cuh"
#include "redact_soften.cuh"
#include "redact_spread.cuh"

constexpr u32 THREADS = 128;
// Bytes of a row that a tile has at the most: a word less than the threads', which start at whole words.
static_assert(ROOM == 4 * THREADS - 4, "cuda/args.rs and redact_boxes.cuh have the same number");
constexpr u32 MOST_ROWS = 64, BATCH = 16, SOME = 8;

// The part of a tile's rows that a thread has.
struct Word {
    const u8 *start;  // of row 0; may lie before the tile, by up to three bytes
    int at;           // of its first byte, from the tile's first one
    int first, last;  // of those bytes, which lie in the tile
    bool whole;       // all four of every row, at whole words
};

// Sums of `rows` rows, of each of the word's bytes.
__device__ __forceinline__ uint4 column_sums(const Word &w, u64 pitch, u32 rows) {
    u32 even = 0, odd = 0;
    for (u32 y = 0; w.whole && y < rows; y += BATCH) {
        u32 words[BATCH];
        #pragma unroll
        for (u32 i = 0; i < BATCH; i++) words[i] = y + i < rows ? *(const u32 *)(w.start + (y + i) * pitch) : 0;
        #pragma unroll
        for (u32 i = 0; i < BATCH; i++) even += words[i] & 0x00ff00ff, odd += words[i] >> 8 & 0x00ff00ff;
    }
    // Some rows at a time here too: all of them wait for memory together.
    for (u32 y = 0; !w.whole && y < rows; y += SOME) {
        u32 bytes[SOME][4];
        #pragma unroll
        for (u32 i = 0; i < SOME; i++) {
            #pragma unroll
            for (int b = 0; b < 4; b++) {
                bool inside = y + i < rows && b >= w.first && b < w.last;
                bytes[i][b] = inside ? w.start[(y + i) * pitch + b] : 0;
            }
        }
        #pragma unroll
        for (u32 i = 0; i < SOME; i++) even += bytes[i][0] | bytes[i][2] << 16, odd += bytes[i][1] | bytes[i][3] << 16;
    }
    return make_uint4(even & 0xffff, odd & 0xffff, even >> 16, odd >> 16);
}

template <class A>
__device__ __forceinline__ void strip(const A &a, const Plane &plane, const Item &item, u32 tile) {
    __shared__ uint4 sums[THREADS];
    __shared__ u32 line[THREADS];
    __shared__ uint2 runs[MOST_ROWS];
    u32 t = threadIdx.x, channels = plane.channels, block = item.bw * channels;
    u32 span = item.width, top = tile, x0 = 0;
    // Most boxes are one strip: divisions are spared, and blocks behind the last one are done at once.
    if (item.width > item.bw && item.width * channels + block > ROOM) {
        span = max(ROOM / block, 1u) * item.bw;
        u32 strips = (item.width + span - 1) / span;
        top = tile / strips, x0 = (tile - top * strips) * span;
    }
    u32 y0 = top * item.bh;
    if (y0 >= item.height) return;
    u32 width = min(item.width - x0, span), rows = min(item.height - y0, (u32)item.bh);
    int bytes = width * channels;
    const u8 *start = at(plane, item.x + x0, item.y + y0);
    u32 head = (u64)start & 3;
    Word w;
    w.at = (int)(4 * t) - (int)head;
    w.start = start + w.at;
    w.first = max(-w.at, 0), w.last = min(bytes - w.at, 4);
    w.whole = w.first == 0 && w.last == 4 && (plane.pitch & 3) == 0;
    if (item.cover == ELLIPSE && t < rows) runs[t] = ellipse_run(a, plane, item, y0 + t);
    u32 out = 0;
    if (item.mode == FILL) {
        // The first byte's place in its sample; 12 samples before, so that it is not negative.
        u32 place = (w.at + 12) % channels;
        for (u32 i = 0; i < 4; i++) {
            out |= (plane.fill >> 8 * place & 255) << 8 * i;
            place = place + 1 == channels ? 0 : place + 1;
        }
        if (item.cover == ELLIPSE) __syncthreads();
    } else {
        sums[t] = w.first < w.last ? column_sums(w, plane.pitch, rows) : make_uint4(0, 0, 0, 0);
        __syncthreads();
        // A block's channel for each thread: its columns are summed, and its mean written to all of them.
        const u32 *all = (const u32 *)sums + head;
        u8 *means = (u8 *)line + head;
        u32 blocks = (width + item.bw - 1) / item.bw;
        for (u32 i = t; i < blocks * channels; i += THREADS) {
            u32 number = i / channels, c = i - number * channels, from = number * item.bw;
            u32 columns = min((u32)item.bw, width - from), sum = 0;
            for (u32 x = 0; x < columns; x++) sum += all[(from + x) * channels + c];
            u32 count = columns * rows, mean = (sum + count / 2) / count;
            for (u32 x = 0; x < columns; x++) means[(from + x) * channels + c] = (u8)mean;
        }
        __syncthreads();
        out = line[t];
    }
    if (w.first >= w.last) return;
    if (item.cover == ALL && w.whole) {
        #pragma unroll 4
        for (u32 y = 0; y < rows; y++) *(u32 *)(w.start + y * plane.pitch) = out;
        return;
    }
    if (item.cover == ALL) {
        for (u32 y = 0; y < rows; y++) {
            u8 *to = (u8 *)w.start + y * plane.pitch;
            #pragma unroll
            for (int i = 0; i < 4; i++) if (i >= w.first && i < w.last) to[i] = (u8)(out >> 8 * i);
        }
        return;
    }
    u32 columns[4];
    #pragma unroll
    for (int i = 0; i < 4; i++) columns[i] = x0 + (u32)max(w.at + i, 0) / channels;
    for (u32 y = 0; y < rows; y++) {
        u8 *to = (u8 *)w.start + y * plane.pitch;
        u32 write = 0;
        #pragma unroll
        for (int i = 0; i < 4; i++) {
            if (i < w.first || i >= w.last) continue;
            u32 x = columns[i];
            bool covered = item.cover == ELLIPSE ? x >= runs[y].x && x < runs[y].y : masked(a, item, x, y0 + y);
            write |= (covered ? 1u : 0u) << i;
        }
        if (write == 15 && w.whole) {
            *(u32 *)to = out;
        } else {
            #pragma unroll
            for (u32 i = 0; i < 4; i++) if (write >> i & 1) to[i] = (u8)(out >> 8 * i);
        }
    }
}

// A block by itself, of any size.
template <class A>
__device__ __forceinline__ void single(const A &a, const Plane &plane, const Item &item, u32 tile) {
    constexpr u32 WARPS = THREADS / WARP;
    __shared__ u64 sums[WARPS][4];
    u32 lane = threadIdx.x % WARP, warp = threadIdx.x / WARP, channels = plane.channels;
    u32 across = (item.width + item.bw - 1) / item.bw, top = tile / across;
    u32 x0 = (tile - top * across) * item.bw, y0 = top * item.bh;
    if (y0 >= item.height) return;
    u32 x1 = min((u32)item.width, x0 + item.bw), y1 = min((u32)item.height, y0 + item.bh);
    bool words = in_words(plane);
    u64 total[4] = {0, 0, 0, 0};
    for (u32 y = y0 + warp; y < y1; y += WARPS) {
        u32 part[4] = {0, 0, 0, 0};
        #pragma unroll 4
        for (u32 x = x0 + lane; x < x1; x += WARP) {
            u32 sample = load_sample(at(plane, item.x + x, item.y + y), channels, words);
            for (u32 c = 0; c < 4; c++) part[c] += sample >> 8 * c & 255;
        }
        for (u32 c = 0; c < 4; c++) total[c] += part[c];
    }
    for (u32 c = 0; c < 4; c++) {
        for (u32 by = WARP / 2; by > 0; by /= 2) total[c] += __shfl_xor_sync(ALL_LANES, total[c], by);
        if (lane == 0) sums[warp][c] = total[c];
    }
    __syncthreads();
    u64 count = (u64)(x1 - x0) * (y1 - y0);
    u32 mean = 0;
    for (u32 c = 0; c < channels; c++) {
        u64 sum = count / 2;
        for (u32 i = 0; i < WARPS; i++) sum += sums[i][c];
        mean |= (u32)(sum / count) << 8 * c;
    }
    for (u32 y = y0 + warp; y < y1; y += WARPS) {
        uint2 run = item.cover == ELLIPSE ? ellipse_run(a, plane, item, y) : make_uint2(0, item.width);
        for (u32 x = x0 + lane; x < x1; x += WARP) {
            if (x < run.x || x >= run.y || (item.cover == MASK && !masked(a, item, x, y))) continue;
            store_sample(at(plane, item.x + x, item.y + y), mean, channels, words);
        }
    }
}

template <class A>
__device__ __forceinline__ void hide_tile(const A &a, const Plane &plane, const Item &item, u32 tile) {
    if (item.mode == SINGLE) single(a, plane, item, tile);
    else strip(a, plane, item, tile);
}

extern "C" __global__ void __launch_bounds__(THREADS) hide(const __grid_constant__ Args a) {
    in_turn();
    u32 tile;
    const Entry &entry = a.items[find(a, tile)];
    hide_tile(a, a.head.planes[entry.plane], item_of(entry), tile);
}

// The same of whole boxes: a row of the grid for each box, a layer for each plane.
template <class A>
__device__ __forceinline__ void hide_box(const A &a) {
    in_turn();
    const Box &box = a.boxes[blockIdx.y];
    Plane plane = plane_of(a, box.frame, blockIdx.z);
    hide_tile(a, plane, item_of(a, plane, box), blockIdx.x);
}

extern "C" __global__ void __launch_bounds__(THREADS) hide_boxes(const __grid_constant__ Boxes a) { hide_box(a); }
extern "C" __global__ void __launch_bounds__(THREADS) hide_many(const __grid_constant__ ManyBoxes a) { hide_box(a); }

// Keeps the samples of boxes that nothing covers while the whole boxes are blurred, or brings them back.
extern "C" __global__ void __launch_bounds__(256) keep(const __grid_constant__ Args a) {
    in_turn();
    u32 tile;
    const Entry &entry = a.items[find(a, tile)];
    const Item item = item_of(entry);
    const Plane &plane = a.head.planes[entry.plane];
    u32 *kept = (u32 *)a.head.scratch + item.scratch;
    u32 across = (item.width + TILE - 1) / TILE, top = tile / across;
    u32 x = (tile - top * across) * TILE + threadIdx.x, y0 = top * TILE;
    bool words = in_words(plane);
    // A tile behind the last one has no row.
    for (u32 y = y0 + threadIdx.y; y < min(y0 + TILE, (u32)item.height); y += 8) {
        uint2 run = item.cover == ELLIPSE ? ellipse_run(a, plane, item, y) : make_uint2(0, item.width);
        bool covered = x >= run.x && x < run.y && (item.cover != MASK || masked(a, item, x, y));
        if (x >= item.width || covered) continue;
        const u8 *sample = at(plane, item.x + x, item.y + y);
        u32 &place = kept[y * item.width + x];
        if (a.head.restore) store_sample(sample, place, plane.channels, words);
        else place = load_sample(sample, plane.channels, words);
    }
}
