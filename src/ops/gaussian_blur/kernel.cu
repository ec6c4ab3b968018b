// Gaussian blur: weights in units of 1/256, the sum rounded half up.
#include "separable_any.cuh"

SEPARABLE_KERNELS(false)
