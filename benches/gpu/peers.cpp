// What NVIDIA's own image library takes for the work that examples/gpu_device times: one line of JSON for each, in the
// form of that program's results. Built and run by .ci/check-gpu where nvcc and NPP are installed:
//
//   nvcc -O2 -o peers benches/gpu/peers.cpp -lnppc -lnppif -lnppig -lnppidei -lnppicc
//
// Times are per call in steady state on one stream: between events around many calls, and again behind a long copy, so
// that all calls are queued before the first runs. NPP takes one picture, or one box, a call.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include <cuda_runtime.h>
#include <npp.h>

namespace {

constexpr int CALLS = 100, ROUNDS = 7;

void check(int code, const char *what) {
    if (code == 0) return;
    std::fprintf(stderr, "peers: %s failed with %d\n", what, code);
    std::exit(1);
}
#define CHECK(call) check((int)(call), #call)

struct Image {
    Npp8u *data;
    size_t pitch;
    NppiSize size;
    Image(int width, int height, int bytes) : size{width, height} {
        CHECK(cudaMallocPitch((void **)&data, &pitch, (size_t)width * bytes, height));
        CHECK(cudaMemset2D(data, pitch, 90, (size_t)width * bytes, height));
    }
    int step() const { return (int)pitch; }
};

struct Timer {
    cudaStream_t stream;
    cudaEvent_t start, end;
    void *from, *to;
    NppStreamContext context{};
    static constexpr size_t BLOCKER = (size_t)1 << 30;

    Timer() {
        CHECK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
        CHECK(cudaEventCreate(&start));
        CHECK(cudaEventCreate(&end));
        CHECK(cudaMalloc(&from, BLOCKER));
        CHECK(cudaMalloc(&to, BLOCKER));
        cudaDeviceProp props;
        CHECK(cudaGetDevice(&context.nCudaDeviceId));
        CHECK(cudaGetDeviceProperties(&props, context.nCudaDeviceId));
        context.hStream = stream;
        context.nMultiProcessorCount = props.multiProcessorCount;
        context.nMaxThreadsPerMultiProcessor = props.maxThreadsPerMultiProcessor;
        context.nMaxThreadsPerBlock = props.maxThreadsPerBlock;
        context.nSharedMemPerBlock = props.sharedMemPerBlock;
        context.nCudaDevAttrComputeCapabilityMajor = props.major;
        context.nCudaDevAttrComputeCapabilityMinor = props.minor;
        CHECK(cudaStreamGetFlags(stream, &context.nStreamFlags));
    }

    double once(const std::function<void()> &call, bool queued) {
        float ms;
        for (int i = 0; queued && i < 20; i++) CHECK(cudaMemcpyAsync(to, from, BLOCKER, cudaMemcpyDeviceToDevice, stream));
        CHECK(cudaEventRecord(start, stream));
        for (int i = 0; i < CALLS; i++) call();
        CHECK(cudaEventRecord(end, stream));
        CHECK(cudaEventSynchronize(end));
        CHECK(cudaEventElapsedTime(&ms, start, end));
        return ms * 1000.0 / CALLS;
    }

    double median(const std::function<double()> &measure) {
        std::vector<double> all;
        for (int i = 0; i < ROUNDS; i++) all.push_back(measure());
        std::sort(all.begin(), all.end());
        return all[ROUNDS / 2];
    }

    void row(const std::string &work, NppiSize size, double bytes, const std::function<void()> &call) {
        for (int i = 0; i < 10; i++) call();
        double wall = median([&] { return once(call, false); }), queued = median([&] { return once(call, true); });
        double host = median([&] {
            CHECK(cudaStreamSynchronize(stream));
            auto begin = std::chrono::steady_clock::now();
            for (int i = 0; i < CALLS; i++) call();
            return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count() / CALLS;
        });
        std::printf("{\"work\":\"%s\",\"size\":\"%dx%d\",\"wall_us\":%.2f,\"kernel_us\":%.2f,\"host_us\":%.2f,\"gb_s\":%.1f,"
                    "\"parity\":\"a peer\"}\n",
                    work.c_str(), size.width, size.height, wall, queued, host, bytes / queued / 1000);
        std::fflush(stdout);
    }
};

std::vector<Npp32f> gaussian(int taps, double sigma) {
    std::vector<Npp32f> weights(taps);
    double sum = 0;
    for (int i = 0; i < taps; i++) sum += weights[i] = (Npp32f)std::exp(-(i - taps / 2) * (i - taps / 2) / (2 * sigma * sigma));
    for (auto &weight : weights) weight = (Npp32f)(weight / sum);
    return weights;
}

void whole_frames(Timer &timer, NppiSize size) {
    Image rgba(size.width, size.height, 4), other(size.width, size.height, 4), bgr(size.width, size.height, 3);
    Image gray(size.width, size.height, 1), edges(size.width, size.height, 1);
    double pixels = (double)size.width * size.height;
    timer.row("copy RGBA, in L2 (cudaMemcpy2DAsync)", size, pixels * 8, [&] {
        CHECK(cudaMemcpy2DAsync(other.data, other.pitch, rgba.data, rgba.pitch, (size_t)size.width * 4, size.height,
                                cudaMemcpyDeviceToDevice, timer.stream));
    });
    int order[3] = {2, 1, 0};
    timer.row("NPP: RGBA to BGR", size, pixels * 7, [&] {
        CHECK(nppiSwapChannels_8u_C4C3R_Ctx(rgba.data, rgba.step(), bgr.data, bgr.step(), size, order, timer.context));
    });
    struct { int taps; double sigma; } blurs[] = {{5, 1.0}, {15, 2.5}, {31, 5.0}};
    for (auto [taps, sigma] : blurs) {
        auto weights = gaussian(taps, sigma);
        Npp32f *on_gpu;
        CHECK(cudaMalloc(&on_gpu, taps * sizeof(Npp32f)));
        CHECK(cudaMemcpy(on_gpu, weights.data(), taps * sizeof(Npp32f), cudaMemcpyHostToDevice));
        timer.row("NPP: Gaussian " + std::to_string(taps) + "x" + std::to_string(taps) + ", RGBA", size, pixels * 8, [&] {
            CHECK(nppiFilterGaussAdvancedBorder_8u_C4R_Ctx(rgba.data, rgba.step(), size, {0, 0}, other.data, other.step(), size, taps,
                                                           on_gpu, NPP_BORDER_REPLICATE, timer.context));
        });
        CHECK(cudaFree(on_gpu));
    }
    int bytes;
    CHECK(nppiFilterCannyBorderGetBufferSize(size, &bytes));
    Npp8u *scratch;
    CHECK(cudaMalloc(&scratch, bytes));
    timer.row("NPP: RGBA to grey to Canny(50,150)", size, pixels * 6, [&] {
        CHECK(nppiRGBToGray_8u_AC4C1R_Ctx(rgba.data, rgba.step(), gray.data, gray.step(), size, timer.context));
        CHECK(nppiFilterCannyBorder_8u_C1R_Ctx(gray.data, gray.step(), size, {0, 0}, edges.data, edges.step(), size, NPP_FILTER_SOBEL,
                                               NPP_MASK_SIZE_3_X_3, 50, 150, nppiNormL1, NPP_BORDER_REPLICATE, scratch, timer.context));
    });
    CHECK(cudaFree(scratch));
}

void boxes(Timer &timer, NppiSize size) {
    Image rgba(size.width, size.height, 4), other(size.width, size.height, 4);
    std::vector<NppiRect> list;
    for (int i = 0; i < 64; i++) list.push_back({i % 16 * 110 + 20, i / 16 * 260 + 10, 100, 235});
    NppiSize crop{128, 256};
    std::vector<Image> crops;
    for (int i = 0; i < 64; i++) crops.emplace_back(crop.width, crop.height, 4);
    timer.row("NPP: 64 boxes, resize to 128x256 alone", size, 64.0 * (100 * 235 * 4 + 128 * 256 * 4), [&] {
        for (int i = 0; i < 64; i++)
            CHECK(nppiResize_8u_C4R_Ctx(rgba.data, rgba.step(), size, list[i], crops[i].data, crops[i].step(), crop,
                                        {0, 0, crop.width, crop.height}, NPPI_INTER_LINEAR, timer.context));
    });
    NppiSize area{100, 200};
    timer.row("NPP: 64 boxes 100x200, box blur 31x31", size, 64.0 * 100 * 200 * 8, [&] {
        for (auto &box : list)
            CHECK(nppiFilterBoxBorder_8u_C4R_Ctx(rgba.data + box.y * rgba.pitch + box.x * 4, rgba.step(), area, {0, 0},
                                                 other.data + box.y * other.pitch + box.x * 4, other.step(), area, {31, 31}, {15, 15},
                                                 NPP_BORDER_REPLICATE, timer.context));
    });
}

}  // namespace

int main() {
    Timer timer;
    whole_frames(timer, {1920, 1080});
    whole_frames(timer, {3840, 2160});
    boxes(timer, {1920, 1080});
}
