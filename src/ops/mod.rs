//! What a user does to a frame or a crop. One folder per operation; none of them knows what an NvDs
//! structure is. Operations read every pixel format as it is, at the window they are given.
//!
//! | operation | does | SIMD | threads | equal to OpenCV |
//! |---|---|---|---|---|
//! | [`box_blur`] | mean of a rectangle | AVX2, AVX-512; CUDA | strips | bytes; even sizes within 1 |
//! | [`canny`] | edges | AVX2, AVX-512; CUDA | strips | the same map |
//! | [`color`] | RGB, grey, YUV of 8 to 12 bits, HSV | AVX2, AVX-512; CUDA | strips | RGB, grey, to HSV: bytes; YUV within 1 |
//! | [`crop_padded`] | a crop that hangs over the edge | copies | caller's | bytes |
//! | [`descriptor`] | colours of clothes in stripes | plain | caller's | it has none |
//! | [`draw`] | boxes, lines, circles, text | plain; CUDA | caller's | it draws otherwise |
//! | [`flip`] | mirrors and quarter turns | AVX2, AVX-512 | strips | bytes |
//! | [`gaussian_blur`] | Gaussian | AVX2, AVX-512 with VNNI; CUDA | strips | bytes |
//! | [`laplacian`] | second derivative | AVX2, AVX-512; CUDA | strips | values |
//! | [`median_blur`] | median | AVX2, AVX-512 | strips | bytes |
//! | [`morphology`] | erode, dilate, open, close | AVX2, AVX-512 | strips | bytes |
//! | [`redact`] | fill, pixelate, blur boxes | AVX2, AVX-512; CUDA | caller's | blur: bytes; pixelate within 1 |
//! | [`reid`] | boxes to one tensor | AVX2, AVX-512; CUDA | boxes | bits of its steps, in `f32` |
//! | [`resize`] | nearest, bilinear, area, letterbox | AVX2, AVX-512; CUDA | strips | bytes |
//! | [`sharpness`] | variance of the Laplacian | AVX2, AVX-512; CUDA | strips | up to the rounding of its mean |
//! | [`sobel`] | first derivatives | AVX2, AVX-512; CUDA | strips | values with scale 1; else within 1 |
//! | [`stats`] | mean, deviation, extremes, histogram | AVX2, AVX-512 | strips | values; deviation up to rounding |
//! | [`threshold`] | binary and the like, Otsu | AVX2, AVX-512 | strips | bytes |
//!
//! On aarch64 (Jetson, Grace) every processor has NEON: the compiler vectorises plain code for it, and where it does so badly
//! there is code of its own, in `color`, `resize`, `reid`, `gaussian_blur`, `median_blur` (3 and 5) and `canny`. Its tests run
//! under emulation; nothing is known of its speed.
//!
//! Every SIMD path gives the bytes of the plain one, which `DSFRAME_CPU=scalar` selects. "Strips" are rows spread over
//! rayon's current pool where a picture is large. Where a cell says less than "bytes", the operation's own page says why.

pub mod box_blur;
pub mod canny;
pub mod color;
pub mod crop_padded;
pub mod descriptor;
pub mod draw;
pub mod flip;
pub mod gaussian_blur;
pub mod laplacian;
pub mod median_blur;
pub mod morphology;
pub mod redact;
pub mod reid;
pub mod resize;
mod rows;
pub mod sharpness;
pub mod sobel;
pub mod stats;
pub mod threshold;

pub use rows::{Border, PlaneI16};
