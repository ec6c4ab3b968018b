// A picture of any format written as luma and chroma planes, with the bytes of yuv.rs. A thread takes four columns of two
// rows, from the first of a chroma sample on.
#include "any.cuh"

// Laid out as `Target` and `Args` in cuda/yuv.rs.
struct Target {
    u64 at, u, v;
    u64 pitch, u_pitch, v_pitch;
    u32 phase_x, phase_y;
    u32 shift_x, shift_y;   // how often the chroma planes' size is halved
    u32 chroma_step;        // bytes between chroma samples
    u32 flags;              // WIDE, CHROMA_WIDE
    u32 bits, source_bits;  // of a sample here and, where samples are copied, there
    int factors[3][3];      // rows Y', Cb, Cr; 15 fractional bits
    int zero[3];
    int most;
    u32 limited;
};
struct Args {
    Source src;
    Target dst;
};
static_assert(sizeof(Args) == 240, "Args differs from the one in cuda/yuv.rs");

constexpr u32 ROWS = 8, EACH = 4;
constexpr int FRACTION = 15;

// Where a thread's pixels lie. The first column and row may be outside: a window need not begin with a sample's first.
struct Place {
    int x, y;
    u32 columns, rows;   // bits: which are inside
    __device__ __forceinline__ bool whole() const { return columns == 15 && (x & 3) == 0; }
};

__device__ __forceinline__ u32 bits_inside(int first, u32 count, int size) {
    u32 bits = 0;
    #pragma unroll
    for (u32 i = 0; i < count; i++) bits |= (u32)(first + (int)i >= 0 && first + (int)i < size) << i;
    return bits;
}

__device__ __forceinline__ Place place_of(const Args &a) {
    Place out;
    out.x = (int)((blockIdx.x * WARP + threadIdx.x) * EACH) - (int)a.dst.phase_x;
    out.y = (int)((blockIdx.y * ROWS + threadIdx.y) * 2) - (int)a.dst.phase_y;
    out.columns = bits_inside(out.x, 4, a.src.width);
    out.rows = bits_inside(out.y, 2, a.src.height);
    return out;
}

// The sum of the bytes times the factors, rounded, of 2^log pixels.
__device__ __forceinline__ int weigh(const Target &t, u32 row, u32 r, u32 g, u32 b, u32 log) {
    int shift = FRACTION + log;
    int sum = t.factors[row][0] * (int)r + t.factors[row][1] * (int)g + t.factors[row][2] * (int)b;
    sum += (t.zero[row] << log) + (1 << (shift - 1));
    return min(max(sum >> shift, 0), t.most);
}

__device__ __forceinline__ void put(u8 *at, u32 bits, u32 sample) {
    if (bits == 8) {
        *at = sample;
    } else {
        u32 word = sample << (16 - bits);
        at[0] = word, at[1] = word >> 8;
    }
}

// Samples of four columns of a row.
__device__ __forceinline__ void put_luma(const Target &t, const Place &p, u32 r, const u32 luma[4]) {
    u32 bytes = t.bits == 8 ? 1 : 2, by = 16 - t.bits;
    u8 *row = (u8 *)t.at + (p.y + (int)r) * t.pitch;
    if (p.whole() && (t.flags & WIDE)) {
        if (t.bits == 8) *(u32 *)(row + p.x) = luma[0] | luma[1] << 8 | luma[2] << 16 | luma[3] << 24;
        else *(uint2 *)(row + p.x * 2) = make_uint2((luma[0] | luma[1] << 16) << by, (luma[2] | luma[3] << 16) << by);
        return;
    }
    #pragma unroll
    for (u32 i = 0; i < EACH; i++)
        if (p.columns >> i & 1) put(row + (p.x + (int)i) * (int)bytes, t.bits, luma[i]);
}

// Luma of 8 bits, in the bytes of a word: no factor of luma is negative, and none is 2^15 or more.
__device__ __forceinline__ u32 luma_bytes(const Target &t, const u32 px[4]) {
    u32 low = t.factors[0][0] * 2 | t.factors[0][1] << 17, high = t.factors[0][2] * 2, zero = (t.zero[0] + (1 << (FRACTION - 1))) * 2;
    u32 sums[4];
    #pragma unroll
    for (u32 i = 0; i < EACH; i++) sums[i] = __dp2a_hi(high, px[i], __dp2a_lo(low, px[i], zero));
    return __byte_perm(__byte_perm(sums[0], sums[1], 0x62), __byte_perm(sums[2], sums[3], 0x62), 0x5410);
}

// COMMON: 4:2:0 of 8 bits. `px` is 0 outside.
template <bool COMMON>
__device__ __forceinline__ void put_chroma(const Target &t, const Place &p, const u32 px[2][4]) {
    u32 shift_x = COMMON ? 1 : t.shift_x, shift_y = COMMON ? 1 : t.shift_y, bits = COMMON ? 8 : t.bits, made[2][2] = {};
    bool wide = COMMON && p.whole() && (t.flags & CHROMA_WIDE);
    #pragma unroll
    for (u32 r = 0; r < 2; r++) {
        #pragma unroll
        for (u32 i = 0; i < EACH; i++) {
            // The first pixel of each sample makes it.
            if (r & shift_y || i & shift_x) continue;
            u32 red_blue = px[r][i] & 0xff00ff, green = px[r][i] >> 8 & 255, columns = p.columns >> i & 1, rows = p.rows >> r & 1;
            if (i + 1 < EACH && shift_x) {
                red_blue += px[r][i + 1] & 0xff00ff, green += px[r][i + 1] >> 8 & 255, columns += p.columns >> (i + 1) & 1;
            }
            if (r == 0 && shift_y) {
                red_blue += px[1][i] & 0xff00ff, green += px[1][i] >> 8 & 255, rows += p.rows >> 1 & 1;
                if (i + 1 < EACH && shift_x) red_blue += px[1][i + 1] & 0xff00ff, green += px[1][i + 1] >> 8 & 255;
            }
            if (columns == 0 || rows == 0) continue;
            u32 log = columns / 2 + rows / 2;
            u32 u = weigh(t, 1, red_blue & 0xffff, green, red_blue >> 16, log);
            u32 v = weigh(t, 2, red_blue & 0xffff, green, red_blue >> 16, log);
            if (wide) {
                made[0][i / 2] = u, made[1][i / 2] = v;
                continue;
            }
            u64 row = (p.y + (int)t.phase_y + (int)r) >> shift_y;
            u64 at = (u64)((p.x + (int)t.phase_x + (int)i) >> shift_x) * t.chroma_step;
            put((u8 *)t.u + row * t.u_pitch + at, bits, u);
            put((u8 *)t.v + row * t.v_pitch + at, bits, v);
        }
    }
    if (!wide) return;
    u64 row = (p.y + t.phase_y) / 2, at = p.x / 2 * t.chroma_step;
    u8 *us = (u8 *)t.u + row * t.u_pitch + at, *vs = (u8 *)t.v + row * t.v_pitch + at;
    if (t.chroma_step == 1) {
        *(u16 *)us = made[0][0] | made[0][1] << 8, *(u16 *)vs = made[1][0] | made[1][1] << 8;
    } else {
        bool second = us > vs;
        u32 low = made[0][0] | made[0][1] << 16, high = made[1][0] | made[1][1] << 16;
        *(u32 *)(second ? vs : us) = second ? high | low << 8 : low | high << 8;
    }
}

template <int SRC, bool COMMON>
__device__ __forceinline__ void weighed(const Args &a) {
    Place p = place_of(a);
    if (p.columns == 0 || p.rows == 0) return;
    u32 px[2][4];
    bool wide = p.whole() && (a.src.flags & WIDE);
    #pragma unroll
    for (u32 r = 0; r < 2; r++) {
        #pragma unroll
        for (u32 i = 0; i < EACH; i++) px[r][i] = 0;
        if (!(p.rows >> r & 1)) continue;
        if (wide) {
            load_any4<SRC>(a.src, p.x, p.y + (int)r, 4, true, false, px[r]);
        } else {
            #pragma unroll
            for (u32 i = 0; i < EACH; i++)
                if (p.columns >> i & 1) px[r][i] = fetch_any<SRC>(a.src, p.x + (int)i, p.y + (int)r);
        }
    }
    #pragma unroll
    for (u32 r = 0; r < 2; r++) {
        if (!(p.rows >> r & 1)) continue;
        u32 luma[4];
        if (COMMON) {
            u32 all = luma_bytes(a.dst, px[r]);
            u8 *row = (u8 *)a.dst.at + (p.y + (int)r) * a.dst.pitch;
            if (p.whole() && (a.dst.flags & WIDE)) {
                *(u32 *)(row + p.x) = all;
            } else {
                #pragma unroll
                for (u32 i = 0; i < EACH; i++) if (p.columns >> i & 1) row[p.x + (int)i] = all >> 8 * i;
            }
        } else {
            #pragma unroll
            for (u32 i = 0; i < EACH; i++) luma[i] = weigh(a.dst, 0, px[r][i] & 255, px[r][i] >> 8 & 255, px[r][i] >> 16 & 255, 0);
            put_luma(a.dst, p, r, luma);
        }
    }
    put_chroma<COMMON>(a.dst, p, px);
}

// A sample of the other depth. Full range goes by its largest value, limited range by powers of two.
__device__ __forceinline__ u32 depth(const Target &t, u32 word) {
    u32 from = t.source_bits, bits = t.bits, most = t.most, sample = word >> (16 - from);
    if (from == bits) return sample;
    if (!t.limited) {
        u32 wide = sample * most;
        return from == 8 ? (wide + 127) / 255 : from == 10 ? (wide + 511) / 1023 : (wide + 2047) / 4095;
    }
    if (bits < from) return min((sample + (1 << (from - bits - 1))) >> (from - bits), most);
    return sample << (bits - from);
}

__device__ __forceinline__ u32 word_at(const u8 *at, u32 bits) { return bits == 8 ? *at << 8 : at[0] | at[1] << 8; }

// Samples as they are, between formats of one subsampling.
__device__ __forceinline__ void copied(const Args &a) {
    const Target &t = a.dst;
    Place p = place_of(a);
    if (p.columns == 0 || p.rows == 0) return;
    u32 bytes = t.source_bits == 8 ? 1 : 2;
    #pragma unroll
    for (u32 r = 0; r < 2; r++) {
        if (!(p.rows >> r & 1)) continue;
        const u8 *row = (const u8 *)a.src.at + (p.y + (int)r) * a.src.pitch;
        u32 luma[4] = {0, 0, 0, 0};
        if (p.whole() && (a.src.flags & WIDE)) {
            uint2 raw;
            if (bytes == 1) {
                u32 all = *(const u32 *)(row + p.x);
                raw = make_uint2(__byte_perm(all, 0, 0x1404), __byte_perm(all, 0, 0x3424));
            } else {
                raw = *(const uint2 *)(row + p.x * 2);
            }
            luma[0] = raw.x & 0xffff, luma[1] = raw.x >> 16, luma[2] = raw.y & 0xffff, luma[3] = raw.y >> 16;
        } else {
            #pragma unroll
            for (u32 i = 0; i < EACH; i++)
                if (p.columns >> i & 1) luma[i] = word_at(row + (p.x + (int)i) * (int)bytes, t.source_bits);
        }
        #pragma unroll
        for (u32 i = 0; i < EACH; i++) luma[i] = depth(t, luma[i]);
        put_luma(t, p, r, luma);
    }
    #pragma unroll
    for (u32 r = 0; r < 2; r++) {
        #pragma unroll
        for (u32 i = 0; i < EACH; i++) {
            if (r & t.shift_y || i & t.shift_x) continue;
            // The pixels of the sample that are inside.
            u32 columns = p.columns >> i & (t.shift_x ? 3 : 1), rows = p.rows >> r & (t.shift_y ? 3 : 1);
            if (columns == 0 || rows == 0) continue;
            u64 row = (p.y + (int)t.phase_y + (int)r) >> t.shift_y, at = (p.x + (int)t.phase_x + (int)i) >> t.shift_x;
            u64 from = at * a.src.chroma_step, to = at * t.chroma_step;
            u32 u = word_at((const u8 *)a.src.u + row * a.src.u_pitch + from, t.source_bits);
            u32 v = word_at((const u8 *)a.src.v + row * a.src.v_pitch + from, t.source_bits);
            put((u8 *)t.u + row * t.u_pitch + to, t.bits, depth(t, u));
            put((u8 *)t.v + row * t.v_pitch + to, t.bits, depth(t, v));
        }
    }
}

// As many as the 4 KiB of an argument hold.
struct Batch {
    Args items[17];
};

#define KERNEL(name, call)                                                                                        \
    extern "C" __global__ void __launch_bounds__(WARP * ROWS) name(const Args a) {                                \
        in_turn();                                                                                                \
        call(a);                                                                                                  \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(WARP * ROWS) name##_batch(const __grid_constant__ Batch b) {     \
        in_turn();                                                                                                \
        call(b.items[blockIdx.z]);                                                                                \
    }
#define KERNELS(name, SRC)                        \
    KERNEL(name##_to_yuv420, (weighed<SRC, true>)) \
    KERNEL(name##_to_yuv, (weighed<SRC, false>))
KERNELS(packed4, PACKED4)
KERNELS(packed3, PACKED3)
KERNELS(any, ANY)
KERNEL(samples, copied)
