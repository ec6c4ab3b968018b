// The same filters with any number of weights: across into sums, then down, a launch each. Nothing of the plane is read
// by the second, so it may write to the plane that the first one read.
#pragma once
#include "separable.cuh"

constexpr u32 ANY_BOXES = 80, ANY_TAPS = 256, ANY_WIDTH = 64, ANY_ROWS = 16;

// Laid out as in any.rs.
struct AnyBox {
    u32 x, y, width, height;
    u32 first;  // tile of all boxes' tiles
    u32 sums;   // where its sums begin
};
struct AnyArgs {
    u64 at, pitch, to, to_pitch;
    u64 sums;
    u32 count, channels, border, outside;
    u32 taps, span;     // weights, or 0 and the length of a run of ones
    int begin;          // of the run, from the pixel on
    u32 weight;         // all weights together
    u32 shift, round, factor, mean;  // mean: 0 none, 1 fixed, 2 float
    u32 tap[ANY_TAPS];  // offset in the high half, weight in the low
    AnyBox boxes[ANY_BOXES];
};
static_assert(sizeof(AnyArgs) == 3032, "AnyArgs differs from the one in any.rs");

struct AnyTile {
    AnyBox box;
    u32 left, top;
    __device__ __forceinline__ AnyTile(const AnyArgs &a) {
        u32 low = 0, high = a.count;
        while (high - low > 1) {
            u32 middle = (low + high) / 2;
            if (a.boxes[middle].first <= blockIdx.x) low = middle;
            else high = middle;
        }
        box = a.boxes[low];
        u32 columns = (box.width + ANY_WIDTH - 1) / ANY_WIDTH, local = blockIdx.x - box.first;
        left = local % columns * ANY_WIDTH, top = local / columns * ANY_ROWS;
    }
};

// The filter at each of `many` places from `from` on of a line of `length`; `read(i)` is what place i has, and `outside`
// what lies beyond. Runs of ones slide.
template <class Read, class Write>
__device__ __forceinline__ void along(const AnyArgs &a, int from, int many, int length, u32 outside, Read read, Write write) {
    auto value = [&](int i) {
        int place = placed(i, length, a.border);
        return place < 0 ? outside : read(place);
    };
    u32 sum = 0;
    if (a.taps == 0)
        for (u32 i = 0; i + 1 < a.span; i++) sum += value(from + a.begin + (int)i);
    for (int at = from; at < from + many; at++) {
        if (a.taps == 0) {
            sum += value(at + a.begin + (int)a.span - 1);
            write(at, sum);
            sum -= value(at + a.begin);
        } else {
            sum = 0;
            for (u32 i = 0; i < a.taps; i++) sum += (a.tap[i] & 0xffff) * value(at + ((int)a.tap[i] >> 16));
            write(at, sum);
        }
    }
}

__device__ __forceinline__ void any_across(const AnyArgs &a) {
    AnyTile tile(a);
    constexpr u32 EACH = ANY_WIDTH * ANY_ROWS / THREADS;
    u32 y = tile.top + threadIdx.x / (ANY_WIDTH / EACH), x = tile.left + threadIdx.x % (ANY_WIDTH / EACH) * EACH;
    if (y >= tile.box.height || x >= tile.box.width) return;
    u32 many = min(EACH, tile.box.width - x), row = tile.box.width * a.channels;
    for (u32 c = 0; c < a.channels; c++) {
        const u8 *from = (const u8 *)a.at + (tile.box.y + y) * a.pitch + (u64)tile.box.x * a.channels + c;
        u32 *to = (u32 *)a.sums + tile.box.sums + (u64)y * row + c;
        along(a, x, many, tile.box.width, a.outside & 255, [&](int i) { return (u32)from[(u64)i * a.channels]; },
              [&](int i, u32 sum) { to[(u64)i * a.channels] = sum; });
    }
}

__device__ __forceinline__ void any_down(const AnyArgs &a) {
    AnyTile tile(a);
    u32 row = tile.box.width * a.channels, end = min(row, (tile.left + ANY_WIDTH) * a.channels);
    u32 many = min(ANY_ROWS, tile.box.height - tile.top);
    for (u32 i = tile.left * a.channels + threadIdx.x; i < end; i += THREADS) {
        const u32 *from = (const u32 *)a.sums + tile.box.sums + i;
        u8 *to = (u8 *)a.to + tile.box.y * a.to_pitch + (u64)tile.box.x * a.channels + i;
        along(a, tile.top, many, tile.box.height, (a.outside & 255) * a.weight, [&](int y) { return from[(u64)y * row]; },
              [&](int y, u32 sum) {
                  u32 pixel = (sum + a.round) >> a.shift;
                  if (a.mean == 1) pixel = (sum + a.round) * a.factor >> 23;
                  if (a.mean == 2)
                      pixel = __float_as_uint(__fadd_rn(__fmul_rn(__int2float_rn((int)sum), __uint_as_float(a.factor)), 12582912.0f));
                  to[y * a.to_pitch] = pixel;
              });
    }
}

// The kernels of an operation, whose filters have weights of 1 and a mean (BOX) or weights of their own. Registers for five
// or six blocks at once, which the compiler finds by itself for some; for four of the large ones.
#define SEPARABLE_CHANNELS(BOX, CH, BOUNDS)                                                                           \
    extern "C" __global__ void __launch_bounds__ BOUNDS small_##CH(const Args a) { filter_tile<CH, 8, 2, BOX>(a); }  \
    extern "C" __global__ void __launch_bounds__(THREADS, 4) large_##CH(const Args a) { filter_tile<CH, 16, 3, BOX>(a); } \
    extern "C" __global__ void __launch_bounds__(256) put_##CH(const Args a) { in_turn(); put_tile<CH>(a); }          \
    SEPARABLE_BOXES(BOX, CH)
#define SEPARABLE_KERNELS(BOX)                                                                        \
    SEPARABLE_CHANNELS(BOX, 1, (THREADS, 6))                                                          \
    SEPARABLE_CHANNELS(BOX, 2, (THREADS, 5))                                                          \
    SEPARABLE_CHANNELS(BOX, 3, (THREADS))                                                             \
    SEPARABLE_CHANNELS(BOX, 4, (THREADS))                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS) across(const AnyArgs a) { in_turn(); any_across(a); }  \
    extern "C" __global__ void __launch_bounds__(THREADS) down(const AnyArgs a) { in_turn(); any_down(a); }
// Whole boxes by clusters of blocks that make up to four tiles each, where a GPU has these.
#if __CUDA_ARCH__ >= 900
#define SEPARABLE_BOXES(BOX, CH)                                                                                      \
    extern "C" __global__ DSFRAME_CLUSTER(CLUSTER) void __launch_bounds__(THREADS * 5, 1) \
        small_boxes_##CH(const Few a) { filter_few<CH, 8, 2, BOX>(a); }                                               \
    extern "C" __global__ DSFRAME_CLUSTER(CLUSTER) void __launch_bounds__(THREADS * 5)    \
        large_boxes_##CH(const Few a) { filter_few<CH, 16, 3, BOX>(a); }
#else
#define SEPARABLE_BOXES(BOX, CH)
#endif
