// Windows of a picture into one block, byte for byte. Eight lanes take a row, sixteen bytes each at a time.
#include "types.cuh"

// Laid out as `Job` and `Args` in mod.rs: a window of one plane. `to` and `to_pitch` are in units of 16 bytes.
struct Job {
    u64 from;
    u32 pitch, to, row_bytes;
    u16 rows, to_pitch;
};
constexpr u32 JOBS = 160;
struct Args {
    u64 out;
    Job jobs[JOBS];
};
static_assert(sizeof(Job) == 24 && sizeof(Args) == 3848, "Args differs from the one in mod.rs");

constexpr u32 LANES = 8, ROWS = 32, EACH = 16;

// Sixteen bytes from any address, of which `left` are there; the others are zero.
__device__ __forceinline__ uint4 load16(const u8 *p, u32 left) {
    u32 off = (u64)p & 3;
    if (left >= EACH && ((u64)p & 15) == 0) return __ldcs((const uint4 *)p);
    u32 words[5] = {0, 0, 0, 0, 0};
    if (left >= EACH + (off ? 4 : 0)) {
        const u32 *q = (const u32 *)(p - off);
        #pragma unroll
        for (u32 i = 0; i < 5; i++) if (i < 4 || off) words[i] = __ldg(q + i);
        #pragma unroll
        for (u32 i = 0; i < 4; i++) words[i] = __funnelshift_r(words[i], words[i + 1], off * 8);
    } else {
        // No word beyond the row's end is read: it may be the memory's.
        #pragma unroll
        for (u32 i = 0; i < EACH; i++) if (i < left) words[i / 4] |= (u32)p[i] << i % 4 * 8;
    }
    return make_uint4(words[0], words[1], words[2], words[3]);
}

extern "C" __global__ void __launch_bounds__(LANES * ROWS) windows_to_block(const Args a) {
    in_turn();
    const Job &job = a.jobs[blockIdx.y];
    for (u32 row = blockIdx.x * ROWS + threadIdx.y; row < job.rows; row += gridDim.x * ROWS) {
        const u8 *from = (const u8 *)job.from + (u64)row * job.pitch;
        // Rows are padded to sixteen bytes in the block.
        u8 *to = (u8 *)a.out + (job.to + (u64)row * job.to_pitch) * 16;
        for (u32 at = threadIdx.x * EACH; at < job.row_bytes; at += LANES * EACH)
            *(uint4 *)(to + at) = load16(from + at, job.row_bytes - at);
    }
}
