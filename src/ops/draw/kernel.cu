// Drawing a list of shapes on one picture.
#include "draw_tiles.cuh"

extern "C" __global__ void __launch_bounds__(2 * THREADS) draw_boxes_few(const __grid_constant__ Args<FEW> a) { draw<false, false>(a); }
extern "C" __global__ void __launch_bounds__(2 * THREADS) draw_boxes(const __grid_constant__ Args<MANY> a) { draw<false, false>(a); }
extern "C" __global__ void __launch_bounds__(2 * THREADS, 3) draw_letters_few(const __grid_constant__ Args<FEW> a) { draw<true, false>(a); }
extern "C" __global__ void __launch_bounds__(2 * THREADS, 3) draw_letters_some(const __grid_constant__ Args<SOME> a) { draw<true, false>(a); }
extern "C" __global__ void __launch_bounds__(2 * THREADS, 3) draw_letters(const __grid_constant__ Args<MANY> a) { draw<true, false>(a); }
// Told that two blocks at a time are enough, the compiler keeps the doubles of strokes in registers.
extern "C" __global__ void __launch_bounds__(2 * THREADS, 1) draw_all(const __grid_constant__ Args<MANY> a) { draw<true, true>(a); }
