//! What a user does to a frame or a crop. One folder per operation; none of them knows what an NvDs
//! structure is. Operations read every pixel format as it is, at the window they are given.

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
