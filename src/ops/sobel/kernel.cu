// Sobel's derivatives: weighed across, then down. A thread has four values side by side in each of four rows.
#include "window.cuh"

// Laid out as `Args` in cuda.rs.
struct Args {
    Window window;
    int across[7], down[7]; // around the middle, the fourth
    u32 scaled;
    float scale, delta;
    u32 unused;
};
static_assert(sizeof(Args) == 112, "Args differs from the one in cuda.rs");

__device__ __forceinline__ int finish(const Args &a, int sum) {
    if (!a.scaled) return min(max(sum, -32768), 32767);
    float value = (float)sum * a.scale + a.delta;
    // What is no number stays so, and becomes 0.
    value = value < -32768.0f ? -32768.0f : value > 32767.0f ? 32767.0f : value;
    return __float2int_rn(value);
}

template <int N>
__device__ __forceinline__ void derivative(const Args &a, u32 *tile) {
    constexpr int REACHED = N / 2, FIRST = 3 - REACHED;
    load_window(a.window, REACHED, tile);
    const int x = threadIdx.x % WARP * EACH, first = threadIdx.x / WARP * EACH, channels = a.window.channels;
    int sums[N][EACH];
    #pragma unroll
    for (int k = 0; k < (int)EACH + N - 1; k++) {
        int (&row)[EACH] = sums[k % N];
        #pragma unroll
        for (int i = 0; i < N; i++) {
            u32 bytes = four_at(tile, tile_at(x + (i - REACHED) * channels, first + k));
            #pragma unroll
            for (int j = 0; j < (int)EACH; j++) row[j] = (i ? row[j] : 0) + (int)(bytes >> 8 * j & 255) * a.across[FIRST + i];
        }
        if (k < N - 1) continue;
        int out[EACH];
        #pragma unroll
        for (int j = 0; j < (int)EACH; j++) {
            int sum = 0;
            #pragma unroll
            for (int i = 0; i < N; i++) sum += sums[(k + 1 + i) % N][j] * a.down[FIRST + i];
            out[j] = finish(a, sum);
        }
        write4(a.window, blockIdx.x * SPAN + x, blockIdx.y * ROWS + first + k - (N - 1), out);
    }
}

#define KERNEL(name, N) \
    extern "C" __global__ void __launch_bounds__(THREADS, 4) name(const Args a) { \
        in_turn();                                                                \
        __shared__ u32 tile[TILE_WORDS + 1]; \
        derivative<N>(a, tile); \
    }
KERNEL(sobel3, 3)
KERNEL(sobel5, 5)
KERNEL(sobel7, 7)
