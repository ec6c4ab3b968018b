// What every kernel of this crate may use: short names, saturation, halves, shared memory whose size the launch gives.
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

constexpr u32 WARP = 32, ALL_LANES = 0xffffffffu;

// The first thing that a kernel does: waits for all that was handed to the stream before, since a GPU that can do so
// starts a kernel while the last blocks of the one before it end. Letting the next one start earlier still was slower: its
// blocks wait in places of others.
__device__ __forceinline__ void in_turn() {
#if !defined(DSFRAME_STANDIN) && __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

#if __CUDA_ARCH__ >= 900
// Blocks that run at the same time, `count` of them along x: DSFRAME_CLUSTER(count) stands before a kernel's `void`, and the
// grid has whole clusters. None gets past cluster_wait() before every thread of all of them that has not ended was at
// cluster_arrive(), once; the threads of a warp come to each together. What others wrote before is not seen after it: it
// orders what was read before against what is written after.
#ifndef DSFRAME_STANDIN
#define DSFRAME_CLUSTER(count) __cluster_dims__(count, 1, 1)
__device__ __forceinline__ void cluster_arrive() { asm volatile("barrier.cluster.arrive.relaxed.aligned;" ::: "memory"); }
__device__ __forceinline__ void cluster_wait() { asm volatile("barrier.cluster.wait.acquire.aligned;" ::: "memory"); }
// As cluster_arrive(), but what the thread wrote before is seen by all behind cluster_wait().
__device__ __forceinline__ void cluster_tell() { asm volatile("barrier.cluster.arrive.release.aligned;" ::: "memory"); }
// `*at` of dynamic shared memory, as the cluster's block `rank` has it, which has begun and does not end before it told again.
__device__ __forceinline__ void cluster_store(u32 *at, u32 rank, u32 value) {
    asm volatile("{ .reg .u32 to; mapa.shared::cluster.u32 to, %0, %1; st.shared::cluster.u32 [to], %2; }"
        :: "r"((u32)__cvta_generic_to_shared(at)), "r"(rank), "r"(value) : "memory");
}
#endif
#endif

__device__ __forceinline__ u32 clamp_u8(int v) { return min(max(v, 0), 255); }

// Bits of the nearest binary16, ties to even. NVRTC comes without cuda_fp16.h.
__device__ __forceinline__ u16 half_bits(float v) {
#ifdef DSFRAME_STANDIN
    return standin_half_bits(v);
#else
    u16 bits;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(v));
    return bits;
#endif
}

#ifndef DSFRAME_DYNAMIC_SHARED
#define DSFRAME_DYNAMIC_SHARED(type, name) extern __shared__ __align__(16) type name[]
#endif
