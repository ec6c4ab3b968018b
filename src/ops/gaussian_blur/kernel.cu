// Gaussian blur: weights in units of 1/256, the sum rounded half up.
#include "separable_any.cuh"

// Registers for five or six blocks at once, which the compiler finds by itself for some; for four of the large ones.
#define KERNELS(CH, BOUNDS) \
    extern "C" __global__ void __launch_bounds__ BOUNDS small_##CH(const Args a) { filter_tile<CH, 8, 2, false>(a); } \
    extern "C" __global__ void __launch_bounds__(THREADS, 4) large_##CH(const Args a) { filter_tile<CH, 16, 3, false>(a); } \
    extern "C" __global__ void __launch_bounds__(256) put_##CH(const Args a) { put_tile<CH>(a); }
KERNELS(1, (THREADS, 6))
KERNELS(2, (THREADS, 5))
KERNELS(3, (THREADS))
KERNELS(4, (THREADS))
extern "C" __global__ void __launch_bounds__(THREADS) across(const AnyArgs a) { any_across(a); }
extern "C" __global__ void __launch_bounds__(THREADS) down(const AnyArgs a) { any_down(a); }
