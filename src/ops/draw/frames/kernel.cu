// Drawing lists of shapes on several pictures, a layer of the grid for each.
#include "draw_tiles.cuh"

DRAW_KERNELS(frames, Frames, FRAMES_FEW, FRAMES_SOME, FRAMES_MANY)
