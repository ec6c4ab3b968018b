// Products of small matrices of bytes, which a warp holds in registers: lane 4g + t has rows g and g + 8 of a and of the sums,
// columns 4t to 4t + 3 of a (and 16 + 4t on), column g of b, and columns 2t and 2t + 1 of the sums.
#pragma once
#include "types.cuh"

// acc (16 x 8) += a (16 x 32) times b (32 x 8), bytes.
__device__ __forceinline__ void multiply(u32 acc[4], u32 a0, u32 a1, u32 a2, u32 a3, u32 b0, u32 b1) {
#ifdef DSFRAME_STANDIN
    u32 a[4] = {a0, a1, a2, a3}, b[2] = {b0, b1};
    standin_mma_u8(acc, a, b);
#elif __CUDA_ARCH__ >= 800
    asm volatile("mma.sync.aligned.m16n8k32.row.col.s32.u8.u8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+r"(acc[0]), "+r"(acc[1]), "+r"(acc[2]), "+r"(acc[3]) : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
#else
    #define PART(d0, d1, a, b) asm volatile("mma.sync.aligned.m8n8k16.row.col.s32.u8.u8.s32 {%0, %1}, {%2}, {%3}, {%0, %1};" \
        : "+r"(d0), "+r"(d1) : "r"(a), "r"(b))
    PART(acc[0], acc[1], a0, b0);
    PART(acc[2], acc[3], a1, b0);
    PART(acc[0], acc[1], a2, b1);
    PART(acc[2], acc[3], a3, b1);
    #undef PART
#endif
}

// acc (16 x 8) = a (16 x 32) times b (32 x 8).
__device__ __forceinline__ void product(u32 acc[4], u32 a0, u32 a1, u32 a2, u32 a3, u32 b0, u32 b1) {
#if !defined(DSFRAME_STANDIN) && __CUDA_ARCH__ >= 800
    asm volatile("mma.sync.aligned.m16n8k32.row.col.s32.u8.u8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%10, %10, %10, %10};"
        : "=r"(acc[0]), "=r"(acc[1]), "=r"(acc[2]), "=r"(acc[3]) : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1), "r"(0));
#else
    acc[0] = acc[1] = acc[2] = acc[3] = 0;
    multiply(acc, a0, a1, a2, a3, b0, b1);
#endif
}

// acc (16 x 8) += a (16 x 16) times b (16 x 8).
__device__ __forceinline__ void multiply_half(u32 acc[4], u32 a0, u32 a1, u32 b) {
#if !defined(DSFRAME_STANDIN) && __CUDA_ARCH__ >= 800
    asm volatile("mma.sync.aligned.m16n8k16.row.col.s32.u8.u8.s32 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
        : "+r"(acc[0]), "+r"(acc[1]), "+r"(acc[2]), "+r"(acc[3]) : "r"(a0), "r"(a1), "r"(b));
#elif !defined(DSFRAME_STANDIN)
    asm volatile("mma.sync.aligned.m8n8k16.row.col.s32.u8.u8.s32 {%0, %1}, {%2}, {%3}, {%0, %1};"
        : "+r"(acc[0]), "+r"(acc[1]) : "r"(a0), "r"(b));
    asm volatile("mma.sync.aligned.m8n8k16.row.col.s32.u8.u8.s32 {%0, %1}, {%2}, {%3}, {%0, %1};"
        : "+r"(acc[2]), "+r"(acc[3]) : "r"(a1), "r"(b));
#else
    multiply(acc, a0, a1, 0, 0, b, 0);
#endif
}

// acc (16 x 8) = a (16 x 16) times b (16 x 8).
__device__ __forceinline__ void product_half(u32 acc[4], u32 a0, u32 a1, u32 b) {
#if !defined(DSFRAME_STANDIN) && __CUDA_ARCH__ >= 800
    asm volatile("mma.sync.aligned.m16n8k16.row.col.s32.u8.u8.s32 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%7, %7, %7, %7};"
        : "=r"(acc[0]), "=r"(acc[1]), "=r"(acc[2]), "=r"(acc[3]) : "r"(a0), "r"(a1), "r"(b), "r"(0));
#else
    acc[0] = acc[1] = acc[2] = acc[3] = 0;
    multiply_half(acc, a0, a1, b);
#endif
}

// Rows to columns: bytes of four words.
__device__ __forceinline__ void transpose(u32 v[4]) {
    u32 a = __byte_perm(v[0], v[1], 0x5140), b = __byte_perm(v[2], v[3], 0x5140);
    u32 c = __byte_perm(v[0], v[1], 0x7362), d = __byte_perm(v[2], v[3], 0x7362);
    v[0] = __byte_perm(a, b, 0x5410), v[1] = __byte_perm(a, b, 0x7632);
    v[2] = __byte_perm(c, d, 0x5410), v[3] = __byte_perm(c, d, 0x7632);
}
