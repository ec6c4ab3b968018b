//! Tracked objects as a re-identification network takes them: a tensor for every few frames, in NumPy files.
//!
//!     cargo run --release --example reid -- vtest.avi --out items
//!
//! Leaves in the output folder `stream_N/FRAME.npy` of shape (n, 3, 256, 128), normalised, and `items.csv`, which says
//! which object each item is. `cuda_reid` is the same program with `--device cuda`.

#![allow(unreachable_pub, reason = "an example has no outside")]

#[path = "common/mod.rs"]
mod common;
#[path = "reid/mod.rs"]
mod reid;

fn main() -> std::process::ExitCode {
    reid::main("reid", reid::Where::Cpu)
}
