// Drawing lists of shapes on several pictures, a layer of the grid for each.
#include "draw_tiles.cuh"

extern "C" __global__ void __launch_bounds__(2 * THREADS) frames_boxes_few(const __grid_constant__ Frames<FRAMES_FEW> a) { draw<false, false>(a); }
extern "C" __global__ void __launch_bounds__(2 * THREADS) frames_boxes(const __grid_constant__ Frames<FRAMES_MANY> a) { draw<false, false>(a); }
extern "C" __global__ void __launch_bounds__(2 * THREADS, 3) frames_letters_few(const __grid_constant__ Frames<FRAMES_FEW> a) { draw<true, false>(a); }
extern "C" __global__ void __launch_bounds__(2 * THREADS, 3) frames_letters_some(const __grid_constant__ Frames<FRAMES_SOME> a) { draw<true, false>(a); }
extern "C" __global__ void __launch_bounds__(2 * THREADS, 3) frames_letters(const __grid_constant__ Frames<FRAMES_MANY> a) { draw<true, false>(a); }
extern "C" __global__ void __launch_bounds__(2 * THREADS, 1) frames_all(const __grid_constant__ Frames<FRAMES_MANY> a) { draw<true, true>(a); }
