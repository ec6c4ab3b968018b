// Gaussian blur: weights in units of 1/256, the sum rounded half up.
#include "separable_any.cuh"

SEPARABLE_KERNELS(false)

#if __CUDA_ARCH__ >= 900
// Boxes of a picture in place, in its luma and in chroma of two channels, each of them in a layer of the grid. Laid out as in
// ops/rows/separable/two.rs.
struct Two {
    Head luma, chroma;
    u32 cells, unused;  // log2 of a chroma sample's width and height, in bits 0 and 1; where in one the window begins, in 2 and 3
    Spot boxes[64];     // in pixels
};
static_assert(sizeof(Two) == 1128, "Two differs from the one in two.rs");

template <int R, int S>
__device__ __forceinline__ void filter_two(const Two &a) {
    u32 index = blockIdx.x >> (blockIdx.y ? a.chroma.share : a.luma.share);
    Box box = box_of(a.boxes[min(index, a.luma.count - 1)]);
    if (blockIdx.y == 0) {
        filter_box<1, R, S, false>(a.luma, index, box);
        return;
    }
    u32 sx = a.cells & 1, sy = a.cells >> 1 & 1, px = a.cells >> 2 & 1, py = a.cells >> 3 & 1;
    u32 right = (box.x + box.width + px + sx) >> sx, bottom = (box.y + box.height + py + sy) >> sy;
    box.x = (box.x + px) >> sx, box.y = (box.y + py) >> sy;
    box.width = right - box.x, box.height = bottom - box.y;
    filter_box<2, 8, 2, false>(a.chroma, index, box);
}

extern "C" __global__ DSFRAME_CLUSTER(CLUSTER) void __launch_bounds__(THREADS * 5, 1) small_two(const Two a) { filter_two<8, 2>(a); }
extern "C" __global__ DSFRAME_CLUSTER(CLUSTER) void __launch_bounds__(THREADS * 5, 1) large_two(const Two a) { filter_two<16, 3>(a); }
#endif
