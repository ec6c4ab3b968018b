//! What a user does to a frame or a crop. One folder per operation; none of them knows what an NvDs
//! structure is. Operations read every pixel format as it is, at the window they are given.

pub mod canny;
pub mod color;
pub mod draw;
pub mod gaussian_blur;
pub mod reid;
pub mod resize;
pub mod laplacian;
mod rows;
pub mod sharpness;
pub mod sobel;

pub use rows::{Border, PlaneI16};
