// The part of CUDA C++ that kernels of this project use, in the host's C++. It is included in front of every source, as
// NVRTC's own declarations are; threads, barriers and exchanges between lanes are those of kernels.c.
#pragma once

extern "C" {
#include "kernels.h"
}

// Kernels may ask whether they are compiled for the stand-in, where there is no PTX.
#define DSFRAME_STANDIN 1
#ifndef __CUDA_ARCH__
#define __CUDA_ARCH__ 900
#endif

#define __global__ standin_kernel
#define __device__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __constant__ static
#define __shared__ static __attribute__((section("standin_shared")))
#define __launch_bounds__(...)
// nvrtc.c tells kernels.c, and takes it out.
#define DSFRAME_CLUSTER(count) standin_cluster(count)
#define __grid_constant__
#define __restrict__ __restrict
#define __align__(n) __attribute__((aligned(n)))
// `extern __shared__` has no counterpart here; kernels write DSFRAME_DYNAMIC_SHARED(type, name).
#define DSFRAME_DYNAMIC_SHARED(type, name) type *name = (type *)standin->dynamic_shared

static standin *standin;
extern "C" __attribute__((visibility("hidden"))) char __start_standin_shared[], __stop_standin_shared[];
__shared__ __attribute__((used)) int standin_section;
extern "C" void standin_attach(struct standin *table) { standin = table; }
extern "C" char *standin_shared_bound(int end) { return end ? __stop_standin_shared : __start_standin_shared; }
template <class A> void standin_invoke(void (*kernel)(A), void **args) { kernel(*(A *)args[0]); }
template <class A> unsigned standin_size(void (*)(A)) { return sizeof(A); }

#define threadIdx (standin->thread)
#define blockIdx (standin->block)
#define blockDim (standin->block_size)
#define gridDim (standin->grid_size)
constexpr int warpSize = 32;

// Vectors, aligned as the GPU wants them.
#define STANDIN_VECTOR(T, name, bytes)                                                                          \
    struct alignas(2 * bytes) name##2 { T x, y; };                                                              \
    struct name##3 { T x, y, z; };                                                                              \
    struct alignas(4 * bytes > 16 ? 16 : 4 * bytes) name##4 { T x, y, z, w; };                                  \
    inline name##2 make_##name##2(T x, T y) { return {x, y}; }                                                  \
    inline name##3 make_##name##3(T x, T y, T z) { return {x, y, z}; }                                          \
    inline name##4 make_##name##4(T x, T y, T z, T w) { return {x, y, z, w}; }
STANDIN_VECTOR(signed char, char, 1)
STANDIN_VECTOR(unsigned char, uchar, 1)
STANDIN_VECTOR(short, short, 2)
STANDIN_VECTOR(unsigned short, ushort, 2)
STANDIN_VECTOR(int, int, 4)
STANDIN_VECTOR(unsigned, uint, 4)
STANDIN_VECTOR(float, float, 4)
STANDIN_VECTOR(unsigned long long, ulonglong, 8)

// Waiting for others.
inline void __syncthreads() { standin->block_barrier(STANDIN_NO_VOTE, 0); }
inline int __syncthreads_count(int p) { return standin->block_barrier(STANDIN_COUNT, p); }
inline int __syncthreads_and(int p) { return standin->block_barrier(STANDIN_AND, p); }
inline int __syncthreads_or(int p) { return standin->block_barrier(STANDIN_OR, p); }
inline void cluster_arrive() { standin->cluster_arrive(); }
inline void cluster_wait() { standin->cluster_wait(); }
inline void cluster_tell() { standin->cluster_arrive(); }
inline void cluster_store(unsigned *at, unsigned rank, unsigned value) {
    *(unsigned *)standin->cluster_shared(at, rank) = value;
}
inline void __syncwarp(unsigned mask = ~0u) { standin->exchange(mask, 0); }
inline void __threadfence() {}
inline void __threadfence_block() {}

// Exchanges between the lanes of a warp.
template <class T> T standin_from(const unsigned long long *all, unsigned lane) {
    T value;
    __builtin_memcpy(&value, all + lane, sizeof value);
    return value;
}
template <class T> const unsigned long long *standin_exchange(unsigned mask, T value) {
    static_assert(sizeof(T) <= 8, "at most 8 bytes are exchanged");
    unsigned long long bits = 0;
    __builtin_memcpy(&bits, &value, sizeof value);
    return standin->exchange(mask, bits);
}
template <class T> T __shfl_sync(unsigned mask, T value, int from, int width = 32) {
    unsigned lane = standin->lane;
    return standin_from<T>(standin_exchange(mask, value), (lane & ~(width - 1)) + (from & (width - 1)));
}
template <class T> T __shfl_up_sync(unsigned mask, T value, unsigned by, int width = 32) {
    unsigned lane = standin->lane, first = lane & ~(width - 1);
    auto all = standin_exchange(mask, value);
    return standin_from<T>(all, lane < first + by ? lane : lane - by);
}
template <class T> T __shfl_down_sync(unsigned mask, T value, unsigned by, int width = 32) {
    unsigned lane = standin->lane, last = lane | (width - 1);
    auto all = standin_exchange(mask, value);
    return standin_from<T>(all, lane + by > last ? lane : lane + by);
}
template <class T> T __shfl_xor_sync(unsigned mask, T value, int with, int width = 32) {
    unsigned lane = standin->lane, to = lane ^ with;
    auto all = standin_exchange(mask, value);
    return standin_from<T>(all, to > (lane | (width - 1)) ? lane : to);
}
inline unsigned __ballot_sync(unsigned mask, int p) {
    auto all = standin->exchange(mask, p != 0);
    unsigned bits = 0;
    for (unsigned i = 0; i < 32; i++) bits |= (mask >> i & 1 && all[i] ? 1u : 0u) << i;
    return bits;
}
inline int __any_sync(unsigned mask, int p) { return __ballot_sync(mask, p) != 0; }
inline int __all_sync(unsigned mask, int p) { return __ballot_sync(mask, p) == mask; }
template <class T> unsigned __match_any_sync(unsigned mask, T value) {
    auto all = standin_exchange(mask, value);
    unsigned lane = standin->lane, bits = 0;
    for (unsigned i = 0; i < 32; i++) bits |= (mask >> i & 1 && all[i] == all[lane] ? 1u : 0u) << i;
    return bits;
}

// Atomic as they are: one thread runs at a time.
#define STANDIN_ATOMIC(name, expression)                                                                        \
    template <class T, class V> T name(T *at, V given) { T old = *at, value = (T)given; *at = (expression); return old; }
STANDIN_ATOMIC(atomicAdd, old + value)
STANDIN_ATOMIC(atomicSub, old - value)
STANDIN_ATOMIC(atomicMax, old > value ? old : value)
STANDIN_ATOMIC(atomicMin, old < value ? old : value)
STANDIN_ATOMIC(atomicOr, old | value)
STANDIN_ATOMIC(atomicAnd, old & value)
STANDIN_ATOMIC(atomicXor, old ^ value)
STANDIN_ATOMIC(atomicExch, value)
template <class T, class C, class V> T atomicCAS(T *at, C compare, V value) {
    T old = *at;
    if (old == (T)compare) *at = (T)value;
    return old;
}

// Loads and stores with hints about caches.
#define STANDIN_LOAD(name) template <class T> T name(const T *at) { return *at; }
STANDIN_LOAD(__ldg) STANDIN_LOAD(__ldcs) STANDIN_LOAD(__ldcg) STANDIN_LOAD(__ldca) STANDIN_LOAD(__ldlu) STANDIN_LOAD(__ldcv)
#define STANDIN_STORE(name) template <class T> void name(T *at, T value) { *at = value; }
STANDIN_STORE(__stcs) STANDIN_STORE(__stcg) STANDIN_STORE(__stwb) STANDIN_STORE(__stwt)

// Integers.
template <class A, class B> constexpr auto min(A a, B b) -> decltype(a + b) { return a < b ? a : b; }
template <class A, class B> constexpr auto max(A a, B b) -> decltype(a + b) { return a > b ? a : b; }
inline int abs(int v) { return v < 0 ? -v : v; }
inline int __popc(unsigned v) { return __builtin_popcount(v); }
inline int __popcll(unsigned long long v) { return __builtin_popcountll(v); }
inline int __clz(int v) { return v ? __builtin_clz((unsigned)v) : 32; }
inline int __clzll(long long v) { return v ? __builtin_clzll((unsigned long long)v) : 64; }
inline int __ffs(int v) { return __builtin_ffs(v); }
inline int __ffsll(long long v) { return __builtin_ffsll(v); }
inline unsigned __brev(unsigned v) {
    unsigned out = 0;
    for (int i = 0; i < 32; i++) out |= (v >> i & 1) << (31 - i);
    return out;
}
inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)((unsigned long long)a * b >> 32); }
inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) { return (unsigned long long)((unsigned __int128)a * b >> 64); }
inline int __mulhi(int a, int b) { return (int)((long long)a * b >> 32); }
inline unsigned __funnelshift_r(unsigned low, unsigned high, unsigned by) {
    return (unsigned)(((unsigned long long)high << 32 | low) >> (by & 31));
}
inline unsigned __funnelshift_l(unsigned low, unsigned high, unsigned by) {
    return (unsigned)(((unsigned long long)high << 32 | low) << (by & 31) >> 32);
}
inline unsigned __byte_perm(unsigned a, unsigned b, unsigned selector) {
    unsigned long long both = (unsigned long long)b << 32 | a;
    unsigned out = 0;
    for (int i = 0; i < 4; i++) {
        unsigned nibble = selector >> 4 * i & 15, byte = (unsigned)(both >> 8 * (nibble & 7)) & 255;
        out |= (nibble & 8 ? (byte & 128 ? 255u : 0u) : byte) << 8 * i;
    }
    return out;
}
inline unsigned __dp4a(unsigned a, unsigned b, unsigned c) {
    for (int i = 0; i < 4; i++) c += (a >> 8 * i & 255) * (b >> 8 * i & 255);
    return c;
}
inline int __dp4a(int a, int b, int c) {
    for (int i = 0; i < 4; i++) c += (int)(signed char)(a >> 8 * i) * (int)(signed char)(b >> 8 * i);
    return c;
}
// Two 16-bit numbers of `a` by the low, or the high, two bytes of `b`.
inline unsigned __dp2a_lo(unsigned a, unsigned b, unsigned c) { return c + (a & 0xffff) * (b & 255) + (a >> 16) * (b >> 8 & 255); }
inline unsigned __dp2a_hi(unsigned a, unsigned b, unsigned c) { return __dp2a_lo(a, b >> 16, c); }
// Bytes, and halves of a word, side by side.
#define STANDIN_SIDE_BY_SIDE(name, bits, expression)                                                            \
    inline unsigned name(unsigned p, unsigned q) {                                                              \
        constexpr unsigned mask = bits == 8 ? 0xffu : 0xffffu;                                                  \
        unsigned out = 0;                                                                                       \
        for (int i = 0; i < 32; i += bits) {                                                                    \
            unsigned a = p >> i & mask, b = q >> i & mask;                                                      \
            out |= ((expression) & mask) << i;                                                                  \
        }                                                                                                       \
        return out;                                                                                             \
    }
STANDIN_SIDE_BY_SIDE(__vadd4, 8, a + b)
STANDIN_SIDE_BY_SIDE(__vadd2, 16, a + b)
STANDIN_SIDE_BY_SIDE(__vsub2, 16, a - b)
STANDIN_SIDE_BY_SIDE(__vmaxu4, 8, a > b ? a : b)
STANDIN_SIDE_BY_SIDE(__vminu4, 8, a < b ? a : b)
STANDIN_SIDE_BY_SIDE(__vavgu4, 8, (a + b + 1) / 2)
STANDIN_SIDE_BY_SIDE(__vabsdiffu4, 8, a > b ? a - b : b - a)
STANDIN_SIDE_BY_SIDE(__vmaxu2, 16, a > b ? a : b)
STANDIN_SIDE_BY_SIDE(__vminu2, 16, a < b ? a : b)

// Floats; the double-underscore forms round once each, as their names say.
inline float __uint_as_float(unsigned v) { float f; __builtin_memcpy(&f, &v, 4); return f; }
inline unsigned __float_as_uint(float f) { unsigned v; __builtin_memcpy(&v, &f, 4); return v; }
inline float __int_as_float(int v) { return __uint_as_float((unsigned)v); }
inline int __float_as_int(float f) { return (int)__float_as_uint(f); }
inline float fmaf(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
inline float __fmaf_rn(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
inline float __fadd_rn(float a, float b) { return a + b; }
inline float __fsub_rn(float a, float b) { return a - b; }
inline float __fmul_rn(float a, float b) { return a * b; }
inline float __fdiv_rn(float a, float b) { return a / b; }
inline float __frcp_rn(float a) { return 1.0f / a; }
inline float __fsqrt_rn(float a) { return __builtin_sqrtf(a); }
inline double __dadd_rn(double a, double b) { return a + b; }
inline double __dmul_rn(double a, double b) { return a * b; }
inline double __longlong_as_double(long long v) { double f; __builtin_memcpy(&f, &v, 8); return f; }
inline double __dsqrt_rn(double a) { return __builtin_sqrt(a); }
inline float sqrtf(float a) { return __builtin_sqrtf(a); }
inline float floorf(float a) { return __builtin_floorf(a); }
inline float ceilf(float a) { return __builtin_ceilf(a); }
inline float rintf(float a) { return __builtin_rintf(a); }
inline float roundf(float a) { return __builtin_roundf(a); }
inline float truncf(float a) { return __builtin_truncf(a); }
inline float fabsf(float a) { return __builtin_fabsf(a); }
inline float fminf(float a, float b) { return __builtin_fminf(a, b); }
inline float fmaxf(float a, float b) { return __builtin_fmaxf(a, b); }
inline float __saturatef(float a) { return a > 0 ? (a < 1 ? a : 1) : 0; }
inline float __int2float_rn(int v) { return (float)v; }
inline float __uint2float_rn(unsigned v) { return (float)v; }
// Out of range saturates, NaN is 0, as on the GPU.
inline int standin_to_int(float f) { return f != f ? 0 : f >= 2147483648.0f ? 0x7fffffff : f < -2147483648.0f ? -0x7fffffff - 1 : (int)f; }
inline unsigned standin_to_uint(float f) { return f != f || f <= 0 ? 0 : f >= 4294967296.0f ? ~0u : (unsigned)f; }
inline int __float2int_rn(float f) { return standin_to_int(__builtin_rintf(f)); }
inline int __float2int_rd(float f) { return standin_to_int(__builtin_floorf(f)); }
inline int __float2int_ru(float f) { return standin_to_int(__builtin_ceilf(f)); }
inline int __float2int_rz(float f) { return standin_to_int(f); }
inline unsigned __float2uint_rn(float f) { return standin_to_uint(__builtin_rintf(f)); }
inline unsigned __float2uint_rd(float f) { return standin_to_uint(__builtin_floorf(f)); }
inline unsigned __float2uint_rz(float f) { return standin_to_uint(f); }
inline int standin_to_int(double f) { return f != f ? 0 : f >= 2147483647.0 ? 0x7fffffff : f <= -2147483648.0 ? -0x7fffffff - 1 : (int)f; }
inline int __double2int_rn(double f) { return standin_to_int(__builtin_rint(f)); }
inline int __double2int_rz(double f) { return standin_to_int(f); }
inline int __double2int_rd(double f) { return standin_to_int(__builtin_floor(f)); }
inline int __double2int_ru(double f) { return standin_to_int(__builtin_ceil(f)); }
// Bits of the nearest binary16, ties to even.
inline unsigned short standin_half_bits(float v) {
    unsigned bits = __float_as_uint(v), sign = bits >> 16 & 0x8000, rest = bits & 0x7fffffff;
    if (rest >= 0x7f800000) return (unsigned short)(sign | 0x7c00 | (rest > 0x7f800000 ? 0x200 : 0));
    if (rest >= 0x477ff000) return (unsigned short)(sign | 0x7c00);
    // Below the smallest normal half the sum with 0.5 leaves the half's bits at the end, rounded by the addition.
    if (rest < 0x38800000) return (unsigned short)(sign | (__float_as_uint(__uint_as_float(rest) + 0.5f) - 0x3f000000));
    unsigned odd = rest >> 13 & 1;
    return (unsigned short)(sign | ((rest - 0x38000000 + 0xfff + odd) >> 13));
}

// d (16 x 8) += a (16 x 32) times b (32 x 8), spread over the lanes as by mma.m16n8k32 with bytes.
inline void standin_mma_u8(unsigned d[4], const unsigned a[4], const unsigned b[2]) {
    unsigned group = standin->lane / 4, pair = standin->lane % 4 * 2, rows[2][8];
    for (int half = 0; half < 2; half++) {
        auto all = standin->exchange(~0u, (unsigned long long)a[2 * half + 1] << 32 | a[2 * half]);
        for (int i = 0; i < 4; i++) {
            rows[0][4 * half + i] = (unsigned)all[4 * group + i];
            rows[1][4 * half + i] = (unsigned)(all[4 * group + i] >> 32);
        }
    }
    auto columns = standin->exchange(~0u, (unsigned long long)b[1] << 32 | b[0]);
    for (int i = 0; i < 4; i++) {
        for (int k = 0; k < 4; k++) {
            unsigned long long column = columns[4 * (pair + i % 2) + k];
            d[i] = __dp4a(rows[i / 2][k], (unsigned)column, d[i]);
            d[i] = __dp4a(rows[i / 2][4 + k], (unsigned)(column >> 32), d[i]);
        }
    }
}
