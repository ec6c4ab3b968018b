// Variance of the Laplacian of boxes of a picture: sums of tiles of them, then of each box.
#include "gray.cuh"

constexpr u32 BOXES = 128, TILE_W = 64, TILE_H = 32, THREADS = 256;
constexpr int PLACES = TILE_W + 2, ROWS = TILE_H + 2;

// Laid out as `Box` and `Args` in cuda.rs.
struct Box {
    u32 x, y, width, height;
    u32 first; // of its tiles
};
struct Args {
    Source src;
    u64 sums, out;
    u32 count, tiles;
    Box boxes[BOXES];
};
static_assert(sizeof(Args) == 128 + BOXES * 20, "Args differs from the one in cuda.rs");

// Of a tile: the Laplacian is at most 1020, its square summed over 2048 pixels is below 2^32.
struct Sums {
    int sum;
    u32 squares;
};

// Position that stands for `at`, which is at most one outside of 0..n.
__device__ __forceinline__ u32 reflected(int at, u32 n) {
    if (n == 1) return 0;
    return at < 0 ? 1 : at >= (int)n ? 2 * n - 2 - at : at;
}

template <int SRC>
__device__ __forceinline__ void sums_of_tile(const Args &a, u16 *gray, Sums *parts) {
    // The last box that begins at or before this tile.
    u32 box = 0;
    for (u32 step = BOXES / 2; step; step /= 2)
        if (box + step < a.count && a.boxes[box + step].first <= blockIdx.x) box += step;
    const Box &b = a.boxes[box];
    const u32 across = (b.width + TILE_W - 1) / TILE_W, tile = blockIdx.x - b.first;
    const int left = tile % across * TILE_W, top = tile / across * TILE_H, w = b.width, h = b.height;
    Weights weights = weights_of(a.src);
    #pragma unroll 3
    for (int i = threadIdx.x; i < PLACES * ROWS; i += THREADS) {
        int row = i / PLACES, x = min(left + i - row * PLACES - 1, w), y = min(top + row - 1, h);
        gray[i] = gray_at<SRC>(a.src, weights, b.x + reflected(x, w), b.y + reflected(y, h));
    }
    __syncthreads();
    int sum = 0;
    u32 squares = 0;
    const int x = threadIdx.x % TILE_W;
    if (left + x < w) {
        for (int y = threadIdx.x / TILE_W; y < min((int)TILE_H, h - top); y += THREADS / TILE_W) {
            const u16 *at = gray + (y + 1) * PLACES + x + 1;
            int value = at[-PLACES] + at[-1] + at[1] + at[PLACES] - 4 * at[0];
            sum += value;
            squares += value * value;
        }
    }
    #pragma unroll
    for (int by = WARP / 2; by; by /= 2) {
        sum += __shfl_xor_sync(ALL_LANES, sum, by);
        squares += __shfl_xor_sync(ALL_LANES, squares, by);
    }
    if (threadIdx.x % WARP == 0) parts[threadIdx.x / WARP] = {sum, squares};
    __syncthreads();
    if (threadIdx.x == 0) {
        for (u32 i = 1; i < THREADS / WARP; i++) sum += parts[i].sum, squares += parts[i].squares;
        ((Sums *)a.sums)[blockIdx.x] = {sum, squares};
    }
}

#define KERNEL(name, SRC)                                                                    \
    extern "C" __global__ void __launch_bounds__(THREADS) name(const Args a) {                   \
        in_turn();                                                                               \
        __shared__ u16 gray[PLACES * ROWS];                                                  \
        __shared__ Sums parts[THREADS / WARP];                                               \
        sums_of_tile<SRC>(a, gray, parts);                                                   \
    }
KERNEL(packed4, PACKED4)
KERNEL(packed3, PACKED3)
KERNEL(luma, GRAY)
KERNEL(words, LUMA16)

// The nearest double of high * 2^64 + low, ties to even.
__device__ __forceinline__ double nearest(u64 high, u64 low) {
    if (high == 0) return (double)low;
    int zeros = __clzll(high);
    u64 top = zeros ? high << zeros | low >> (64 - zeros) : high, rest = low << zeros;
    // Bits below the rounding digit say only whether there are any.
    double rounded = (double)(top | (rest != 0));
    return zeros ? rounded * (double)(1ull << (64 - zeros)) : rounded * 18446744073709551616.0;
}

// (n Σx² - (Σx)²) / n², in integers up to the division. A warp for each box.
extern "C" __global__ void __launch_bounds__(THREADS) variances(const Args a) {
    in_turn();
    const u32 box = blockIdx.x * (THREADS / WARP) + threadIdx.x / WARP, lane = threadIdx.x % WARP;
    if (box >= a.count) return;
    const Box &b = a.boxes[box];
    const u32 end = box + 1 < a.count ? a.boxes[box + 1].first : a.tiles;
    u64 sum = 0, squares = 0;
    for (u32 tile = b.first + lane; tile < end; tile += WARP) {
        Sums part = ((const Sums *)a.sums)[tile];
        sum += (u64)(long long)part.sum;
        squares += part.squares;
    }
    #pragma unroll
    for (int by = WARP / 2; by; by /= 2) {
        sum += __shfl_xor_sync(ALL_LANES, sum, by);
        squares += __shfl_xor_sync(ALL_LANES, squares, by);
    }
    if (lane != 0) return;
    u64 size = (long long)sum < 0 ? 0 - sum : sum, count = (u64)b.width * b.height;
    u64 low = squares * count, high = __umul64hi(squares, count), less = size * size, borrowed = __umul64hi(size, size);
    // Never below 0: Σx² n is at least (Σx)².
    high = high - borrowed - (low < less);
    low -= less;
    double n = (double)count;
    ((double *)a.out)[box] = count ? nearest(high, low) / (n * n) : 0.0;
}
