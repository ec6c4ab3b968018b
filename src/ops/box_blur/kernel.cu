// Box blur: weights of 1, and the mean as on the CPU.
#include "separable_any.cuh"

SEPARABLE_KERNELS(true)
