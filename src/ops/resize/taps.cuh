// Where output pixels are taken from, along one axis: the numbers of taps.rs, to the bit.
#pragma once
#include "types.cuh"

// The weights of two neighbours in units of 1/2048, in the halves of a word.
__device__ __forceinline__ u32 weights_of(float part) {
    u32 first = __float2int_rn(__fmul_rn(__fsub_rn(1.0f, part), 2048.0f));
    return first | (u32)__float2int_rn(__fmul_rn(part, 2048.0f)) << 16;
}

// Of pixels taken by their middle; `first` of the two neighbours may be -1 or the last. `scale` is input pixels for one
// of the output.
__device__ __forceinline__ u32 tap(u32 at, double scale, int &first) {
    float centre = (float)__dadd_rn(__dmul_rn(__dadd_rn((double)at, 0.5), scale), -0.5);
    first = __float2int_rd(centre);
    return weights_of(__fsub_rn(centre, floorf(centre)));
}

// Of pixels taken by their extent; `inverse` is output pixels for one of the input.
__device__ __forceinline__ u32 tap_of_extent(u32 at, double scale, double inverse, int &first) {
    first = (int)__dmul_rn((double)at, scale);
    float part = (float)__dadd_rn((double)(at + 1), -__dmul_rn((double)first + 1.0, inverse));
    return weights_of(part <= 0.0f ? 0.0f : __fsub_rn(part, floorf(part)));
}
