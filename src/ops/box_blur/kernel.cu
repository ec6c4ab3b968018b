// Box blur: weights of 1, and the mean as on the CPU.
#include "separable_any.cuh"

// A tile of the large ones has two parts of 128 threads. Bounds leave registers enough that nothing goes to local memory.
#define KERNELS(CH, BOUNDS, LARGE) \
    extern "C" __global__ void __launch_bounds__ BOUNDS small_##CH(const Args a) { filter_tile<CH, 8, 64, 1, true>(a); } \
    extern "C" __global__ void __launch_bounds__ LARGE large_##CH(const Args a) { filter_tile<CH, 16, 96, 2, true>(a); } \
    extern "C" __global__ void __launch_bounds__(256) put_##CH(const Args a) { put_tile<CH>(a); }
KERNELS(1, (THREADS, 8), (2 * THREADS, 3))
KERNELS(2, (THREADS, 4), (2 * THREADS, 2))
KERNELS(3, (THREADS), (2 * THREADS, 2))
KERNELS(4, (THREADS), (2 * THREADS, 2))
extern "C" __global__ void __launch_bounds__(THREADS) across(const AnyArgs a) { any_across(a); }
extern "C" __global__ void __launch_bounds__(THREADS) down(const AnyArgs a) { any_down(a); }
