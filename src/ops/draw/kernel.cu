// Drawing a list of shapes on one picture.
#include "draw_tiles.cuh"

DRAW_KERNELS(draw, Args, FEW, SOME, MANY)
