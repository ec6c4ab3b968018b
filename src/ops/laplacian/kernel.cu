// The Laplacian. A thread has four values side by side in each of four rows.
#include "window.cuh"

extern "C" __global__ void __launch_bounds__(THREADS) cross(const Window a) {
    in_turn();
    __shared__ u32 tile[TILE_WORDS + 1];
    load_window(a, 1, tile);
    const int x = threadIdx.x % WARP * EACH, first = threadIdx.x / WARP * EACH, channels = a.channels;
    #pragma unroll
    for (int k = 0; k < (int)EACH; k++) {
        int row = first + k + 1, out[EACH];
        u32 middle = four_at(tile, tile_at(x, row)), above = four_at(tile, tile_at(x, row - 1)), below = four_at(tile, tile_at(x, row + 1));
        u32 left = four_at(tile, tile_at(x - channels, row)), right = four_at(tile, tile_at(x + channels, row));
        #pragma unroll
        for (int j = 0; j < (int)EACH; j++) {
            int by = 8 * j;
            out[j] = (int)((above >> by & 255) + (below >> by & 255) + (left >> by & 255) + (right >> by & 255)) -
                     4 * (int)(middle >> by & 255);
        }
        write4(a, blockIdx.x * SPAN + x, blockIdx.y * ROWS + first + k, out);
    }
}

extern "C" __global__ void __launch_bounds__(THREADS) corners(const Window a) {
    in_turn();
    __shared__ u32 tile[TILE_WORDS + 1];
    load_window(a, 1, tile);
    const int x = threadIdx.x % WARP * EACH, first = threadIdx.x / WARP * EACH, channels = a.channels;
    #pragma unroll
    for (int k = 0; k < (int)EACH; k++) {
        int row = first + k + 1, out[EACH];
        u32 middle = four_at(tile, tile_at(x, row));
        u32 ends[4] = {four_at(tile, tile_at(x - channels, row - 1)), four_at(tile, tile_at(x + channels, row - 1)),
                       four_at(tile, tile_at(x - channels, row + 1)), four_at(tile, tile_at(x + channels, row + 1))};
        #pragma unroll
        for (int j = 0; j < (int)EACH; j++) {
            int by = 8 * j, sum = -4 * (int)(middle >> by & 255);
            #pragma unroll
            for (int i = 0; i < 4; i++) sum += (int)(ends[i] >> by & 255);
            out[j] = 2 * sum;
        }
        write4(a, blockIdx.x * SPAN + x, blockIdx.y * ROWS + first + k, out);
    }
}
