/*
 * A libcuda.so.1 for machines without a GPU: what NVIDIA's libnvbufsurface.so imports of the driver, and the first
 * calls that any program makes to find out whether there is a GPU. There is none.
 *
 * The values follow CUDA's driver API: 0 is success, 1 an invalid value, 100 no device, 801 not supported.
 */
#include <stddef.h>

enum { SUCCESS = 0, INVALID_VALUE = 1, NO_DEVICE = 100, NOT_SUPPORTED = 801 };

int cuInit(unsigned flags) { (void)flags; return NO_DEVICE; }

int cuGetErrorName(int error, const char **name) {
    *name = error == NO_DEVICE ? "CUDA_ERROR_NO_DEVICE" : "an error of the stand-in";
    return SUCCESS;
}

int cuGetErrorString(int error, const char **text) { return cuGetErrorName(error, text); }

int cuDriverGetVersion(int *version) {
    if (!version) return INVALID_VALUE;
    *version = 0;
    return SUCCESS;
}

int cuDeviceGetCount(int *count) {
    if (!count) return INVALID_VALUE;
    *count = 0;
    return SUCCESS;
}

int cuCtxGetCurrent(void **context) {
    if (!context) return INVALID_VALUE;
    *context = NULL;
    return SUCCESS;
}

#define UNSUPPORTED(name) int name(void) { return NOT_SUPPORTED; }
UNSUPPORTED(cuArray3DCreate_v2)
UNSUPPORTED(cuArrayDestroy)
UNSUPPORTED(cuDestroyExternalMemory)
UNSUPPORTED(cuExternalMemoryGetMappedBuffer)
UNSUPPORTED(cuImportExternalMemory)
UNSUPPORTED(cuMemFree_v2)
UNSUPPORTED(cuMemcpy2DAsync_v2_ptsz)
