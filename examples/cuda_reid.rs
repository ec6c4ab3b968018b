//! Tracked objects as a re-identification network takes them, made on the GPU where the decoder left the frames.
//!
//!     cargo run --release --example cuda_reid -- vtest.avi --out items
//!
//! The files are those of `reid`, byte for byte; `--device cpu` makes them as that does. Where there is no GPU or no
//! driver it says so, and goes on on the CPU.

#![allow(unreachable_pub, reason = "an example has no outside")]

#[path = "common/mod.rs"]
mod common;
#[path = "reid/mod.rs"]
mod reid;

fn main() -> std::process::ExitCode {
    reid::main("cuda_reid", reid::Where::Cuda)
}
