//! Hides people, or other objects, in videos, in GPU memory: `redact` with another default.
//!
//!     cargo run --release --example cuda_redact -- vtest.avi --out hidden --ellipse
//!
//! On DeepStream machines frames stay where the decoder put them. Where there is no driver, or frames are in system
//! memory, it says so and goes on on the CPU.

#![allow(unreachable_pub, reason = "an example has no outside")]

#[path = "common/mod.rs"]
mod common;
#[path = "redact/hide.rs"]
mod hide;

fn main() -> std::process::ExitCode {
    hide::main(hide::On::Cuda)
}
