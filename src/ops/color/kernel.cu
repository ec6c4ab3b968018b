// Colour conversion of a window of any format to RGB and grey. A warp takes 128 pixels of a row, a lane four of them side by side.
#include "any.cuh"

// Laid out as `Target` and `Args` in cuda.rs.
struct Target {
    u64 at, pitch;
    u32 order;  // __byte_perm selector from red, green, blue, alpha; 4 gives 255
    u32 wide;
};
struct Args {
    Source src;
    Target dst;
};
static_assert(sizeof(Args) == 128, "Args differs from the one in cuda.rs");

constexpr u32 LANES = WARP, ROWS = 8, EACH = 4, SPAN = LANES * EACH;

template <int SRC, int DST>
__device__ __forceinline__ void convert(const Args &a) {
    __shared__ u32 words[DST == PACKED3 ? ROWS * LANES * 3 : 1];
    u32 lane = threadIdx.x, start = blockIdx.x * SPAN, x = start + lane * EACH;
    u32 y = blockIdx.y * ROWS + threadIdx.y;
    // A batch's blocks are enough for its largest picture.
    if (y >= a.src.height || start >= a.src.width) return;
    u32 count = x >= a.src.width ? 0 : min(a.src.width - x, EACH);
    u32 px[4] = {0, 0, 0, 0};
    load_any4<SRC>(a.src, x, y, count, count == EACH && (a.src.flags & WIDE), DST == GRAY, px);
    u8 *row = (u8 *)a.dst.at + y * a.dst.pitch;
    bool wide = count == EACH && (a.dst.wide);
    if (DST == PACKED4) {
        #pragma unroll
        for (u32 i = 0; i < EACH; i++) px[i] = __byte_perm(px[i], ~0u, a.dst.order);
        if (wide) {
            *(uint4 *)(row + x * 4) = make_uint4(px[0], px[1], px[2], px[3]);
        } else {
            bool words = ((a.dst.at | a.dst.pitch) & 3) == 0;
            #pragma unroll
            for (u32 i = 0; i < EACH; i++) {
                if (i >= count) continue;
                if (words) ((u32 *)row)[x + i] = px[i];
                else for (u32 c = 0; c < 4; c++) row[(x + i) * 4 + c] = px[i] >> 8 * c;
            }
        }
    } else if (DST == PACKED3) {
        #pragma unroll
        for (u32 i = 0; i < EACH; i++) px[i] = __byte_perm(px[i], 0, a.dst.order);
        if (start + SPAN <= a.src.width && (a.dst.wide)) {
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

// As many as the 4 KiB of an argument hold.
struct Batch {
    Args items[30];
};

#define KERNEL(name, SRC, DST)                                                                                    \
    extern "C" __global__ void __launch_bounds__(LANES * ROWS) name(const Args a) {                               \
        in_turn();                                                                                                \
        convert<SRC, DST>(a);                                                                                     \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(LANES * ROWS) name##_batch(const __grid_constant__ Batch b) {    \
        in_turn();                                                                                                \
        convert<SRC, DST>(b.items[blockIdx.z]);                                                                   \
    }
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
KERNEL(more_to_packed4, MORE, PACKED4)
KERNEL(more_to_packed3, MORE, PACKED3)
KERNEL(words_to_gray, WORDS, GRAY)
