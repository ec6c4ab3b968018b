//! Rows with Advanced SIMD. A function takes pixels from the left and returns how many it took.

mod packed;
mod yuv;
