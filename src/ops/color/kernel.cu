// Colour conversion of a window of any 8-bit format; the arithmetic is that of scalar.rs, to the bit.
//
// A warp takes 128 pixels of a row, a lane four of them side by side. Pixels meet as words with red in the lowest byte,
// then green, blue, alpha.

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

// Laid out as `Args` in cuda.rs.
struct Args {
    u64 src, u, v, dst;
    u64 src_pitch, u_pitch, v_pitch, dst_pitch;
    u32 width, height, phase_x, phase_y;
    u32 chroma_step;   // bytes between chroma samples: 1 in planes of their own, 2 side by side
    u32 load_order;    // __byte_perm selectors; 4 to 7 give 255
    u32 store_order;
    u32 flags;
    int base, y, rv, gu, gv, bu;
};
static_assert(sizeof(Args) == 120, "Args differs from the one in cuda.rs");

enum { SRC_WIDE = 1, DST_WIDE = 2, LIMITED = 4, CHROMA_WIDE = 8 };
enum { PACKED4, PACKED3, GRAY, YUV };

constexpr u32 LANES = 32, ROWS = 8, EACH = 4, SPAN = LANES * EACH;

__device__ __forceinline__ u32 clamp_u8(int v) { return v < 0 ? 0 : v > 255 ? 255 : v; }

__device__ __forceinline__ u32 gray_of(u32 px) {
    return ((px & 255) * 9798 + (px >> 8 & 255) * 19235 + (px >> 16 & 255) * 3735 + (1 << 14)) >> 15;
}

__device__ __forceinline__ u32 full_range(u32 y) {
    int v = ((int)y - 16) * 510 + 219;
    return v < 0 ? 0 : min(v / 438, 255);
}

// A word less 32768 times k / 2^15, rounded.
__device__ __forceinline__ int scaled(int word, int k) { return ((word * k >> 14) + 1) >> 1; }

// u and v are less 128.
__device__ __forceinline__ u32 rgb_of(const Args &a, u32 y, int u, int v) {
    int luma = scaled(((int)y - 128) * 256, a.y) + a.base;
    u *= 256, v *= 256;
    u32 r = clamp_u8((luma + scaled(v, a.rv)) >> 6);
    u32 g = clamp_u8((luma + scaled(u, a.gu) + scaled(v, a.gv)) >> 6);
    u32 b = clamp_u8((luma + scaled(u, a.bu)) >> 6);
    return r | g << 8 | b << 16 | 0xff000000u;
}

// Up to four pixels from column x on; `wide` where all four are there and lie on whole words.
template <int SRC>
__device__ __forceinline__ void load(const Args &a, u32 x, u32 y, u32 count, bool wide, bool to_gray, u32 px[4]) {
    const u8 *row = (const u8 *)a.src + y * a.src_pitch;
    if (SRC == PACKED4) {
        uint4 raw = make_uint4(0, 0, 0, 0);
        if (wide) {
            raw = *(const uint4 *)(row + x * 4);
        } else {
            u32 *to = &raw.x;
            bool words = ((a.src | a.src_pitch) & 3) == 0;
            #pragma unroll
            for (u32 i = 0; i < EACH; i++) {
                if (i >= count) continue;
                if (words) to[i] = ((const u32 *)row)[x + i];
                else for (u32 c = 0; c < 4; c++) to[i] |= (u32)row[(x + i) * 4 + c] << 8 * c;
            }
        }
        px[0] = __byte_perm(raw.x, ~0u, a.load_order);
        px[1] = __byte_perm(raw.y, ~0u, a.load_order);
        px[2] = __byte_perm(raw.z, ~0u, a.load_order);
        px[3] = __byte_perm(raw.w, ~0u, a.load_order);
    } else if (SRC == PACKED3) {
        if (wide) {
            const u32 *p = (const u32 *)(row + x * 3);
            u32 w0 = p[0], w1 = p[1], w2 = p[2];
            px[0] = w0, px[1] = w0 >> 24 | w1 << 8, px[2] = w1 >> 16 | w2 << 16, px[3] = w2 >> 8;
        } else {
            #pragma unroll
            for (u32 i = 0; i < EACH; i++) {
                const u8 *p = row + (x + i) * 3;
                if (i < count) px[i] = p[0] | p[1] << 8 | p[2] << 16;
            }
        }
        #pragma unroll
        for (u32 i = 0; i < EACH; i++) px[i] = __byte_perm(px[i], ~0u, a.load_order);
    } else {
        u32 luma[4] = {0, 0, 0, 0};
        if (wide) {
            u32 raw = *(const u32 *)(row + x);
            #pragma unroll
            for (u32 i = 0; i < EACH; i++) luma[i] = raw >> 8 * i & 255;
        } else {
            #pragma unroll
            for (u32 i = 0; i < EACH; i++) if (i < count) luma[i] = row[x + i];
        }
        if (SRC == GRAY) {
            #pragma unroll
            for (u32 i = 0; i < EACH; i++) px[i] = luma[i] * 0x010101u | 0xff000000u;
        } else if (to_gray) {
            #pragma unroll
            for (u32 i = 0; i < EACH; i++) px[i] = a.flags & LIMITED ? full_range(luma[i]) : luma[i];
        } else {
            u32 cy = (y + a.phase_y) / 2;
            const u8 *us = (const u8 *)a.u + cy * a.u_pitch, *vs = (const u8 *)a.v + cy * a.v_pitch;
            if (wide && (a.flags & CHROMA_WIDE)) {
                // Two samples for four pixels, as U V U V.
                u32 at = x / 2 * a.chroma_step, pairs;
                if (a.chroma_step == 1) {
                    u32 two_u = *(const unsigned short *)(us + at), two_v = *(const unsigned short *)(vs + at);
                    pairs = __byte_perm(two_u, two_v, 0x5140);
                } else if (us < vs) {
                    pairs = *(const u32 *)(us + at);
                } else {
                    pairs = __byte_perm(*(const u32 *)(vs + at), 0, 0x2301);
                }
                #pragma unroll
                for (u32 i = 0; i < EACH; i++) {
                    u32 pair = pairs >> i / 2 * 16;
                    px[i] = rgb_of(a, luma[i], (int)(pair & 255) - 128, (int)(pair >> 8 & 255) - 128);
                }
            } else {
                #pragma unroll
                for (u32 i = 0; i < EACH; i++) {
                    u32 at = (x + i + a.phase_x) / 2 * a.chroma_step;
                    if (i < count) px[i] = rgb_of(a, luma[i], (int)us[at] - 128, (int)vs[at] - 128);
                }
            }
        }
    }
}

template <int SRC, int DST>
__device__ __forceinline__ void convert(const Args &a) {
    __shared__ u32 words[DST == PACKED3 ? ROWS * LANES * 3 : 1];
    u32 lane = threadIdx.x, start = blockIdx.x * SPAN, x = start + lane * EACH;
    u32 y = blockIdx.y * ROWS + threadIdx.y;
    if (y >= a.height) return;
    u32 count = x >= a.width ? 0 : min(a.width - x, EACH);
    u32 px[4] = {0, 0, 0, 0};
    load<SRC>(a, x, y, count, count == EACH && (a.flags & SRC_WIDE), DST == GRAY, px);
    u8 *row = (u8 *)a.dst + y * a.dst_pitch;
    bool wide = count == EACH && (a.flags & DST_WIDE);
    if (DST == PACKED4) {
        #pragma unroll
        for (u32 i = 0; i < EACH; i++) px[i] = __byte_perm(px[i], ~0u, a.store_order);
        if (wide) {
            *(uint4 *)(row + x * 4) = make_uint4(px[0], px[1], px[2], px[3]);
        } else {
            bool words = ((a.dst | a.dst_pitch) & 3) == 0;
            #pragma unroll
            for (u32 i = 0; i < EACH; i++) {
                if (i >= count) continue;
                if (words) ((u32 *)row)[x + i] = px[i];
                else for (u32 c = 0; c < 4; c++) row[(x + i) * 4 + c] = px[i] >> 8 * c;
            }
        }
    } else if (DST == PACKED3) {
        #pragma unroll
        for (u32 i = 0; i < EACH; i++) px[i] = __byte_perm(px[i], 0, a.store_order);
        if (start + SPAN <= a.width && (a.flags & DST_WIDE)) {
            // Words of the whole warp side by side: a lane's own twelve bytes would be written in thirds of sectors.
            u32 *mine = words + threadIdx.y * (LANES * 3);
            mine[lane * 3] = px[0] | px[1] << 24;
            mine[lane * 3 + 1] = px[1] >> 8 | px[2] << 16;
            mine[lane * 3 + 2] = px[2] >> 16 | px[3] << 8;
            __syncwarp();
            u32 *out = (u32 *)(row + start * 3);
            #pragma unroll
            for (u32 i = 0; i < 3; i++) out[i * LANES + lane] = mine[i * LANES + lane];
        } else {
            #pragma unroll
            for (u32 i = 0; i < EACH; i++)
                if (i < count)
                    for (u32 c = 0; c < 3; c++) row[(x + i) * 3 + c] = px[i] >> 8 * c;
        }
    } else {
        u32 gray[4];
        #pragma unroll
        for (u32 i = 0; i < EACH; i++) gray[i] = SRC == PACKED4 || SRC == PACKED3 ? gray_of(px[i]) : px[i] & 255;
        if (wide) {
            *(u32 *)(row + x) = gray[0] | gray[1] << 8 | gray[2] << 16 | gray[3] << 24;
        } else {
            #pragma unroll
            for (u32 i = 0; i < EACH; i++) if (i < count) row[x + i] = gray[i];
        }
    }
}

#define KERNEL(name, SRC, DST) \
    extern "C" __global__ void __launch_bounds__(LANES * ROWS) name(const Args a) { convert<SRC, DST>(a); }
KERNEL(packed4_to_packed4, PACKED4, PACKED4)
KERNEL(packed4_to_packed3, PACKED4, PACKED3)
KERNEL(packed4_to_gray, PACKED4, GRAY)
KERNEL(packed3_to_packed4, PACKED3, PACKED4)
KERNEL(packed3_to_packed3, PACKED3, PACKED3)
KERNEL(packed3_to_gray, PACKED3, GRAY)
KERNEL(gray_to_packed4, GRAY, PACKED4)
KERNEL(gray_to_packed3, GRAY, PACKED3)
KERNEL(gray_to_gray, GRAY, GRAY)
KERNEL(yuv_to_packed4, YUV, PACKED4)
KERNEL(yuv_to_packed3, YUV, PACKED3)
KERNEL(yuv_to_gray, YUV, GRAY)
